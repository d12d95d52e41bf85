// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {Assessment, IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
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

    /// @notice `IMarginEngine.assess`; all zero of an account that holds nothing. Reverts with what the engine reverts with, and with
    /// `Hub_TooManyInstruments` if a position is off the account's list.
    function assess(HubState storage s, AccountId account, uint256 maxAge) internal view returns (Assessment memory a) {
        InstrumentList storage list = s.held[account];
        uint256 count = list.count();
        uint256 off = list.countOff();
        if (off != 0) revert IHubLedger.Hub_TooManyInstruments(account, count + off, InstrumentListLib.MAX_LISTED);
        if (count == 0) return a;
        IMarginEngine engine = s.marginEngine;
        uint256 start = _begin(count, maxAge);
        _writePositions(s, account, count, start + HEAD);
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

    function _writePositions(HubState storage s, AccountId account, uint256 count, uint256 to) private view {
        InstrumentList storage list = s.held[account];
        mapping(uint32 number => uint256 packed) storage positions = s.positions[account];
        uint256 word = list.words[0];
        for (uint256 place = 1; place <= count; ++place) {
            if (place & 7 == 0) word = list.words[place >> 3];
            uint32 number = uint32(word >> ((place & 7) << 5));
            uint256 position = positions[number];
            _write(to, number, position, FundedPosition.quoteOf(s, number, position));
            to += EXPOSURE;
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

    /// @dev Writes the `Exposure` of a `PackedPosition` with its quote, an int88.
    function _write(uint256 to, uint256 instrument, uint256 position, int256 quote) private pure {
        assembly ("memory-safe") {
            mstore(to, instrument)
            let base := sar(176, position)
            mstore(add(to, 32), base)
            mstore(add(to, 64), signextend(10, quote))
            // min(longs, longs − base)
            mstore(add(to, 96), sub(and(shr(96, position), 0xffffffffffffffffffff), mul(base, sgt(base, 0))))
            mstore(add(to, 128), 0)
        }
    }
}
