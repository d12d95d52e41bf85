// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {VaultFixture} from "../spoke/VaultFixture.sol";

/// @notice The largest position may be lowered, to nothing when an instrument is wound up. Who is beyond it then must
/// still be able to get out (CLR-18).
contract ReducePositionTest is VaultFixture {
    uint88 private constant LOWERED = 2e8;

    function setUp() public override {
        super.setUp();
        openMarket();
        trade(alice, bob, 10e8, PRICE);
        command(termsMessage(btcPerp, RATE_PPM, FEE_PPM, LOWERED, 2));
    }

    function test_CLR18_APositionBeyondALoweredLimitCanBeReduced() public {
        trade(bob, alice, 1e8, PRICE);
        assertEq(vault.pairOf(alice, btcPerp).base, 9e8);
        assertEq(vault.pairOf(bob, btcPerp).base, -9e8);
        trade(bob, alice, 9e8, PRICE);
        assertEq(vault.pairOf(alice, btcPerp).base, 0);
    }

    function test_CLR18_APositionCanBeClosedWhenNoneMayBeOpened() public {
        command(termsMessage(btcPerp, RATE_PPM, FEE_PPM, 0, 3));
        trade(bob, alice, 10e8, PRICE);
        assertEq(vault.pairOf(alice, btcPerp).base, 0);
        vm.expectRevert(_tooLarge(bob, 1, 0));
        trade(bob, alice, 1, PRICE);
    }

    function test_RevertWhen_APositionBeyondTheLimitGrows() public {
        vm.expectRevert(_tooLarge(alice, 10e8 + 1, LOWERED));
        trade(alice, bob, 1, PRICE);
    }

    /// @dev Smaller than before, but on the other side: new risk, not less.
    function test_RevertWhen_AReductionTurnsIntoTheOppositeBeyondTheLimit() public {
        vm.expectRevert(_tooLarge(bob, 9e8, LOWERED));
        trade(bob, alice, 19e8, PRICE);
        trade(bob, alice, 12e8, PRICE);
        assertEq(vault.pairOf(alice, btcPerp).base, -2e8, "as far as the limit");
    }

    /// @dev The buyer is checked first.
    function _tooLarge(AccountId buyer, uint256 base, uint256 limit) private view returns (bytes memory) {
        return abi.encodeWithSelector(ISpokeVault.Vault_PositionTooLarge.selector, buyer, btcPerp, base, limit);
    }
}
