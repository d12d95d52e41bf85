// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Scenarios} from "./Scenarios.sol";

/// @title Risk array of an instrument: change in value of one unit of base by scenario
/// @notice 30 big-endian int32 in 120 bytes, unit 1e-9 of the spot. An entry that does not fit is an error, not a cut-off value: the
/// array serves longs and shorts alike, so a cut that is against one of them favours the other.
/// @dev Mirrored by `clearing/margin/riskArray.ts` (CLR-20).
library RiskArray {
    uint256 internal constant SIZE = 120;

    error RiskArray_EntryOutOfRange(uint256 scenario, int256 entry);
    error RiskArray_Missing(uint256 index, uint256 bytesFound);
    error RiskArray_NoPrice();

    /// @notice Packs the entries of an instrument. Reverts with `RiskArray_EntryOutOfRange` if one does not fit, or is not zero
    /// though nothing moves.
    function pack(int256[30] memory entries) internal pure returns (bytes memory packed) {
        packed = new bytes(SIZE);
        for (uint256 s; s < Scenarios.COUNT; ++s) {
            int256 entry = entries[s];
            if (s == Scenarios.UNMOVED ? entry != 0 : entry != int32(entry)) {
                revert RiskArray_EntryOutOfRange(s, entry);
            }
            uint256 bits = uint32(int32(entry));
            for (uint256 b; b < 4; ++b) {
                packed[4 * s + b] = bytes1(uint8(bits >> (24 - 8 * b)));
            }
        }
    }

    /// @notice Entries of the array that stands at `index` of `arrays`. Reverts with `RiskArray_Missing` if it is not there.
    function unpack(bytes memory arrays, uint256 index) internal pure returns (int256[30] memory entries) {
        uint256 from = at(arrays, index);
        for (uint256 s; s < Scenarios.COUNT; ++s) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(from, mul(4, s)))
            }
            entries[s] = int32(uint32(word >> 224));
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

    /// @notice Entry for a change in value of one unit of base, rounded down: off by less than one, which the requirement charges.
    /// @param changeWad dollars, 1e18, within ±2^200
    /// @param priceWad spot, dollars per unit, 1e18
    function entryOf(int256 changeWad, uint256 priceWad) internal pure returns (int256 entry) {
        if (priceWad == 0) revert RiskArray_NoPrice();
        int256 scaled = changeWad * int256(Scenarios.PPB);
        int256 price = int256(priceWad);
        entry = scaled / price;
        if (scaled < 0 && entry * price != scaled) --entry;
    }
}
