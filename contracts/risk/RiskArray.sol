// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Scenarios} from "./Scenarios.sol";

/// @title Risk array of an instrument: change in value of one unit of base by scenario
/// @notice 32 big-endian int32 in 128 bytes, unit 1e-9 of the spot: the 30 scenarios and the two near points. An entry that does not fit is an error, not a cut-off value: the
/// array serves longs and shorts alike, so a cut that is against one of them favours the other.
/// @dev Mirrored by `clearing/margin/riskArray.ts` (CLR-20).
library RiskArray {
    uint256 internal constant SIZE = 128;

    error RiskArray_EntryOutOfRange(uint256 scenario, int256 entry);
    error RiskArray_Missing(uint256 index, uint256 bytesFound);
    error RiskArray_NoPrice();

    /// @notice Packs the entries of an instrument. Reverts with `RiskArray_EntryOutOfRange` if one does not fit, or is not zero
    /// though nothing moves.
    function pack(int256[32] memory entries) internal pure returns (bytes memory packed) {
        packed = new bytes(SIZE);
        unchecked {
            uint256 word;
            for (uint256 s; s < Scenarios.ENTRIES; ++s) {
                int256 entry = entries[s];
                if (s == Scenarios.UNMOVED ? entry != 0 : entry != int32(entry)) {
                    revert RiskArray_EntryOutOfRange(s, entry);
                }
                word = (word << 32) | uint32(int32(entry));
                if (s & 7 != 7) continue;
                assembly ("memory-safe") {
                    mstore(add(packed, shl(2, add(s, 1))), word)
                }
            }
        }
    }

    /// @notice Entries of the array that stands at `index` of `arrays`. Reverts with `RiskArray_Missing` if it is not there.
    function unpack(bytes memory arrays, uint256 index) internal pure returns (int256[32] memory entries) {
        return unpackAt(at(arrays, index));
    }

    /// @notice Entries of the array that begins at `from` in memory.
    function unpackAt(uint256 from) internal pure returns (int256[32] memory entries) {
        // In assembly since Solidity would check each place.
        assembly ("memory-safe") {
            for { let s := 0 } lt(s, 32) { s := add(s, 1) } {
                mstore(add(entries, shl(5, s)), signextend(3, shr(224, mload(add(from, shl(2, s))))))
            }
        }
    }

    /// @notice Where in memory the array at `index` of `arrays` begins. Reverts with `RiskArray_Missing` if it is not there.
    function at(bytes memory arrays, uint256 index) internal pure returns (uint256 from) {
        if (index >= arrays.length / SIZE) revert RiskArray_Missing(index, arrays.length);
        return place(arrays, index);
    }

    /// @notice The same for an `index` that is known to be there.
    function place(bytes memory arrays, uint256 index) internal pure returns (uint256 from) {
        assembly ("memory-safe") {
            from := add(add(arrays, 32), mul(index, SIZE))
        }
    }

    /// @notice Change in value for a relative move of the spot of 1, between the near points, 1e-9: the delta.
    /// @param down entry of the lower near point; `up` of the upper one
    function delta(int256 down, int256 up, uint256 scanRange) internal pure returns (int256) {
        return (up - down) * int256(Scenarios.PPB) / (2 * int256(Scenarios.near(scanRange)));
    }

    /// @notice Entry for a change in value of one unit of base, rounded down: off by less than one, which the requirement charges.
    /// @param changeWad dollars, 1e18, within ±2^200
    /// @param priceWad spot, dollars per unit, 1e18, below 2^255
    function entryOf(int256 changeWad, uint256 priceWad) internal pure returns (int256 entry) {
        if (priceWad == 0) revert RiskArray_NoPrice();
        unchecked {
            int256 scaled = changeWad * int256(Scenarios.PPB);
            int256 price = int256(priceWad);
            entry = scaled / price;
            if (scaled < 0 && entry * price != scaled) --entry;
        }
    }
}
