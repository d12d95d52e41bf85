// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {VaultFixture} from "./VaultFixture.sol";

/// @notice Trades of options: measured at the mark moved with the underlying, margined on its notional, stopped at expiry.
contract OptionTradeTest is VaultFixture {
    /// @dev What a malicious venue cost each side, dollars at 1e35.
    mapping(AccountId => uint256) private _cost;

    function setUp() public override {
        super.setUp();
        openMarket();
        listCall();
    }

    /// @dev Two calls at 1,600 that are worth 1,500: margin 12 % of 120,000, fee 0.1 % of 3,200.
    function test_AnOptionIsChargedOnTheNotionalOfItsUnderlying() public {
        uint64 buyerCharge = 14_400_00 + 200_00 + 3_20;
        uint64 sellerCharge = 14_400_00 + 3_20;
        vm.expectEmit(address(vault));
        emit ISpokeVault.TradeRecorded(
            btcCall, alice, bob, venue, 2e8, 1_600e18, buyerCharge, sellerCharge, 3_200_000, false, false
        );
        tradeOf(btcCall, alice, bob, 2e8, 1_600e18);

        Pair memory bought = vault.pairOf(alice, btcCall);
        assertEq(abi.encode(bought), abi.encode(Pair(2e8, -3_203_200_000, uint48(buyerCharge), 1)));
        assertEq(vault.pairOf(bob, btcCall).quote, 3_196_800_000);
        assertEq(vault.pairOf(vault.feeAccount(), btcCall).quote, 6_400_000);
        assertEq(vault.creditOf(bob).used, sellerCharge);
        assertEq(vault.venueAllowanceOf(alice, venue).used, buyerCharge);
        assertEq(vault.pairOf(alice, btcPerp).version, 0);
    }

    /// @dev The underlying rose by 1,000: the call is worth 1,900 and margined at 12 % of 61,000.
    function test_TheMarkMovesWithTheUnderlying() public {
        command(priceMessage(BTC, 61_000e18, block.timestamp + 1));
        tradeOf(btcCall, alice, bob, 1e8, 1_600e18);
        assertEq(vault.creditOf(alice).used, 7_320_00 + 1_60);
        assertEq(vault.creditOf(bob).used, 7_320_00 + 300_00 + 1_60);
    }

    function test_TheHigherOfTheTwoRatesCounts() public {
        command(termsMessage(btcCall, 200_000, 0, MAX_BASE, 2));
        tradeOf(btcCall, alice, bob, 1e8, 1_500e18);
        assertEq(vault.creditOf(alice).used, 12_000_00);
    }

    /// @dev Far below the spot that it was valued at the line through mark and delta is below zero; an option is not.
    function test_AnOptionIsNeverWorthLessThanNothing() public {
        command(priceMessage(BTC, 50_000e18, block.timestamp + 1));
        tradeOf(btcCall, alice, bob, 1e8, 0);
        assertEq(vault.creditOf(alice).used, 6_000_00);
        assertEq(vault.creditOf(bob).used, 6_000_00);
        tradeOf(btcCall, alice, bob, 1e8, 10e18);
        assertEq(vault.creditOf(alice).used, 12_000_00 + 10_01, "all that was paid is worse");
    }

    /// @dev Half a unit of 1e-18 beside 1,000 dollars, and prices a cent away: a buyer is measured at the unit below, a seller at the one
    /// above, which is what makes two cents of one.
    function test_CLR07_AFractionOfTheFairPriceIsRoundedAgainstEachSide() public {
        command(termsMessage(btcCall, 0, 0, MAX_BASE, 2));
        command(priceMessage(BTC, PRICE + 1, block.timestamp + 1));
        command(optionMessage(_reference(1_000e18 - 1, 0.5e9, PRICE, 0, block.timestamp + 1)));
        tradeOf(btcCall, alice, bob, 1e8, 1_000.01e18);
        assertEq(vault.venueAllowanceOf(alice, venue).used, 2);
        assertEq(vault.venueAllowanceOf(bob, venue).used, 0);
        command(optionMessage(_reference(1_000e18, 0.5e9, PRICE, 0, block.timestamp + 2)));
        tradeOf(btcCall, alice, bob, 1e8, 999.99e18);
        assertEq(vault.venueAllowanceOf(alice, venue).used, 2);
        assertEq(vault.venueAllowanceOf(bob, venue).used, 2);
    }

    function test_CLR18_APausedVaultReducesOptionsToo() public {
        tradeOf(btcCall, alice, bob, 3e8, 1_500e18);
        vault.pause();
        vm.prank(venue);
        vm.expectRevert(ISpokeVault.Vault_Paused.selector);
        vault.recordTrade(btcCall, alice, bob, 1, 1_500e18);
        tradeOf(btcCall, bob, alice, 3e8, 1_500e18);
        assertEq(vault.pairOf(alice, btcCall).base, 0);
    }

    function test_AnOptionEndsAtItsExpiryByTheVaultsClock() public {
        uint256 end = btcCall.expiry();
        vm.warp(end - 1);
        _quoteAgain();
        tradeOf(btcCall, alice, bob, 1e8, 1_500e18);
        vm.warp(end);
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_Expired.selector, btcCall, end, end));
        trade(alice, bob, 1e8, PRICE);
    }

    /// @dev Of one price there may be two, before and after the risk arrays were refreshed: the second is as if it had been lost, and no longer than that.
    function test_CLR13_TheFirstReferenceOfAPriceStaysUntilTheNextPriceAndForFiveMinutes() public {
        uint40 time = uint40(block.timestamp);
        CommandCodec.OptionReference memory refreshed =
            CommandCodec.OptionReference(btcCall, 2_500e18, 0.5e9, PRICE, 240_000, time);
        command(optionMessage(refreshed));
        assertEq(vault.optionReferenceOf(btcCall).markWad, 1_500e18);
        vm.warp(time + 300);
        command(priceMessage(BTC, PRICE, time + 300));
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_StaleOptionReference.selector, btcCall, 300, 300)
        );
        tradeOf(btcCall, alice, bob, 1e8, 1_500e18);
        refreshed.time = time + 60;
        command(optionMessage(refreshed));
        assertEq(abi.encode(vault.optionReferenceOf(btcCall)), abi.encode(refreshed));
        tradeOf(btcCall, alice, bob, 1e8, 2_500e18);
        assertEq(vault.creditOf(alice).used, 14_400_00 + 2_50);
    }

    function test_CLR13_RevertWhen_AReferenceOfTheOptionIsMissingOrFiveMinutesOld() public {
        InstrumentId put = InstrumentId.wrap(InstrumentId.unwrap(btcCall) | bytes32(uint256(1) << 240));
        command(termsMessage(put, 50_000, 1_000, MAX_BASE, 1));
        vm.prank(venue);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISpokeVault.Vault_StaleOptionReference.selector, put, block.timestamp, 300
            )
        );
        vault.recordTrade(put, alice, bob, 1e8, 1_500e18);

        vm.warp(block.timestamp + 299);
        command(priceMessage(BTC, PRICE, block.timestamp));
        tradeOf(btcCall, alice, bob, 1e8, 1_500e18);
        vm.warp(block.timestamp + 1);
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_StaleOptionReference.selector, btcCall, 300, 300));
    }

    function test_CLR13_RevertWhen_TheUnderlyingsReferenceIsFiveMinutesOld() public {
        vm.warp(block.timestamp + 300);
        command(
            optionMessage(
                CommandCodec.OptionReference(btcCall, 1_500e18, 0.4e9, PRICE, 0, uint40(block.timestamp))
            )
        );
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_StaleReferencePrice.selector, BTC, 300, 300));
    }

    struct Terms {
        uint256 base;
        uint256 price;
        uint256 ref;
        uint256 mark;
        int256 delta;
        uint256 spot;
        uint256 ratePpm;
    }

    /// @dev The charges against one exact fraction with one ceil: 1e41 to a dollar, and the fair price rounded against each side.
    function testFuzz_OptionChargesMatchTheExactFraction(Terms memory t) public {
        t.base = bound(t.base, 1, MAX_BASE);
        t.price = bound(t.price, 0, 30_000e18);
        t.ref = bound(t.ref, 1, 150_000e18);
        t.mark = bound(t.mark, 0, 30_000e18);
        t.delta = bound(t.delta, -1e9, 1e9);
        t.spot = bound(t.spot, 1, 150_000e18);
        t.ratePpm = bound(t.ratePpm, 50_000, 2_000_000);
        command(priceMessage(BTC, uint128(t.ref), block.timestamp + 1));
        command(optionMessage(_reference(t.mark, t.delta, t.spot, t.ratePpm, block.timestamp + 1)));
        grant(alice, 2e14);
        grant(bob, 2e14);
        tradeOf(btcCall, alice, bob, uint88(t.base), uint128(t.price));

        uint256 fair = uint256(_exactFair(btcCall));
        uint256 notional = t.base * t.price;
        uint256 fee = (notional * 1_000 + 1e26 - 1) / 1e26 * 1e20;
        uint256 common = (t.base * t.ref * t.ratePpm + 1e6 - 1) / 1e6 + fee;
        uint256 buyer = _over((notional + 1e20 - 1) / 1e20 * 1e20, t.base * (fair / 1e9));
        uint256 seller = _over(t.base * ((fair + 1e9 - 1) / 1e9), notional / 1e20 * 1e20);
        assertEq(vault.creditOf(alice).used, (common + buyer + 1e24 - 1) / 1e24, "buyer's charge");
        assertEq(vault.creditOf(bob).used, (common + seller + 1e24 - 1) / 1e24, "seller's charge");
        assertEq(vault.venueAllowanceOf(bob, venue).used, vault.creditOf(bob).used);
    }

    /// @dev A venue that records what it likes, options and perpetuals, opening and closing, while prices move: what it cost a side,
    /// each trade measured at the exact fair price when it was recorded, was charged to the allowance that the side signed.
    function testFuzz_CLR07_AMaliciousVenueCostsAtMostTheAllowance(uint256 seed) public {
        uint64 limit = 3_000_000_00;
        command(allowanceMessage(alice, venue, limit, 9));
        command(allowanceMessage(bob, venue, limit, 9));
        uint256 recorded;
        for (uint256 i = 1; i <= 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            _moveMarket(seed, i);
            if ((seed >> 1) % 2 == 0) _allowClosing(seed, uint32(i));
            if (_tradeMaliciously(uint256(keccak256(abi.encode(seed))))) ++recorded;
        }
        AccountId[2] memory sides = [alice, bob];
        for (uint256 i; i < 2; ++i) {
            uint64 used = vault.venueAllowanceOf(sides[i], venue).used;
            assertGe(uint256(used) * 1e33, _cost[sides[i]], "CLR-07: cost more than was charged");
            assertLe(used, limit, "CLR-07: charged more than was signed");
        }
        assertGt(recorded, 0);
    }

    function _moveMarket(uint256 seed, uint256 i) private {
        uint256 price = bound(uint256(uint64(seed >> 8)), 30_000e9, 120_000e9) * 1e9;
        command(priceMessage(BTC, uint128(price), block.timestamp + i));
        uint256 spot = price * (900 + (seed >> 72) % 201) / 1000 + 1;
        int256 delta = int256((seed >> 80) % 2e9) - 1e9;
        command(optionMessage(_reference((seed >> 112) % 9_000e18, delta, spot, (seed >> 200) % 300_000, block.timestamp + i)));
    }

    function _allowClosing(uint256 seed, uint32 version) private {
        command(
            closingMessage(
                CommandCodec.ClosingAllowance(
                    (seed >> 2) % 2 == 0 ? alice : bob,
                    (seed >> 3) % 2 == 0 ? btcPerp : btcCall,
                    (seed >> 4) % 2 == 0,
                    uint88((seed >> 20) % 20e8),
                    uint64((seed >> 60) % 1_000_000_00),
                    version,
                    uint40(block.timestamp + 60)
                )
            )
        );
    }

    function _tradeMaliciously(uint256 seed) private returns (bool) {
        InstrumentId instrument = seed % 2 == 0 ? btcPerp : btcCall;
        (AccountId buyer, AccountId seller) = (seed >> 1) % 2 == 0 ? (alice, bob) : (bob, alice);
        uint256 fair = uint256(_exactFair(instrument));
        uint256 price = (seed >> 2) % 3 == 0 ? (seed >> 10) % 200_000e18 : fair * (500 + (seed >> 10) % 1001) / 1e12;
        uint88 base = uint88(1 + (seed >> 100) % ((seed >> 5) % 2 == 0 ? 1e4 : 10e8));
        Pair memory bought = vault.pairOf(buyer, instrument);
        Pair memory sold = vault.pairOf(seller, instrument);
        vm.prank(venue);
        try vault.recordTrade(instrument, buyer, seller, base, uint128(price)) {}
        catch {
            return false;
        }
        _addCost(buyer, instrument, bought, fair);
        _addCost(seller, instrument, sold, fair);
        return true;
    }

    function _addCost(AccountId account, InstrumentId instrument, Pair memory before, uint256 fair) private {
        Pair memory later = vault.pairOf(account, instrument);
        int256 worth = (int256(later.base) - before.base) * int256(fair) + (int256(later.quote) - before.quote) * 1e29;
        if (worth < 0) _cost[account] += uint256(-worth);
    }

    /// @dev What one unit is worth now, exactly, dollars at 1e27.
    function _exactFair(InstrumentId instrument) private view returns (int256 exact) {
        (uint128 price,) = vault.referencePriceOf(BTC);
        if (instrument.isPerpetual()) return int256(uint256(price)) * 1e9;
        CommandCodec.OptionReference memory r = vault.optionReferenceOf(instrument);
        int256 moved = int256(uint256(price)) - int256(uint256(r.spotWad));
        exact = int256(uint256(r.markWad)) * 1e9 + r.deltaPpb * moved;
        if (exact < 0) exact = 0;
    }

    function _reference(uint256 mark, int256 delta, uint256 spot, uint256 ratePpm, uint256 time)
        private
        view
        returns (CommandCodec.OptionReference memory)
    {
        return CommandCodec.OptionReference(
            btcCall, uint128(mark), int32(delta), uint128(spot), uint32(ratePpm), uint40(time)
        );
    }

    function _quoteAgain() private {
        command(priceMessage(BTC, PRICE, block.timestamp));
        command(optionMessage(_reference(1_500e18, 0.4e9, PRICE, 120_000, block.timestamp)));
        grant(alice, 1e11);
        grant(bob, 1e11);
    }

    function _over(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : 0;
    }

    function _refused(bytes memory reason) private {
        bytes32 before = tradeState();
        vm.prank(venue);
        vm.expectRevert(reason);
        vault.recordTrade(btcCall, alice, bob, 1e8, 1_500e18);
        assertEq(tradeState(), before, "nothing moved");
    }
}
