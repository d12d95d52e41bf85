// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Cumulative record of one account in one instrument on one spoke. One storage slot.
/// @param base 1e-8 of the underlying, signed
/// @param quote 1e-6 dollar, signed; a buy of q at p adds q to base and takes q·p from quote
/// @param used cents of opening credit charged by the trades so far
/// @param version rises by one with every change
struct Pair {
    int88 base;
    int88 quote;
    uint48 used;
    uint32 version;
}

using PairLib for Pair global;

library PairLib {
    /// @notice `base ‖ quote ‖ used ‖ version`: a pair as it travels and as it is hashed.
    function pack(Pair memory p) internal pure returns (uint256 word) {
        return (uint256(uint88(p.base)) << 168) | (uint256(uint88(p.quote)) << 80) | (uint256(p.used) << 32) | p.version;
    }

    /// @notice The pair that packs to `word`.
    function unpack(uint256 word) internal pure returns (Pair memory p) {
        p.base = int88(uint88(word >> 168));
        p.quote = int88(uint88(word >> 80));
        p.used = uint48(word >> 32);
        p.version = uint32(word);
    }
}

/// @notice Fields of a packed pair.
library PackedPair {
    function base(uint256 packed) internal pure returns (int256) {
        return int256(packed) >> 168;
    }

    function quote(uint256 packed) internal pure returns (int256) {
        return int256(int88(uint88(packed >> 80)));
    }

    function used(uint256 packed) internal pure returns (uint256) {
        return uint48(packed >> 32);
    }

    function version(uint256 packed) internal pure returns (uint256) {
        return uint32(packed);
    }
}
