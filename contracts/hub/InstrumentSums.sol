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
        InstrumentId[] instruments;
        int256[] bases;
        int256[] quotes;
    }

    /// @notice Room for `max` different instruments.
    function create(uint256 max) internal pure returns (Sums memory sums) {
        uint256 size = 2;
        while (size < 2 * max) size *= 2;
        sums.indices = new uint256[](size);
        sums.instruments = new InstrumentId[](size);
        sums.bases = new int256[](size);
        sums.quotes = new int256[](size);
    }

    /// @notice Adds to the sums of the instrument that the spoke calls `index`.
    function add(Sums memory sums, uint256 index, InstrumentId instrument, int256 base, int256 quote) internal pure {
        unchecked {
            uint256 mask = sums.indices.length - 1;
            uint256 at = index & mask;
            while (sums.indices[at] != index) {
                if (sums.indices[at] == 0) {
                    sums.indices[at] = index;
                    sums.instruments[at] = instrument;
                    break;
                }
                at = (at + 1) & mask;
            }
            // int88 terms, fewer than 2^16 of them.
            sums.bases[at] += base;
            sums.quotes[at] += quote;
        }
    }

    /// @notice Writes all sums of the spoke on `eid`.
    function store(Sums memory sums, HubState storage s, uint32 eid) internal {
        uint256 size = sums.indices.length;
        for (uint256 i; i < size; ++i) {
            if (sums.indices[i] == 0) continue;
            SpokeSum storage sum = s.spokeSums[eid][sums.instruments[i]];
            // Far below 2^127: a pair is an int88, and there are fewer than 2^39 of them.
            sum.base += int128(sums.bases[i]);
            sum.quote += int128(sums.quotes[i]);
        }
    }
}
