// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../interfaces/IPriceRouter.sol";
import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IPriceSource, NoPrice} from "../interfaces/IPriceSource.sol";
import {Reading} from "./PriceRules.sol";

/// @title Calls that cannot hurt the caller
/// @notice A static call with a fixed stipend of which only the words that are expected are copied: the callee can
/// neither revert the caller, nor burn more than the stipend, nor fill its memory, nor change anything.
library BoundedRead {
    /// @notice Gas that a source gets. Feeds behind proxies take 10,000 to 30,000.
    uint256 internal constant SOURCE_GAS = 100_000;

    /// @notice What a source says; `FAILED` if it says nothing understandable.
    function source(IPriceSource from) internal view returns (Reading memory r) {
        uint256[5] memory words;
        if (!_call(address(from), IPriceSource.read.selector, words, 4) || words[3] > uint256(type(NoPrice).max)) {
            r.reason = NoPrice.FAILED;
            return r;
        }
        return Reading(words[0], words[1], words[2], NoPrice(words[3]));
    }

    /// @notice Whether a sequencer's uptime feed says that it has been up for longer than `graceSeconds`.
    function sequencerIsUp(address feed, uint256 graceSeconds) internal view returns (bool) {
        uint256[5] memory words;
        if (!_call(feed, IAggregatorV3.latestRoundData.selector, words, 5)) return false;
        (uint256 answer, uint256 startedAt) = (words[1], words[2]);
        return answer == 0 && startedAt != 0 && startedAt <= block.timestamp
            && block.timestamp - startedAt > graceSeconds;
    }

    /// @dev Reverts if less than the stipend would reach the callee, else a caller could choose who fails.
    function _call(address target, bytes4 selector, uint256[5] memory words, uint256 count)
        private
        view
        returns (bool ok)
    {
        uint256 required = SOURCE_GAS * 64 / 63 + 10_000;
        if (gasleft() < required) revert IPriceRouter.Router_TooLittleGas(gasleft(), required);
        uint256 size = count * 32;
        assembly ("memory-safe") {
            mstore(0x00, selector)
            ok := staticcall(SOURCE_GAS, target, 0x00, 0x04, words, size)
            ok := and(ok, iszero(lt(returndatasize(), size)))
        }
    }
}
