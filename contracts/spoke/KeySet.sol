// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A set of non-zero words in memory, so that building a report that is only a view still names each name once
/// in linear time.
library KeySet {
    /// @notice An empty set with room for `max` keys.
    function create(uint256 max) internal pure returns (bytes32[] memory slots) {
        uint256 size = 1;
        while (size <= 2 * max) size *= 2;
        return new bytes32[](size);
    }

    /// @notice Adds `key`; whether it was new.
    function add(bytes32[] memory slots, bytes32 key) internal pure returns (bool) {
        uint256 mask = slots.length - 1;
        uint256 at = uint256(keccak256(abi.encode(key))) & mask;
        while (slots[at] != 0) {
            if (slots[at] == key) return false;
            at = (at + 1) & mask;
        }
        slots[at] = key;
        return true;
    }
}
