// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {VaultFixture} from "./VaultFixture.sol";

/// @notice Closing allowances: what trades without opening credit, what it costs, and that no order of commands gives more than
/// the hub gave (CLR-03).
contract ClosingTradeTest is VaultFixture {
    uint64 private constant AMPLE = 1e10;
    uint256 private constant VERSIONS = 8;

    uint40 private _end;

    function setUp() public override {
        super.setUp();
        openMarket();
        _end = uint40(block.timestamp + 60);
    }

    /// @dev 2 BTC at 61,000 with the reference at 60,000: venue rate 0.5 % of 120,000 in the place of 15 %, fee 24.40.
    function test_ClosingIsChargedToItsAllowanceAlone() public {
        uint64 closing = 600_00 + 2_000_00 + 24_40;
        uint64 opening = 18_000_00 + 24_40;
        command(_closing(alice, true, 2e8, closing, 1));
        vm.expectEmit(address(vault));
        emit ISpokeVault.TradeRecorded(
            btcPerp, alice, bob, venue, 2e8, 61_000e18, closing, opening, 24_400_000, true, false
        );
        trade(alice, bob, 2e8, 61_000e18);

        assertPair(alice, Pair(2e8, -122_024_400_000, 0, 1));
        assertPair(bob, Pair(-2e8, 121_975_600_000, uint48(opening), 1));
        assertEq(vault.creditOf(alice).used, 0);
        assertEq(vault.venueAllowanceOf(alice, venue).used, closing, "CLR-07");
        assertEq(
            abi.encode(vault.closingAllowanceOf(alice, btcPerp)),
            abi.encode(ISpokeVault.ClosingAllowance(2e8, closing, 1, _end, true, 2e8, 0, closing))
        );
    }

    function test_BothSidesOfATradeMayClose() public {
        command(_closing(alice, true, 1e8, AMPLE, 1));
        command(_closing(bob, false, 1e8, AMPLE, 1));
        trade(alice, bob, 1e8, PRICE);
        assertEq(vault.closingAllowanceOf(alice, btcPerp).usedBuys, 1e8);
        assertEq(vault.closingAllowanceOf(bob, btcPerp).usedSells, 1e8);
        assertEq(vault.creditOf(alice).used + vault.creditOf(bob).used, 0);
    }

    /// @dev Of two kinds of charge a trade takes one, whole: a unit or a cent too much for the closing one, and all of it opens.
    function test_ATradeIsNeverPartClosingAndPartOpening() public {
        command(_closing(alice, true, 2e8, 312_00, 1));
        trade(alice, bob, 2e8 + 1, PRICE);
        assertEq(vault.closingAllowanceOf(alice, btcPerp).usedBuys, 0);
        assertEq(vault.creditOf(alice).used, 18_024_01);
        // A dollar above the reference, which the allowance's credit does not hold.
        trade(alice, bob, 1e8, PRICE + 1e18);
        assertEq(vault.closingAllowanceOf(alice, btcPerp).usedCredit, 0);
        trade(alice, bob, 1e8, PRICE);
        assertEq(vault.closingAllowanceOf(alice, btcPerp).usedCredit, 312_00);
    }

    function test_TheOtherSideAndTheOtherInstrumentOpen() public {
        listCall();
        command(_closing(alice, true, 5e8, AMPLE, 1));
        trade(bob, alice, 1e8, PRICE);
        tradeOf(btcCall, alice, bob, 1e8, 1_500e18);
        assertEq(vault.closingAllowanceOf(alice, btcPerp).usedCredit, 0);
        assertGt(vault.pairOf(alice, btcCall).used, 0);
    }

    /// @dev 1 call worth 1,500 sold at 1,400: 0.5 % of the underlying's 60,000, 100 worse, fee 1.40.
    function test_AnOptionClosesAtTheVenueRateOfItsUnderlying() public {
        listCall();
        command(
            closingMessage(CommandCodec.ClosingAllowance(bob, btcCall, false, 1e8, 401_40, 1, _end))
        );
        tradeOf(btcCall, alice, bob, 1e8, 1_400e18);
        assertEq(vault.closingAllowanceOf(bob, btcCall).usedCredit, 401_40);
        assertEq(vault.venueAllowanceOf(bob, venue).used, 401_40);
    }

    function test_CLR18_ClosingWorksAfterTheOpeningLeaseLapsed() public {
        command(creditMessage(alice, 1e11, 2, uint40(block.timestamp)));
        bytes memory lapsed = abi.encodeWithSelector(
            ISpokeVault.Vault_CreditLapsed.selector, alice, block.timestamp, block.timestamp
        );
        _refused(lapsed, alice, bob, 1e8);
        command(_closing(alice, true, 3e8, AMPLE, 1));
        trade(alice, bob, 1e8, PRICE);
        vm.warp(_end - 1);
        trade(alice, bob, 1e8, PRICE);
        // Its own lease has an end as well.
        vm.warp(_end);
        vm.prank(venue);
        vm.expectPartialRevert(ISpokeVault.Vault_CreditLapsed.selector);
        vault.recordTrade(btcPerp, alice, bob, 1e8, PRICE);
    }

    /// @dev What reduces the net may grow the pair on this chain: paused, too, but never beyond the largest.
    function test_CLR18_ClosingWorksWhileTheVaultIsPaused() public {
        AccountId carol = AccountIdLib.pack(makeAddr("carol"), SPOKE_EID, 1);
        grant(carol, 1e11);
        trade(bob, carol, 2e8, PRICE);
        command(_closing(alice, true, 3e8, AMPLE, 1));
        vault.pause();
        trade(alice, bob, 1e8, PRICE);
        assertEq(vault.pairOf(alice, btcPerp).base, 1e8);
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_Paused.selector), bob, alice, 2e8);
        command(termsMessage(btcPerp, RATE_PPM, FEE_PPM, 1e8, 2));
        bytes memory tooLarge = abi.encodeWithSelector(
            ISpokeVault.Vault_PositionTooLarge.selector, alice, btcPerp, 2e8, 1e8
        );
        _refused(tooLarge, alice, bob, 1e8);
    }

    function test_AFrozenAccountDoesNotCloseEither() public {
        command(_closing(alice, true, 3e8, AMPLE, 1));
        command(freezeMessage(alice, true, 1));
        _refused(abi.encodeWithSelector(ISpokeVault.Vault_AccountFrozen.selector, alice), alice, bob, 1e8);
    }

    function test_CLR07_ClosingNeedsTheVenuesAllowanceToo() public {
        command(_closing(alice, true, 3e8, AMPLE, 1));
        command(allowanceMessage(alice, venue, 311_99, 9));
        bytes memory short = abi.encodeWithSelector(
            ISpokeVault.Vault_InsufficientAllowance.selector, alice, venue, 312_00, 311_99
        );
        _refused(short, alice, bob, 1e8);
    }

    /// @dev The hub gave 5 to sell, then 3 to buy, then the same 5 to sell again: nothing new that way.
    function test_CLR03_AnAllowanceThatTurnsGivesNothingTwice() public {
        _onlyClosing();
        command(_closing(alice, false, 5e8, AMPLE, 1));
        trade(bob, alice, 5e8, PRICE);
        uint256 second = command(_closing(alice, true, 3e8, AMPLE, 2));
        trade(alice, bob, 3e8, PRICE);
        deliver(second);
        assertFalse(_canTrade(alice, bob, 1));
        uint256 third = command(_closing(alice, false, 5e8, AMPLE, 3));
        assertFalse(_canTrade(bob, alice, 1), "what was sold stays sold");
        deliver(second);
        deliver(third);
        assertFalse(_canTrade(bob, alice, 1) || _canTrade(alice, bob, 1));
        command(_closing(alice, false, 6e8, AMPLE, 4));
        assertFalse(_canTrade(bob, alice, 1e8 + 1));
        assertTrue(_canTrade(bob, alice, 1e8), "one more was given");
        // Bought back, it could not be sold again either.
        assertEq(vault.pairOf(alice, btcPerp).base, -3e8);
    }

    /// @dev The 5 to sell never arrived, or come when they are old: they give nothing to the side that may buy.
    function test_CLR03_WhatNeverArrivedGivesNothingToTheOtherSide() public {
        _onlyClosing();
        uint256 lost = sendAs(HUB_EID, hub, _closing(alice, false, 5e8, 2 * AMPLE, 1));
        command(_closing(alice, true, 3e8, AMPLE, 2));
        assertFalse(_canTrade(alice, bob, 3e8 + 1));
        assertTrue(_canTrade(alice, bob, 3e8));
        deliver(lost);
        assertFalse(_canTrade(bob, alice, 1));
        assertFalse(_canTrade(alice, bob, 1));
    }

    /// @dev Credit is one sum: what closing one way has cost is not there for the other way.
    function test_CLR03_CreditSpentOneWayIsSpentBothWays() public {
        _onlyClosing();
        command(_closing(alice, false, 5e8, 400_00, 1));
        trade(bob, alice, 1e8, PRICE);
        command(_closing(alice, true, 5e8, 400_00 + 311_99, 2));
        assertTrue(_canTrade(alice, bob, 1e8));
        assertFalse(_canTrade(alice, bob, 1e8));
        assertEq(vault.closingAllowanceOf(alice, btcPerp).usedCredit, 624_00);
    }

    /// @dev Newer versions may give less: nothing is available then, and nothing underflows.
    function test_ALowerLimitStopsAtOnce() public {
        _onlyClosing();
        command(_closing(alice, true, 5e8, AMPLE, 1));
        trade(alice, bob, 3e8, PRICE);
        command(_closing(alice, true, 2e8, 5, 2));
        assertFalse(_canTrade(alice, bob, 1));
    }

    /// @dev The hub gives more, now this way and now that. Commands are lost, late, repeated, in any order, between trades of any size.
    /// Whatever happens, no side trades more than was ever given to it, nor costs more than was ever given.
    function testFuzz_CLR03_NoOrderOfCommandsGivesMoreThanTheHubGave(uint256 seed) public {
        _onlyClosing();
        uint256[2] memory given;
        uint64 credit;
        uint256[VERSIONS] memory places;
        uint256 sent;
        for (uint256 step; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (sent < VERSIONS && seed % 4 == 0) {
                uint256 side = (seed >> 8) % 2;
                given[side] += (seed >> 16) % 5e8;
                credit += uint64((seed >> 80) % 2_000_00);
                bytes memory message =
                    _closing(alice, side == 0, uint88(given[side]), credit, uint32(++sent));
                places[sent - 1] = sendAs(HUB_EID, hub, message);
            } else if (sent != 0 && seed % 4 == 1) {
                deliver(places[(seed >> 8) % sent]);
            } else {
                bool buys = (seed >> 8) % 2 == 0;
                _canTrade(buys ? alice : bob, buys ? bob : alice, uint88(1 + (seed >> 16) % 3e8));
            }
            ISpokeVault.ClosingAllowance memory c = vault.closingAllowanceOf(alice, btcPerp);
            assertLe(c.usedBuys, given[0], "bought more than was given");
            assertLe(c.usedSells, given[1], "sold more than was given");
            assertLe(c.usedCredit, credit, "cost more than was given");
            assertEq(vault.pairOf(alice, btcPerp).base, int256(uint256(c.usedBuys)) - int256(uint256(c.usedSells)));
            assertEq(vault.venueAllowanceOf(alice, venue).used, c.usedCredit);
        }
        assertEq(vault.pairOf(alice, btcPerp).used, 0);
    }

    function _closing(AccountId account, bool isBuy, uint88 maxBase, uint64 credit, uint32 version)
        private
        view
        returns (bytes memory)
    {
        return closingMessage(
            CommandCodec.ClosingAllowance(account, btcPerp, isBuy, maxBase, credit, version, _end)
        );
    }

    /// @dev From now on Alice can trade by a closing allowance only.
    function _onlyClosing() private {
        command(creditMessage(alice, 0, 9, 0));
    }

    /// @dev Trades if the vault lets it.
    function _canTrade(AccountId buyer, AccountId seller, uint88 base) private returns (bool) {
        vm.prank(venue);
        try vault.recordTrade(btcPerp, buyer, seller, base, PRICE) {
            return true;
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), ISpokeVault.Vault_CreditLapsed.selector);
            return false;
        }
    }

    function _refused(bytes memory reason, AccountId buyer, AccountId seller, uint88 base) private {
        bytes32 before = tradeState();
        vm.prank(venue);
        vm.expectRevert(reason);
        vault.recordTrade(btcPerp, buyer, seller, base, PRICE);
        assertEq(tradeState(), before, "nothing moved");
    }
}
