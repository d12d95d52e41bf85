// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {FeeOnTransferToken} from "../../../contracts/mocks/FeeOnTransferToken.sol";
import {ReenteringToken} from "../../../contracts/mocks/ReenteringToken.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {VaultFixture} from "./VaultFixture.sol";

contract DepositTest is VaultFixture {
    uint16 private constant LISTED_LATER = 9;

    function test_DepositCreditsSharedUnitsForAnyAccount() public {
        usdc.mint(address(this), 100e6);
        usdc.approve(address(vault), 100e6);

        vm.expectEmit(address(vault));
        emit ISpokeVault.Deposited(alice, USDC, address(this), 0, 60e6, 60e6);
        assertEq(vault.deposit(alice, USDC, 60e6), 60e6);
        vault.deposit(alice, USDC, 15e6);
        vault.deposit(bob, USDC, 25e6);

        assertEq(vault.depositTotalOf(alice, USDC, 0), 75e6);
        assertEq(vault.depositTotalOf(bob, USDC, 0), 25e6);
        assertEq(usdc.balanceOf(address(vault)), 100e6);
    }

    function testFuzz_DustStaysWithTheDepositor(uint256 amount) public {
        amount = bound(amount, 1e10, 1e27);
        weth.mint(address(this), amount);
        weth.approve(address(vault), amount);

        uint64 credited = vault.deposit(alice, WETH, amount);

        assertEq(credited, amount / 1e10);
        assertEq(weth.balanceOf(address(vault)), uint256(credited) * 1e10);
        assertEq(weth.balanceOf(address(this)), amount % 1e10);
    }

    function testFuzz_FeeOnTransferCreditsWhatArrived(uint256 amount, uint256 feeBps) public {
        amount = bound(amount, 1e12, 1e26);
        FeeOnTransferToken token = new FeeOnTransferToken(18, bound(feeBps, 1, 9_000));
        vault.listToken(LISTED_LATER, address(token), 8);
        token.mint(address(this), amount);
        token.approve(address(vault), amount);

        uint64 credited = vault.deposit(alice, LISTED_LATER, amount);

        uint256 arrived = token.balanceOf(address(vault));
        assertLt(arrived, amount);
        assertEq(credited, arrived / 1e10);
    }

    function test_RevertWhen_EverythingIsLostToTheFee() public {
        FeeOnTransferToken token = new FeeOnTransferToken(6, 10_000);
        vault.listToken(LISTED_LATER, address(token), 6);
        token.mint(address(this), 5e6);
        token.approve(address(vault), 5e6);

        vm.expectRevert(ISpokeVault.Vault_ZeroAmount.selector);
        vault.deposit(alice, LISTED_LATER, 5e6);
        assertEq(token.balanceOf(address(this)), 5e6);
    }

    function test_RevertWhen_BelowOneSharedUnit() public {
        weth.mint(address(this), 1e10);
        weth.approve(address(vault), 1e10);
        vm.expectRevert(ISpokeVault.Vault_ZeroAmount.selector);
        vault.deposit(alice, WETH, 1e10 - 1);
    }

    function test_RevertWhen_AssetIsNotListed() public {
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_UnknownAsset.selector, LISTED_LATER));
        vault.deposit(alice, LISTED_LATER, 1e6);
    }

    function test_RevertWhen_AccountIsZero() public {
        vm.expectRevert(ISpokeVault.Vault_ZeroAccount.selector);
        vault.deposit(AccountId.wrap(0), USDC, 1e6);
    }

    function test_RevertWhen_TotalWouldNotFit() public {
        uint256 most = type(uint64).max;
        usdc.mint(address(this), most + 1);
        usdc.approve(address(vault), most + 1);
        vault.deposit(alice, USDC, most);

        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_AmountTooLarge.selector, 1, 0));
        vault.deposit(alice, USDC, 1);
        assertEq(usdc.balanceOf(address(this)), 1);
    }

    /// @dev A hook that deposits inside a deposit would otherwise be credited twice for one arrival.
    function test_CLR23_ReenteringDepositFindsTheDoorLocked() public {
        ReenteringToken token = new ReenteringToken();
        vault.listToken(LISTED_LATER, address(token), 6);
        token.mint(address(this), 10e6);
        token.approve(address(vault), 10e6);
        token.setCall(address(vault), abi.encodeCall(vault.deposit, (alice, LISTED_LATER, 1e6)));

        vault.deposit(bob, LISTED_LATER, 4e6);

        assertTrue(token.called());
        assertFalse(token.succeeded());
        assertEq(bytes4(token.answer()), bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        assertEq(vault.depositTotalOf(bob, LISTED_LATER, 0), 4e6);
        assertEq(vault.depositTotalOf(alice, LISTED_LATER, 0), 0);
    }

    function test_ListTokenSetsTheScale() public {
        TestToken token = new TestToken("Wrapped Bitcoin", "WBTC", 8);
        vm.expectEmit(address(vault));
        emit ISpokeVault.TokenListed(LISTED_LATER, address(token), 1);
        vault.listToken(LISTED_LATER, address(token), 8);
        assertEq(vault.tokenOf(WETH).scale, 1e10);
        assertEq(vault.tokenOf(LISTED_LATER).token, address(token));
    }

    function test_RevertWhen_ListingTwice() public {
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_AssetAlreadyListed.selector, USDC, address(usdc))
        );
        vault.listToken(USDC, address(weth), 6);
    }

    function test_RevertWhen_TokenIsCoarserThanTheSharedUnit() public {
        TestToken token = new TestToken("Coarse", "C", 4);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_TooFewDecimals.selector, address(token), 4, 6)
        );
        vault.listToken(LISTED_LATER, address(token), 6);
    }

    function test_CLR22_RevertWhen_AStrangerLists() public {
        vm.prank(venue);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, venue));
        vault.listToken(LISTED_LATER, address(usdc), 6);
    }
}
