// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EpochReader} from "./EpochReader.sol";
import {RiskBook} from "./RiskBook.sol";

/// @title The short way into the books for what most of an account is
/// @notice A plain option is of the underlying at hand, of an epoch found good and a chunk that is known; its entry is there and fresh, it
/// has not expired, and there is no closing allowance.
library PlainOptions {
    /// @dev Of `Exposure` in calldata.
    uint256 private constant EXPOSURE = 160;
    /// @dev As in `RiskBook`.
    uint256 private constant SLOT = 224;

    /// @notice Adds exposures up to the first that is no plain option.
    /// @param at where in calldata they begin, and `end`
    /// @return where that first is
    function add(EpochReader.Position memory p, uint256 at, uint256 end) internal view returns (uint256) {
        if (p.places == 0) return at;
        RiskBook.Book memory book = p.held.book;
        while (at < end) {
            uint256 room = RiskBook.roomOf(book);
            uint256 stop;
            unchecked {
                stop = at + room / SLOT * EXPOSURE;
            }
            at = _fill(p, book, at, stop < end ? stop : end);
            if (at != stop) break;
        }
        return at;
    }

    /// @dev Adds them to the batch, which has the room.
    function _fill(EpochReader.Position memory p, RiskBook.Book memory book, uint256 at, uint256 end)
        private
        view
        returns (uint256)
    {
        uint256 slot = book.next;
        // Σ offset · 2^128 + Σ quote; Σ base · mark.
        uint256 quotes;
        int256 marks;
        while (at < end) {
            uint256 header;
            uint256 isPut;
            uint256 expiry;
            uint256 sums;
            // In assembly since it is done for every option of every account: all of `Exposure`, `RiskEntry` and the sums of `RiskBook`,
            // nothing of it twice. This reads the first fields of `p`, and writes the slot, which is allocated.
            assembly ("memory-safe") {
                let id := calldataload(at)
                // Of another underlying, and of a perpetual, this is beyond all places.
                let place := sub(shr(14, id), mload(p))
                if lt(place, mload(add(p, 64))) {
                    header := mload(add(p, 32))
                    let chunk := mload(add(mload(add(p, 96)), shl(5, div(place, header))))
                    if mul(chunk, iszero(calldataload(add(at, 128)))) {
                        // After the zero byte that a chunk begins with.
                        extcodecopy(chunk, add(slot, 64), add(mul(mod(place, header), 144), 1), 144)
                        header := mload(add(slot, 64))
                        // Generation and flags: what is left, but for the put, must not be.
                        isPut := and(xor(shr(144, header), shl(8, and(id, 0x3fff))), 0xffffff)
                        expiry := and(shr(168, header), 0xffffffffff)
                        expiry := mul(expiry, gt(gt(expiry, timestamp()), shr(1, isPut)))
                        // As `RiskBook.sumsOf` finds most; where there are none this reads scratch space.
                        sums := mload(add(mload(add(book, 64)), shl(5, mod(expiry, 31))))
                        sums := mul(sums, eq(mload(sums), expiry))
                    }
                }
            }
            if (expiry == 0) break;
            if (sums == 0) sums = RiskBook.sumsOf(book, expiry);
            // As `RiskBook.addOption`.
            assembly ("memory-safe") {
                let base := signextend(10, calldataload(add(at, 32)))
                marks := add(marks, mul(base, shr(208, header)))
                quotes := add(quotes, signextend(10, calldataload(add(at, 64))))
                quotes := add(quotes, shl(128, and(calldataload(add(at, 96)), 0xffffffffffffffffffffffff)))
                at := add(at, EXPOSURE)
                mstore(slot, base)
                mstore(add(slot, 32), sums)
                let sum := add(add(sums, 96), shl(5, isPut))
                mstore(sum, add(mload(sum), add(base, shl(128, mul(base, or(1, sar(255, base)))))))
                slot := add(slot, SLOT)
            }
        }
        book.next = slot;
        unchecked {
            p.marks += marks;
            int256 quote = int128(uint128(quotes));
            p.quote += quote;
            book.offset += (quotes - uint256(quote)) >> 128;
        }
        return at;
    }
}
