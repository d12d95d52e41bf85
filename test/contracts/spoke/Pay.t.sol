// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {PayoutLogic} from "../../../contracts/spoke/PayoutLogic.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {GasBurningToken} from "../../../contracts/mocks/GasBurningToken.sol";
import {OddToken} from "../../../contracts/mocks/OddToken.sol";
import {ReenteringToken} from "../../../contracts/mocks/ReenteringToken.sol";
import {ReturnBombToken} from "../../../contracts/mocks/ReturnBombToken.sol";
import {RevertingToken} from "../../../contracts/mocks/RevertingToken.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {VaultFixture} from "./VaultFixture.sol";

/// @notice `pay` commands and `claim`.
contract PayTest is VaultFixture {
    uint16 private constant BAD = 9;

    address private carol = makeAddr("carol");

    function setUp() public override {
        super.setUp();
        usdc.mint(address(vault), 1_000e6);
        weth.mint(address(vault), 5e18);
    }

    function test_CLR10_PaysOnceHoweverOftenItIsTold() public {
        CommandCodec.Pay memory pay = _pay(USDC, 40e6, 1);
        uint256 index = sendAs(HUB_EID, hub, payMessage(pay));
        vm.expectEmit(address(vault));
        emit ISpokeVault.PayoutResolved(payoutId(pay), carol, USDC, 40e6, PayoutId.PAID);
        deliver(index);
        deliver(index);
        command(bytes.concat(section(CommandCodec.PAY, 2, CommandCodec.encodePay(pay)), CommandCodec.encodePay(pay)));

        assertEq(usdc.balanceOf(carol), 40e6);
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.PAID);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_NotClaimable.selector, payoutId(pay), PayoutId.PAID)
        );
        vault.claim(pay);
        assertEq(usdc.balanceOf(carol), 40e6);
    }

    function test_PayScalesFromSharedUnits() public {
        command(payMessage(_pay(WETH, 1e8, 1)));
        assertEq(weth.balanceOf(carol), 1e18);
    }

    /// @dev Only the nonce differs: two payouts, not one told twice.
    function test_CLR10_EqualPayoutsWithOtherNoncesAreBothPaid() public {
        command(payMessage(_pay(USDC, 40e6, 1)));
        command(payMessage(_pay(USDC, 40e6, 2)));
        assertEq(usdc.balanceOf(carol), 80e6);
    }

    /// @dev The id binds the vault: a second vault of the same chain and hub gives it another id.
    function test_CLR10_IdBindsTheVault() public {
        CommandCodec.Pay memory pay = _pay(USDC, 40e6, 1);
        command(payMessage(pay));
        SpokeVault other = newVault();
        bytes32 elsewhere = PayoutId.compute(HUB_EID, hub, SPOKE_EID, address(other), pay);
        assertNotEq(elsewhere, payoutId(pay));
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_UnknownPayout.selector, elsewhere));
        other.claim(pay);
    }

    function test_CLR10_RevertingTokenLeavesAClaimThatPaysOnce() public {
        RevertingToken token = new RevertingToken();
        _list(token);
        token.setRefusing(true);
        CommandCodec.Pay memory pay = _pay(BAD, 40e6, 1);
        uint256 index = sendAs(HUB_EID, hub, payMessage(pay));
        vm.expectEmit(address(vault));
        emit ISpokeVault.PayoutResolved(payoutId(pay), carol, BAD, 40e6, PayoutId.CLAIM);
        deliver(index);
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CLAIM);

        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_PayoutFailed.selector, address(token), carol));
        vault.claim(pay);
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CLAIM, "still a claim");

        token.setRefusing(false);
        deliver(index);
        assertEq(token.balanceOf(carol), 0, "the command does not try again");
        vault.claim(pay);
        assertEq(token.balanceOf(carol), 40e6);
        vm.expectRevert(
            abi.encodeWithSelector(ISpokeVault.Vault_NotClaimable.selector, payoutId(pay), PayoutId.PAID)
        );
        vault.claim(pay);
    }

    function test_CLR10_GasBurningTokenLeavesAClaimThatPaysOnce() public {
        GasBurningToken token = new GasBurningToken();
        _list(token);
        token.setBurn(PayoutLogic.PAY_STIPEND);
        CommandCodec.Pay memory pay = _pay(BAD, 40e6, 1);
        command(payMessage(pay));
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CLAIM);
        vault.claim(pay);
        assertEq(token.balanceOf(carol), 40e6);
    }

    function testFuzz_CLR10_ReturnBombLeavesAClaim(uint256 size, bool reverting) public {
        ReturnBombToken token = new ReturnBombToken();
        _list(token);
        // Up to what the stipend can expand memory to; copying it all would cost the vault as much again.
        token.setBomb(bound(size, 1, 20_000), reverting);
        CommandCodec.Pay memory pay = _pay(BAD, 40e6, 1);
        uint256 index = sendAs(HUB_EID, hub, payMessage(pay));
        (, uint256 gas) = CommandCodec.measure(CommandCodec.PAY, 1);
        (bool ok,) = endpoint.deliver(index, gas + 40_000);
        assertTrue(ok);
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CLAIM);
        token.setBomb(0, false);
        vault.claim(pay);
        assertEq(token.balanceOf(carol), 40e6);
    }

    /// @dev Short of tokens is a claim like any other failure.
    function test_CLR10_NotEnoughTokensLeavesAClaim() public {
        CommandCodec.Pay memory pay = _pay(USDC, 1_001e6, 1);
        command(payMessage(pay));
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CLAIM);
        usdc.mint(address(vault), 1e6);
        vault.claim(pay);
        assertEq(usdc.balanceOf(carol), 1_001e6);
    }

    function test_CLR23_TokenThatReentersFindsItPaid() public {
        ReenteringToken token = new ReenteringToken();
        _list(token);
        CommandCodec.Pay memory pay = _pay(BAD, 40e6, 1);
        token.setCall(address(vault), abi.encodeCall(vault.claim, (pay)));
        command(payMessage(pay));
        assertTrue(token.called());
        assertFalse(token.succeeded());
        assertEq(token.balanceOf(carol), 40e6);
    }

    function test_CLR11_UnlistedAssetAndZeroRecipientAreSkippedAndHealLater() public {
        CommandCodec.Pay memory unlisted = _pay(BAD, 40e6, 1);
        bytes32 id = payoutId(unlisted);
        uint256 index = sendAs(HUB_EID, hub, payMessage(unlisted));
        vm.expectEmit(address(vault));
        emit ISpokeVault.CommandItemSkipped(guidOf(index), CommandCodec.PAY, id, "UnlistedAsset");
        deliver(index);
        assertEq(vault.payoutRankOf(id), PayoutId.NONE);

        CommandCodec.Pay memory toNobody = _pay(USDC, 40e6, 2);
        toNobody.recipient = address(0);
        command(payMessage(toNobody));
        assertEq(vault.payoutRankOf(payoutId(toNobody)), PayoutId.NONE);

        TestToken token = new TestToken("Late", "LATE", 6);
        _list(token);
        deliver(index);
        assertEq(token.balanceOf(carol), 40e6);
    }

    /// @dev What the hub buys lets each of many payouts spend its whole stipend.
    function test_CLR11_GasBoughtIsEnoughForTheWorstToken() public {
        GasBurningToken token = new GasBurningToken();
        _list(token);
        token.setBurn(type(uint256).max);
        bytes memory items;
        for (uint64 i = 1; i <= 12; ++i) {
            items = bytes.concat(items, CommandCodec.encodePay(_pay(BAD, 1e6, i)));
        }
        uint256 index = sendAs(HUB_EID, hub, section(CommandCodec.PAY, 12, items));
        (, uint256 gas) = CommandCodec.measure(CommandCodec.PAY, 12);
        (bool ok, bytes memory reason) = endpoint.deliver(index, gas + 40_000);
        assertTrue(ok, string(reason));
        assertEq(vault.payoutRankOf(payoutId(_pay(BAD, 1e6, 12))), PayoutId.CLAIM);
    }

    /// @dev Whatever gas an executor gives, a good token is paid or the message reverts: never a false claim.
    function testFuzz_CLR10_TooLittleGasNeverMakesAClaim(uint256 gas) public {
        // Needs 140,000 of the 150,000 that it is promised.
        GasBurningToken token = new GasBurningToken();
        _list(token);
        token.setBurn(105_000);
        CommandCodec.Pay memory pay = _pay(BAD, 40e6, 1);
        uint256 index = sendAs(HUB_EID, hub, payMessage(pay));
        (bool ok,) = endpoint.deliver(index, bound(gas, 0, 600_000));
        assertEq(vault.payoutRankOf(payoutId(pay)), ok ? PayoutId.PAID : PayoutId.NONE);
        assertEq(token.balanceOf(carol), ok ? 40e6 : 0);
    }

    function testFuzz_CLR10_AForgedClaimPaysNothing(CommandCodec.Pay memory forged) public {
        command(payMessage(_pay(USDC, 40e6, 1)));
        vm.expectRevert();
        vault.claim(forged);
        assertEq(usdc.balanceOf(address(vault)), 960e6);
    }

    /// @dev Whatever the token says, exactly the amount must leave the vault, or nothing does and a claim is left.
    function test_CLR01_ATokenThatTakesMoreOrLessThanItSaysLeavesAClaim() public {
        OddToken token = new OddToken();
        vault.listToken(BAD, address(token), 6);
        token.mint(address(vault), 100e6);
        uint8[3] memory percents = [101, 99, 0];
        for (uint64 i; i < percents.length; ++i) {
            token.setPercent(percents[i]);
            CommandCodec.Pay memory pay = _pay(BAD, 40e6, i);
            command(payMessage(pay));
            assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CLAIM);
            vm.expectRevert(
                abi.encodeWithSelector(ISpokeVault.Vault_PayoutFailed.selector, address(token), carol)
            );
            vault.claim(pay);
        }
        assertEq(token.balanceOf(address(vault)), 100e6);
        token.setPercent(100);
        vault.claim(_pay(BAD, 40e6, 1));
        assertEq(token.balanceOf(carol), 40e6);
    }

    /// @dev A payout to the vault itself would leave tokens that nobody owns.
    function test_CLR01_TheVaultIsNoRecipient() public {
        CommandCodec.Pay memory pay = CommandCodec.Pay(alice, address(vault), USDC, 1e6, 5, 6);
        command(payMessage(pay));
        assertEq(vault.payoutRankOf(payoutId(pay)), PayoutId.CLAIM);
    }

    function _pay(uint16 asset, uint64 amount, uint64 nonce) private view returns (CommandCodec.Pay memory) {
        return CommandCodec.Pay(alice, carol, asset, amount, uint40(block.timestamp), nonce);
    }

    function _list(TestToken token) private {
        vault.listToken(BAD, address(token), 6);
        token.mint(address(vault), 1_000e6);
    }
}
