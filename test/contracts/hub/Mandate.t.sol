// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {AgreeingWallet} from "../support/AgreeingWallet.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Mandates, and on them who may act for an account at the hub (CLR-05).
contract MandateTest is HubTestBase {
    bytes32 private _before;

    function setUp() public override {
        super.setUp();
        deposit(A_EID, 0, USDC, 10_000e6);
        _before = ledger();
    }

    function test_ASignedMandateIsBroughtByAnyone() public {
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 500_00);
        bytes memory signature = sign(0, hub.hashMandate(m));
        vm.prank(makeAddr("relayer"));
        vm.expectEmit();
        emit IHubLedger.MandateSet(accounts[0], A_EID, venue, 500_00, 1e12, m.nonce);
        hub.setMandate(m, signature);

        assertEq(hub.creditLineOf(accounts[0], A_EID).maxOutstanding, 500_00);
        assertEq(hub.venueAllowanceOf(accounts[0], A_EID, venue).limit, 1e12);
        assertEq(hub.venueAllowanceOf(accounts[0], A_EID, venue).version, m.nonce);
        assertEq(hub.creditLineOf(accounts[0], B_EID).maxOutstanding, 0, "of one spoke");
        assertEq(outstanding(0, A_EID), 0, "a mandate grants nothing");
    }

    function test_AnotherVenueKeepsItsAllowance() public {
        mandate(0, A_EID, 500_00);
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 600_00);
        m.venue = makeAddr("other venue");
        m.venueLimit = 7;
        hub.setMandate(m, sign(0, hub.hashMandate(m)));
        assertEq(hub.creditLineOf(accounts[0], A_EID).maxOutstanding, 600_00);
        assertEq(hub.venueAllowanceOf(accounts[0], A_EID, m.venue).limit, 7);
        assertEq(hub.venueAllowanceOf(accounts[0], A_EID, venue).limit, 1e12);
    }

    function test_AHomeOnTheHubsChainActsByCalling() public {
        IHubLedger.Mandate memory m = mandateOf(3, A_EID, 500_00);
        vm.prank(accounts[3].owner());
        hub.setMandate(m, "");
        assertEq(hub.creditLineOf(accounts[3], A_EID).maxOutstanding, 500_00);
    }

    function test_CLR05_RevertWhen_TheSameAddressOnTheHubsChainCallsForAHomeElsewhere() public {
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 500_00);
        address here = accounts[0].owner();
        vm.prank(here);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], here));
        hub.setMandate(m, "");
        assertEq(ledger(), _before);
    }

    function test_CLR05_AContractIsBelievedOnlyIfItsHomeIsHere() public {
        address wallet = address(new AgreeingWallet());
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 500_00);
        m.account = AccountIdLib.pack(wallet, A_EID, 0);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, m.account, address(this)));
        hub.setMandate(m, "anything");
        assertEq(hub.creditLineOf(m.account, A_EID).maxOutstanding, 0);

        m.account = AccountIdLib.pack(wallet, HUB_EID, 0);
        hub.setMandate(m, "anything");
        assertEq(hub.creditLineOf(m.account, A_EID).maxOutstanding, 500_00);
    }

    function test_CLR05_RevertWhen_TheOwnerIsNobody() public {
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 500_00);
        m.account = AccountId.wrap(0);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, m.account, address(this)));
        hub.setMandate(m, new bytes(65));
    }

    /// @dev No field may differ from what was signed, nor may another have signed it.
    function testFuzz_CLR05_RevertWhen_AFieldWasChanged(uint8 field, uint256 delta) public {
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 500_00);
        bytes memory signature = sign(0, hub.hashMandate(m));
        delta = bound(delta, 1, 1_000);
        field = uint8(bound(field, 0, 7));
        if (field == 0) m.account = accounts[1];
        if (field == 1) m.eid = B_EID;
        if (field == 2) m.maxOutstanding += uint64(delta);
        if (field == 3) m.venue = address(uint160(delta));
        if (field == 4) m.venueLimit += uint64(delta);
        if (field == 5) m.nonce += uint64(delta);
        if (field == 6) m.deadline += uint40(delta);
        if (field == 7) signature = sign(1, hub.hashMandate(m));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, m.account, address(this)));
        hub.setMandate(m, signature);
        assertEq(ledger(), _before);
    }

    function test_CLR05_RevertWhen_AMandateIsReplayed() public {
        IHubLedger.Mandate memory first = mandateOf(0, A_EID, 500_00);
        bytes memory signature = sign(0, hub.hashMandate(first));
        hub.setMandate(first, signature);
        mandate(0, A_EID, 0);
        bytes32 lowered = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_StaleNonce.selector, first.nonce, first.nonce + 1)
        );
        hub.setMandate(first, signature);
        assertEq(ledger(), lowered, "what was lowered stays lowered");
    }

    function test_RevertWhen_AMandateHasExpired() public {
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 500_00);
        bytes memory signature = sign(0, hub.hashMandate(m));
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_Expired.selector, m.deadline, block.timestamp));
        hub.setMandate(m, signature);
        assertEq(ledger(), _before);
    }

    function test_RevertWhen_TheLaneIsNotListed() public {
        IHubLedger.Mandate memory m = mandateOf(0, UNLISTED_EID, 500_00);
        bytes memory signature = sign(0, hub.hashMandate(m));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownLane.selector, UNLISTED_EID));
        hub.setMandate(m, signature);
    }
}
