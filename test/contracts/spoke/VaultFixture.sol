// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Origin} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {ILoopback} from "../../../contracts/interfaces/ILoopback.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {DeployParts, DeployVault} from "../support/Deploy.sol";

/// @notice A vault on one chain; the test plays the hub on another.
abstract contract VaultFixture is Test {
    uint32 internal constant HUB_EID = 100;
    uint32 internal constant SPOKE_EID = 101;
    uint32 internal constant OTHER_EID = 102;
    uint16 internal constant USDC = 1;
    uint16 internal constant WETH = 2;
    bytes16 internal constant BTC = "BTC";
    uint128 internal constant PRICE = 60_000e18;
    uint32 internal constant RATE_PPM = 150_000;
    uint32 internal constant FEE_PPM = 200;
    uint16 internal constant INSTRUMENTS = 16;
    uint88 internal constant MAX_BASE = 1_000e8;
    uint256 internal constant ENOUGH_GAS = 8_000_000;

    address internal hub = makeAddr("hub");
    address internal venue = makeAddr("venue");
    AccountId internal alice = AccountIdLib.pack(makeAddr("alice"), SPOKE_EID, 0);
    AccountId internal bob = AccountIdLib.pack(makeAddr("bob"), OTHER_EID, 7);
    InstrumentId internal btcPerp = InstrumentIdLib.perpetual(BTC);
    /// @dev A call at 65,000, thirty days from the start.
    InstrumentId internal btcCall = InstrumentIdLib.option(BTC, 1_800_000_000 + 30 days, 65_000e8, false);

    AccessManager internal manager;
    ScriptedEndpoint internal endpoint;
    ScriptedEndpoint internal hubEndpoint;
    SpokeVault internal vault;
    TestToken internal usdc;
    TestToken internal weth;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = DeployParts.manager(address(this));
        endpoint = DeployParts.scriptedEndpoint(SPOKE_EID);
        hubEndpoint = DeployParts.scriptedEndpoint(HUB_EID);
        endpoint.connect(hubEndpoint);
        vault = newVault();
        usdc = new TestToken("USD Coin", "USDC", 6);
        weth = new TestToken("Wrapped Ether", "WETH", 18);
        vault.listToken(USDC, address(usdc), 6);
        vault.listToken(WETH, address(weth), 8);
    }

    function newVault() internal returns (SpokeVault made) {
        made = DeployVault.vault(address(endpoint), HUB_EID, address(manager), ILoopback(address(0)));
        bytes memory setPeer = abi.encodeWithSignature("setPeer(uint32,bytes32)", HUB_EID, toBytes32(hub));
        manager.execute(address(made), setPeer);
    }

    function toBytes32(address a) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(a)));
    }

    // ---- the hub's side ----

    /// @dev Queues `message` as if `sender` on chain `srcEid` had sent it; returns its place in the inbox.
    function sendAs(uint32 srcEid, address sender, bytes memory message) internal returns (uint256 index) {
        index = endpoint.packetCount();
        Origin memory origin = Origin(srcEid, toBytes32(sender), uint64(index + 1));
        endpoint.queue(
            ScriptedEndpoint.Packet({
                origin: origin,
                guid: guidOf(index),
                receiver: address(vault),
                gas: 0,
                deliveries: 0,
                dropped: false,
                message: message
            })
        );
    }

    function guidOf(uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode(index));
    }

    /// @dev Sends from the hub and delivers with ample gas. Must not revert, whatever it says (CLR-11).
    function command(bytes memory message) internal returns (uint256 index) {
        index = sendAs(HUB_EID, hub, message);
        deliver(index);
    }

    /// @dev Delivers, for the first time or again; right after `vm.expectEmit` only this, never the sending.
    function deliver(uint256 index) internal {
        (bool ok, bytes memory reason) = endpoint.deliver(index, ENOUGH_GAS);
        assertTrue(ok, string(reason));
    }

    function section(uint8 kind, uint256 count, bytes memory items) internal pure returns (bytes memory) {
        return bytes.concat(CommandCodec.encodeHeader(), SectionCodec.header(kind, count), items);
    }

    function creditMessage(AccountId account, uint64 limit, uint32 version, uint40 validUntil)
        internal
        pure
        returns (bytes memory)
    {
        return creditMessage(account, limit, version, validUntil, INSTRUMENTS);
    }

    function creditMessage(AccountId account, uint64 limit, uint32 version, uint40 validUntil, uint16 instrumentLimit)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory item =
            CommandCodec.encodeCredit(CommandCodec.Credit(account, limit, version, validUntil, instrumentLimit));
        return section(CommandCodec.CREDIT, 1, item);
    }

    function allowanceMessage(AccountId account, address venue_, uint64 limit, uint64 version)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory item =
            CommandCodec.encodeVenueAllowance(CommandCodec.VenueAllowance(account, venue_, limit, version));
        return section(CommandCodec.VENUE_ALLOWANCE, 1, item);
    }

    function priceMessage(bytes16 underlying, uint128 priceWad, uint256 time) internal pure returns (bytes memory) {
        bytes memory item =
            CommandCodec.encodeReferencePrice(CommandCodec.ReferencePrice(underlying, priceWad, uint40(time)));
        return section(CommandCodec.REFERENCE_PRICE, 1, item);
    }

    function termsMessage(InstrumentId instrument, uint32 ratePpm, uint32 feePpm, uint88 maxBase, uint32 version)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory item = CommandCodec.encodeInstrumentTerms(
            CommandCodec.InstrumentTerms(instrument, ratePpm, feePpm, maxBase, version)
        );
        return section(CommandCodec.INSTRUMENT, 1, item);
    }

    function optionMessage(CommandCodec.OptionReference memory item) internal pure returns (bytes memory) {
        return section(CommandCodec.OPTION_REFERENCE, 1, CommandCodec.encodeOptionReference(item));
    }

    function closingMessage(CommandCodec.ClosingAllowance memory item) internal pure returns (bytes memory) {
        return section(CommandCodec.CLOSING_ALLOWANCE, 1, CommandCodec.encodeClosingAllowance(item));
    }

    function freezeMessage(AccountId account, bool frozen, uint32 version) internal pure returns (bytes memory) {
        return section(
            CommandCodec.FREEZE, 1, CommandCodec.encodeFreeze(CommandCodec.Freeze(account, frozen, version))
        );
    }

    function payMessage(CommandCodec.Pay memory pay) internal pure returns (bytes memory) {
        return section(CommandCodec.PAY, 1, CommandCodec.encodePay(pay));
    }

    function payoutId(CommandCodec.Pay memory pay) internal view returns (bytes32) {
        return PayoutId.compute(HUB_EID, hub, SPOKE_EID, address(vault), pay);
    }

    // ---- states that many tests start from ----

    function listBtc() internal {
        command(termsMessage(btcPerp, RATE_PPM, FEE_PPM, MAX_BASE, 1));
        command(priceMessage(BTC, PRICE, block.timestamp));
    }

    function grant(AccountId account, uint64 limit) internal {
        uint32 version = vault.creditOf(account).version + 1;
        command(creditMessage(account, limit, version, uint40(block.timestamp + 600)));
        uint64 nonce = vault.venueAllowanceOf(account, venue).version + 1;
        command(allowanceMessage(account, venue, limit, nonce));
    }

    /// @dev Both accounts may trade for a billion dollars of credit.
    function openMarket() internal {
        listBtc();
        grant(alice, 1e11);
        grant(bob, 1e11);
    }

    function trade(AccountId buyer, AccountId seller, uint88 base, uint128 priceWad) internal {
        tradeOf(btcPerp, buyer, seller, base, priceWad);
    }

    function tradeOf(InstrumentId instrument, AccountId buyer, AccountId seller, uint88 base, uint128 priceWad) internal {
        vm.prank(venue);
        vault.recordTrade(instrument, buyer, seller, base, priceWad);
    }

    /// @dev The call at 5 % listed and 12 % told, fee 0.1 %, worth 1,500 and moving by 0.4 with the underlying.
    function listCall() internal {
        command(termsMessage(btcCall, 50_000, 1_000, MAX_BASE, 1));
        command(
            optionMessage(
                CommandCodec.OptionReference(btcCall, 1_500e18, 0.4e9, PRICE, 120_000, uint40(block.timestamp))
            )
        );
    }

    function assertPair(AccountId account, Pair memory expected) internal view {
        assertEq(keccak256(abi.encode(vault.pairOf(account, btcPerp))), keccak256(abi.encode(expected)), "pair");
    }

    /// @dev Everything about trading that a refused call must leave as it was.
    function tradeState() internal view returns (bytes32 hash) {
        AccountId[3] memory accounts = [alice, bob, vault.feeAccount()];
        for (uint256 i; i < accounts.length; ++i) {
            bytes memory pair = abi.encode(vault.pairOf(accounts[i], btcPerp));
            bytes memory credit = abi.encode(vault.creditOf(accounts[i]));
            bytes memory allowance = abi.encode(vault.venueAllowanceOf(accounts[i], venue));
            bytes memory closing = abi.encode(vault.closingAllowanceOf(accounts[i], btcPerp));
            bytes memory option = abi.encode(vault.pairOf(accounts[i], btcCall));
            hash = keccak256(bytes.concat(hash, pair, credit, allowance, closing, option));
        }
    }
}
