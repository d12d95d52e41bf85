// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {EpochMove} from "./EpochMove.sol";
import {OptionLanes} from "./OptionLanes.sol";
import {Scenarios} from "./Scenarios.sol";

/// @notice What an account holds on one underlying, summed instrument by instrument. Mirrored by `clearing/margin/riskBook.ts` (CLR-20).
/// @dev Sums by scenario are `OptionLanes`. Options wait in a batch, and are added to them four at a time.
library RiskBook {
    /// @param lanes `OptionLanes`
    /// @param first expiry of the list; 0 before the first
    /// @param latest where the table stands of where the sums of the latest expiry of each remainder by `REMAINDERS` stand, 0 of none; 0
    /// before the first option
    /// @param perpetual Σ base of perpetuals, 1e-8
    /// @param offset Σ of min(longs, shorts) over instruments, 1e-8
    /// @param next slot of the batch that the next option takes; `batch` where it begins; 0 before the first option
    struct Book {
        uint256[16] lanes;
        uint256 first;
        uint256 latest;
        int256 perpetual;
        uint256 offset;
        uint256 next;
        uint256 batch;
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

    /// @notice Σ |base| of a book: of more, sums would not fit.
    uint256 internal constant MAX_SIZE = 2 ** 94;
    /// @dev Length of the table: a prime, so that expiries a day, a week or a month apart have different remainders.
    uint256 private constant REMAINDERS = 31;
    uint256 private constant TABLE = 992;
    /// @dev Of sixteen slots of `OptionLanes`, and of three more that may be zeroed.
    uint256 private constant BATCH = 3584;
    uint256 private constant BATCH_ROOM = 4256;
    uint256 private constant SLOT = 224;
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

    /// @notice Adds an option.
    function addOption(Book memory book, OptionLeg memory leg) internal pure {
        roomOf(book);
        uint256 sums = sumsOf(book, leg.expiry);
        unchecked {
            book.offset += leg.offset;
        }
        // In assembly since these are places in memory without a type. It writes the sums and a slot of the batch.
        assembly ("memory-safe") {
            let base := mload(leg)
            let slot := mload(add(book, 160))
            mstore(add(book, 160), add(slot, SLOT))
            mstore(slot, base)
            mstore(add(slot, 32), sums)
            mcopy(add(slot, 80), mload(add(leg, 128)), 128)
            let sum := add(add(sums, 96), shl(5, mload(add(leg, 96))))
            mstore(sum, add(mload(sum), add(base, shl(128, mul(base, or(1, sar(255, base)))))))
        }
    }

    /// @notice Makes room in the batch: adds what waits, if it is full.
    /// @return room bytes from `book.next` on
    function roomOf(Book memory book) internal pure returns (uint256 room) {
        uint256 batch = book.batch;
        if (batch == 0) {
            uint256 latest;
            assembly ("memory-safe") {
                latest := mload(0x40)
                calldatacopy(latest, calldatasize(), TABLE)
                batch := add(latest, TABLE)
                mstore(0x40, add(batch, BATCH_ROOM))
            }
            (book.latest, book.batch, book.next) = (latest, batch, batch);
        }
        unchecked {
            room = batch + BATCH - book.next;
        }
        if (room != 0) return room;
        _endBatch(book);
        return BATCH;
    }

    /// @dev Adds what the options of the batch gain by scenario.
    function _endBatch(Book memory book) private pure {
        uint256 batch = book.batch;
        uint256 end = book.next;
        book.next = batch;
        uint256 first = book.first;
        // The slots that fill up the last four.
        assembly ("memory-safe") {
            mstore(end, 0)
            mstore(add(end, 32), first)
            mstore(add(end, 224), 0)
            mstore(add(end, 256), first)
            mstore(add(end, 448), 0)
            mstore(add(end, 480), first)
        }
        unchecked {
            for (; batch < end; batch += 4 * SLOT) {
                OptionLanes.addFour(book.lanes, batch);
            }
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
        uint256 sums = sumsOf(book, leg.expiry);
        unchecked {
            c.size += grown;
            (uint256 down, uint256 up) =
                (_worst(base, closing, entries[0]) + grown, _worst(base, closing, entries[4]) + grown);
            // Only what is sold can leave a short option without its long.
            uint256 sold = base < 0 ? 0 : closing;
            assembly ("memory-safe") {
                let at := add(sums, add(160, shl(5, isPut)))
                mstore(at, add(mload(at), sold))
                mstore(add(sums, 224), add(mload(add(sums, 224)), down))
                mstore(add(sums, 256), add(mload(add(sums, 256)), up))
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

    /// @notice Sums over the expiries of a book; before `losses`, since it ends the batch.
    /// @param third of the price scan range; `flat`, `perYear` the basis parameters, 1e-9
    function totals(Book memory book, uint256 third, uint256 flat, uint256 perYear, uint256 time)
        internal
        pure
        returns (Totals memory t)
    {
        if (book.batch != 0) _endBatch(book);
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
                    OptionLanes.read(book.lanes, loss, int256(t.size) + (t.net << 31), 1);
                } else {
                    // What is charged for rounding does not move with the price.
                    OptionLanes.read(book.lanes, loss, t.net << 31, -1);
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

    /// @dev Turns gains into losses: `charged` less each of the 32.
    function _turn(int256[32] memory loss, int256 charged) private pure {
        assembly ("memory-safe") {
            for { let end := add(loss, 1024) } lt(loss, end) { loss := add(loss, 128) } {
                mstore(loss, sub(charged, mload(loss)))
                mstore(add(loss, 32), sub(charged, mload(add(loss, 32))))
                mstore(add(loss, 64), sub(charged, mload(add(loss, 64))))
                mstore(add(loss, 96), sub(charged, mload(add(loss, 96))))
            }
        }
    }

    /// @notice Where the sums of `expiry` stand: nine words, in a list: expiry, next, gains at ∓1/3 as in `lanes`,
    /// Σ |base| · 2^128 + Σ base of calls, of puts; of closing allowances what they may sell of calls, of puts, and what they could lose at −1/3, at +1/3.
    function sumsOf(Book memory book, uint256 expiry) internal pure returns (uint256 sums) {
        if (expiry == 0) revert RiskBook_NoExpiry();
        // In assembly since Solidity would need a structure for it, and zero it word by word. It writes the list and `latest`.
        assembly ("memory-safe") {
            let latest := add(mload(add(book, 64)), shl(5, mod(expiry, REMAINDERS)))
            // Of a remainder of which there is none there is no expiry either.
            if mload(latest) {
                sums := mload(add(book, 32))
                for {} sums {} {
                    if eq(mload(sums), expiry) { break }
                    sums := mload(add(sums, 32))
                }
            }
            if iszero(sums) {
                sums := mload(0x40)
                mstore(0x40, add(sums, 288))
                calldatacopy(sums, calldatasize(), 288)
                mstore(sums, expiry)
                mstore(add(sums, 32), mload(add(book, 32)))
                mstore(add(book, 32), sums)
            }
            mstore(latest, sums)
        }
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
                {
                    let held := signextend(15, charged)
                    let left := sub(held, mload(add(sums, 160)))
                    if slt(left, 0) { naked := sub(naked, left) }
                    left := mload(add(sums, 128))
                    charged := add(charged, left)
                    left := signextend(15, left)
                    held := add(held, left)
                    left := sub(left, mload(add(sums, 192)))
                    if slt(left, 0) { naked := sub(naked, left) }
                    net := add(net, held)
                    charged := shr(128, sub(charged, held))
                    size := add(size, charged)
                    // What is charged and what the 2^31 added, less what the pair ∓1/3 gains.
                    charged := add(charged, shl(31, held))
                }
                let loss
                {
                    let gained := mload(add(sums, 64))
                    let up := signextend(15, gained)
                    loss := add(sub(charged, sar(128, sub(gained, up))), mload(add(sums, 224)))
                    if slt(loss, 0) { loss := 0 }
                    up := sub(add(charged, mload(add(sums, 256))), up)
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
