// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {VaultFixture} from "./VaultFixture.sol";

contract RequestWithdrawalTest is VaultFixture {
    address private carol = makeAddr("carol");

    /// @dev Anyone may ask; who asked is recorded by the vault, never declared.
    function testFuzz_CLR05_RecordsWhoAskedAndWhatFor(
        address requester,
        uint64 amount,
        uint32 dstEid,
        uint64 minimum,
        uint40 deadline
    ) public {
        amount = uint64(bound(amount, 1, type(uint64).max));
        ReportCodec.Withdrawal memory expected =
            ReportCodec.Withdrawal(alice, 1, requester, USDC, amount, dstEid, carol, minimum, deadline);
        vm.expectEmit(address(vault));
        emit ISpokeVault.WithdrawalRequested(alice, 1, requester, expected);
        vm.prank(requester);
        assertEq(vault.requestWithdrawal(alice, USDC, amount, dstEid, carol, minimum, deadline), 1);
        assertEq(vault.requestWithdrawal(bob, USDC, 1, dstEid, carol, 0, 0), 2);
        assertEq(abi.encode(vault.withdrawalOf(1)), abi.encode(expected));
        assertEq(vault.withdrawalCount(), 2);
    }

    function test_RevertWhen_NothingOrNobodyOrNoAsset() public {
        vm.expectRevert(ISpokeVault.Vault_ZeroAmount.selector);
        vault.requestWithdrawal(alice, USDC, 0, HUB_EID, carol, 0, 0);
        vm.expectRevert(ISpokeVault.Vault_ZeroRecipient.selector);
        vault.requestWithdrawal(alice, USDC, 1, HUB_EID, address(0), 0, 0);
        vm.expectRevert(ISpokeVault.Vault_ZeroAccount.selector);
        vault.requestWithdrawal(AccountId.wrap(0), USDC, 1, HUB_EID, carol, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_UnknownAsset.selector, 9));
        vault.requestWithdrawal(alice, 9, 1, HUB_EID, carol, 0, 0);
        assertEq(vault.withdrawalCount(), 0);
    }
}
