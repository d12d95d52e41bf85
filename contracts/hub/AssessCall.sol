// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {Certificate, CertifiedMargin, IMarginCertificates} from "../interfaces/IMarginCertificates.sol";
import {Assessment, Exposure, IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {ClosingBook} from "./ClosingBook.sol";
import {FundedPosition} from "./FundedPosition.sol";
import {HubState} from "./HubState.sol";
import {InstrumentList, InstrumentListLib} from "./InstrumentList.sol";

/// @notice Asks the margin engine about all that an account holds.
/// @dev The call is written word by word as positions are read: a list of `Exposure` in memory, and Solidity's encoding of it, take as much
/// again as reading the positions does.
library AssessCall {
    using InstrumentListLib for InstrumentList;

    /// @dev Selector, offset of the list, age, length.
    uint256 private constant HEAD = 100;
    uint256 private constant EXPOSURE = 160;
    uint256 private constant ASSESSMENT = 128;
    uint256 private constant CERTIFIED = 96;

    /// @notice `IMarginEngine.assess`, closing allowances included; all zero of an account that holds nothing. Reverts with what the engine
    /// reverts with, and with `Hub_TooManyInstruments` if a position is off the account's list.
    /// @return a see above
    /// @return closingCents credit that closing trades may still use
    function assess(HubState storage s, AccountId account, uint256 maxAge)
        internal
        view
        returns (Assessment memory a, uint256 closingCents)
    {
        (uint256 count, uint256 off, uint256 closings) = s.held[account].counts();
        if (off != 0) revert IHubLedger.Hub_TooManyInstruments(account, count + off, InstrumentListLib.MAX_LISTED);
        if (count == 0 && closings == 0) return (a, 0);
        IMarginEngine engine = s.marginEngine;
        uint256 start = _begin(count, maxAge);
        _writePositions(s, account, count, start + HEAD);
        if (closings != 0) closingCents = ClosingBook.addTo(s, account, closings, start + HEAD, count, maxAge);
        uint256 size = HEAD + count * EXPOSURE;
        assembly ("memory-safe") {
            if iszero(staticcall(gas(), engine, start, size, a, ASSESSMENT)) {
                returndatacopy(start, 0, returndatasize())
                revert(start, returndatasize())
            }
            // As Solidity does where a contract answers less than its type says.
            if lt(returndatasize(), ASSESSMENT) { revert(0, 0) }
        }
    }

    /// @notice `IMarginCertificates.certify` of the same exposures. Reverts with what the engine reverts with, and as `assess` does.
    function certify(HubState storage s, AccountId account, Certificate calldata certificate)
        internal
        view
        returns (CertifiedMargin memory m)
    {
        (uint256 count, uint256 off, uint256 closings) = s.held[account].counts();
        if (off != 0) revert IHubLedger.Hub_TooManyInstruments(account, count + off, InstrumentListLib.MAX_LISTED);
        IMarginEngine engine = s.marginEngine;
        // Ends with the length of an empty list: exposures follow behind it.
        bytes memory head = abi.encodeCall(IMarginCertificates.certify, (certificate, new Exposure[](0)));
        uint256 first;
        assembly ("memory-safe") {
            first := add(add(head, 32), mload(head))
            mstore(sub(first, 32), count)
            mstore(0x40, add(first, mul(count, EXPOSURE)))
        }
        _writePositions(s, account, count, first);
        if (closings != 0) ClosingBook.addTo(s, account, closings, first, count, type(uint256).max);
        assembly ("memory-safe") {
            let size := add(mload(head), mul(count, EXPOSURE))
            if iszero(staticcall(gas(), engine, add(head, 32), size, m, CERTIFIED)) {
                returndatacopy(head, 0, returndatasize())
                revert(head, returndatasize())
            }
            if lt(returndatasize(), CERTIFIED) { revert(0, 0) }
        }
    }

    /// @dev Reads the account's positions and writes an `Exposure` of each, from `first` on.
    function _writePositions(HubState storage s, AccountId account, uint256 count, uint256 first) private view {
        InstrumentList storage list = s.held[account];
        mapping(uint32 number => uint256 packed) storage positions = s.positions[account];
        bool hasPerpetual;
        // In assembly since it is done for every instrument of every account. It reads the list (`InstrumentList`: eight numbers a word) and
        // the mapping as Solidity lays them out, takes positions apart as `PackedPosition` does, and writes the memory that was taken.
        assembly ("memory-safe") {
            mstore(32, positions.slot)
            let word := sload(list.slot)
            let to := first
            for { let place := 1 } iszero(gt(place, count)) { place := add(place, 1) } {
                word := shr(32, word)
                if iszero(and(place, 7)) { word := sload(add(list.slot, shr(3, place))) }
                let instrument := and(word, 0xffffffff)
                mstore(0, instrument)
                let position := sload(keccak256(0, 64))
                let base := sar(176, position)
                mstore(to, instrument)
                mstore(add(to, 32), base)
                mstore(add(to, 64), signextend(10, shr(8, position)))
                // min(longs, longs − base)
                mstore(add(to, 96), sub(and(shr(96, position), 0xffffffffffffffffffff), mul(base, sgt(base, 0))))
                mstore(add(to, 128), 0)
                if iszero(and(instrument, 0xffc000)) { hasPerpetual := 1 }
                to := add(to, EXPOSURE)
            }
        }
        if (hasPerpetual) _addFunding(s, positions, count, first);
    }

    /// @dev Gives perpetuals their quotes with funding.
    function _addFunding(
        HubState storage s,
        mapping(uint32 number => uint256 packed) storage positions,
        uint256 count,
        uint256 first
    ) private view {
        for (uint256 i; i < count; ++i) {
            uint256 at = first + i * EXPOSURE;
            uint256 instrument;
            assembly ("memory-safe") {
                instrument := mload(at)
            }
            if (InstrumentNumber.place(instrument) != 0) continue;
            int256 quote = FundedPosition.quoteOf(s, uint32(instrument), positions[uint32(instrument)]);
            assembly ("memory-safe") {
                mstore(add(at, 64), signextend(10, quote))
            }
        }
    }

    /// @dev Takes memory for the call and writes its head.
    function _begin(uint256 count, uint256 maxAge) private pure returns (uint256 start) {
        bytes4 selector = IMarginEngine.assess.selector;
        assembly ("memory-safe") {
            start := mload(0x40)
            mstore(0x40, add(add(start, HEAD), mul(count, EXPOSURE)))
            mstore(start, selector)
            mstore(add(start, 4), 64)
            mstore(add(start, 36), maxAge)
            mstore(add(start, 68), count)
        }
    }
}
