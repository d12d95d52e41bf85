// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
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

    /// @dev Each instrument takes a place on the account's list at the hub, however little is traded: a venue with an allowance of a cent
    /// each could fill it, and an account with more than margin can be told for is lent and paid nothing, nor liquidated.
    function test_CLR07_AVenueOpensNoMoreInstrumentsThanTheHubAllows() public {
        command(_credit(alice, 3, 10));
        for (uint256 i = 1; i < 4; ++i) {
            _listDust(i);
        }
        assertEq(vault.creditOf(alice).instruments, 1);
        _tradeDust(1, alice, bob);
        _tradeDust(2, bob, alice);
        assertEq(vault.creditOf(alice).instruments, 3);
        bytes memory refused =
            abi.encodeWithSelector(ISpokeVault.Vault_TooManyInstruments.selector, alice, 3, 3);
        bytes32 before = tradeState();
        vm.expectRevert(refused);
        _tradeDust(3, alice, bob);
        vm.expectRevert(refused);
        _tradeDust(3, bob, alice);
        assertEq(tradeState(), before);

        // What is open is traded on, flat or not, and a late command allows nothing.
        _tradeDust(1, bob, alice);
        _tradeDust(1, alice, bob);
        trade(bob, alice, 1e8, PRICE);
        command(_credit(alice, 100, 9));
        vm.expectRevert(refused);
        _tradeDust(3, alice, bob);
        command(_credit(alice, 4, 11));
        _tradeDust(3, alice, bob);
        assertEq(vault.creditOf(alice).instruments, 4);
        assertEq(vault.creditOf(bob).instruments, 4);
    }

    /// @dev What closes is on the account's list already, wherever it was opened (CLR-18). Once the same pair opens, it counts.
    function test_CLR18_ClosingNeedsNoRoomForAnInstrument() public {
        command(_credit(alice, 1, 10));
        _listDust(1);
        uint40 end = uint40(block.timestamp + 60);
        command(closingMessage(CommandCodec.ClosingAllowance(alice, _dust(1), true, 2, 100, 1, end)));
        _tradeDust(1, alice, bob);
        _tradeDust(1, alice, bob);
        assertEq(vault.creditOf(alice).instruments, 1);
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_TooManyInstruments.selector, alice, 1, 1));
        _tradeDust(1, alice, bob);
    }

    function _credit(AccountId account, uint16 instrumentLimit, uint32 version) private view returns (bytes memory) {
        return creditMessage(account, 1e11, version, uint40(block.timestamp + 600), instrumentLimit);
    }

    function _tradeDust(uint256 i, AccountId buyer, AccountId seller) private {
        tradeOf(_dust(i), buyer, seller, 1, 1e18);
    }

    function _listDust(uint256 i) private {
        command(termsMessage(_dust(i), RATE_PPM, FEE_PPM, MAX_BASE, 1));
        command(priceMessage(_dust(i).underlying(), 1e18, block.timestamp));
    }

    function _dust(uint256 i) private pure returns (InstrumentId) {
        return InstrumentIdLib.perpetual(bytes16(uint128(i)));
    }

    /// @dev The buyer is checked first.
    function _tooLarge(AccountId buyer, uint256 base, uint256 limit) private view returns (bytes memory) {
        return abi.encodeWithSelector(ISpokeVault.Vault_PositionTooLarge.selector, buyer, btcPerp, base, limit);
    }
}
