// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {FundingIndex} from "../funding/FundingIndex.sol";
import {InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Funding, HubState, SpokeSum} from "./HubState.sol";
import {OpenInterest} from "./OpenInterest.sol";
import {PackedPosition} from "./PackedPosition.sol";

/// @notice What a report needs of each instrument, and by how much it moves that instrument's sums, in memory: read and written once
/// a report, not once a pair, since the two sides of a trade would swing a stored sum away from zero and back.
/// @dev A table with open addressing by the spoke's instrument index, of pointers: most of its places stay empty.
library InstrumentSums {
    /// @param index the spoke's; `number` zero if it has no name
    /// @param limit a pair's base is less, 1e-8
    /// @param isNew whether a pair came that the hub did not know
    /// @param base change of Σ of the spoke's pairs, 1e-8; `quote` likewise, 1e-6 dollar
    /// @param longIndex of a perpetual's funding; likewise `shortIndex` and `dust`: see `Funding`
    /// @param openLong change of Σ of the net positions that are long, 1e-8
    struct Entry {
        uint256 index;
        uint32 number;
        InstrumentId instrument;
        uint256 limit;
        bool isNew;
        int256 base;
        int256 quote;
        int256 longIndex;
        int256 shortIndex;
        int256 openLong;
        uint256 dust;
    }

    struct Sums {
        uint256[] places;
    }

    /// @notice Room for `max` different instruments.
    function create(uint256 max) internal pure returns (Sums memory sums) {
        uint256 size = 2;
        while (size < 2 * max) size *= 2;
        sums.places = new uint256[](size);
    }

    /// @notice The instrument that the spoke calls `index`: read from the ledger the first time only.
    function find(Sums memory sums, HubState storage s, uint32 eid, uint256 index) internal view returns (Entry memory e) {
        uint256[] memory places = sums.places;
        unchecked {
            uint256 mask = places.length - 1;
            for (uint256 at = index & mask;; at = (at + 1) & mask) {
                uint256 pointer = places[at];
                if (pointer == 0) {
                    e = _read(s, eid, index);
                    assembly ("memory-safe") {
                        pointer := e
                    }
                    places[at] = pointer;
                    return e;
                }
                assembly ("memory-safe") {
                    e := pointer
                }
                if (e.index == index) return e;
            }
        }
    }

    /// @notice Adds the change of a pair.
    /// @param net the account's base over all chains before, 1e-8
    /// @param base change of the pair; `quote` likewise
    /// @return delta what the account's stored quote changes by, 1e-6 dollar: the same, and the funding that its base has paid
    function add(Entry memory e, int256 net, int256 base, int256 quote) internal pure returns (int256 delta) {
        unchecked {
            // int88 terms, fewer than 2^16 of them.
            e.base += base;
            e.quote += quote;
            int256 next = net + base;
            e.openLong += FixedPointMathLib.max(next, 0) - FixedPointMathLib.max(net, 0);
            // As those of an option always are.
            if ((e.longIndex | e.shortIndex) == 0) return quote;
            uint256 dust;
            (delta, dust) = FundingIndex.shift(net, next, e.longIndex, e.shortIndex);
            e.dust += dust;
            return quote + delta;
        }
    }

    /// @notice Writes all sums of the spoke on `eid`.
    function store(Sums memory sums, HubState storage s, uint32 eid) internal {
        uint256[] memory places = sums.places;
        for (uint256 i; i < places.length; ++i) {
            uint256 pointer = places[i];
            if (pointer == 0) continue;
            Entry memory e;
            assembly ("memory-safe") {
                e := pointer
            }
            _store(s, eid, e);
        }
    }

    function _read(HubState storage s, uint32 eid, uint256 index) private view returns (Entry memory e) {
        e.index = index;
        e.number = s.instrumentAt[eid][uint16(index)];
        if (e.number == 0) return e;
        e.instrument = s.instrumentOf[e.number];
        e.limit = PackedPosition.MAX_BASE;
        if (!_isPerpetual(e.number)) return e;
        Funding storage f = s.funding[e.number];
        (e.longIndex, e.shortIndex, e.limit) = (f.longIndex, f.shortIndex, 1 << f.baseBits);
    }

    function _store(HubState storage s, uint32 eid, Entry memory e) private {
        unchecked {
            if (e.base != 0 || e.quote != 0 || e.isNew) {
                SpokeSum storage sum = s.spokeSums[eid][e.number];
                // A spoke names fewer than 2^32 accounts; pairs are below 2^74 and 2^81.
                sum.base += int120(e.base);
                sum.quote += int120(e.quote);
                sum.known = true;
            }
            if ((uint256(e.openLong) | e.dust) == 0) return;
            if (_isPerpetual(e.number)) {
                Funding storage f = s.funding[e.number];
                // Fewer than 2^37 pairs below 2^74; and less dust than 2^67 a pair, of which 2^37 do not come between two accruals.
                f.openLong = uint112(uint256(int256(uint256(f.openLong)) + e.openLong));
                f.dust += uint104(e.dust);
            } else {
                OpenInterest.add(s, e.number, e.instrument, e.openLong);
            }
        }
    }

    function _isPerpetual(uint32 number) private pure returns (bool) {
        return InstrumentNumber.place(number) == 0;
    }
}
