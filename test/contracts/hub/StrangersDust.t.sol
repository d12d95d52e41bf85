// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {HubTestBase} from "../hub/HubTestBase.sol";

/// @notice Anyone may deposit for anyone. A speck of an asset whose price feed has stopped must not take an account's
/// other money hostage (CLR-18), nor be worth anything (CLR-13).
contract StrangersDustTest is HubTestBase {
    function setUp() public override {
        super.setUp();
        nameAll(A_EID);
        deposit(A_EID, 0, USDC, 1_000e6);
        deposit(A_EID, 0, WETH, 1);
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        oracle.set(BTC, BTC_PRICE, block.timestamp);
    }

    function test_CLR18_DustWithoutAFreshPriceDoesNotStopAWithdrawal() public {
        bytes32 id = requestSigned(0, orderOf(0, USDC, 1_000e6, A_EID, 1));
        hub.process(id, "");
        assertEq(hub.balanceOf(accounts[0], USDC), 0);
        assertConserved();
    }

    function test_CLR18_DustWithoutAFreshPriceDoesNotStopCredit() public {
        grant(0, A_EID, 1_000_00);
    }

    function test_CLR13_CollateralWithoutAFreshPriceBacksNothing() public {
        deposit(A_EID, 1, WETH, 1e8);
        mandate(1, A_EID, 400_00);
        hub.renewCredit(A_EID, only(1), "");
        assertEq(outstanding(1, A_EID), 0);
        hub.renewCredit(A_EID, only(1), abi.encode(ETH, ETH_PRICE));
        assertEq(outstanding(1, A_EID), 400_00);

        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        bytes32 id = requestSigned(1, orderOf(1, WETH, 1, A_EID, 1));
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_InsufficientMargin.selector, accounts[1], 400e18, int256(0))
        );
        hub.process(id, "");
    }

    /// @dev Credit and payouts count what the oracle vouches for at the least; maintenance its price.
    function test_CLR13_CollateralIsWorthTheLowerEdgeOfTheBandForInitialMargin() public {
        deposit(A_EID, 1, WETH, 1e8);
        setPrices(BTC_PRICE, ETH_PRICE);
        oracle.setConfidence(ETH, 100e18);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 1_710e18);
        assertEq(hub.marginOf(accounts[1]).equityMaintenanceWad, 1_860e18);
        mandate(1, A_EID, 2_000_00);
        hub.renewCredit(A_EID, only(1), "");
        assertEq(outstanding(1, A_EID), 1_710_00);
        oracle.setConfidence(ETH, ETH_PRICE + 1);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 0);
    }

    /// @dev Two thirds of the ether are on a chain of which nothing is heard: from its lag on they count less and less, for whoever holds
    /// ether anywhere, and only for new risk. The speck is where something is heard of.
    function test_CLR13_CollateralOfASilentChainFadesForInitialMargin() public {
        deposit(A_EID, 1, WETH, 1e8);
        deposit(B_EID, 2, WETH, 2e8);
        uint32 lag = 600;
        hub.listLane(B_EID, LEASE, lag);
        setPrices(BTC_PRICE, ETH_PRICE);
        uint256 heard = hub.laneOf(B_EID).settledTime;
        vm.warp(heard + lag);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 1_800e18);
        vm.warp(heard + lag + 14 minutes);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 1_200.0000006e18);
        assertEq(hub.marginOf(accounts[1]).equityMaintenanceWad, 1_860e18);
        vm.warp(heard + lag + 28 minutes);
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 600.000003e18);
        mandate(1, A_EID, 2_000_00);
        setPrices(BTC_PRICE, ETH_PRICE);
        hub.renewCredit(A_EID, only(1), "");
        assertEq(outstanding(1, A_EID), 600_00);
        // Heard of again, everything is as it was.
        ReportCodec.Heartbeat memory inStep = ReportCodec.Heartbeat(0, 0, hub.laneOf(B_EID).digest);
        bytes memory header = ReportCodec.encodeHeader(ReportCodec.Header(1_000, uint40(block.timestamp)));
        deliver(B_EID, bytes.concat(header, section(ReportCodec.HEARTBEAT, 1, ReportCodec.encodeHeartbeat(inStep))));
        assertEq(hub.marginOf(accounts[1]).equityInitialWad, 1_800e18);
    }

    /// @dev A position may be a debt, so without its price nothing is decided.
    function test_CLR13_RevertWhen_APositionHasNoFreshPrice() public {
        reportTrade(A_EID, 0, 1, 1e6, 600e6);
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        bytes32 id = requestSigned(0, orderOf(0, USDC, 1, A_EID, 1));
        vm.expectPartialRevert(IMarginEngine.Margin_StalePrice.selector);
        hub.process(id, "");
    }
}
