// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {VaultFixture} from "./VaultFixture.sol";

/// @notice Frozen accounts, a paused vault, a suspended token: what they stop, and what they never stop (CLR-18).
contract StopTest is VaultFixture {
    function test_AFrozenAccountTradesOnNeitherSideUntilItIsLifted() public {
        openMarket();
        command(freezeMessage(alice, true, 1));
        bytes32 before = tradeState();
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_AccountFrozen.selector, alice));
        trade(alice, bob, 1e8, PRICE);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_AccountFrozen.selector, alice));
        trade(bob, alice, 1e8, PRICE);
        assertEq(tradeState(), before);
        command(freezeMessage(alice, false, 2));
        trade(alice, bob, 1e8, PRICE);
    }

    function test_CLR03_AnOlderFreezeChangesNothing() public {
        command(freezeMessage(alice, true, 3));
        command(freezeMessage(alice, false, 2));
        command(freezeMessage(alice, false, 3));
        assertTrue(vault.freezeOf(alice).frozen);
        assertEq(vault.freezeOf(alice).version, 3);
        uint256 index = sendAs(HUB_EID, hub, freezeMessage(AccountId.wrap(0), true, 1));
        vm.expectEmit(false, true, true, true, address(vault));
        emit ISpokeVault.CommandItemSkipped(0, CommandCodec.FREEZE, 0, "ZeroAccount");
        deliver(index);
    }

    function test_CLR06_TheCreditStateTellsTheFreeze() public {
        openMarket();
        trade(alice, bob, 1e8, PRICE);
        command(freezeMessage(alice, true, 4));
        ISpokeVault.ReportKeys memory keys;
        keys.creditStates = new AccountId[](1);
        keys.creditStates[0] = alice;
        vault.report(keys, false);
        bytes memory message = hubEndpoint.packetAt(0).message;
        uint256 end = message.length - 3 - ReportCodec.HEARTBEAT_SIZE;
        bytes memory item = ReportCodec.encodeCreditState(
            ReportCodec.CreditState(2, 1, 4, true, vault.creditOf(alice).used)
        );
        for (uint256 i; i < item.length; ++i) {
            assertEq(message[end - item.length + i], item[i]);
        }
    }

    function test_CLR18_APausedVaultOnlyReduces() public {
        openMarket();
        trade(alice, bob, 3e8, PRICE);
        vm.expectEmit(address(vault));
        emit ISpokeVault.VaultPaused(true);
        vault.pause();
        assertTrue(vault.paused());
        bytes32 before = tradeState();
        vm.expectRevert(ISpokeVault.Vault_Paused.selector);
        trade(alice, bob, 1, PRICE);
        // Through zero to the other side is no reduction.
        vm.expectRevert(ISpokeVault.Vault_Paused.selector);
        trade(bob, alice, 3e8 + 1, PRICE);
        assertEq(tradeState(), before);
        trade(bob, alice, 2e8, PRICE);
        trade(bob, alice, 1e8, PRICE);
        assertEq(vault.pairOf(alice, btcPerp).base, 0);
        vault.unpause();
        trade(alice, bob, 1e8, PRICE);
    }

    function test_CLR18_APausedVaultTakesDepositsReportsAndPays() public {
        vault.pause();
        usdc.mint(address(this), 50e6);
        usdc.approve(address(vault), 50e6);
        assertEq(vault.deposit(alice, USDC, 50e6), 50e6);
        ISpokeVault.ReportKeys memory keys;
        vault.report(keys, false);
        vault.requestWithdrawal(alice, USDC, 1, OTHER_EID, venue, 0, 0);
        command(payMessage(CommandCodec.Pay(alice, venue, USDC, 1e6, 5, 6)));
        assertEq(usdc.balanceOf(venue), 1e6);
        vm.prank(alice.owner());
        vault.cancel(CommandCodec.Pay(alice, venue, USDC, 1e6, 5, 7), "");
    }

    function test_CLR18_ASuspendedTokenTakesNoDepositsAndStillPays() public {
        usdc.mint(address(this), 100e6);
        usdc.approve(address(vault), 100e6);
        vault.deposit(alice, USDC, 50e6);
        vm.expectEmit(address(vault));
        emit ISpokeVault.TokenSuspended(USDC, true);
        vault.suspendToken(USDC);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_TokenSuspended.selector, USDC));
        vault.deposit(alice, USDC, 50e6);
        weth.mint(address(this), 1e18);
        weth.approve(address(vault), 1e18);
        vault.deposit(alice, WETH, 1e18);
        command(payMessage(CommandCodec.Pay(alice, venue, USDC, 1e6, 5, 6)));
        assertEq(usdc.balanceOf(venue), 1e6);
        vault.resumeToken(USDC);
        vault.deposit(alice, USDC, 50e6);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_UnknownAsset.selector, 9));
        vault.suspendToken(9);
    }

    function test_CLR22_RevertWhen_TheCallerHasNoRole() public {
        address stranger = makeAddr("stranger");
        vm.startPrank(stranger);
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.expectRevert(refused);
        vault.pause();
        vm.expectRevert(refused);
        vault.unpause();
        vm.expectRevert(refused);
        vault.suspendToken(USDC);
        vm.expectRevert(refused);
        vault.resumeToken(USDC);
    }

    function test_CLR05_OnlyTheVaultItselfTransfersOut() public {
        usdc.mint(address(vault), 1e6);
        address[3] memory callers = [address(this), hub, address(manager)];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_NotSelf.selector, callers[i]));
            vault.transferOut(address(usdc), callers[i], 1e6);
        }
    }
}
