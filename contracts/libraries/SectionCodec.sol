// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ByteReader} from "./ByteReader.sol";

/// @notice What reports and commands share: a header, then sections of `kind (1) ‖ count (2) ‖ items`, the
/// items of one kind being of one fixed size. A message is valid only if the sections fill it exactly.
library SectionCodec {
    uint256 internal constant SECTION_HEADER = 3;

    error SectionCodec_TooManyItems(uint256 count);

    /// @notice Opens a section of `count` items.
    /// @dev Cut down to its two bytes, a larger count would let the items beyond it be read as sections: anyone's words
    /// as the sender's.
    function header(uint8 kind, uint256 count) internal pure returns (bytes memory) {
        if (count > type(uint16).max) revert SectionCodec_TooManyItems(count);
        return abi.encodePacked(kind, uint16(count));
    }

    /// @notice Reads the section header at `at`. The caller has checked the message with `walk`.
    function section(bytes calldata message, uint256 at)
        internal
        pure
        returns (uint8 kind, uint256 count, uint256 items)
    {
        kind = uint8(ByteReader.read(message, at, 1));
        count = ByteReader.read(message, at + 1, 2);
        items = at + SECTION_HEADER;
    }

    /// @notice Walks the sections from `at`: whether they fill the message exactly, and the gas bound of their items.
    /// @param sizes item size by kind, one byte a kind (0 = unknown kind)
    /// @param gasPerItem thousands of gas by kind, one byte a kind
    function walk(bytes calldata message, uint256 at, bytes32 sizes, bytes32 gasPerItem)
        internal
        pure
        returns (bool exact, uint256 gasBound)
    {
        unchecked {
            while (at < message.length) {
                if (at + SECTION_HEADER > message.length) return (false, gasBound);
                (uint8 kind, uint256 count, uint256 items) = section(message, at);
                if (kind >= 32) return (false, gasBound);
                uint256 size = uint8(sizes[kind]);
                at = items + count * size;
                // A count that the message does not hold must not become a need of gas that no block has (CLR-11).
                if (size == 0 || count == 0 || at > message.length) return (false, gasBound);
                gasBound += count * uint256(uint8(gasPerItem[kind])) * 1000;
            }
            return (true, gasBound);
        }
    }
}
