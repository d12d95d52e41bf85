// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Scenarios} from "./Scenarios.sol";

/// @notice What an account holds on one underlying, summed instrument by instrument. Mirrored by `clearing/margin/riskBook.ts` (CLR-20).
/// @dev The sums by scenario are kept in 16 words of two lanes of 128 bits: word 4v + k has entry 8v + k above and entry 8v + k + 4
/// below, which one shift and one mask take out of word v of an array. So one multiplication serves two scenarios, and 16 serve 30 (the
/// lanes of the entries 30 and 31, which do not exist, gather what stands behind the array, and are never read).
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
    /// @param array where in memory its 120 bytes begin (`RiskArray.at`)
    function addOption(Book memory book, int88 base, uint96 offset, uint40 expiry, bool isPut, uint256 array) internal pure {
        uint256 sums = _sumsOf(book, expiry);
        uint256 lanes;
        unchecked {
            book.offset += offset;
        }
        // In assembly since it is done for every option of every account, and Solidity would check bounds 32 times. It reads the array,
        // and up to eight bytes behind it, and writes the 16 words of lanes and the sums of the expiry, all of them allocated.
        assembly ("memory-safe") {
            function add2(lane, q, word) {
                mstore(lane, add(mload(lane), mul(q, and(shr(96, word), PAIR))))
                lane := add(lane, 32)
                mstore(lane, add(mload(lane), mul(q, and(shr(64, word), PAIR))))
                lane := add(lane, 32)
                mstore(lane, add(mload(lane), mul(q, and(shr(32, word), PAIR))))
                lane := add(lane, 32)
                mstore(lane, add(mload(lane), mul(q, and(word, PAIR))))
            }
            lanes := mload(book)
            let q := signextend(10, base)
            let word := xor(mload(array), BIAS)
            add2(lanes, q, word)
            add2(add(lanes, 128), q, xor(mload(add(array, 32)), BIAS))
            add2(add(lanes, 256), q, xor(mload(add(array, 64)), BIAS))
            add2(add(lanes, 384), q, xor(mload(add(array, 96)), BIAS))
            // Sums of the expiry: its time, the next, the pair ∓1/3 flat, Σ |base|, Σ base of calls, of puts.
            let to := add(sums, 64)
            mstore(to, add(mload(to), mul(q, and(shr(96, word), PAIR))))
            to := add(sums, 96)
            let sign := sar(255, q)
            mstore(to, add(mload(to), sub(xor(q, sign), sign)))
            to := add(sums, add(128, shl(5, isPut)))
            mstore(to, add(mload(to), q))
        }
    }

    /// @notice Sums over the expiries of a book.
    /// @param third of the price scan range; `flat`, `perYear` the basis parameters, 1e-9
    function totals(Book memory book, uint256 third, uint256 flat, uint256 perYear, uint256 time)
        internal
        pure
        returns (Totals memory t)
    {
        unchecked {
            // A perpetual loses on one side only, and expires now.
            t.basisLoss = SignedMath.abs(book.perpetual) * third * flat * YEAR;
            for (uint256 sums = book.first; sums != 0;) {
                uint256 expiry;
                uint256 next;
                assembly ("memory-safe") {
                    expiry := mload(sums)
                    next := mload(add(sums, 32))
                }
                uint256 left = expiry > time ? expiry - time : 0;
                t.basisLoss += _addTo(t, sums) * (flat * YEAR + perYear * left);
                sums = next;
            }
            uint256 whole = t.size + SignedMath.abs(book.perpetual);
            if (whole > MAX_SIZE) revert RiskBook_SizeOutOfRange(whole, MAX_SIZE);
        }
    }

    /// @notice Loss by scenario, not weighted, 1e-17 of the spot, the rounding of entries charged.
    function losses(Book memory book, Totals memory t, uint256 scanRange) internal pure returns (int256[30] memory loss) {
        unchecked {
            int256 charged = int256(t.size) + (t.net << 31);
            int256 perpetual = book.perpetual;
            for (uint256 i; i < 16; ++i) {
                (int256 high, int256 low) = split(book.lanes[i]);
                uint256 s = ((i & 12) << 1) | (i & 3);
                loss[s] = charged - high;
                if (s < 26) loss[s + 4] = charged - low;
            }
            if (perpetual == 0) return loss;
            for (uint256 s; s < 26; ++s) {
                loss[s] -= perpetual * Scenarios.shock(s, scanRange);
            }
        }
    }

    /// @notice The two sums of a word.
    function split(uint256 word) internal pure returns (int256 high, int256 low) {
        unchecked {
            low = int128(uint128(word));
            high = (int256(word) - low) >> 128;
        }
    }

    /// @dev Where the sums of `expiry` stand: six words, in a list in order of appearance.
    function _sumsOf(Book memory book, uint256 expiry) private pure returns (uint256 sums) {
        sums = book.current;
        uint256 found;
        assembly ("memory-safe") {
            // At 0, if there is no option yet, stands scratch space: `sums` tells.
            found := mload(sums)
        }
        if (sums != 0 && found == expiry) return sums;
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

    /// @dev Adds the sums of an expiry, and returns its losses at ∓1/3 added.
    function _addTo(Totals memory t, uint256 sums) private pure returns (uint256 loss) {
        (uint256 pair, uint256 size, int256 calls, int256 puts) = _read(sums);
        unchecked {
            int256 net = calls + puts;
            t.size += size;
            t.net += net;
            if (calls < 0) t.naked += uint256(-calls);
            if (puts < 0) t.naked += uint256(-puts);
            int256 charged = int256(size) + (net << 31);
            (int256 down, int256 up) = split(pair);
            if (charged > down) loss = uint256(charged - down);
            if (charged > up) loss += uint256(charged - up);
        }
    }

    function _read(uint256 sums) private pure returns (uint256 pair, uint256 size, int256 calls, int256 puts) {
        assembly ("memory-safe") {
            pair := mload(add(sums, 64))
            size := mload(add(sums, 96))
            calls := mload(add(sums, 128))
            puts := mload(add(sums, 160))
        }
    }
}
