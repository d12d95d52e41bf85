// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {FundingIndex} from "../../../contracts/funding/FundingIndex.sol";

/// @notice No sequence of trades, flips, settlements and accruals makes money: the exact quotes of all accounts, the dust and
/// the surplus add up to what was traded and settled, always, and neither dust nor surplus is ever negative.
contract FundingIndexTest is Test {
    uint256 private constant ACCOUNTS = 5;
    int256 private constant UNIT = 1e20;
    /// @dev Pairs of less than 2^60, on up to 32 lanes.
    uint256 private constant BASE_BITS = 60;

    struct Book {
        int256 longIndex;
        int256 shortIndex;
        uint256 travel;
        int256[ACCOUNTS] base;
        int256[ACCOUNTS] stored;
        /// What the account's quote would be without funding, 1e-6 dollar: trades and settlements.
        int256[ACCOUNTS] plain;
        uint256 changes;
        uint256 dust;
        uint256 surplus;
    }

    function testFuzz_CLR03_NoSequenceMakesMoney(uint256 seed) public pure {
        Book memory b;
        for (uint256 i; i < 48; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 what = seed % 8;
            if (what < 4) _trade(b, seed >> 8);
            else if (what < 7) _accrue(b, seed >> 8);
            else _settle(b, seed >> 8);
            _check(b);
        }
    }

    /// @dev Whoever trades back and forth at the same index gains nothing, and loses less than a millionth of a dollar each time.
    function testFuzz_RoundTripsLoseOnlyDust(int96 longIndex, int96 shortIndex, int72 base, int72[6] calldata path)
        public
        pure
    {
        int256 stored = 0;
        int256 current = base;
        int256 before = FundingIndex.quoteOf(stored, current, longIndex, shortIndex);
        for (uint256 i; i <= path.length; ++i) {
            int256 next = i == path.length ? int256(base) : int256(path[i]);
            (int256 delta, uint256 dust) = FundingIndex.shift(
                current, next, longIndex, shortIndex
            );
            assertLt(dust, uint256(UNIT));
            stored += delta;
            current = next;
        }
        int256 later = FundingIndex.quoteOf(stored, current, longIndex, shortIndex);
        assertLe(later, before);
        assertGe(later, before - int256(path.length + 1));
    }

    /// @dev Two accounts' trades commute but for dust; an accrual between them is what an order decides.
    function testFuzz_CLR03_OrderOfTradesMovesOnlyDust(int96 index, int72 a, int72 first, int72 second) public pure {
        int256 i = index;
        (int256 d1,) = FundingIndex.shift(a, int256(a) + first, i, i);
        (int256 d2,) = FundingIndex.shift(int256(a) + first, int256(a) + first + second, i, i);
        (int256 e1,) = FundingIndex.shift(a, int256(a) + second, i, i);
        (int256 e2,) = FundingIndex.shift(int256(a) + second, int256(a) + first + second, i, i);
        assertApproxEqAbs(d1 + d2, e1 + e2, 1);
    }

    /// @dev At the widest that the ledger allows: 32 lanes of pairs just below 2^`bits`, indices at the end of their travel, flips
    /// from end to end. The stored quote stays inside its 88 bits.
    function testFuzz_CLR11_StoredQuoteFits(uint8 bits, uint256 seed) public pure {
        uint256 baseBits = bound(bits, 1, 74);
        uint256 limit = FundingIndex.travelLimit(baseBits);
        int256 widest = int256(32 * (2 ** baseBits - 1));
        // All that pairs and settlement can hold.
        int256 stored = int256(32 * (2 ** 81 - 1) + 2 ** 70) * (seed >> 255 == 0 ? int256(1) : int256(-1));
        int256 base;
        int256 longIndex;
        int256 shortIndex;
        uint256 travel;
        while (travel != limit) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 step = bound(seed >> 8, limit / 20 + 1, limit / 5 + 1);
            if (step > limit - travel) step = limit - travel;
            // Against or for the account, whichever; each index at most by the step.
            int256 sign = seed % 2 == 0 ? int256(1) : int256(-1);
            longIndex += sign * int256(step);
            shortIndex += sign * int256(step);
            travel += step;
            int256 next = seed % 3 == 0 ? widest : seed % 3 == 1 ? -widest : -base;
            (int256 delta,) = FundingIndex.shift(
                base, next, longIndex, shortIndex
            );
            stored += delta;
            base = next;
            assertLt(stored, 2 ** 87);
            assertGe(stored, -(2 ** 87));
        }
    }

    /// @dev Receipts never exceed payments, whichever side is larger or empty; the payer's share is what the formula says.
    function testFuzz_ReceiptsNeverExceedPayments(
        int256 rateWad,
        uint128 priceWad,
        uint256 elapsed,
        uint128 openLong,
        uint128 openShort
    ) public pure {
        rateWad = bound(rateWad, -0.04e18, 0.04e18);
        elapsed = bound(elapsed, 1, 3600);
        uint256 price = priceWad == 0 ? 1 : priceWad;
        (int256 longDelta, int256 shortDelta, uint256 surplus) =
            FundingIndex.accrue(rateWad, price, elapsed, openLong, openShort);
        int256 received = shortDelta * int256(uint256(openShort)) - longDelta * int256(uint256(openLong));
        assertEq(received, -int256(surplus));
        int256 paid = rateWad >= 0 ? longDelta : -shortDelta;
        int256 got = rateWad >= 0 ? shortDelta : -longDelta;
        assertLe(got, paid);
        assertGe(got, 0);
        uint256 exact = uint256(rateWad >= 0 ? rateWad : -rateWad) * price * elapsed;
        assertEq(uint256(paid), (exact + 3600e18 - 1) / 3600e18);
        if (openLong == openShort && openLong != 0) assertLe(paid - got, 1);
    }

    function test_OneSideAlonePaysNobody() public pure {
        (int256 longDelta, int256 shortDelta, uint256 surplus) = FundingIndex.accrue(1e15, 100e18, 3600, 5e8, 0);
        assertEq(longDelta, 0.1e18);
        assertEq(shortDelta, 0);
        assertEq(surplus, 0.5e26);
        // The other way round nobody pays: nothing to receive.
        (longDelta, shortDelta, surplus) = FundingIndex.accrue(-1e15, 100e18, 3600, 5e8, 0);
        assertEq(longDelta, 0);
        assertEq(surplus, 0);
    }

    function _trade(Book memory b, uint256 seed) private pure {
        uint256 buyer = seed % ACCOUNTS;
        uint256 seller = (buyer + 1 + (seed >> 8) % (ACCOUNTS - 1)) % ACCOUNTS;
        int256 size = int256((seed >> 16) % (2 ** (1 + (seed >> 24) % (BASE_BITS - 4))));
        int256 quote = int256((seed >> 96) % 2 ** 50);
        _change(b, buyer, size, -quote);
        // Half the time the other side arrives as well.
        if ((seed >> 160) % 2 == 0) _change(b, seller, -size, quote);
    }

    function _change(Book memory b, uint256 account, int256 size, int256 quote) private pure {
        int256 old = b.base[account];
        int256 next = old + size;
        (int256 delta, uint256 dust) = FundingIndex.shift(
            old, next, b.longIndex, b.shortIndex
        );
        b.base[account] = next;
        b.stored[account] += quote + delta;
        b.plain[account] += quote;
        b.dust += dust;
        if (size != 0) b.changes += 1;
    }

    function _accrue(Book memory b, uint256 seed) private pure {
        (uint256 openLong, uint256 openShort) = _open(b);
        int256 rate = int256(seed % 0.08e18) - 0.04e18;
        uint256 price = 1 + (seed >> 64) % (2 ** (1 + (seed >> 56) % 80));
        (int256 longDelta, int256 shortDelta, uint256 surplus) =
            FundingIndex.accrue(rate, price, 1 + (seed >> 160) % 3600, openLong, openShort);
        b.longIndex += longDelta;
        b.shortIndex += shortDelta;
        b.surplus += surplus;
    }

    /// @dev Cash for quote, as `SettlementLogic` moves it.
    function _settle(Book memory b, uint256 seed) private pure {
        uint256 account = seed % ACCOUNTS;
        int256 amount = int256((seed >> 8) % 2 ** 50) - 2 ** 49;
        b.stored[account] += amount;
        b.plain[account] += amount;
    }

    function _check(Book memory b) private pure {
        int256 exact;
        int256 told;
        int256 plain;
        for (uint256 i; i < ACCOUNTS; ++i) {
            exact += b.stored[i] * UNIT - b.base[i] * (b.base[i] < 0 ? b.shortIndex : b.longIndex);
            told += FundingIndex.quoteOf(b.stored[i], b.base[i], b.longIndex, b.shortIndex);
            plain += b.plain[i];
        }
        assertEq(exact + int256(b.dust + b.surplus), plain * UNIT, "exact sum");
        assertLe(told, plain, "funding made money");
        // What is told falls short by less than a unit for each account, beyond dust and surplus.
        assertLe(plain * UNIT - told * UNIT - int256(b.dust + b.surplus), int256(ACCOUNTS) * (UNIT - 1));
        assertLe(b.dust, b.changes * uint256(UNIT - 1), "dust");
    }

    function _open(Book memory b) private pure returns (uint256 openLong, uint256 openShort) {
        for (uint256 i; i < ACCOUNTS; ++i) {
            if (b.base[i] > 0) openLong += uint256(b.base[i]);
            else openShort += uint256(-b.base[i]);
        }
    }
}
