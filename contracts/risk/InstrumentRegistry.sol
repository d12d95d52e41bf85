// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IInstrumentRegistry, InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {InstrumentId} from "../types/InstrumentId.sol";

/// @title Numbers of the hub's instruments
/// @dev An option takes a place whose last option has settled, if one of the few looked at is such a one, else a new place; at the last
/// of an underlying's places all are looked at. So what is listed stays dense without anyone having to clear it.
contract InstrumentRegistry is IInstrumentRegistry {
    /// @dev Places that one registration looks at while new ones are left.
    uint256 private constant LOOKS = 4;

    /// @inheritdoc IInstrumentRegistry
    address public immutable hub;
    IExpiryPrices public immutable expiryPrices;

    bytes16[] private _underlyings;
    mapping(bytes16 underlying => uint32[] numbers) private _numbers;
    /// @dev Place at which the next search begins.
    mapping(bytes16 underlying => uint256 place) private _next;

    /// @inheritdoc IInstrumentRegistry
    mapping(bytes16 underlying => uint8) public underlyingIndexOf;
    /// @inheritdoc IInstrumentRegistry
    mapping(InstrumentId => uint32) public numberOf;
    /// @inheritdoc IInstrumentRegistry
    mapping(uint32 number => InstrumentId) public instrumentOf;

    /// @param hub_ who registers
    /// @param expiryPrices_ tell when an option has settled; they never forget
    constructor(address hub_, IExpiryPrices expiryPrices_) {
        hub = hub_;
        expiryPrices = expiryPrices_;
    }

    /// @inheritdoc IInstrumentRegistry
    function register(InstrumentId instrument) external returns (uint32 number) {
        if (msg.sender != hub) revert Registry_NotHub(msg.sender);
        number = numberOf[instrument];
        if (number != 0) return number;

        bool option = instrument.isOption();
        if (!option && !instrument.isPerpetual()) revert Registry_Malformed(instrument);
        if (option && instrument.expiry() <= block.timestamp) revert Registry_Expired(instrument, block.timestamp);
        bytes16 underlying = instrument.underlying();
        uint256 index = _indexOf(underlying);
        uint32[] storage numbers = _numbers[underlying];
        uint256 place = option ? _freePlace(underlying, numbers) : 0;
        if (place == numbers.length) numbers.push();
        uint256 last = numbers[place];
        number = InstrumentNumber.pack(index, place, last == 0 ? 0 : InstrumentNumber.generation(last) + 1);
        numbers[place] = number;
        numberOf[instrument] = number;
        instrumentOf[number] = instrument;
        emit InstrumentRegistered(instrument, number);
    }

    /// @inheritdoc IInstrumentRegistry
    function isFinal(InstrumentId instrument) public view returns (bool) {
        return instrument.isOption() && expiryPrices.priceOf(instrument.underlying(), instrument.expiry()) != 0;
    }

    /// @inheritdoc IInstrumentRegistry
    function underlyingAt(uint8 index) external view returns (bytes16) {
        return index == 0 || index > _underlyings.length ? bytes16(0) : _underlyings[index - 1];
    }

    /// @inheritdoc IInstrumentRegistry
    function numbersOf(bytes16 underlying) external view returns (uint32[] memory) {
        return _numbers[underlying];
    }

    /// @dev Place of an underlying in numbers; a new one also gets the perpetual's place, which may stay empty.
    function _indexOf(bytes16 underlying) private returns (uint256 index) {
        index = underlyingIndexOf[underlying];
        if (index != 0) return index;
        if (_underlyings.length == InstrumentNumber.MAX_UNDERLYINGS) {
            revert Registry_Full(underlying, InstrumentNumber.MAX_UNDERLYINGS);
        }
        _underlyings.push(underlying);
        index = _underlyings.length;
        underlyingIndexOf[underlying] = uint8(index);
        _numbers[underlying].push();
    }

    function _freePlace(bytes16 underlying, uint32[] storage numbers) private returns (uint256) {
        uint256 count = numbers.length;
        bool full = count == InstrumentNumber.MAX_PLACES;
        uint256 looks = full || count <= LOOKS ? count - 1 : LOOKS;
        uint256 place = _next[underlying];
        for (uint256 i; i < looks; ++i) {
            // Place 0 is the perpetual's.
            if (place == 0 || place >= count) place = 1;
            uint32 number = numbers[place];
            bool lasts = InstrumentNumber.generation(number) < InstrumentNumber.MAX_GENERATION;
            if (lasts && isFinal(instrumentOf[number])) {
                _next[underlying] = place + 1;
                return place;
            }
            ++place;
        }
        if (full) revert Registry_Full(underlying, InstrumentNumber.MAX_PLACES);
        _next[underlying] = place;
        return count;
    }
}
