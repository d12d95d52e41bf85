// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";
import {HubState, SpokeSum} from "./HubState.sol";

/// @notice By how much a report moves a spoke's sums, instrument by instrument, in memory: written once a report, not once a
/// pair, since the two sides of a trade would swing the stored sum away from zero and back.
/// @dev Open addressing by the spoke's instrument index, which is never zero.
library InstrumentSums {
    struct Sums {
        uint256[] indices;
        uint32[] numbers;
        InstrumentId[] instruments;
        int256[] bases;
        int256[] quotes;
    }

    /// @notice Room for `max` different instruments.
    function create(uint256 max) internal pure returns (Sums memory sums) {
        uint256 size = 2;
        while (size < 2 * max) size *= 2;
        sums.indices = new uint256[](size);
        sums.numbers = new uint32[](size);
        sums.instruments = new InstrumentId[](size);
        sums.bases = new int256[](size);
        sums.quotes = new int256[](size);
    }

    /// @notice Place of the instrument that the spoke calls `index`: its number and id are read from the ledger the first time only.
    /// Without a name its number is zero.
    function find(Sums memory sums, HubState storage s, uint32 eid, uint256 index) internal view returns (uint256 at) {
        unchecked {
            uint256 mask = sums.indices.length - 1;
            at = index & mask;
            while (sums.indices[at] != index) {
                if (sums.indices[at] == 0) {
                    uint32 number = s.instrumentAt[eid][uint16(index)];
                    if (number == 0) return at;
                    sums.indices[at] = index;
                    sums.numbers[at] = number;
                    sums.instruments[at] = s.instrumentOf[number];
                    return at;
                }
                at = (at + 1) & mask;
            }
        }
    }

    /// @notice Adds to the sums of the instrument at a place that `find` told.
    function add(Sums memory sums, uint256 at, int256 base, int256 quote) internal pure {
        unchecked {
            // int88 terms, fewer than 2^16 of them.
            sums.bases[at] += base;
            sums.quotes[at] += quote;
        }
    }

    /// @notice Writes all sums of the spoke on `eid`.
    function store(Sums memory sums, HubState storage s, uint32 eid) internal {
        uint256 size = sums.indices.length;
        for (uint256 i; i < size; ++i) {
            if (sums.bases[i] == 0 && sums.quotes[i] == 0) continue;
            SpokeSum storage sum = s.spokeSums[eid][sums.numbers[i]];
            // Far below 2^127: a pair is an int88, and there are fewer than 2^39 of them.
            sum.base += int128(sums.bases[i]);
            sum.quote += int128(sums.quotes[i]);
        }
    }
}
