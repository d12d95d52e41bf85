// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {Scenarios} from "./Scenarios.sol";

/// @title Options of an underlying, listed in memory, and sums of only those entries of their arrays that are asked for
/// @dev A slot has the slot before it (zero: there is none), the base (32 bytes each) and what the epoch has of the option (`RiskEntry`, 144).
library OptionList {
    uint256 internal constant SLOT = 224;
    uint256 internal constant ENTRY = 64;
    /// @dev Of the array in a slot; an entry has four bytes.
    uint256 private constant ARRAY = 80;

    /// @notice Sets Σ base · entry at every place that has a bit; where nothing moves it is zero.
    /// @param last slot; zero if there is none
    function sum(uint256 last, uint256 places, int256[32] memory gains) internal pure {
        while (places != 0) {
            uint256 a = _lowest(places);
            places &= places - 1;
            uint256 b = _lowest(places);
            if (places != 0) places &= places - 1;
            uint256 c = _lowest(places);
            if (places != 0) places &= places - 1;
            uint256 d = _lowest(places);
            if (places != 0) places &= places - 1;
            (gains[a], gains[b], gains[c], gains[d]) = _sumFour(last, _offset(a), _offset(b), _offset(c), _offset(d));
        }
    }

    /// @dev Place of the lowest bit; where nothing moves if there is none.
    function _lowest(uint256 places) private pure returns (uint256) {
        return places == 0 ? Scenarios.UNMOVED : LibBit.ffs(places);
    }

    function _offset(uint256 place) private pure returns (uint256) {
        unchecked {
            return ARRAY + 4 * place;
        }
    }

    /// @dev Four at a time, as going through the list takes as much as one of them.
    function _sumFour(uint256 slot, uint256 a, uint256 b, uint256 c, uint256 d)
        private
        pure
        returns (int256 w, int256 x, int256 y, int256 z)
    {
        // In assembly since these are places in memory without a type. It only reads.
        assembly ("memory-safe") {
            for {} slot { slot := mload(slot) } {
                let base := mload(add(slot, 32))
                w := add(w, mul(base, sar(224, mload(add(slot, a)))))
                x := add(x, mul(base, sar(224, mload(add(slot, b)))))
                y := add(y, mul(base, sar(224, mload(add(slot, c)))))
                z := add(z, mul(base, sar(224, mload(add(slot, d)))))
            }
        }
    }
}
