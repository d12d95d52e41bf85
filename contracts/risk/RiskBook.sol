// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {EpochMove} from "./EpochMove.sol";
import {Scenarios} from "./Scenarios.sol";

/// @notice What an account holds on one underlying, summed instrument by instrument. Mirrored by `clearing/margin/riskBook.ts` (CLR-20).
/// @dev The sums by scenario are kept in 16 words of two lanes of 128 bits: word 4v + k has entry 8v + k above and entry 8v + k + 4
/// below, which one shift and one mask take out of word v of an array. So one multiplication serves two entries, and 16 serve all 32.
///
/// This is exact. Entries are read with 2^31 added, thus as 0 to 2^32 − 1; a base is an int88, and `totals` refuses more than 2^94 of
/// Σ |base|. So a lane's sum is within ±2^126, and a word's, high · 2^128 + low modulo 2^256, has exactly one reading: low is the lower
/// half as a signed number, high is what is left. What the 2^31 add is 2^31 · Σ base, taken off at the end.
library RiskBook {
    /// @param lanes see above
    /// @param first expiry of the list; `current` that of the latest option; 0 before the first
    /// @param perpetual Σ base of perpetuals, 1e-8
    /// @param offset Σ of min(longs, shorts) over instruments, 1e-8
    struct Book {
        uint256[16] lanes;
        uint256 first;
        uint256 current;
        int256 perpetual;
        uint256 offset;
        Closing closing;
    }

    /// @notice What any part of the closing allowances could add at the worst.
    /// @param lost by scenario, 1e-17 of the spot, never negative
    /// @param rise by how much loss(+1/3) − loss(−1/3) could rise; `fall` likewise
    /// @param perpetual by how much |net perpetual| could grow, 1e-8; `size` likewise Σ |base| of options
    struct Closing {
        bool any;
        uint256[32] lost;
        uint256 rise;
        uint256 fall;
        uint256 perpetual;
        uint256 size;
    }

    /// @notice An option of an account.
    /// @param base net over chains, 1e-8, an int88; `offset` min(Σ longs, Σ shorts), 1e-8, a uint96
    /// @param expiry unix seconds, not zero
    /// @param isPut 1 of a put, 0 of a call
    /// @param array where in memory its 128 bytes begin
    struct OptionLeg {
        int256 base;
        uint256 offset;
        uint256 expiry;
        uint256 isPut;
        uint256 array;
    }

    /// @notice Sums over a book, 1e-8; what closing allowances could add is in all but `net` and `size`.
    /// @param size Σ |base| of options; `net` Σ base
    /// @param perpetual |net perpetual|
    /// @param gross Σ |base| of all
    /// @param naked short calls and puts that no long of the same right and expiry covers
    /// @param basisLoss Σ over expiries of (loss at −1/3 + loss at +1/3) · (flat + perYear · years), 1e-17 of the spot · 1e-9 · seconds of
    /// a year; that of the perpetual included
    struct Totals {
        uint256 size;
        int256 net;
        uint256 perpetual;
        uint256 gross;
        uint256 naked;
        uint256 basisLoss;
    }

    uint256 private constant MAX_SIZE = 2 ** 94;
    uint256 private constant BIAS = 0x8000000080000000800000008000000080000000800000008000000080000000;
    uint256 private constant PAIR = 0x000000000000000000000000ffffffff000000000000000000000000ffffffff;
    uint256 private constant YEAR = 31_536_000;

    error RiskBook_SizeOutOfRange(uint256 found, uint256 most);
    error RiskBook_NoExpiry();

    /// @notice Adds a perpetual.
    /// @param base net over chains, 1e-8, an int88; `offset` min(Σ longs, Σ shorts), a uint96
    function addPerpetual(Book memory book, int256 base, uint256 offset) internal pure {
        unchecked {
            book.perpetual += base;
            book.offset += offset;
        }
    }

    /// @notice Adds an option. Options of one expiry in a row are cheapest; the order changes nothing else.
    function addOption(Book memory book, OptionLeg memory leg) internal pure {
        uint256 sums;
        assembly ("memory-safe") {
            sums := mload(add(book, 64))
            // Before the first option this is scratch space: an expiry that stands there by chance is not in the list, hence the zero.
            sums := mul(sums, and(gt(sums, 0), eq(mload(sums), mload(add(leg, 64)))))
        }
        if (sums == 0) sums = _sumsOf(book, leg.expiry);
        // In assembly since it is done for every option of every account, and Solidity would check bounds 32 times. It reads leg and array
        // and writes the 16 words of lanes and the sums of the expiry, all of them allocated. Written out and with constants in variables,
        // since a call, or pushing them each time, takes half as much again.
        assembly ("memory-safe") {
            let q := add(book, 128)
            mstore(q, add(mload(q), mload(add(leg, 32))))
            let array := mload(add(leg, 128))
            sums := add(sums, 64)
            q := mload(leg)
            let bias := BIAS
            let pair := PAIR
            let word := xor(mload(array), bias)
            let product := mul(q, and(shr(96, word), pair))
            let lane := mload(book)
            mstore(lane, add(mload(lane), product))
            mstore(sums, add(mload(sums), product))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(64, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(32, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(word, pair))))
            word := xor(mload(add(array, 32)), bias)
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(96, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(64, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(32, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(word, pair))))
            word := xor(mload(add(array, 64)), bias)
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(96, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(64, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(32, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(word, pair))))
            word := xor(mload(add(array, 96)), bias)
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(96, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(64, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(shr(32, word), pair))))
            lane := add(lane, 32)
            mstore(lane, add(mload(lane), mul(q, and(word, pair))))
            sums := add(sums, 32)
            word := sar(255, q)
            mstore(sums, add(mload(sums), sub(xor(q, word), word)))
            sums := add(sums, add(32, shl(5, mload(add(leg, 96)))))
            mstore(sums, add(mload(sums), q))
        }
    }

    /// @notice Counts that any part of a closing allowance may still be used, right after its option was added. It sells what is long,
    /// buys what is short, and may do either where nothing is held.
    /// @param entries of its array, as they are now (`EpochMove.scenarios`)
    function closeOption(Book memory book, OptionLeg memory leg, uint256 closing, int256[32] memory entries) internal pure {
        Closing memory c = book.closing;
        int256 base = leg.base;
        uint256 isPut = leg.isPut;
        uint256 grown = _close(c, base, closing, entries);
        uint256 sums = book.current;
        unchecked {
            c.size += grown;
            (uint256 down, uint256 up) =
                (_worst(base, closing, entries[0]) + grown, _worst(base, closing, entries[4]) + grown);
            // Only what is sold can leave a short option without its long.
            uint256 sold = base < 0 ? 0 : closing;
            assembly ("memory-safe") {
                let at := add(sums, add(192, shl(5, isPut)))
                mstore(at, add(mload(at), sold))
                mstore(add(sums, 256), add(mload(add(sums, 256)), down))
                mstore(add(sums, 288), add(mload(add(sums, 288)), up))
            }
        }
    }

    /// @notice The same of a perpetual.
    /// @param moves `Scenarios.moves`
    function closePerpetual(Book memory book, int256 base, uint256 closing, int256[32] memory moves) internal pure {
        unchecked {
            book.closing.perpetual += _close(book.closing, base, closing, moves);
        }
    }

    /// @notice Sums over the expiries of a book.
    /// @param third of the price scan range; `flat`, `perYear` the basis parameters, 1e-9
    function totals(Book memory book, uint256 third, uint256 flat, uint256 perYear, uint256 time)
        internal
        pure
        returns (Totals memory t)
    {
        (t.size, t.net, t.naked, t.basisLoss) = _sumExpiries(book.first, flat * YEAR, perYear, time);
        unchecked {
            t.perpetual = SignedMath.abs(book.perpetual) + book.closing.perpetual;
            t.gross = t.size + book.closing.size + t.perpetual;
            // A perpetual loses on one side only, and expires now.
            t.basisLoss += t.perpetual * third * flat * YEAR;
            if (t.gross > MAX_SIZE) revert RiskBook_SizeOutOfRange(t.gross, MAX_SIZE);
        }
    }

    /// @notice Loss by entry of an array, not weighted, 1e-17 of the spot, the rounding of entries charged, with what closing allowances
    /// could add; at the near points of no meaning. Of a book without options and closing allowances only the grid, as its tails never are the
    /// worst.
    /// @param move of the price since the epoch of the options, `EpochMove.relative`
    /// @return loss see above
    /// @return gained by the options through that move, 1e-17 of the epoch's price
    function losses(Book memory book, Totals memory t, uint256 scanRange, int256 move)
        internal
        pure
        returns (int256[32] memory loss, int256 gained)
    {
        int256 p = book.perpetual;
        bool closes = book.closing.any;
        unchecked {
            if (book.first != 0) {
                if (move == 0) {
                    _readLanes(book.lanes, loss, int256(t.size) + (t.net << 31), 1);
                } else {
                    // What is charged for rounding does not move with the price.
                    _readLanes(book.lanes, loss, t.net << 31, -1);
                    gained = EpochMove.gained(loss, move, scanRange, t.size);
                    loss = EpochMove.scenarios(loss, move, scanRange, t.size, gained);
                    _turn(loss, int256(t.size));
                }
            }
            if (p != 0) {
                _movePerpetual(loss, p * int256(scanRange / 3), p * int256(scanRange * 2 / 3), p * int256(scanRange));
                if (book.first != 0 || closes) {
                    for (uint256 i; i < Scenarios.TAILS; ++i) {
                        (uint256 s, int256 shock) = Scenarios.tail(i);
                        loss[s] -= p * shock;
                    }
                }
            }
            if (!closes) return (loss, gained);
            for (uint256 s; s < Scenarios.COUNT; ++s) {
                loss[s] += int256(book.closing.lost[s] + book.closing.size);
            }
        }
    }

    /// @dev Adds to `c` what a closing allowance could add in every scenario, and returns by how much the position could grow.
    function _close(Closing memory c, int256 base, uint256 closing, int256[32] memory entries) private pure returns (uint256 grown) {
        unchecked {
            c.any = true;
            for (uint256 s; s < Scenarios.COUNT; ++s) {
                c.lost[s] += _worst(base, closing, entries[s]);
            }
            int256 slope = entries[4] - entries[0];
            if (base >= 0) {
                c.rise += _worst(1, closing, slope);
                c.fall += _worst(1, closing, -slope);
            }
            if (base <= 0) {
                c.rise += _worst(-1, closing, slope);
                c.fall += _worst(-1, closing, -slope);
            }
            uint256 held = SignedMath.abs(base);
            if (closing > 2 * held) grown = closing - 2 * held;
        }
    }

    /// @dev What selling (of a long), buying (of a short), or either loses at the worst where a unit gains `entry`.
    function _worst(int256 base, uint256 closing, int256 entry) private pure returns (uint256) {
        unchecked {
            if (base > 0 && entry < 0 || base < 0 && entry > 0) return 0;
            return closing * SignedMath.abs(entry);
        }
    }

    /// @dev Adds the losses of a perpetual on the grid. In assembly since Solidity would check 21 places; they are all in `loss`.
    function _movePerpetual(int256[32] memory loss, int256 third, int256 two, int256 whole) private pure {
        assembly ("memory-safe") {
            let end := add(loss, 768)
            for { let at := loss } lt(at, end) { at := add(at, 256) } {
                mstore(at, add(mload(at), third))
                let to := add(at, 32)
                mstore(to, add(mload(to), two))
                to := add(at, 64)
                mstore(to, add(mload(to), whole))
                to := add(at, 128)
                mstore(to, sub(mload(to), third))
                to := add(at, 160)
                mstore(to, sub(mload(to), two))
                to := add(at, 192)
                mstore(to, sub(mload(to), whole))
            }
        }
    }

    /// @dev Sets every place to charged − sum(s), times `sign`. In assembly for the same reason: 32 places, all in `loss`.
    function _readLanes(uint256[16] memory lanes, int256[32] memory loss, int256 charged, int256 sign) private pure {
        assembly ("memory-safe") {
            let end := add(loss, 1024)
            for { let to := loss } lt(to, end) { to := add(to, 256) } {
                for { let at := to } lt(at, add(to, 128)) { at := add(at, 32) } {
                    let word := mload(lanes)
                    let low := signextend(15, word)
                    mstore(at, mul(sign, sub(charged, sar(128, sub(word, low)))))
                    mstore(add(at, 128), mul(sign, sub(charged, low)))
                    lanes := add(lanes, 32)
                }
            }
        }
    }

    /// @dev Turns gains into losses: `charged` less each of the 32.
    function _turn(int256[32] memory loss, int256 charged) private pure {
        assembly ("memory-safe") {
            for { let at := loss } lt(at, add(loss, 1024)) { at := add(at, 32) } { mstore(at, sub(charged, mload(at))) }
        }
    }

    /// @dev Where the sums of `expiry` stand: ten words, in a list in order of appearance: expiry, next, gains at ∓1/3 as in `lanes`,
    /// Σ |base|, Σ base of calls, of puts; of closing allowances what they may sell of calls, of puts, and what they could lose at −1/3, at +1/3.
    function _sumsOf(Book memory book, uint256 expiry) private pure returns (uint256 sums) {
        if (expiry == 0) revert RiskBook_NoExpiry();
        uint256 last;
        sums = book.first;
        // In assembly since it is done for most options, where those of an expiry are not in a row. It only reads the list.
        assembly ("memory-safe") {
            for {} sums {} {
                if eq(mload(sums), expiry) { break }
                last := sums
                sums := mload(add(sums, 32))
            }
        }
        if (sums != 0) {
            book.current = sums;
            return sums;
        }
        assembly ("memory-safe") {
            sums := mload(0x40)
            mstore(0x40, add(sums, 320))
            calldatacopy(sums, calldatasize(), 320)
            mstore(sums, expiry)
            if last { mstore(add(last, 32), sums) }
        }
        if (last == 0) book.first = sums;
        book.current = sums;
    }

    /// @param sums the first expiry; `flat` is times the seconds of a year
    function _sumExpiries(uint256 sums, uint256 flat, uint256 perYear, uint256 time)
        private
        pure
        returns (uint256 size, int256 net, uint256 naked, uint256 basisLoss)
    {
        // In assembly since in Solidity all of this does not fit the stack, and through memory takes three times as much. It only reads.
        assembly ("memory-safe") {
            for {} sums { sums := mload(add(sums, 32)) } {
                let charged := mload(add(sums, 96))
                size := add(size, charged)
                {
                    let held := mload(add(sums, 128))
                    let left := sub(held, mload(add(sums, 192)))
                    if slt(left, 0) { naked := sub(naked, left) }
                    left := mload(add(sums, 160))
                    held := add(held, left)
                    left := sub(left, mload(add(sums, 224)))
                    if slt(left, 0) { naked := sub(naked, left) }
                    net := add(net, held)
                    // What is charged and what the 2^31 added, less what the pair ∓1/3 gains.
                    charged := add(charged, shl(31, held))
                }
                let loss
                {
                    let gained := mload(add(sums, 64))
                    let up := signextend(15, gained)
                    loss := add(sub(charged, sar(128, sub(gained, up))), mload(add(sums, 256)))
                    if slt(loss, 0) { loss := 0 }
                    up := sub(add(charged, mload(add(sums, 288))), up)
                    if sgt(up, 0) { loss := add(loss, up) }
                }
                let share := flat
                {
                    let expiry := mload(sums)
                    if gt(expiry, time) { share := add(flat, mul(perYear, sub(expiry, time))) }
                }
                basisLoss := add(basisLoss, mul(loss, share))
            }
        }
    }
}
