// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IInstrumentRegistry, InstrumentNumber} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {IPricingModel} from "../../../contracts/interfaces/IPricingModel.sol";
import {ISurfaceBook} from "../../../contracts/interfaces/ISurfaceBook.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";

/// @notice Slices as the test sets them, of any age.
contract StubSurfaces is ISurfaceBook {
    struct Slice {
        IPricingModel model;
        uint256 forwardRatioWad;
        uint256 discountWad;
        bytes parameters;
    }

    mapping(bytes16 => mapping(uint40 => Slice)) private _slices;

    function set(bytes16 underlying, uint40 expiry, IPricingModel model, uint256 ratioWad, uint256 discountWad, bytes memory p)
        external
    {
        _slices[underlying][expiry] = Slice(model, ratioWad, discountWad, p);
    }

    function sliceOf(bytes16 underlying, uint40 expiry)
        external
        view
        returns (IPricingModel, uint256, uint256, uint256, bytes memory)
    {
        Slice storage s = _slices[underlying][expiry];
        return (s.model, s.forwardRatioWad, s.discountWad, block.timestamp, s.parameters);
    }
}

/// @notice Numbers for whoever asks; a place is taken again when the test says so.
contract StubNumbers is IInstrumentRegistry {
    /// @dev Open interest is the test's.
    address public immutable hub = msg.sender;
    mapping(bytes16 => uint8) public underlyingIndexOf;
    mapping(uint8 => bytes16) public underlyingAt;
    mapping(InstrumentId => uint32) public numberOf;
    mapping(uint32 => InstrumentId) public instrumentOf;

    uint8 private _count;
    mapping(bytes16 => uint32[]) private _numbers;

    function register(InstrumentId instrument) external returns (uint32) {
        bytes16 underlying = instrument.underlying();
        _open(underlying);
        uint256 place = instrument.isPerpetual() ? 0 : _numbers[underlying].length;
        if (place != 0) _numbers[underlying].push();
        return _give(instrument, place, 0);
    }

    /// @dev Gives an option the place of another one.
    function replace(InstrumentId instrument, uint32 number) external returns (uint32) {
        return _give(instrument, InstrumentNumber.place(number), InstrumentNumber.generation(number) + 1);
    }

    function isFinal(InstrumentId) external pure returns (bool) {
        return false;
    }

    function numbersOf(bytes16 underlying) external view returns (uint32[] memory) {
        return _numbers[underlying];
    }

    function _open(bytes16 underlying) private {
        if (underlyingIndexOf[underlying] != 0) return;
        underlyingIndexOf[underlying] = ++_count;
        underlyingAt[_count] = underlying;
        _numbers[underlying].push();
    }

    function _give(InstrumentId instrument, uint256 place, uint256 generation) private returns (uint32 number) {
        bytes16 underlying = instrument.underlying();
        number = InstrumentNumber.pack(underlyingIndexOf[underlying], place, generation);
        _numbers[underlying][place] = number;
        numberOf[instrument] = number;
        instrumentOf[number] = instrument;
    }
}
