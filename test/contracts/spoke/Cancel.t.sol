// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReenteringToken} from "../../../contracts/mocks/ReenteringToken.sol";
import {RevertingToken} from "../../../contracts/mocks/RevertingToken.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {VaultFixture} from "./VaultFixture.sol";

/// @notice Giving up a payout: when, by whom, and that it then never pays (CLR-10).
contract CancelTest is VaultFixture {
    address private carol = makeAddr("carol");
    address private dave;
    uint256 private daveKey;
    AccountId private daves;

    function setUp() public override {
        super.setUp();
        usdc.mint(address(vault), 1_000e6);
        (dave, daveKey) = makeAddrAndKey("dave");
        daves = AccountIdLib.pack(dave, OTHER_EID, 0);
    }

    function test_CLR10_CancelledBeforeItArrivesItIsNeverPaid() public {
        CommandCodec.Pay memory pay = _pay(alice, 1);
        vm.warp(block.timestamp + 1 hours);
        vm.expectEmit(address(vault));
        emit ISpokeVault.PayoutResolved(payoutId(pay), carol, USDC, 40e6, PayoutId.CANCELLED);
        vm.prank(carol);
        vault.cancel(pay, "");

        uint256 index = sendAs(HUB_EID, hub, payMessage(pay));
        vm.expectEmit(false, true, true, true, address(vault));
        emit ISpokeVault.CommandItemSkipped(0, CommandCodec.PAY, payoutId(pay), "Cancelled");
        deliver(index);
        assertEq(usdc.balanceOf(carol), 0);
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CANCELLED);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_NotClaimable.selector, payoutId(pay), PayoutId.CANCELLED)
        );
        vault.claim(pay);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_NotCancellable.selector, payoutId(pay), PayoutId.CANCELLED)
        );
        vm.prank(carol);
        vault.cancel(pay, "");
    }

    /// @dev From within the payout's own transfer: what is being paid must not be refunded as well.
    function test_CLR10_CLR23_AHookCannotCancelWhatIsBeingPaid() public {
        ReenteringToken hook = new ReenteringToken();
        vault.listToken(7, address(hook), 6);
        hook.mint(address(vault), 5e6);
        CommandCodec.Pay memory pay =
            CommandCodec.Pay(alice, address(this), 7, 5e6, uint40(block.timestamp - 2 hours), 1);
        // This test is the recipient: it would be allowed to.
        hook.setCall(address(this), abi.encodeCall(this.cancelIt, (pay)));
        command(payMessage(pay));
        assertTrue(hook.called());
        assertFalse(hook.succeeded());
        assertEq(bytes4(hook.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.PAID);
        assertEq(hook.balanceOf(address(this)), 5e6);
    }

    function cancelIt(CommandCodec.Pay calldata pay) external {
        vault.cancel(pay, "");
    }

    function test_CLR10_APaidPayoutIsNotCancelled() public {
        CommandCodec.Pay memory pay = _pay(alice, 1);
        command(payMessage(pay));
        vm.warp(block.timestamp + 1 hours);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_NotCancellable.selector, payoutId(pay), PayoutId.PAID)
        );
        vm.prank(carol);
        vault.cancel(pay, "");
    }

    function test_CLR10_AClaimIsPaidOrCancelledNeverBoth() public {
        RevertingToken token = new RevertingToken();
        vault.listToken(9, address(token), 6);
        token.mint(address(vault), 100e6);
        token.setRefusing(true);
        CommandCodec.Pay memory first = CommandCodec.Pay(alice, carol, 9, 40e6, uint40(block.timestamp), 1);
        CommandCodec.Pay memory second = CommandCodec.Pay(alice, carol, 9, 40e6, uint40(block.timestamp), 2);
        command(payMessage(first));
        command(payMessage(second));
        vm.warp(block.timestamp + 1 hours);
        vm.prank(carol);
        vault.cancel(first, "");
        token.setRefusing(false);
        vm.expectRevert();
        vault.claim(first);
        vault.claim(second);
        assertEq(token.balanceOf(carol), 40e6);
        vm.expectRevert();
        vm.prank(carol);
        vault.cancel(second, "");
    }

    function test_CLR10_RevertWhen_TooEarly() public {
        CommandCodec.Pay memory pay = _pay(alice, 1);
        uint256 from = pay.issuedAt + 1 hours;
        vm.warp(from - 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_TooEarly.selector, payoutId(pay), from, from - 1)
        );
        vm.prank(carol);
        vault.cancel(pay, "");
        vm.warp(from);
        vm.prank(carol);
        vault.cancel(pay, "");
    }

    function test_CLR05_TheHomeCancelsOnItsOwnChainOnly() public {
        vm.warp(block.timestamp + 1 hours);
        CommandCodec.Pay memory local = _pay(alice, 1);
        local.issuedAt -= 1 hours;
        vm.prank(alice.owner());
        vault.cancel(local, "");
        // The owner's address on another chain may be somebody else's.
        CommandCodec.Pay memory foreign = _pay(daves, 2);
        foreign.issuedAt -= 1 hours;
        vm.prank(dave);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_NotAuthorized.selector, daves, dave));
        vault.cancel(foreign, "");
        vault.cancel(foreign, _sign(vault.hashCancel(payoutId(foreign))));
        assertEq(vault.payoutRankOf(payoutId(foreign)), PayoutId.CANCELLED);
    }

    function test_CLR05_RevertWhen_TheSignatureIsOfAnotherPayoutOrVault() public {
        vm.warp(block.timestamp + 1 hours);
        CommandCodec.Pay memory first = _pay(daves, 1);
        CommandCodec.Pay memory second = _pay(daves, 2);
        first.issuedAt -= 1 hours;
        second.issuedAt -= 1 hours;
        bytes memory signature = _sign(vault.hashCancel(payoutId(first)));
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_NotAuthorized.selector, daves, address(this)));
        vault.cancel(second, signature);
        SpokeVault other = newVault();
        assertTrue(other.hashCancel(payoutId(first)) != vault.hashCancel(payoutId(first)));
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_NotAuthorized.selector, daves, address(this)));
        other.cancel(first, signature);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_NotAuthorized.selector, daves, address(this)));
        vault.cancel(first, "");
    }

    /// @dev Whatever is changed of the preimage is another payout: the real one is untouched.
    function testFuzz_CLR10_AnotherPreimageIsAnotherPayout(uint64 amount, uint64 nonce, address recipient) public {
        CommandCodec.Pay memory pay = _pay(alice, 1);
        vm.assume(recipient != address(0));
        vm.assume(amount != pay.amount || nonce != pay.nonce || recipient != pay.recipient);
        CommandCodec.Pay memory forged =
            CommandCodec.Pay(alice, recipient, USDC, amount, pay.issuedAt, nonce);
        vm.warp(block.timestamp + 1 hours);
        vm.prank(recipient);
        vault.cancel(forged, "");
        command(payMessage(pay));
        assertEq(usdc.balanceOf(carol), 40e6);
    }

    /// @dev For an owner who can neither call here nor sign.
    function test_CLR10_AfterAMonthAnyoneMayCancel() public {
        CommandCodec.Pay memory pay = _pay(daves, 1);
        vm.warp(pay.issuedAt + 30 days - 1);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_NotAuthorized.selector, daves, address(this)));
        vault.cancel(pay, "");
        vm.warp(pay.issuedAt + 30 days);
        vault.cancel(pay, "");
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CANCELLED);
    }

    function _pay(AccountId account, uint64 nonce) private view returns (CommandCodec.Pay memory) {
        return CommandCodec.Pay(account, carol, USDC, 40e6, uint40(block.timestamp), nonce);
    }

    function _sign(bytes32 digest) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(daveKey, digest);
        return abi.encodePacked(r, s, v);
    }
}
