// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {EpochMove} from "./EpochMove.sol";
import {RiskArray} from "./RiskArray.sol";
import {Scenarios} from "./Scenarios.sol";

/// @title What an epoch has of one option, 144 bytes
/// @notice Mark (6 bytes, 1e-9 of the spot) ‖ expiry (5, unix seconds) ‖ generation of the option's number (2) ‖ flags (1) ‖ zero (2) ‖
/// risk array (128). All zero: there is nothing. Mirrored by `clearing/margin/riskEntry.ts` (CLR-20), but for `carry`.
library RiskEntry {
    uint256 internal constant SIZE = 144;
    uint256 internal constant HEADER = 16;
    /// @notice Flags: a put, else a call; taken over from the epoch before, since there was no array: good for what is held already, not
    /// for new risk.
    uint256 internal constant PUT = 1;
    uint256 internal constant CARRIED = 2;

    /// @dev Reverts as `RiskArray.pack`.
    function pack(uint256 mark, uint256 expiry, uint256 generation, uint256 flags, int256[32] memory entries)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(uint48(mark), uint40(expiry), uint16(generation), uint8(flags), uint16(0), RiskArray.pack(entries));
    }

    /// @notice First word of a header, whatever follows it: mark, expiry, generation, flags.
    function header(uint256 word) internal pure returns (uint256 mark, uint256 expiry, uint256 generation, uint256 flags) {
        return (word >> 208, uint40(word >> 168), uint16(word >> 152), uint8(word >> 144));
    }

    /// @notice An entry of an epoch in the unit of a later one, as one that was carried over. Never reverts: what does not fit is cut
    /// off, which is why it is good for nothing new.
    /// @param entry 144 bytes, not all zero
    /// @param move `EpochMove.relative` from its epoch to the later one
    /// @param scanRange price scan range of its epoch; `newRange` that of the later one
    function carry(bytes memory entry, int256 move, uint256 scanRange, uint256 newRange)
        internal
        pure
        returns (bytes memory)
    {
        (uint256 mark, uint256 expiry, uint256 generation, uint256 flags) = header(headerOf(entry));
        uint256 from;
        assembly ("memory-safe") {
            from := add(entry, 48)
        }
        (int256[32] memory moved, int256 gained) = EpochMove.carried(RiskArray.unpackAt(from), move, scanRange, newRange);
        unchecked {
            int256 worth = (int256(mark) + gained) * int256(Scenarios.PPB) / (int256(Scenarios.PPB) + move);
            mark = uint256(FixedPointMathLib.clamp(worth, 0, int256(uint256(type(uint48).max))));
        }
        return pack(mark, expiry, generation, flags | CARRIED, moved);
    }

    /// @notice First word of an entry.
    function headerOf(bytes memory entry) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(entry, 32))
        }
    }
}
