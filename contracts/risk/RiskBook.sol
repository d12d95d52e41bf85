// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
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
    }

    /// @notice Sums over all options of a book, 1e-8.
    /// @param size Σ |base|; `net` Σ base
    /// @param naked short calls and puts that no long of the same right and expiry covers
    /// @param basisLoss Σ over expiries of (loss at −1/3 + loss at +1/3) · (flat + perYear · years), 1e-17 of the spot · 1e-9 · seconds of
    /// a year; that of the perpetual included
    struct Totals {
        uint256 size;
        int256 net;
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
    /// @param base net over chains, 1e-8; `offset` min(Σ longs, Σ shorts)
    function addPerpetual(Book memory book, int88 base, uint96 offset) internal pure {
        unchecked {
            book.perpetual += base;
            book.offset += offset;
        }
    }

    /// @notice Adds an option. Options of one expiry in a row are cheapest; the order changes nothing else.
    /// @param base net over chains, 1e-8; `offset` min(Σ longs, Σ shorts)
    /// @param expiry unix seconds, not zero
    /// @param array where in memory its 128 bytes begin (`RiskArray.at`)
    function addOption(Book memory book, int88 base, uint96 offset, uint256 expiry, bool isPut, uint256 array) internal pure {
        uint256 sums = book.current;
        uint256 found;
        assembly ("memory-safe") {
            // Before the first option this is scratch space: an expiry that stands there by chance is not in the list, hence the zero.
            found := mul(mload(sums), gt(sums, 0))
        }
        if (found != expiry || found == 0) sums = _sumsOf(book, expiry);
        unchecked {
            book.offset += offset;
            sums += 64;
        }
        // In assembly since it is done for every option of every account, and Solidity would check bounds 32 times. It reads the array
        // and writes the 16 words of lanes and the sums of the expiry, all of them allocated. Written out and with constants in variables,
        // since a call, or pushing them each time, takes half as much again.
        assembly ("memory-safe") {
            let bias := BIAS
            let pair := PAIR
            let q := signextend(10, base)
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
            sums := add(sums, add(32, shl(5, isPut)))
            mstore(sums, add(mload(sums), q))
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
            uint256 perpetual = SignedMath.abs(book.perpetual);
            // A perpetual loses on one side only, and expires now.
            t.basisLoss += perpetual * third * flat * YEAR;
            if (t.size + perpetual > MAX_SIZE) revert RiskBook_SizeOutOfRange(t.size + perpetual, MAX_SIZE);
        }
    }

    /// @notice Loss by entry of an array, not weighted, 1e-17 of the spot, the rounding of entries charged; at the near points
    /// that of the options alone. Of a book without options only the grid, as its tails never are the worst.
    function losses(Book memory book, Totals memory t, uint256 scanRange) internal pure returns (int256[32] memory loss) {
        int256 p = book.perpetual;
        unchecked {
            if (p != 0) _movePerpetual(loss, p * int256(scanRange / 3), p * int256(scanRange * 2 / 3), p * int256(scanRange));
            if (book.first == 0) return loss;
            _subtractLanes(book.lanes, loss, int256(t.size) + (t.net << 31));
            if (p == 0) return loss;
            for (uint256 i; i < Scenarios.TAILS; ++i) {
                (uint256 s, int256 move) = Scenarios.tail(i);
                loss[s] -= p * move;
            }
        }
    }

    /// @dev Sets the grid to the losses of a perpetual. In assembly since Solidity would check 21 places; they are all in `loss`.
    function _movePerpetual(int256[32] memory loss, int256 third, int256 two, int256 whole) private pure {
        assembly ("memory-safe") {
            let end := add(loss, 768)
            for { let at := loss } lt(at, end) { at := add(at, 256) } {
                mstore(at, third)
                mstore(add(at, 32), two)
                mstore(add(at, 64), whole)
                mstore(add(at, 128), sub(0, third))
                mstore(add(at, 160), sub(0, two))
                mstore(add(at, 192), sub(0, whole))
            }
        }
    }

    /// @dev Adds charged − sum(s) to every loss. In assembly for the same reason: 32 places, all in `loss`.
    function _subtractLanes(uint256[16] memory lanes, int256[32] memory loss, int256 charged) private pure {
        assembly ("memory-safe") {
            let end := add(loss, 1024)
            for { let to := loss } lt(to, end) { to := add(to, 256) } {
                for { let at := to } lt(at, add(to, 128)) { at := add(at, 32) } {
                    let word := mload(lanes)
                    let low := signextend(15, word)
                    mstore(at, add(mload(at), sub(charged, sar(128, sub(word, low)))))
                    let four := add(at, 128)
                    mstore(four, add(mload(four), sub(charged, low)))
                    lanes := add(lanes, 32)
                }
            }
        }
    }

    /// @dev Where the sums of `expiry` stand: six words, in a list in order of appearance.
    function _sumsOf(Book memory book, uint256 expiry) private pure returns (uint256 sums) {
        uint256 found;
        if (expiry == 0) revert RiskBook_NoExpiry();
        uint256 last;
        sums = book.first;
        while (sums != 0) {
            uint256 next;
            assembly ("memory-safe") {
                found := mload(sums)
                next := mload(add(sums, 32))
            }
            if (found == expiry) {
                book.current = sums;
                return sums;
            }
            last = sums;
            sums = next;
        }
        assembly ("memory-safe") {
            sums := mload(0x40)
            mstore(0x40, add(sums, 192))
            calldatacopy(sums, calldatasize(), 192)
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
                let held := mload(add(sums, 128))
                if slt(held, 0) { naked := sub(naked, held) }
                let puts := mload(add(sums, 160))
                if slt(puts, 0) { naked := sub(naked, puts) }
                held := add(held, puts)
                net := add(net, held)
                // What is charged and what the 2^31 added, less what the pair ∓1/3 gains.
                charged := add(charged, shl(31, held))
                let gained := mload(add(sums, 64))
                let up := signextend(15, gained)
                let loss := sub(charged, sar(128, sub(gained, up)))
                if slt(loss, 0) { loss := 0 }
                if sgt(charged, up) { loss := add(loss, sub(charged, up)) }
                let share := flat
                let expiry := mload(sums)
                if gt(expiry, time) { share := add(flat, mul(perYear, sub(expiry, time))) }
                basisLoss := add(basisLoss, mul(loss, share))
            }
        }
    }
}
