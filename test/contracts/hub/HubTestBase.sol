// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IOAppCore} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/interfaces/IOAppCore.sol";
import {Origin} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {ILayerZeroReceiver} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroReceiver.sol";
import {IClearingHub} from "../../../contracts/interfaces/IClearingHub.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ILoopbackReceiver} from "../../../contracts/interfaces/ILoopback.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {InstrumentRegistry} from "../../../contracts/risk/InstrumentRegistry.sol";
import {Loopback} from "../../../contracts/transport/Loopback.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {ScriptedMarginEngine} from "../support/ScriptedMarginEngine.sol";
import {StubEndpoint} from "../support/StubEndpoint.sol";
import {StubExpiryPrices} from "../support/StubExpiryPrices.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {DeployHub, DeployParts, DeployRisk} from "../support/Deploy.sol";

/// @notice A hub with its real logic; the test plays the vaults, the endpoint, the oracle and the margin engine.
abstract contract HubTestBase is Test {
    uint32 internal constant HUB_EID = 100;
    uint32 internal constant A_EID = 101;
    uint32 internal constant B_EID = 102;
    uint32 internal constant UNLISTED_EID = 103;
    uint16 internal constant USDC = 1;
    uint16 internal constant WETH = 2;
    uint16 internal constant UNLISTED_ASSET = 9;
    bytes16 internal constant BTC = "BTC";
    bytes16 internal constant ETH = "ETH";
    uint256 internal constant BTC_PRICE = 60_000e18;
    uint256 internal constant ETH_PRICE = 2_000e18;
    uint32 internal constant LEASE = 600;
    /// @dev Most tests say what vaults say without their heartbeats: lag is for those that test it.
    uint32 internal constant MAX_LAG = 3650 days;
    uint32 internal constant MAX_PRICE_AGE = 60;
    uint16 internal constant BTC_INDEX = 1;
    uint16 internal constant ETH_INDEX = 2;
    uint256 internal constant TRADERS = 4;

    AccessManager internal manager;
    StubEndpoint internal endpoint;
    Loopback internal loopback;
    StubOracle internal oracle;
    StubExpiryPrices internal expiryPrices;
    InstrumentRegistry internal registry;
    ScriptedMarginEngine internal engine;
    IClearingHub internal hub;

    InstrumentId internal btcPerp = InstrumentIdLib.perpetual(BTC);
    InstrumentId internal ethPerp = InstrumentIdLib.perpetual(ETH);
    address internal venue = makeAddr("venue");
    address internal recipient = makeAddr("recipient");

    /// @dev Traders 0 and 1 live on chain A, 2 on B, 3 on the hub's chain. On every spoke trader i has index i + 1.
    AccountId[] internal accounts;
    uint256[] internal keys;
    uint64 private _sequence;
    uint64 private _nonce;
    uint64 internal mandateNonce;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = DeployParts.manager(address(this));
        endpoint = new StubEndpoint(HUB_EID);
        loopback = new Loopback();
        oracle = new StubOracle();
        hub = DeployHub.hub(address(endpoint), address(manager), loopback);
        expiryPrices = new StubExpiryPrices();
        registry = DeployRisk.registry(hub, expiryPrices);
        hub.setInstrumentRegistry(registry);
        engine = new ScriptedMarginEngine(oracle, registry);
        engine.setRates(BTC, 0.15e18, 0.005e18);
        engine.setRates(ETH, 0.18e18, 0.005e18);
        hub.setRiskModules(oracle, engine, MAX_PRICE_AGE);
        uint32[3] memory lanes = [HUB_EID, A_EID, B_EID];
        for (uint256 i; i < lanes.length; ++i) {
            hub.listLane(lanes[i], LEASE, MAX_LAG);
            setPeer(lanes[i], vaultOf(lanes[i]));
        }
        setPeer(UNLISTED_EID, vaultOf(UNLISTED_EID));
        hub.listAsset(USDC, IHubLedger.Asset(0, 0, 0, 6, true));
        hub.listAsset(WETH, IHubLedger.Asset(ETH, 1_000, 700, 8, true));
        hub.listInstrument(btcPerp, 150_000, 200, 1_000e8);
        hub.listInstrument(ethPerp, 180_000, 200, 10_000e8);
        setPrices(BTC_PRICE, ETH_PRICE);
        uint32[4] memory homes = [A_EID, A_EID, B_EID, HUB_EID];
        for (uint256 i; i < TRADERS; ++i) {
            (address owner, uint256 key) = makeAddrAndKey(string.concat("trader", vm.toString(i)));
            accounts.push(AccountIdLib.pack(owner, homes[i], 0));
            keys.push(key);
        }
    }

    // ---- the world around the hub ----

    function vaultOf(uint32 eid) internal pure returns (address) {
        return address(uint160(0xA000_0000) + eid);
    }

    function toBytes32(address a) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(a)));
    }

    function setPeer(uint32 eid, address peer) internal {
        manager.execute(address(hub), abi.encodeCall(IOAppCore.setPeer, (eid, toBytes32(peer))));
    }

    function setPrices(uint256 btc, uint256 eth) internal {
        oracle.set(BTC, btc, block.timestamp);
        oracle.set(ETH, eth, block.timestamp);
    }

    function indexOf(uint256 trader) internal pure returns (uint32) {
        return uint32(trader + 1);
    }

    /// @dev The digest signed by trader `i`.
    function sign(uint256 i, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[i], digest);
        return abi.encodePacked(r, s, v);
    }

    // ---- reports ----

    function report(uint256 chainTime, bytes memory sections) internal returns (bytes memory) {
        return bytes.concat(ReportCodec.encodeHeader(ReportCodec.Header(++_sequence, uint40(chainTime))), sections);
    }

    function section(uint8 kind, uint256 count, bytes memory items) internal pure returns (bytes memory) {
        return bytes.concat(SectionCodec.header(kind, count), items);
    }

    function names() internal view returns (bytes memory) {
        bytes memory items;
        for (uint256 i; i < accounts.length; ++i) {
            items = bytes.concat(items, ReportCodec.encodeAccount(indexOf(i), accounts[i]));
        }
        return bytes.concat(
            section(ReportCodec.ACCOUNT, accounts.length, items),
            section(
                ReportCodec.INSTRUMENT,
                2,
                bytes.concat(
                    ReportCodec.encodeInstrument(BTC_INDEX, btcPerp), ReportCodec.encodeInstrument(ETH_INDEX, ethPerp)
                )
            )
        );
    }

    function pairItem(uint32 index, uint16 instrument, int256 base, int256 quote, uint48 used, uint32 version)
        internal
        pure
        returns (bytes memory)
    {
        return ReportCodec.encodePair(
            ReportCodec.PairItem(index, instrument, Pair(int88(base), int88(quote), used, version))
        );
    }

    function depositSection(AccountId account, uint16 asset, uint64 total) internal pure returns (bytes memory) {
        return section(
            ReportCodec.DEPOSIT, 1, ReportCodec.encodeDeposit(ReportCodec.Deposit(account, asset, 0, total))
        );
    }

    function creditStateSection(uint256 trader, uint64 used) internal pure returns (bytes memory) {
        return section(
            ReportCodec.CREDIT_STATE, 1, ReportCodec.encodeCreditState(ReportCodec.CreditState(indexOf(trader), 1, 0, false, used))
        );
    }

    function payoutSection(bytes32 payoutId, uint8 rank) internal pure returns (bytes memory) {
        return section(ReportCodec.PAYOUT_RESULT, 1, ReportCodec.encodePayoutResult(payoutId, rank));
    }

    /// @dev Delivers as the endpoint, or the loopback, does.
    function deliver(uint32 eid, bytes memory message) internal {
        if (eid == HUB_EID) {
            vm.prank(address(loopback));
            ILoopbackReceiver(address(hub)).receiveLoopback(vaultOf(eid), ++_nonce, message);
        } else {
            deliverFrom(eid, vaultOf(eid), message);
        }
    }

    function deliverFrom(uint32 eid, address sender, bytes memory message) internal {
        Origin memory origin = Origin(eid, toBytes32(sender), ++_nonce);
        vm.prank(address(endpoint));
        ILayerZeroReceiver(address(hub)).lzReceive(origin, bytes32(uint256(_nonce)), message, address(this), "");
    }

    /// @dev The same with `gas` for the hub; true if it took the message.
    function tryDeliver(uint32 eid, bytes memory message, uint256 gas) internal returns (bool ok, bytes memory reason) {
        Origin memory origin = Origin(eid, toBytes32(vaultOf(eid)), ++_nonce);
        bytes memory data =
            abi.encodeCall(ILayerZeroReceiver.lzReceive, (origin, bytes32(uint256(_nonce)), message, address(this), bytes("")));
        vm.prank(address(endpoint));
        return address(hub).call{gas: gas}(data);
    }

    function nameAll(uint32 eid) internal {
        deliver(eid, report(block.timestamp, names()));
    }

    function deposit(uint32 eid, uint256 trader, uint16 asset, uint64 amount) internal {
        uint64 total = hub.depositSeenOf(eid, accounts[trader], asset, 0) + amount;
        deliver(eid, report(block.timestamp, depositSection(accounts[trader], asset, total)));
    }

    function reportPair(uint32 eid, uint256 trader, int256 base, int256 quote, uint48 used, uint32 version) internal {
        bytes memory item = pairItem(indexOf(trader), BTC_INDEX, base, quote, used, version);
        deliver(eid, report(block.timestamp, section(ReportCodec.PAIR, 1, item)));
    }

    /// @dev One BTC trade of two traders on `eid`, both sides first versions, no credit used.
    function reportTrade(uint32 eid, uint256 buyer, uint256 seller, int256 base, int256 quote) internal {
        bytes memory items = bytes.concat(
            pairItem(indexOf(buyer), BTC_INDEX, base, -quote, 0, 1),
            pairItem(indexOf(seller), BTC_INDEX, -base, quote, 0, 1)
        );
        deliver(eid, report(block.timestamp, section(ReportCodec.PAIR, 2, items)));
    }

    // ---- credit ----

    function mandateOf(uint256 trader, uint32 eid, uint64 maxOutstanding) internal returns (IHubLedger.Mandate memory) {
        return IHubLedger.Mandate(
            accounts[trader], eid, maxOutstanding, venue, 1e12, ++mandateNonce, uint40(block.timestamp)
        );
    }

    function mandate(uint256 trader, uint32 eid, uint64 maxOutstanding) internal {
        IHubLedger.Mandate memory m = mandateOf(trader, eid, maxOutstanding);
        hub.setMandate(m, sign(trader, hub.hashMandate(m)));
    }

    function only(uint256 trader) internal view returns (AccountId[] memory list) {
        list = new AccountId[](1);
        list[0] = accounts[trader];
    }

    /// @dev Traders in strictly ascending order of their ids.
    function ascending(AccountId[] memory list) internal pure returns (AccountId[] memory) {
        for (uint256 i = 1; i < list.length; ++i) {
            for (uint256 j = i; j > 0 && AccountId.unwrap(list[j]) < AccountId.unwrap(list[j - 1]); --j) {
                (list[j], list[j - 1]) = (list[j - 1], list[j]);
            }
        }
        return list;
    }

    /// @dev Mandate and grant of `cents` on `eid`.
    function grant(uint256 trader, uint32 eid, uint64 cents) internal {
        mandate(trader, eid, cents);
        hub.renewCredit(eid, only(trader), "");
        assertEq(outstanding(trader, eid), cents, "granted");
    }

    function outstanding(uint256 trader, uint32 eid) internal view returns (uint64) {
        IHubLedger.CreditLine memory line = hub.creditLineOf(accounts[trader], eid);
        return line.ceiling - line.usedApplied;
    }

    // ---- withdrawals ----

    function orderOf(uint256 trader, uint16 asset, uint64 amount, uint32 dstEid, uint64 nonce)
        internal
        view
        returns (IHubLedger.WithdrawalOrder memory)
    {
        return IHubLedger.WithdrawalOrder(
            accounts[trader], asset, amount, dstEid, recipient, 0, uint40(block.timestamp + 1 days), nonce
        );
    }

    function requestSigned(uint256 trader, IHubLedger.WithdrawalOrder memory order) internal returns (bytes32) {
        return hub.requestWithdrawal(order, sign(trader, hub.hashWithdrawalOrder(order)));
    }

    // ---- what must hold ----

    function lanes_() internal pure returns (uint32[3] memory) {
        return [HUB_EID, A_EID, B_EID];
    }

    /// @dev CLR-01 on the ledger alone, and CLR-09: what is reserved exists.
    function assertConserved() internal view {
        int256 cash = int256(hub.variationPoolOf(btcPerp) + hub.variationPoolOf(ethPerp));
        int256 weth;
        for (uint256 i; i < accounts.length; ++i) {
            cash += hub.balanceOf(accounts[i], USDC);
            weth += hub.balanceOf(accounts[i], WETH);
        }
        uint32[3] memory all = lanes_();
        for (uint256 i; i < all.length; ++i) {
            IHubLedger.Liquidity memory u = hub.liquidityOf(all[i], USDC);
            IHubLedger.Liquidity memory w = hub.liquidityOf(all[i], WETH);
            assertLe(u.reserved, u.total, "CLR-09 USDC");
            assertLe(w.reserved, w.total, "CLR-09 WETH");
            cash -= int256(uint256(u.total - u.reserved));
            weth -= int256(uint256(w.total - w.reserved));
        }
        assertEq(cash, 0, "CLR-01 USDC");
        assertEq(weth, 0, "CLR-01 WETH");
    }

    /// @dev CLR-02, once both sides of everything have arrived.
    function assertClosed(InstrumentId instrument) internal view {
        int256 base;
        int256 quote;
        for (uint256 i; i < accounts.length; ++i) {
            IHubLedger.NetPosition memory p = hub.positionOf(accounts[i], instrument);
            base += p.base;
            quote += p.quote;
        }
        assertEq(base, 0, "CLR-02 base");
        assertEq(quote, int256(hub.variationPoolOf(instrument)), "CLR-02 quote");
    }

    /// @dev Everything of the ledger that a message or a refused call could have changed, but not the lanes' clocks.
    function ledger() internal view returns (bytes32 hash) {
        uint32[3] memory all = lanes_();
        for (uint256 i; i < accounts.length; ++i) {
            AccountId a = accounts[i];
            hash = keccak256(
                abi.encode(
                    hash,
                    hub.balanceOf(a, USDC),
                    hub.balanceOf(a, WETH),
                    _position(a, btcPerp),
                    _position(a, ethPerp)
                )
            );
            for (uint256 l; l < all.length; ++l) {
                hash = keccak256(
                    abi.encode(
                        hash,
                        hub.creditLineOf(a, all[l]),
                        hub.venueAllowanceOf(a, all[l], venue),
                        hub.pairOf(all[l], indexOf(i), BTC_INDEX),
                        hub.pairOf(all[l], indexOf(i), ETH_INDEX),
                        hub.depositSeenOf(all[l], a, USDC, 0),
                        hub.depositSeenOf(all[l], a, WETH, 0),
                        hub.accountAt(all[l], indexOf(i))
                    )
                );
            }
        }
        for (uint256 l; l < all.length; ++l) {
            hash = keccak256(abi.encode(hash, hub.liquidityOf(all[l], USDC), hub.liquidityOf(all[l], WETH)));
        }
        return keccak256(abi.encode(hash, hub.variationPoolOf(btcPerp), hub.variationPoolOf(ethPerp)));
    }

    /// @dev Without its place in the account's list, which is the order of first arrival and means nothing.
    function _position(AccountId account, InstrumentId instrument)
        private
        view
        returns (IHubLedger.NetPosition memory p)
    {
        p = hub.positionOf(account, instrument);
        p.place = 0;
    }
}
