// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InterestCurve} from "../../../contracts/funding/UtilisationCurve.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Cash that some accounts lend and others owe. Trader 0 has collateral but little cash and loses; 1 gains; 2 lends.
contract LendingTest is HubTestBase {
    uint256 private constant YEAR = 365 days;
    InterestCurve private _curve = InterestCurve(0.01e9, 0.08e9, 1e9, 0.8e9, 0.1e9);

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            nameAll(lanes_()[i]);
        }
        deposit(A_EID, 2, USDC, 10_000e6);
    }

    function test_ALossBeyondTheCashIsLentAndTheGainPaid() public {
        _open();
        _supply(2, 10_000e6);
        _lose();
        vm.expectEmit(address(hub));
        emit IHubLedger.CashLent(accounts[0], 900e6, 900e6);
        _settle();

        assertEq(hub.balanceOf(accounts[0], USDC), -900e6);
        assertEq(hub.debtOf(accounts[0]), 900e6);
        assertEq(hub.balanceOf(accounts[1], USDC), 11_000e6);
        assertEq(hub.positionOf(accounts[0], btcPerp).quote, -59_000e6, "nothing is owed to the instrument any more");
        IHubLedger.LendingState memory l = hub.lendingState();
        assertEq(l.idle, 9_100e6);
        assertEq(l.lent, 900e6);
        assertEq(l.worth, 10_000e6);
        _assertPoolConserved();
    }

    function test_DebtorsPayInterestToLendersAndTheReserve() public {
        _owe();
        vm.warp(block.timestamp + YEAR);
        // 9 % of what is lent is lent: 1 % + 8 %·(9/80) = 1.9 % of 900.
        assertEq(hub.debtOf(accounts[0]), 917.1e6);
        assertEq(hub.balanceOf(accounts[0], USDC), -917.1e6);
        assertEq(hub.lendingState().rateWad, 0.019e18);
        setPrices(BTC_PRICE, ETH_PRICE);
        int256 before = hub.freshMarginOf(accounts[0]).equityInitialWad;
        deposit(A_EID, 0, USDC, 17.1e6);
        assertEq(hub.balanceOf(accounts[0], USDC), -900e6, "stands beside the debt until it is set off");
        assertEq(hub.freshMarginOf(accounts[0]).equityInitialWad, before + 17.1e18);
        hub.repay(accounts[0]);
        assertEq(hub.debtOf(accounts[0]), 900e6 + 2, "to a unit, which is 1.019, rounded up");
        IHubLedger.LendingState memory l = hub.lendingState();
        assertEq(l.reserve, 1.71e6);
        assertEq(l.worth, 10_015.39e6 + 1, "and what rounding the debt left");
        _assertPoolConserved();
    }

    function test_AGainPaysADebtBack() public {
        _owe();
        setPrices(62_000e18, ETH_PRICE);
        _settle();
        assertEq(hub.debtOf(accounts[0]), 0);
        assertEq(hub.balanceOf(accounts[0], USDC), 2_100e6);
        assertEq(hub.lendingState().debtUnits, 0);
        _assertPoolConserved();
    }

    function test_NothingIsLent_To_WhomMarginIsShort() public {
        _open();
        _supply(2, 10_000e6);
        // Its ether is worth little now, and does not carry a bitcoin.
        setPrices(59_000e18, 100e18);
        _settle();
        assertEq(hub.balanceOf(accounts[0], USDC), 0);
        assertEq(hub.debtOf(accounts[0]), 0);
        assertEq(hub.lendingState().idle, 10_000e6);
    }

    /// @dev The thief's way: lose to a friend against a gain that nobody will pay, and leave the lenders with the debt.
    function test_NothingIsLentAgainstGainsThatNoLoserHasPaid() public {
        _open();
        _supply(2, 10_000e6);
        reportPair(B_EID, 3, 0, 14_000e6, 0, 1);
        bytes memory loss = pairItem(indexOf(3), ETH_INDEX, 0, -14_000e6, 0, 1);
        deliver(B_EID, report(block.timestamp, section(ReportCodec.PAIR, 1, loss)));
        assertEq(hub.freshMarginOf(accounts[3]).equityInitialWad, 0, "together they are worth nothing, and need nothing");
        assertFalse(hub.mayBorrow(accounts[3], 14_000e6));
        hub.settle(ethPerp, only(3), "");
        assertEq(hub.debtOf(accounts[3]), 0);
        assertEq(hub.lendingState().idle, 10_000e6);
    }

    /// @dev The same in another order: owe against ether, gain from one who cannot pay, and take the ether.
    function test_WhatBacksALoanCannotBeWithdrawnAgainstGains_NorTradedOn() public {
        _owe();
        reportPair(B_EID, 0, 0, 20_000e6, 0, 1);
        assertGt(hub.freshMarginOf(accounts[0]).equityInitialWad, 35_000e18);
        bytes32 id = requestSigned(0, orderOf(0, WETH, 10e8, A_EID, 1));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_LoanNotCovered.selector, accounts[0], 900e6));
        hub.process(id, "");
        // Ether falls: the loan is not covered any more, and there is no credit to lose by.
        setPrices(59_000e18, 100e18);
        mandate(0, B_EID, 100_00);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(outstanding(0, B_EID), 0);
    }

    function test_LendersGetWhatIsIdle_WhereTheirSharesAreWorthMore() public {
        _owe();
        vm.warp(block.timestamp + 30 days);
        uint256 idle = hub.lendingState().idle;
        _redeem(2, 10_000e6);
        assertEq(hub.balanceOf(accounts[2], USDC), int256(idle));
        IHubLedger.LendingState memory l = hub.lendingState();
        assertEq(l.idle, 0);
        uint256 shares = hub.lenderOf(accounts[2]).shares;
        assertEq(l.shares, shares);
        assertGt(shares, 899e6, "what is lent is still theirs");
    }

    function test_CLR13_NothingIsLentOnStaleCollateral() public {
        _open();
        _supply(2, 10_000e6);
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        oracle.set(BTC, 59_000e18, block.timestamp);
        _settle();
        assertEq(hub.debtOf(accounts[0]), 0, "ether without a price backs nothing");
        assertEq(hub.balanceOf(accounts[1], USDC), 10_100e6, "but what cash there was is paid");
    }

    function test_CLR18_NothingIsLentWhilePaused_ButRepaidAndRedeemed() public {
        _owe();
        hub.pauseLane(0);
        setPrices(58_000e18, ETH_PRICE);
        _settle();
        assertEq(hub.debtOf(accounts[0]), 900e6);
        IHubLedger.SupplyOrder memory order = _order(1, 1e6);
        bytes memory signature = sign(1, hub.hashSupplyOrder(order));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_Paused.selector, 0));
        hub.supply(order, signature, "");
        deposit(A_EID, 0, USDC, 900e6);
        hub.repay(accounts[0]);
        assertEq(hub.debtOf(accounts[0]), 0);
        _redeem(2, 10_000e6);
        assertEq(hub.balanceOf(accounts[2], USDC), 10_000e6);
    }

    function test_NoMoreIsLentThanIsIdle_AndLendersWait() public {
        _open();
        _supply(2, 500e6);
        _lose();
        _settle();
        assertEq(hub.debtOf(accounts[0]), 500e6);
        assertEq(hub.lendingState().idle, 0);
        IHubLedger.RedemptionOrder memory order = _redemption(2, 100e6);
        bytes memory signature = sign(2, hub.hashRedemptionOrder(order));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_LentOut.selector, 100e6, 0));
        hub.redeem(order, signature);
        deposit(A_EID, 0, USDC, 600e6);
        hub.repay(accounts[0]);
        hub.redeem(order, signature);
        assertEq(hub.balanceOf(accounts[2], USDC), 9_600e6);
    }

    /// @dev Anyone may bring the order; one who brings it when little is idle has nothing taken, and it is as good as before.
    function test_ARedemptionOfLessThanItsMinimumTakesNothing() public {
        _open();
        _supply(2, 500e6);
        _lose();
        _settle();
        deposit(A_EID, 0, USDC, 100e6);
        hub.repay(accounts[0]);
        IHubLedger.RedemptionOrder memory order = _redemption(2, 300e6);
        order.minimum = 300e6;
        bytes memory signature = sign(2, hub.hashRedemptionOrder(order));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_BelowMinimum.selector, 100e6, 300e6));
        hub.redeem(order, signature);
        assertEq(hub.lenderOf(accounts[2]).shares, 500e6);
        order.minimum = 100e6;
        vm.expectPartialRevert(IHubLedger.Hub_NotAuthorized.selector);
        hub.redeem(order, signature);
        order.minimum = 300e6;
        deposit(A_EID, 0, USDC, 200e6);
        hub.repay(accounts[0]);
        hub.redeem(order, signature);
        assertEq(hub.lenderOf(accounts[2]).shares, 200e6);
        assertEq(hub.balanceOf(accounts[2], USDC), 9_800e6);
    }

    /// @dev The thief's way: lend what is margin, or withdraw what is owed.
    function test_CLR06_WhatBacksAPositionCannotBeLent_NorWithdrawnByADebtor() public {
        _open();
        IHubLedger.MarginState memory m = hub.freshMarginOf(accounts[1]);
        uint128 most = uint128(uint256(m.equityInitialWad - int256(m.initialWad)) / 1e12);
        IHubLedger.SupplyOrder memory order = _order(1, most + 1);
        bytes memory signature = sign(1, hub.hashSupplyOrder(order));
        vm.expectPartialRevert(IHubLedger.Hub_InsufficientMargin.selector);
        hub.supply(order, signature, "");
        _supply(1, most);

        _lose();
        _settle();
        assertEq(hub.debtOf(accounts[0]), 900e6);
        deposit(A_EID, 0, USDC, 100e6);
        bytes32 id = requestSigned(0, orderOf(0, USDC, 50e6, A_EID, 1));
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_InsufficientBalance.selector, accounts[0], USDC, 50e6, 0)
        );
        hub.process(id, "");
    }

    function test_RevertWhen_NotTheOwners_Late_OrAgain() public {
        IHubLedger.SupplyOrder memory order = _order(2, 1_000e6);
        bytes memory wrong = sign(1, hub.hashSupplyOrder(order));
        bytes memory right = sign(2, hub.hashSupplyOrder(order));
        vm.expectRevert(IHubLedger.Hub_NoLending.selector);
        hub.supply(order, right, "");
        hub.setInterestCurve(_curve);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[2], address(this)));
        hub.supply(order, wrong, "");
        hub.supply(order, right, "");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_StaleNonce.selector, 1, 1));
        hub.supply(order, right, "");
        order.nonce = 2;
        order.deadline = uint40(block.timestamp - 1);
        right = sign(2, hub.hashSupplyOrder(order));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_Expired.selector, order.deadline, block.timestamp));
        hub.supply(order, right, "");
        IHubLedger.RedemptionOrder memory more = _redemption(2, 1_000e6 + 1);
        right = sign(2, hub.hashRedemptionOrder(more));
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_InsufficientShares.selector, accounts[2], 1_000e6 + 1, 1_000e6)
        );
        hub.redeem(more, right);
        vm.prank(recipient);
        vm.expectRevert();
        hub.setInterestCurve(_curve);
    }

    /// @dev Lenders come and go, debts are made and paid, time passes. CLR-01: the ledger adds up; CLR-16: no act but time changes the
    /// worth of a share, down never; who lends and redeems at once gains nothing.
    function testFuzz_CLR01_CLR16_LendersAndDebtorsMakeNoMoney(uint256 seed) public {
        _open();
        for (uint256 i; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            (uint256 worth, uint256 shares) = _worth();
            _act(seed);
            (uint256 worthNow, uint256 sharesNow) = _worth();
            if (shares != 0 && sharesNow != 0) {
                assertGe((worthNow + 1) * (shares + 1), (worth + 1) * (sharesNow + 1), "CLR-16");
            }
            _assertPoolConserved();
        }
    }

    function _act(uint256 seed) private {
        uint256 who = (seed >> 8) % TRADERS;
        uint256 size = (seed >> 16) % 2_000e6;
        uint256 kind = seed % 6;
        if (kind == 0) {
            vm.warp(block.timestamp + (seed >> 80) % 40 days);
            setPrices(BTC_PRICE, ETH_PRICE);
        } else if (kind == 1) {
            deposit(A_EID, who, USDC, uint64(size));
        } else if (kind == 2) {
            IHubLedger.SupplyOrder memory order = _order(who, uint128(size));
            bytes memory signature = sign(who, hub.hashSupplyOrder(order));
            try hub.supply(order, signature, "") {} catch {}
        } else if (kind == 3) {
            uint128 shares = uint128(size % (uint256(hub.lenderOf(accounts[who]).shares) + 1));
            IHubLedger.RedemptionOrder memory order = _redemption(who, shares);
            bytes memory signature = sign(who, hub.hashRedemptionOrder(order));
            try hub.redeem(order, signature) {} catch {}
        } else if (kind == 4) {
            hub.repay(accounts[who]);
        } else {
            setPrices(59_000e18 + (seed >> 100) % 2_000e18, ETH_PRICE);
            _settle();
        }
    }

    function _worth() private view returns (uint256, uint256) {
        IHubLedger.LendingState memory l = hub.lendingState();
        return (l.worth, l.shares);
    }

    /// @dev CLR-01 with lenders: signed cash, what is idle, the pool of the instrument and what lenders are owed add up. Debts are rounded
    /// up each, what lenders are owed down once: by so much the debtors can owe more.
    function _assertPoolConserved() private view {
        IHubLedger.LendingState memory l = hub.lendingState();
        int256 cash = int256(hub.variationPoolOf(btcPerp) + l.idle + l.lent);
        for (uint256 i; i < TRADERS; ++i) {
            cash += hub.balanceOf(accounts[i], USDC);
        }
        uint32[3] memory all = lanes_();
        for (uint256 i; i < all.length; ++i) {
            IHubLedger.Liquidity memory u = hub.liquidityOf(all[i], USDC);
            cash -= int256(uint256(u.total - u.reserved));
        }
        assertLe(cash, 0, "claims beyond tokens and debts");
        assertGe(cash, -int256(TRADERS), "dust");
    }

    /// @dev Trader 0 bought a bitcoin of 1 for 60,000, with 10 ether and 100 dollars; lending is open.
    function _open() private {
        deposit(A_EID, 0, WETH, 10e8);
        deposit(A_EID, 0, USDC, 100e6);
        deposit(B_EID, 1, USDC, 10_000e6);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        hub.setInterestCurve(_curve);
    }

    function _lose() private {
        setPrices(59_000e18, ETH_PRICE);
    }

    function _owe() private {
        _open();
        _supply(2, 10_000e6);
        _lose();
        _settle();
    }

    function _settle() private {
        hub.settle(btcPerp, _both(), "");
    }

    function _both() private view returns (AccountId[] memory list) {
        list = new AccountId[](2);
        (list[0], list[1]) = (accounts[0], accounts[1]);
        return ascending(list);
    }

    function _order(uint256 trader, uint128 amount) private view returns (IHubLedger.SupplyOrder memory) {
        return IHubLedger.SupplyOrder(
            accounts[trader], amount, hub.lenderOf(accounts[trader]).nonce + 1, uint40(block.timestamp)
        );
    }

    function _redemption(uint256 trader, uint128 shares) private view returns (IHubLedger.RedemptionOrder memory) {
        return IHubLedger.RedemptionOrder(
            accounts[trader], shares, 0, hub.lenderOf(accounts[trader]).nonce + 1, uint40(block.timestamp)
        );
    }

    function _supply(uint256 trader, uint128 amount) private {
        IHubLedger.SupplyOrder memory order = _order(trader, amount);
        bytes memory signature = sign(trader, hub.hashSupplyOrder(order));
        hub.supply(order, signature, "");
    }

    function _redeem(uint256 trader, uint128 shares) private {
        IHubLedger.RedemptionOrder memory order = _redemption(trader, shares);
        bytes memory signature = sign(trader, hub.hashRedemptionOrder(order));
        hub.redeem(order, signature);
    }
}
