// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Scenarios} from "./Scenarios.sol";

/// @title Options between epochs: what arrays say at a price other than theirs
/// @notice Takes gains by entry of an array, of one option or summed over many: all of it is linear, but for rounding. Near the
/// epoch's price they go by delta and gamma, further out along the array's own points. Mirrored by `clearing/margin/epochMove.ts`
/// (CLR-20), but for `carried`; `docs/margin.md` says how far it is from pricing anew.
/// @dev Gains are sums of `base` · entry, below 2^126. `/` truncates; the steps of a polynomial are each off by less than one unit.
/// Unchecked: a move is at most 2^40, a scan range from 10^6 to 2^30, so that nothing exceeds 2^230. What comes out is kept within what `size`, Σ |base|,
/// could gain: far from the epoch's price a polynomial knows no bound.
library EpochMove {
    int256 private constant PPB = 1e9;
    /// @dev A thousand times the price of the epoch: beyond it gains stay as there.
    int256 private constant MAX_MOVE = 1e12;
    /// @param from the first of four neighbouring points of a row; `a` to `d` their weights, times 2^49
    /// @param lifted 1 + move, times 2^49; `gained` likewise
    /// @param most that a gain may be
    /// @param reach price scan range of what comes out
    struct Weights {
        uint256 from;
        int256 a;
        int256 b;
        int256 c;
        int256 d;
        int256 lifted;
        int256 gained;
        int256 most;
        int256 reach;
    }

    /// @dev By how much a unit of base gains at most: by the move 2,199 spots, in a scenario what an entry can say, 2.147.
    uint256 private constant MAX_GAINED = 2 ** 41;
    uint256 private constant MAX_ENTRY = 2 ** 31;
    /// @dev Where the seven points of a row by spot stand in it (−1, −2/3, −1/3, 0, +1/3, +2/3, +1), times 32, a byte each from the lowest.
    uint256 private constant ROW = 0xc0a08060002040;
    /// @dev The points next to where nothing moves, and all of the row, volatility flat; a bit each.
    uint256 private constant THIRDS = 0x11;
    uint256 private constant FLAT = 0x7f;
    /// @dev Weights of points are times 2^49.
    uint256 private constant WEIGHT_BITS = 49;

    /// @notice By what share the price has moved since the epoch, 1e-9, truncated; above −1, at most 1,000.
    /// @param epochWad not zero; `priceWad` below 2^128
    function relative(uint256 priceWad, uint256 epochWad) internal pure returns (int256 move) {
        unchecked {
            move = (int256(priceWad) - int256(epochWad)) * PPB / int256(epochWad);
            if (move > MAX_MOVE) move = MAX_MOVE;
        }
    }

    /// @notice What was gained by the move: quadratic up to the near points, and on from there to ±1/3 of the price scan range, whose
    /// entry it meets; then along the row of volatility flat.
    function gained(int256[32] memory gains, int256 move, uint256 scanRange, uint256 size) internal pure returns (int256) {
        unchecked {
            return _within(_gained(gains, move, scanRange), size * MAX_GAINED);
        }
    }

    /// @notice Gains by entry as they are now, in the unit of the price now, each rounded down. Every scenario moves the price from
    /// where it is now, so its gain is read where that ends, along the points with the same volatility, less what was gained already. The skew
    /// scenarios stay as they are.
    /// @param gained_ by the move, as above
    /// @return now_ the near points are not set
    function scenarios(int256[32] memory gains, int256 move, uint256 scanRange, uint256 size, int256 gained_)
        internal
        pure
        returns (int256[32] memory now_)
    {
        Weights memory w;
        w.reach = int256(scanRange);
        return _scenarios(w, gains, move, scanRange, size, gained_);
    }

    /// @notice One of them alone: only the entries of `placesOf` have to be there.
    function scenario(int256[32] memory gains, uint256 s, int256 move, uint256 scanRange, uint256 size, int256 gained_)
        internal
        pure
        returns (int256)
    {
        if (s == Scenarios.UNMOVED) return 0;
        if (s > Scenarios.LAST_TAIL) return gains[s];
        unchecked {
            int256 gain;
            int256 unit = PPB + move;
            if (Scenarios.isOnGrid(s)) {
                Weights memory w;
                _weigh(w, _endOf(s, move, scanRange), int256(scanRange));
                gain = _sum(w, gains, s / 8) - (gained_ << WEIGHT_BITS);
                unit <<= WEIGHT_BITS;
            } else {
                int256 shock = Scenarios.moveOf(s, scanRange);
                gain = _tail(gains, move + shock + shock * move / PPB) - gained_;
            }
            return _within(_floorDiv(gain * PPB, unit), size * MAX_ENTRY);
        }
    }

    /// @notice Which entries `scenario` reads: a bit each, from the lowest.
    function placesOf(uint256 s, int256 move, uint256 scanRange) internal pure returns (uint256 places) {
        if (s == Scenarios.UNMOVED) return 0;
        if (s > Scenarios.LAST_TAIL) return 1 << s;
        unchecked {
            if (Scenarios.isOnGrid(s)) {
                Weights memory w;
                _weigh(w, _endOf(s, move, scanRange), int256(scanRange));
                uint256 from = ROW >> (8 * w.from);
                for (uint256 i; i < 4; ++i) {
                    places |= 1 << ((from & 0xff) / 32);
                    from >>= 8;
                }
                return places << (s & ~uint256(7));
            }
            int256 shock = Scenarios.moveOf(s, scanRange);
            int256 end = move + shock + shock * move / PPB;
            if (end < 0) return (1 << 15) | (1 << 7);
            return end < PPB ? (1 << 23) | (1 << 24) : (1 << 24) | (1 << 25);
        }
    }

    /// @notice Which entries `gained` reads, whatever is within `far` of where the price is.
    function placesWithin(uint256 far, uint256 scanRange) internal pure returns (uint256) {
        uint256 places = (1 << Scenarios.NEAR_DOWN) | (1 << Scenarios.NEAR_UP);
        if (far <= Scenarios.near(scanRange)) return places;
        return places | (far <= scanRange / 3 ? THIRDS : FLAT);
    }

    /// @notice All entries of one option's array as they are now, each within an int32.
    /// @param scanRange of the array; `newRange` the one that its points are to stand at from now on
    /// @return now_ rounded down
    /// @return gained_ by the move
    function carried(int256[32] memory gains, int256 move, uint256 scanRange, uint256 newRange)
        internal
        pure
        returns (int256[32] memory now_, int256 gained_)
    {
        gained_ = gained(gains, move, scanRange, 1);
        Weights memory w;
        w.reach = int256(newRange);
        now_ = _scenarios(w, gains, move, scanRange, 1, gained_);
        unchecked {
            int256 unit = PPB + move;
            int256 near = int256(Scenarios.near(newRange)) * unit / PPB;
            now_[Scenarios.NEAR_DOWN] = (gained(gains, move - near, scanRange, 1) - gained_) * PPB / unit;
            now_[Scenarios.NEAR_UP] = (gained(gains, move + near, scanRange, 1) - gained_) * PPB / unit;
            for (uint256 s; s < Scenarios.ENTRIES; ++s) {
                now_[s] = FixedPointMathLib.clamp(now_[s], type(int32).min, type(int32).max);
            }
        }
    }

    /// @dev Where a scenario of the grid ends, in thirds of the price scan range · `scanRange`, as `_scenarios` has it.
    function _endOf(uint256 s, int256 move, uint256 scanRange) private pure returns (int256) {
        unchecked {
            int256 reach = Scenarios.thirdsOf(s) * int256(scanRange);
            return 3 * move + reach + reach * move / PPB;
        }
    }

    /// @param w its `reach` is set
    function _scenarios(
        Weights memory w,
        int256[32] memory gains,
        int256 move,
        uint256 scanRange,
        uint256 size,
        int256 gained_
    ) private pure returns (int256[32] memory now_) {
        unchecked {
            w.lifted = (PPB + move) << WEIGHT_BITS;
            w.gained = gained_ << WEIGHT_BITS;
            w.most = int256(size * MAX_ENTRY);
            for (uint256 k; k < 7; ++k) {
                // In thirds; what those of the price scan range are truncated by is less than the move is.
                int256 reach = (int256(k) - 3) * w.reach;
                _weigh(w, 3 * move + reach + reach * move / PPB, int256(scanRange));
                _setColumn(now_, gains, (ROW >> (8 * k)) & 0xff, w);
            }
            for (uint256 i; i < Scenarios.TAILS; ++i) {
                (uint256 s, int256 shock) = Scenarios.tail(i);
                int256 gain = _tail(gains, move + shock + shock * move / PPB) - gained_;
                now_[s] = _within(_floorDiv(gain * PPB, PPB + move), size * MAX_ENTRY);
            }
            now_[Scenarios.UNMOVED] = 0;
            (now_[26], now_[27], now_[28], now_[29]) = (gains[26], gains[27], gains[28], gains[29]);
        }
    }

    function _gained(int256[32] memory gains, int256 move, uint256 scanRange) private pure returns (int256) {
        unchecked {
            int256 far = move < 0 ? -move : move;
            int256 near = int256(Scenarios.near(scanRange));
            int256 third = int256(scanRange / 3);
            int256 down = gains[Scenarios.NEAR_DOWN];
            int256 up = gains[Scenarios.NEAR_UP];
            if (far <= near) return ((up - down) * near + (up + down) * move) * move / (2 * near * near);
            if (far > third) return _along(gains, 3 * move, scanRange);
            (int256 from, int256 other, int256 to) = move < 0 ? (down, up, gains[0]) : (up, down, gains[4]);
            // `slope` as the first parabola leaves with, times 2·near; then what is missing at the third, by the square of the way there.
            int256 slope = 3 * from + other;
            int256 width = third - near;
            int256 way = far - near;
            int256 missing = (to - from) * 2 * near - slope * width;
            return from + (slope * width * width + missing * way) * way / (2 * near * width * width);
        }
    }

    /// @dev Gain at `end` thirds of the price scan range · `range`, volatility flat.
    function _along(int256[32] memory gains, int256 end, uint256 range) private pure returns (int256) {
        Weights memory w;
        _weigh(w, end, int256(range));
        return _sum(w, gains, 0) >> WEIGHT_BITS;
    }

    /// @dev What the four neighbouring points make, times 2^49.
    /// @param row 0 volatility flat, 1 up, 2 down
    function _sum(Weights memory w, int256[32] memory gains, uint256 row) private pure returns (int256 gain) {
        assembly ("memory-safe") {
            gains := add(gains, shl(8, row))
            let from := shr(shl(3, mload(w)), ROW)
            gain := mul(mload(add(w, 32)), mload(add(gains, and(from, 0xff))))
            gain := add(gain, mul(mload(add(w, 64)), mload(add(gains, and(shr(8, from), 0xff)))))
            gain := add(gain, mul(mload(add(w, 96)), mload(add(gains, and(shr(16, from), 0xff)))))
            gain := add(gain, mul(mload(add(w, 128)), mload(add(gains, and(shr(24, from), 0xff)))))
        }
    }

    /// @dev Sets what the three volatilities of the grid gain, less what was gained already, in the unit of the price now.
    /// @param place of the first of the three, times 32
    function _setColumn(int256[32] memory now_, int256[32] memory gains, uint256 place, Weights memory w) private pure {
        // In assembly since Solidity would check every place; they are all below 24.
        assembly ("memory-safe") {
            let from := shr(shl(3, mload(w)), ROW)
            let second := and(shr(8, from), 0xff)
            let third := and(shr(16, from), 0xff)
            let fourth := and(shr(24, from), 0xff)
            from := and(from, 0xff)
            let unit := mload(add(w, 160))
            place := add(now_, place)
            for { let end := add(gains, 768) } lt(gains, end) { gains := add(gains, 256) } {
                let gain := mul(mload(add(w, 32)), mload(add(gains, from)))
                gain := add(gain, mul(mload(add(w, 64)), mload(add(gains, second))))
                gain := add(gain, mul(mload(add(w, 96)), mload(add(gains, third))))
                gain := add(gain, mul(mload(add(w, 128)), mload(add(gains, fourth))))
                gain := mul(sub(gain, mload(add(w, 192))), PPB)
                // Down: a remainder has the sign of what was divided.
                gain := sub(sdiv(gain, unit), slt(smod(gain, unit), 0))
                let most := mload(add(w, 224))
                if gt(add(gain, most), add(most, most)) {
                    switch slt(gain, 0)
                    case 0 { gain := most }
                    default { gain := sub(0, most) }
                }
                mstore(place, gain)
                place := add(place, 256)
            }
        }
    }

    /// @dev How much of four neighbouring points makes the gain at `end`: of a piecewise cubic with the slopes of central differences
    /// (C. de Boor, "A practical guide to splines", 1978, chapter IV: Bessel's), which at the ends are those of the parabola through the
    /// last three; beyond the ends straight on.
    function _weigh(Weights memory w, int256 end, int256 range) private pure {
        // In assembly since it is done seven times a check. From the first point on; 1 is 2^48.
        assembly ("memory-safe") {
            let from := 0
            let a := 0
            let b
            let c
            let d := 0
            end := add(end, mul(3, range))
            switch or(slt(end, 0), sgt(end, mul(6, range)))
            case 0 {
                // The segment, and the way into it; the last point ends the last segment.
                from := div(end, range)
                from := sub(from, eq(from, 6))
                let way := div(shl(48, sub(end, mul(from, range))), range)
                let square := shr(48, mul(way, way))
                let cube := shr(48, mul(square, way))
                // Hermite's basis: of the slope at either end (`way`, `cube`), and of the far end, twice (`square`).
                way := add(sub(way, shl(1, square)), cube)
                let far := sub(mul(6, square), shl(2, cube))
                cube := sub(cube, square)
                switch from
                case 0 {
                    a := sub(sub(sub(shl(49, 1), far), mul(3, way)), cube)
                    b := add(far, shl(2, way))
                    c := sub(cube, way)
                }
                case 5 {
                    from := 3
                    b := sub(cube, way)
                    c := sub(sub(shl(49, 1), far), shl(2, cube))
                    d := add(add(far, way), mul(3, cube))
                }
                default {
                    from := sub(from, 1)
                    a := sub(0, way)
                    b := sub(sub(shl(49, 1), far), cube)
                    c := add(far, way)
                    d := cube
                }
            }
            default {
                switch slt(end, 0)
                case 0 {
                    let beyond := sdiv(shl(48, sub(end, mul(6, range))), range)
                    from := 3
                    b := beyond
                    c := sub(0, shl(2, beyond))
                    d := add(shl(49, 1), mul(3, beyond))
                }
                default {
                    let beyond := sdiv(shl(48, end), range)
                    a := sub(shl(49, 1), mul(3, beyond))
                    b := shl(2, beyond)
                    c := sub(0, beyond)
                }
            }
            mstore(w, from)
            mstore(add(w, 32), a)
            mstore(add(w, 64), b)
            mstore(add(w, 96), c)
            mstore(add(w, 128), d)
        }
    }

    /// @dev Gain at a relative move `end`, volatility up, on the lines through the lower two tails and through the upper three.
    function _tail(int256[32] memory gains, int256 end) private pure returns (int256) {
        unchecked {
            if (end < 0) return gains[15] + (gains[15] - gains[7]) * (end + 0.35e9) / 0.25e9;
            if (end < PPB) return gains[23] + (gains[24] - gains[23]) * (end - 0.5e9) / 0.5e9;
            return gains[24] + (gains[25] - gains[24]) * (end - PPB) / PPB;
        }
    }

    function _floorDiv(int256 a, int256 b) private pure returns (int256 quotient) {
        unchecked {
            quotient = a / b;
            if (a < 0 && quotient * b != a) --quotient;
        }
    }

    function _within(int256 gain, uint256 most) private pure returns (int256) {
        return FixedPointMathLib.clamp(gain, -int256(most), int256(most));
    }
}
