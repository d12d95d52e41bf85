// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Fills a buffer of known length piece by piece, so that building a message is linear in its length.
library ByteWriter {
    error ByteWriter_OutOfBounds(uint256 end, uint256 length);

    /// @notice Copies `piece` into `buffer` at `at`; returns where the next piece goes.
    function put(bytes memory buffer, uint256 at, bytes memory piece) internal pure returns (uint256 next) {
        next = at + piece.length;
        if (next > buffer.length) revert ByteWriter_OutOfBounds(next, buffer.length);
        assembly ("memory-safe") {
            mcopy(add(add(buffer, 32), at), add(piece, 32), mload(piece))
        }
    }
}
