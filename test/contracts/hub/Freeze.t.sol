// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Freezing an account: who may, what it stops, and when it is everywhere.
contract FreezeTest is HubTestBase {
    function setUp() public override {
        super.setUp();
        nameAll(A_EID);
        nameAll(B_EID);
        deposit(A_EID, 0, USDC, 10_000e6);
    }

    function test_CLR05_OnlyTheOwnerFreezes() public {
        bytes memory forged = sign(1, hub.hashFreeze(accounts[0], true, 1));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], address(this)));
        hub.setFreeze(accounts[0], true, 1, forged);

        _freeze(true, 1);
        assertTrue(hub.freezeOf(accounts[0]).frozen);
        bytes memory first = sign(0, hub.hashFreeze(accounts[0], true, 1));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_StaleNonce.selector, 1, 1));
        hub.setFreeze(accounts[0], true, 1, first);
    }

    /// @dev A wallet on the hub's chain that may act freezes without a signature; one that may only be paid does not.
    function test_CLR05_ARegisteredWalletMayFreezeOnTheHubsChain() public {
        address wallet = makeAddr("wallet");
        _register(HUB_EID, wallet, 1, 1);
        vm.prank(wallet);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], wallet));
        hub.setFreeze(accounts[0], true, 1, "");
        _register(A_EID, wallet, 3, 2);
        vm.prank(wallet);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], wallet));
        hub.setFreeze(accounts[0], true, 1, "");
        _register(HUB_EID, wallet, 2, 3);
        vm.prank(wallet);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_StaleNonce.selector, type(uint64).max, 0));
        hub.setFreeze(accounts[0], true, type(uint64).max, "");
        vm.prank(wallet);
        hub.setFreeze(accounts[0], true, 1, "");
        assertTrue(hub.freezeOf(accounts[0]).frozen);
        // It does not lift what was frozen.
        vm.prank(wallet);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], wallet));
        hub.setFreeze(accounts[0], false, 2, "");
        // Never registers others.
        vm.prank(wallet);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], wallet));
        hub.registerWallet(accounts[0], HUB_EID, makeAddr("other"), 3, 4, "");
    }

    function test_CLR18_AFrozenAccountGetsNoNewCreditAndStillWithdraws() public {
        grant(0, A_EID, 100_00);
        _freeze(true, 1);
        vm.expectEmit(address(hub));
        emit IHubLedger.CreditRefused(accounts[0], A_EID, 100_00, 0);
        hub.renewCredit(A_EID, only(0), "");
        assertTrue(hub.process(requestSigned(0, orderOf(0, USDC, 50e6, A_EID, 1)), "") != 0);
        _freeze(false, 2);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(hub.creditLineOf(accounts[0], A_EID).version, 2);
    }

    function test_CLR06_FrozenEverywhereNeedsEverySpokeThatLent() public {
        grant(0, A_EID, 100_00);
        grant(0, B_EID, 50_00);
        assertFalse(hub.isFrozenEverywhere(accounts[0]), "not frozen at all");
        _freeze(true, 1);
        assertFalse(hub.isFrozenEverywhere(accounts[0]));
        _obey(A_EID, 1, true, 0);
        assertFalse(hub.isFrozenEverywhere(accounts[0]), "B has not said so");
        _obey(B_EID, 1, true, 0);
        assertTrue(hub.isFrozenEverywhere(accounts[0]));

        // Lifted and set again: what was said of the first freeze says nothing of the second.
        _freeze(false, 2);
        assertFalse(hub.isFrozenEverywhere(accounts[0]));
        _freeze(true, 3);
        assertFalse(hub.isFrozenEverywhere(accounts[0]), "the old version was lifted in between");
        _obey(A_EID, 3, true, 0);
        _obey(B_EID, 2, false, 0);
        assertFalse(hub.isFrozenEverywhere(accounts[0]));
        _obey(B_EID, 3, true, 0);
        assertTrue(hub.isFrozenEverywhere(accounts[0]));
        // Said once more it is the same freeze.
        hub.setFreeze(accounts[0], true, 4, sign(0, hub.hashFreeze(accounts[0], true, 4)));
        assertTrue(hub.isFrozenEverywhere(accounts[0]));
        // An older state that comes late takes nothing back.
        _obey(B_EID, 1, true, 0);
        assertTrue(hub.isFrozenEverywhere(accounts[0]));
    }

    /// @dev Where nothing can be used any more, nothing needs to be obeyed.
    function test_CLR06_ASpokeWithoutOutstandingCreditNeedNotAnswer() public {
        grant(0, A_EID, 100_00);
        _freeze(true, 1);
        deliver(A_EID, report(block.timestamp + LEASE, creditStateSection(0, 0)));
        assertEq(outstanding(0, A_EID), 0);
        assertTrue(hub.isFrozenEverywhere(accounts[0]));
    }

    function test_CLR05_AFreezeThatTheHubNeverSetIsAlarmed() public {
        grant(0, A_EID, 100_00);
        _freeze(true, 1);
        vm.expectEmit(true, false, true, true);
        emit IHubLedger.LaneAlarm(A_EID, 0, accounts[0], "FreezeUnknown");
        _obey(A_EID, 2, true, 0);
        vm.expectEmit(true, false, true, true);
        emit IHubLedger.LaneAlarm(A_EID, 0, accounts[0], "FreezeUnknown");
        _obey(A_EID, 1, false, 0);
        assertEq(hub.creditLineOf(accounts[0], A_EID).freezeSeen, 0);
    }

    function test_CLR04_PushTellsTheFreeze() public {
        IHubLedger.CommandKeys memory keys;
        keys.freezes = only(0);
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_UnknownKey.selector, AccountId.unwrap(accounts[0]))
        );
        hub.push(A_EID, keys);
        _freeze(true, 1);
        hub.push(A_EID, keys);
        bytes memory item = CommandCodec.encodeFreeze(CommandCodec.Freeze(accounts[0], true, 1));
        assertEq(
            endpoint.last().message,
            bytes.concat(CommandCodec.encodeHeader(), SectionCodec.header(CommandCodec.FREEZE, 1), item)
        );
    }

    /// @dev A registered wallet asks at the vault of its chain; the hub believes that vault about that chain only.
    function test_CLR05_ARegisteredWalletAsksForWithdrawals() public {
        address wallet = makeAddr("wallet");
        assertEq(_ask(B_EID, 1, wallet), uint8(IHubLedger.WithdrawalState.None));
        _register(B_EID, wallet, 1, 1);
        assertEq(_ask(B_EID, 1, wallet), uint8(IHubLedger.WithdrawalState.None), "may only be paid");
        _register(B_EID, wallet, 2, 2);
        assertEq(_ask(B_EID, 1, wallet), uint8(IHubLedger.WithdrawalState.Pending));
        assertEq(_ask(A_EID, 1, wallet), uint8(IHubLedger.WithdrawalState.None), "another chain's vault");
        bytes32 id = hub.requestIdOf(B_EID, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_RecipientNotRegistered.selector, accounts[0], A_EID, wallet)
        );
        hub.process(id, "");
        _register(A_EID, wallet, 1, 3);
        // Rights that were taken since it was asked for end it.
        _register(B_EID, wallet, 1, 4);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotAuthorized.selector, accounts[0], wallet));
        hub.process(id, "");
        _register(B_EID, wallet, 2, 5);
        assertTrue(hub.process(id, "") != 0);
    }

    function test_RevertWhen_RightsAreUnknown() public {
        bytes memory signature = sign(0, hub.hashWallet(accounts[0], A_EID, recipient, 4, 1));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_InvalidParameter.selector, bytes32("rights"), 4));
        hub.registerWallet(accounts[0], A_EID, recipient, 4, 1, signature);
    }

    function test_CLR05_TheHomeHasAllRightsOnItsChainOnly() public view {
        address home = accounts[0].owner();
        assertEq(hub.rightsOf(accounts[0], A_EID, home), 3);
        assertEq(hub.rightsOf(accounts[0], B_EID, home), 0);
        assertEq(hub.rightsOf(AccountIdLib.pack(home, A_EID, 9), A_EID, home), 3);
    }

    function _ask(uint32 eid, uint64 number, address requester) private returns (uint8) {
        ReportCodec.Withdrawal memory w = ReportCodec.Withdrawal(
            accounts[0], number, requester, USDC, 1e6, A_EID, requester, 0, uint40(block.timestamp + 1 days)
        );
        deliver(eid, report(1, section(ReportCodec.WITHDRAWAL, 1, ReportCodec.encodeWithdrawal(w))));
        return uint8(hub.withdrawalOf(hub.requestIdOf(eid, number)).state);
    }

    function _freeze(bool frozen, uint64 nonce) private {
        bytes memory signature = sign(0, hub.hashFreeze(accounts[0], frozen, nonce));
        vm.expectEmit(address(hub));
        emit IHubLedger.FreezeSet(accounts[0], frozen, hub.freezeOf(accounts[0]).version + 1, nonce);
        hub.setFreeze(accounts[0], frozen, nonce, signature);
    }

    function _register(uint32 eid, address wallet, uint8 rights, uint64 nonce) private {
        bytes memory signature = sign(0, hub.hashWallet(accounts[0], eid, wallet, rights, nonce));
        hub.registerWallet(accounts[0], eid, wallet, rights, nonce, signature);
    }

    function _obey(uint32 eid, uint32 version, bool frozen, uint64 used) private {
        bytes memory item =
            ReportCodec.encodeCreditState(ReportCodec.CreditState(indexOf(0), 1, version, frozen, used));
        deliver(eid, report(block.timestamp, section(ReportCodec.CREDIT_STATE, 1, item)));
    }
}
