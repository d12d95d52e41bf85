// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {AgreeingWallet} from "../support/AgreeingWallet.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Who may ask for a withdrawal, and whom it may pay: signed orders, requests of a spoke, recipients.
contract WithdrawalTest is HubTestBase {
    bytes32 private _before;

    function setUp() public override {
        super.setUp();
        deposit(A_EID, 0, USDC, 1_000e6);
        deposit(HUB_EID, 3, USDC, 1_000e6);
        _before = ledger();
    }

    // ---- signed ----

    function test_ASignedOrderIsQueuedByAnyone() public {
        IHubLedger.WithdrawalOrder memory order = orderOf(0, USDC, 100e6, A_EID, 1);
        bytes memory signature = sign(0, hub.hashWithdrawalOrder(order));
        vm.prank(makeAddr("relayer"));
        bytes32 id = hub.requestWithdrawal(order, signature);
        assertEq(id, hub.hashWithdrawalOrder(order));
        IHubLedger.WithdrawalRequest memory r = hub.withdrawalOf(id);
        assertEq(r.remaining, 100e6);
        assertTrue(r.signed);
        assertEq(uint8(r.state), uint8(IHubLedger.WithdrawalState.Pending));
        assertEq(ledger(), _before, "queued, not yet decided");
    }

    function test_CLR05_RevertWhen_AnOrderIsReplayed() public {
        IHubLedger.WithdrawalOrder memory order = orderOf(0, USDC, 100e6, A_EID, 1);
        bytes memory signature = sign(0, hub.hashWithdrawalOrder(order));
        bytes32 id = hub.requestWithdrawal(order, signature);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_AlreadyRequested.selector, id));
        hub.requestWithdrawal(order, signature);
        hub.process(id, "");
        bytes32 paid = ledger();
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_AlreadyRequested.selector, id));
        hub.requestWithdrawal(order, signature);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotPending.selector, id));
        hub.process(id, "");
        assertEq(ledger(), paid);
        assertConserved();
    }

    function test_RevertWhen_AnOrderHasExpired() public {
        IHubLedger.WithdrawalOrder memory order = orderOf(0, USDC, 100e6, A_EID, 1);
        bytes memory signature = sign(0, hub.hashWithdrawalOrder(order));
        vm.warp(uint256(order.deadline) + 1);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_Expired.selector, order.deadline, block.timestamp));
        hub.requestWithdrawal(order, signature);
        assertEq(ledger(), _before);
    }

    function testFuzz_CLR05_RevertWhen_AFieldWasChanged(uint8 field, uint256 delta) public {
        IHubLedger.WithdrawalOrder memory order = orderOf(0, USDC, 100e6, A_EID, 1);
        bytes memory signature = sign(0, hub.hashWithdrawalOrder(order));
        delta = bound(delta, 1, 1_000);
        field = uint8(bound(field, 0, 8));
        if (field == 0) order.account = accounts[1];
        if (field == 1) order.asset = WETH;
        if (field == 2) order.amount += uint64(delta);
        if (field == 3) order.dstEid = B_EID;
        if (field == 4) order.recipient = address(uint160(delta));
        if (field == 5) order.minimum += uint64(delta);
        if (field == 6) order.deadline += uint40(delta);
        if (field == 7) order.nonce += uint64(delta);
        if (field == 8) signature = sign(1, hub.hashWithdrawalOrder(order));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, order.account, address(this)));
        hub.requestWithdrawal(order, signature);
        assertEq(ledger(), _before);
    }

    function test_CLR05_RevertWhen_AContractThatIsNotTheHomeSigns() public {
        IHubLedger.WithdrawalOrder memory order = orderOf(0, USDC, 1, A_EID, 1);
        order.account = AccountIdLib.pack(address(new AgreeingWallet()), A_EID, 0);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, order.account, address(this)));
        hub.requestWithdrawal(order, "anything");
    }

    function test_RevertWhen_AnOrderMakesNoSense() public {
        vm.startPrank(accounts[3].owner());
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownAsset.selector, UNLISTED_ASSET));
        hub.requestWithdrawal(orderOf(3, UNLISTED_ASSET, 1, A_EID, 1), "");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownLane.selector, UNLISTED_EID));
        hub.requestWithdrawal(orderOf(3, USDC, 1, UNLISTED_EID, 1), "");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_InvalidParameter.selector, bytes32("amount"), 0));
        hub.requestWithdrawal(orderOf(3, USDC, 0, A_EID, 1), "");
        IHubLedger.WithdrawalOrder memory order = orderOf(3, USDC, 1, A_EID, 1);
        order.recipient = address(0);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_InvalidParameter.selector, bytes32("recipient"), 0));
        hub.requestWithdrawal(order, "");
        vm.stopPrank();
    }

    // ---- asked on a spoke, unsigned ----

    function test_CLR05_RevertWhen_AnUnsignedRequestPaysAnUnregisteredRecipient() public {
        bytes32 id = _reportWithdrawal(1, 100e6, A_EID, recipient);
        assertEq(uint8(hub.withdrawalOf(id).state), uint8(IHubLedger.WithdrawalState.Pending));
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_RecipientNotRegistered.selector, accounts[0], A_EID, recipient)
        );
        hub.process(id, "");
        assertEq(ledger(), _before);
        assertConserved();
    }

    /// @dev The owner's address on another chain may be somebody else's contract.
    function test_CLR05_TheHomeIsARecipientOnItsOwnChainOnly() public {
        address home = accounts[0].owner();
        bytes32 elsewhere = _reportWithdrawal(1, 100e6, HUB_EID, home);
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_RecipientNotRegistered.selector, accounts[0], HUB_EID, home)
        );
        hub.process(elsewhere, "");
        assertTrue(hub.process(_reportWithdrawal(2, 100e6, A_EID, home), "") != 0);
        assertEq(hub.balanceOf(accounts[0], USDC), 900e6);
        assertConserved();
    }

    function test_ARegisteredRecipientIsPaidUntilItIsRemoved() public {
        _register(1, 1);
        assertEq(hub.rightsOf(accounts[0], HUB_EID, recipient), 1);
        assertEq(hub.rightsOf(accounts[0], A_EID, recipient), 0);
        hub.process(_reportWithdrawal(1, 100e6, HUB_EID, recipient), "");
        assertEq(hub.balanceOf(accounts[0], USDC), 900e6);

        bytes32 pending = _reportWithdrawal(2, 100e6, HUB_EID, recipient);
        _register(0, 2);
        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_RecipientNotRegistered.selector, accounts[0], HUB_EID, recipient)
        );
        hub.process(pending, "");
        assertEq(ledger(), before);
    }

    function test_CLR05_RevertWhen_ARegistrationIsReplayedOrForged() public {
        bytes memory first = sign(0, hub.hashWallet(accounts[0], HUB_EID, recipient, 1, 1));
        hub.registerWallet(accounts[0], HUB_EID, recipient, 1, 1, first);
        _register(0, 2);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_StaleNonce.selector, 1, 2));
        hub.registerWallet(accounts[0], HUB_EID, recipient, 1, 1, first);
        bytes memory forged = sign(1, hub.hashWallet(accounts[0], HUB_EID, recipient, 1, 3));
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], address(this))
        );
        hub.registerWallet(accounts[0], HUB_EID, recipient, 1, 3, forged);
        assertEq(hub.rightsOf(accounts[0], HUB_EID, recipient), 0);
    }

    function test_CLR03_ARequestReportedAgainIsOneRequest() public {
        bytes32 id = _reportWithdrawal(1, 100e6, A_EID, accounts[0].owner());
        hub.process(id, "");
        bytes32 paid = ledger();
        _reportWithdrawal(1, 100e6, A_EID, accounts[0].owner());
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotPending.selector, id));
        hub.process(id, "");
        assertEq(ledger(), paid);
    }

    function test_RequestsThatMakeNoSenseAreSkipped() public {
        assertEq(uint8(hub.withdrawalOf(_reportWithdrawal(1, 0, A_EID, recipient)).state), 0);
        assertEq(uint8(hub.withdrawalOf(_reportWithdrawal(2, 1, A_EID, address(0))).state), 0);
        assertEq(uint8(hub.withdrawalOf(_reportWithdrawal(3, 1, UNLISTED_EID, recipient)).state), 0);
        assertEq(ledger(), _before);
    }

    function _register(uint8 rights, uint64 nonce) private {
        bytes memory signature = sign(0, hub.hashWallet(accounts[0], HUB_EID, recipient, rights, nonce));
        vm.expectEmit(address(hub));
        emit IHubLedger.WalletRegistered(accounts[0], HUB_EID, recipient, rights, nonce);
        hub.registerWallet(accounts[0], HUB_EID, recipient, rights, nonce, signature);
    }

    function _reportWithdrawal(uint64 number, uint64 amount, uint32 dstEid, address to) private returns (bytes32) {
        ReportCodec.Withdrawal memory w = ReportCodec.Withdrawal(
            accounts[0], number, accounts[0].owner(), USDC, amount, dstEid, to, 0, uint40(block.timestamp + 1 days)
        );
        deliver(A_EID, report(1, section(ReportCodec.WITHDRAWAL, 1, ReportCodec.encodeWithdrawal(w))));
        return hub.requestIdOf(A_EID, number);
    }
}
