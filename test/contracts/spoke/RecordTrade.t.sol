// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {VaultFixture} from "./VaultFixture.sol";

contract RecordTradeTest is VaultFixture {
    function setUp() public override {
        super.setUp();
        openMarket();
    }

    /// @dev 2 BTC at 61,000 with the reference at 60,000, margin 15 %, fee 0.02 % of 122,000 = 24.40 each side.
    function test_TradeMovesBaseQuoteAndFee() public {
        uint64 buyerCharge = 18_000_00 + 2_000_00 + 24_40;
        uint64 sellerCharge = 18_000_00 + 24_40;
        vm.expectEmit(address(vault));
        emit ISpokeVault.TradeRecorded(
            btcPerp, alice, bob, venue, 2e8, 61_000e18, buyerCharge, sellerCharge, 24_400_000, false, false
        );
        trade(alice, bob, 2e8, 61_000e18);

        assertPair(alice, Pair(2e8, -122_024_400_000, uint48(buyerCharge), 1));
        assertPair(bob, Pair(-2e8, 121_975_600_000, uint48(sellerCharge), 1));
        assertPair(vault.feeAccount(), Pair(0, 48_800_000, 0, 1));
        assertEq(vault.creditOf(alice).used, buyerCharge);
        assertEq(vault.creditOf(bob).used, sellerCharge);
        assertEq(vault.venueAllowanceOf(alice, venue).used, buyerCharge);
        assertEq(vault.venueAllowanceOf(bob, venue).used, sellerCharge);
    }

    function test_IndicesStartWithTheFeeAccount() public {
        assertEq(vault.accountIndexOf(vault.feeAccount()), 1);
        trade(alice, bob, 1e8, PRICE);
        assertEq(vault.accountIndexOf(alice), 2);
        assertTrue(vault.accountAt(3) == bob);
        assertEq(vault.accountCount(), 3);
        assertEq(vault.instrumentIndexOf(btcPerp), 1);
        assertTrue(vault.instrumentAt(1) == btcPerp);
        assertEq(vault.instrumentCount(), 1);
    }

    /// @dev The smallest trade: the buyer pays the rounding, the fee account keeps it.
    function test_RoundingIsAgainstBothTraders() public {
        command(priceMessage(BTC, 50e18, block.timestamp + 1));
        trade(alice, bob, 1, 50e18);
        // 0.5 micro-dollars, fee 0.0001 rounded up to 1 each.
        assertEq(vault.pairOf(alice, btcPerp).quote, -2);
        assertEq(vault.pairOf(bob, btcPerp).quote, -1);
        assertEq(vault.pairOf(vault.feeAccount(), btcPerp).quote, 3);
        assertEq(vault.creditOf(alice).used, 1);
    }

    function testFuzz_CLR02_SumsStayZero(uint256 seed) public {
        AccountId carol = AccountIdLib.pack(makeAddr("carol"), SPOKE_EID, 1);
        grant(carol, 1e12);
        grant(alice, 1e12);
        grant(bob, 1e12);
        AccountId[3] memory traders = [alice, bob, carol];
        for (uint256 i; i < 6; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 buyer = seed % 3;
            uint256 seller = (buyer + 1 + ((seed >> 8) % 2)) % 3;
            uint88 base = uint88(bound(uint256(uint128(seed >> 16)), 1, 100e8));
            uint128 price = uint128(bound(uint256(uint96(seed >> 144)), 0, 200_000e18));
            trade(traders[buyer], traders[seller], base, price);
        }
        AccountId[4] memory all = [alice, bob, carol, vault.feeAccount()];
        int256 base_;
        int256 quote;
        for (uint256 i; i < 4; ++i) {
            base_ += vault.pairOf(all[i], btcPerp).base;
            quote += vault.pairOf(all[i], btcPerp).quote;
        }
        assertEq(base_, 0);
        assertEq(quote, 0);
        assertGe(vault.pairOf(vault.feeAccount(), btcPerp).quote, 0);
    }

    struct Terms {
        uint256 base;
        uint256 price;
        uint256 ref;
        uint256 ratePpm;
        uint256 feePpm;
    }

    /// @dev The charge against one exact fraction with one ceil (scale 1e30 to a cent), and each amount against the
    /// inequality that defines its rounding.
    function testFuzz_ChargesMatchTheExactFraction(Terms memory t) public {
        t.base = bound(t.base, 1, MAX_BASE);
        t.price = bound(t.price, 0, 150_000e18);
        t.ref = bound(t.ref, 1, 150_000e18);
        t.ratePpm = bound(t.ratePpm, 0, 2_000_000);
        t.feePpm = bound(t.feePpm, 0, 50_000);
        command(termsMessage(btcPerp, uint32(t.ratePpm), uint32(t.feePpm), MAX_BASE, 2));
        command(priceMessage(BTC, uint128(t.ref), block.timestamp + 1));
        grant(alice, 2e14);
        grant(bob, 2e14);

        trade(alice, bob, uint88(t.base), uint128(t.price));

        _checkCharges(t, _checkQuotes(t));
    }

    function _checkQuotes(Terms memory t) private view returns (uint256 fee) {
        uint256 exact = t.base * t.price;
        uint256 remainder = exact % 1e20 == 0 ? 0 : 1;
        fee = (uint256(int256(vault.pairOf(vault.feeAccount(), btcPerp).quote)) - remainder) / 2;
        assertGe(fee * 1e26, exact * t.feePpm, "fee not below");
        assertTrue(fee == 0 || (fee - 1) * 1e26 < exact * t.feePpm, "fee less than one above");
        assertEq(-int256(vault.pairOf(alice, btcPerp).quote), int256(exact / 1e20 + remainder + fee), "paid");
        assertEq(vault.pairOf(bob, btcPerp).quote, int256(exact / 1e20) - int256(fee), "received");
    }

    function _checkCharges(Terms memory t, uint256 fee) private view {
        uint256 common = t.base * t.ref * t.ratePpm + fee * 1e26;
        // Worse by what really moved, its rounding included.
        uint256 value = t.base * t.ref;
        uint256 paid = (t.base * t.price + 1e20 - 1) / 1e20 * 1e20;
        uint256 received = t.base * t.price / 1e20 * 1e20;
        uint256 buyer = common + (paid > value ? (paid - value) * 1e6 : 0);
        uint256 seller = common + (value > received ? (value - received) * 1e6 : 0);
        assertEq(vault.creditOf(alice).used, (buyer + 1e30 - 1) / 1e30, "buyer's charge");
        assertEq(vault.creditOf(bob).used, (seller + 1e30 - 1) / 1e30, "seller's charge");
        assertEq(vault.pairOf(alice, btcPerp).used, vault.creditOf(alice).used);
        assertEq(vault.venueAllowanceOf(bob, venue).used, vault.creditOf(bob).used);
    }

    /// @dev A price at which the difference to the reference price is a cent to the unit, and what is paid is more
    /// by its rounding.
    function test_CLR07_ChargeCoversTheRoundingOfQuote() public {
        command(termsMessage(btcPerp, 0, 0, MAX_BASE, 2));
        command(priceMessage(BTC, 1e14, block.timestamp + 1));
        trade(alice, bob, 1, 1e24 + 1e14);
        assertEq(vault.pairOf(alice, btcPerp).quote, -10_001);
        assertEq(vault.venueAllowanceOf(alice, venue).used, 2);
    }

    /// @dev Whatever a venue does, what both sides lost at the reference price was charged to its allowance.
    function testFuzz_CLR07_LossAtReferenceStaysInsideTheAllowance(uint256 base, uint256 price) public {
        base = bound(base, 1, 10e8);
        price = bound(price, 0, 150_000e18);
        trade(alice, bob, uint88(base), uint128(price));
        AccountId[2] memory sides = [alice, bob];
        for (uint256 i; i < 2; ++i) {
            Pair memory p = vault.pairOf(sides[i], btcPerp);
            int256 valueMicros = int256(p.base) * int256(uint256(PRICE)) / 1e20 + p.quote;
            assertGe(valueMicros, -int256(uint256(vault.venueAllowanceOf(sides[i], venue).used)) * 10_000);
        }
    }

    function test_RevertWhen_BaseIsZero() public {
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_ZeroAmount.selector), alice, bob, 0);
    }

    function test_RevertWhen_BuyerIsSeller() public {
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_SameAccount.selector, alice), alice, alice, 1e8);
    }

    function test_RevertWhen_PartyIsZeroOrTheFeeAccount() public {
        AccountId fees = vault.feeAccount();
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_ZeroAccount.selector), AccountId.wrap(0), bob, 1e8);
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_ZeroAccount.selector), alice, AccountId.wrap(0), 1e8);
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_SameAccount.selector, fees), fees, bob, 1e8);
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_SameAccount.selector, fees), alice, fees, 1e8);
    }

    function test_RevertWhen_InstrumentIsNotListed() public {
        InstrumentId eth = InstrumentIdLib.perpetual("ETH");
        vm.prank(venue);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_InstrumentNotListed.selector, eth));
        vault.recordTrade(eth, alice, bob, 1e8, PRICE);
    }

    function test_CLR13_RevertWhen_ReferencePriceIsMissing() public {
        InstrumentId eth = InstrumentIdLib.perpetual("ETH");
        command(termsMessage(eth, RATE_PPM, FEE_PPM, MAX_BASE, 1));
        vm.prank(venue);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISpokeVault.Vault_StaleReferencePrice.selector, bytes16("ETH"), block.timestamp, 300
            )
        );
        vault.recordTrade(eth, alice, bob, 1e8, PRICE);
    }

    function test_CLR13_ReferencePriceGoesStaleAfterFiveMinutes() public {
        vm.warp(block.timestamp + 299);
        trade(alice, bob, 1e8, PRICE);
        vm.warp(block.timestamp + 1);
        _refused(
            abi.encodeWithSelector(ISpokeVault.Vault_StaleReferencePrice.selector, BTC, 300, 300), alice, bob, 1e8
        );
    }

    function test_ReferencePriceAheadOfOurClockIsFresh() public {
        command(priceMessage(BTC, PRICE, block.timestamp + 50));
        trade(alice, bob, 1e8, PRICE);
    }

    function test_CLR06_CreditEndsWithItsLease() public {
        uint40 end = uint40(block.timestamp + 100);
        command(creditMessage(alice, 1e11, 2, end));
        vm.warp(end - 1);
        trade(alice, bob, 1e8, PRICE);
        vm.warp(end);
        _refused(
            abi.encodeWithSelector(ISpokeVault.Vault_CreditLapsed.selector, alice, end, end), alice, bob, 1e8
        );
        _refused(
            abi.encodeWithSelector(ISpokeVault.Vault_CreditLapsed.selector, alice, end, end), bob, alice, 1e8
        );
    }

    function test_CLR06_CreditIsExactToTheCent() public {
        // One BTC at the reference price: 9,000.00 margin and 12.00 fee.
        uint64 need = 9_012_00;
        uint40 end = uint40(block.timestamp + 100);
        command(creditMessage(alice, need - 1, 2, end));
        _refused(
            abi.encodeWithSelector(ISpokeVault.Vault_InsufficientCredit.selector, alice, need, need - 1),
            alice,
            bob,
            1e8
        );
        command(creditMessage(alice, need, 3, end));
        trade(alice, bob, 1e8, PRICE);
        _refused(
            abi.encodeWithSelector(ISpokeVault.Vault_InsufficientCredit.selector, alice, 1, 0), alice, bob, 1
        );
        // A newer, lower limit leaves nothing available rather than underflowing.
        command(creditMessage(alice, 5, 4, end));
        _refused(
            abi.encodeWithSelector(ISpokeVault.Vault_InsufficientCredit.selector, alice, 1, 0), alice, bob, 1
        );
    }

    function test_CLR07_AllowanceIsPerVenueAndExact() public {
        uint64 need = 9_012_00;
        command(allowanceMessage(bob, venue, need - 1, 2));
        _refused(
            abi.encodeWithSelector(ISpokeVault.Vault_InsufficientAllowance.selector, bob, venue, need, need - 1),
            alice,
            bob,
            1e8
        );
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_InsufficientAllowance.selector, alice, stranger, need, 0)
        );
        vault.recordTrade(btcPerp, alice, bob, 1e8, PRICE);
    }

    function test_RevertWhen_PositionIsTooLarge() public {
        trade(alice, bob, MAX_BASE, PRICE);
        _refused(
            abi.encodeWithSelector(
                ISpokeVault.Vault_PositionTooLarge.selector, alice, btcPerp, MAX_BASE + 1, MAX_BASE
            ),
            alice,
            bob,
            1
        );
        // The other way round reduces, and may cross to the other side.
        grant(alice, 1e12);
        grant(bob, 1e12);
        trade(bob, alice, 2 * MAX_BASE, PRICE);
        assertEq(vault.pairOf(bob, btcPerp).base, int256(uint256(MAX_BASE)));
    }

    function testFuzz_HugeNumbersAreRefusedNotWrapped(uint88 base, uint128 price) public {
        command(termsMessage(btcPerp, type(uint32).max, type(uint32).max, type(uint88).max, 2));
        base = uint88(bound(base, 1e20, type(uint88).max));
        bytes32 before = tradeState();
        vm.prank(venue);
        vm.expectRevert();
        vault.recordTrade(btcPerp, alice, bob, base, price);
        assertEq(tradeState(), before);
    }

    function _refused(bytes memory reason, AccountId buyer, AccountId seller, uint88 base) private {
        bytes32 before = tradeState();
        vm.prank(venue);
        vm.expectRevert(reason);
        vault.recordTrade(btcPerp, buyer, seller, base, PRICE);
        assertEq(tradeState(), before, "nothing moved");
    }
}
