// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Reads packed big-endian fields from calldata.
/// @dev Callers check the length of the whole before: a read past the end panics with `bytes` slicing,
/// and a receive must never revert for its content (CLR-11).
library ByteReader {
    /// @notice `size` bytes (1 to 32) at `at`, right-aligned.
    function read(bytes calldata data, uint256 at, uint256 size) internal pure returns (uint256 value) {
        // A slice to bytes32 keeps the first bytes and zero-pads the rest.
        value = uint256(bytes32(data[at:at + size])) >> (256 - 8 * size);
    }
}
