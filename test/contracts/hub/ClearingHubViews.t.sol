// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {ClearingHub} from "../../../contracts/hub/ClearingHub.sol";
import {IHubViews} from "../../../contracts/interfaces/IHubViews.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {Certificate, IMarginCertificates} from "../../../contracts/interfaces/IMarginCertificates.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice The views' code runs in the hub's place: both must find the ledger in the same slots.
contract ClearingHubViewsTest is HubTestBase {
    IHubViews private _views;

    function setUp() public override {
        super.setUp();
        _views = ClearingHub(address(hub)).views();
    }

    function test_WhatTheHubWritesIsReadThroughItAndNotAtTheViewsOwnAddress() public {
        nameAll(A_EID);
        deposit(A_EID, 0, USDC, 5e6);
        deposit(A_EID, 0, WETH, 7e8);
        grant(0, A_EID, 200);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);

        // The first field of the ledger, one in the middle, and the last ones.
        assertEq(address(hub.oracle()), address(oracle));
        assertEq(hub.balanceOf(accounts[0], WETH), 7e8);
        assertEq(hub.creditLineOf(accounts[0], A_EID).limit, 200);
        bytes32 payoutId = hub.process(requestSigned(0, orderOf(0, USDC, 1e6, A_EID, 1)), "");
        assertEq(hub.payoutOf(payoutId).amount, 1e6);

        assertEq(address(_views.oracle()), address(0));
        assertEq(_views.eids().length, 0);
        assertEq(_views.balanceOf(accounts[0], USDC), 0);
        assertEq(_views.instrumentsOf(accounts[0]).length, 0);
        assertEq(_views.payoutOf(payoutId).amount, 0);
    }

    /// @dev `HubStorage` is the first base of both: the first slot holds the ledger's first two fields.
    function test_TheLedgerBeginsAtSlotZero() public view {
        uint256 word = uint256(vm.load(address(hub), 0));
        assertEq(address(uint160(word)), address(oracle));
        assertEq(uint32(word >> 160), MAX_PRICE_AGE);
        assertEq(uint16(word >> 192), USDC);
    }

    /// @dev The test's engine has a certificate with two scenarios prove all of the requirement, within as many dollars as the joint one's place.
    function test_ACertificateTellsWhatItProves() public {
        nameAll(A_EID);
        deposit(A_EID, 0, WETH, 3e8);
        grant(0, A_EID, 2_000);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        Certificate memory c = Certificate(9, new uint8[](2));
        IHubLedger.MarginState memory m = hub.marginOf(accounts[0]);
        engine.setRates(BTC, uint128(uint256(m.equityMaintenanceWad) * 5 / 4 / 60_000), 0);
        for (uint256 dollars = 0; dollars < 20; ++dollars) {
            oracle.set(BTC, (60_000 - dollars) * 1e18, block.timestamp);
            m = hub.marginOf(accounts[0]);
            IHubLedger.CertifiedMarginState memory s = hub.certifiedMarginOf(accounts[0], c);
            assertEq(s.equityWad, m.equityMaintenanceWad);
            assertEq(s.bandWad, 9e18);
            assertEq(s.maintenanceWad, m.maintenanceWad);
            assertEq(s.isBelow, m.equityMaintenanceWad + 9e18 < int256(m.maintenanceWad));
            if (dollars < 5) assertFalse(s.isBelow);
            if (dollars > 12) assertTrue(s.isBelow);
        }
        c.scenarios = new uint8[](1);
        vm.expectRevert(abi.encodeWithSelector(IMarginCertificates.Margin_ScenarioCount.selector, 1, 2));
        hub.certifiedMarginOf(accounts[0], c);
    }

    function test_RevertWhen_AViewReverts() public {
        InstrumentId sol = InstrumentIdLib.perpetual("SOL");
        vm.expectRevert(
            abi.encodeWithSelector(
                IMarginEngine.Margin_StalePrice.selector, sol.underlying(), block.timestamp, type(uint256).max
            )
        );
        hub.unmatchedGainOf(A_EID, sol);
    }

    function test_RevertWhen_NobodyKnowsTheFunction() public {
        (bool ok, bytes memory reason) = address(hub).call(abi.encodeWithSignature("none()"));
        assertFalse(ok);
        assertEq(reason, abi.encodeWithSelector(Errors.FailedCall.selector));
        // Nor does it take money for nothing.
        (ok,) = address(hub).call{value: 1}("");
        assertFalse(ok);
        (ok,) = address(hub).call{value: 1}(abi.encodeCall(IHubViews.eids, ()));
        assertFalse(ok);
    }
}
