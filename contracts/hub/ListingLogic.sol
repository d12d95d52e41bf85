// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {FundingLogic} from "./FundingLogic.sol";
import {HubState} from "./HubState.sol";
import {OpenInterest} from "./OpenInterest.sol";
import {PackedPosition} from "./PackedPosition.sol";
import {WalletRights} from "./WalletRights.sol";

/// @notice Listings and risk modules. The caller has checked the role.
library ListingLogic {
    /// @dev The ledger's dollar has six decimals; so has the shared unit of the settlement asset.
    uint8 internal constant SETTLEMENT_DECIMALS = 6;

    function listLane(HubState storage s, uint32 eid, uint32 leaseSeconds, uint32 maxLagSeconds) external {
        // Zero stands for "no lane" in a payout and in `Portfolio.outstanding`, and for the whole hub in a pause.
        if (eid == 0) revert IHubLedger.Hub_InvalidParameter("eid", 0);
        if (leaseSeconds == 0) revert IHubLedger.Hub_InvalidParameter("leaseSeconds", 0);
        if (maxLagSeconds == 0) revert IHubLedger.Hub_InvalidParameter("maxLagSeconds", 0);
        IHubLedger.Lane storage lane = s.lanes[eid];
        if (!lane.listed) {
            _addLane(s, eid);
            lane.listed = true;
            // Nothing was reported yet, and nothing is what the hub holds: both ends agree.
            lane.settledTime = uint40(block.timestamp);
        }
        lane.leaseSeconds = leaseSeconds;
        lane.maxLagSeconds = maxLagSeconds;
        emit IHubLedger.LaneListed(eid, leaseSeconds, maxLagSeconds);
    }

    function listAsset(HubState storage s, uint16 asset, IHubLedger.Asset calldata a) external {
        if (asset == 0) revert IHubLedger.Hub_InvalidParameter("asset", asset);
        if (a.haircutInitialBps > 10_000 || a.haircutMaintenanceBps > a.haircutInitialBps) {
            revert IHubLedger.Hub_InvalidParameter("haircut", a.haircutInitialBps);
        }
        if (s.assets[asset].listed) _requireSameUnit(s, asset, a);
        else _addAsset(s, asset, a);
        s.assets[asset] = a;
        s.assets[asset].listed = true;
        emit IHubLedger.AssetListed(
            asset, a.underlying, a.haircutInitialBps, a.haircutMaintenanceBps, a.sharedDecimals
        );
    }

    function listInstrument(HubState storage s, InstrumentId instrument, uint32 ratePpm, uint32 feePpm, uint88 maxBase)
        external
    {
        if (address(s.registry) == address(0)) revert IHubLedger.Hub_InvalidParameter("registry", 0);
        if (maxBase >= PackedPosition.MAX_BASE) revert IHubLedger.Hub_InvalidParameter("maxBase", maxBase);
        if (ratePpm == 0) revert IHubLedger.Hub_InvalidParameter("ratePpm", 0);
        uint32 version = s.terms[instrument].version + 1;
        if (version == 1) {
            uint32 number = s.registry.register(instrument);
            s.numberOf[instrument] = number;
            s.instrumentOf[number] = instrument;
            if (instrument.isOption()) OpenInterest.list(s, number, instrument);
        }
        if (instrument.isPerpetual()) FundingLogic.list(s, s.numberOf[instrument], maxBase);
        s.terms[instrument] = CommandCodec.InstrumentTerms(instrument, ratePpm, feePpm, maxBase, version);
        emit IHubLedger.InstrumentListed(instrument, ratePpm, feePpm, maxBase, version);
    }

    /// @notice Sets where instruments get their numbers, once: the ledger is kept by them.
    function setInstrumentRegistry(HubState storage s, IInstrumentRegistry registry) external {
        if (address(registry).code.length == 0 || address(s.registry) != address(0)) {
            revert IHubLedger.Hub_InvalidParameter("registry", uint160(address(registry)));
        }
        s.registry = registry;
        emit IHubLedger.InstrumentRegistrySet(registry);
    }

    function setRiskModules(HubState storage s, IPriceOracle oracle, IMarginEngine marginEngine, uint32 maxPriceAge)
        external
    {
        if (address(oracle).code.length == 0) revert IHubLedger.Hub_InvalidParameter("oracle", uint160(address(oracle)));
        if (address(marginEngine).code.length == 0) {
            revert IHubLedger.Hub_InvalidParameter("marginEngine", uint160(address(marginEngine)));
        }
        if (maxPriceAge == 0) revert IHubLedger.Hub_InvalidParameter("maxPriceAge", 0);
        // Prices that are brought with a call reach the hub's oracle only, and numbers of another registry are other instruments.
        _requireOwn("oracle", address(marginEngine.oracle()), address(oracle));
        _requireOwn("registry", address(marginEngine.registry()), address(s.registry));
        s.oracle = oracle;
        s.marginEngine = marginEngine;
        s.maxPriceAge = maxPriceAge;
        emit IHubLedger.RiskModulesSet(oracle, marginEngine, maxPriceAge);
    }

    /// @notice Registers an address on a chain for an account. The caller has checked who asks.
    function registerWallet(
        HubState storage s,
        AccountId account,
        uint32 eid,
        address wallet,
        uint8 rights,
        uint64 nonce
    ) external {
        if (rights > WalletRights.ALL) revert IHubLedger.Hub_InvalidParameter("rights", rights);
        uint64 last = s.walletNonce[account];
        if (nonce <= last) revert IHubLedger.Hub_StaleNonce(nonce, last);
        s.walletNonce[account] = nonce;
        s.wallets[account][eid][wallet] = rights;
        emit IHubLedger.WalletRegistered(account, eid, wallet, rights, nonce);
    }

    function _requireOwn(bytes32 what, address found, address expected) private pure {
        if (found != expected) revert IHubLedger.Hub_ForeignMarginEngine(what, found, expected);
    }

    function _addLane(HubState storage s, uint32 eid) private {
        uint256 place;
        while (s.eids[place] != 0) {
            if (++place == s.eids.length) revert IHubLedger.Hub_InvalidParameter("lanes", place);
        }
        s.eids[place] = eid;
    }

    /// @dev What balances are kept in cannot change under them.
    function _requireSameUnit(HubState storage s, uint16 asset, IHubLedger.Asset calldata a) private view {
        IHubLedger.Asset storage known = s.assets[asset];
        if (known.sharedDecimals != a.sharedDecimals || known.underlying != a.underlying) {
            revert IHubLedger.Hub_InvalidParameter("asset", asset);
        }
    }

    function _addAsset(HubState storage s, uint16 asset, IHubLedger.Asset calldata a) private {
        uint256 place;
        while (s.assetIds[place] != 0) {
            if (++place == s.assetIds.length) revert IHubLedger.Hub_InvalidParameter("assets", place);
        }
        bool decimalsFit = a.underlying == 0 ? a.sharedDecimals == SETTLEMENT_DECIMALS : a.sharedDecimals <= 18;
        if (!decimalsFit) revert IHubLedger.Hub_InvalidParameter("sharedDecimals", a.sharedDecimals);
        if (a.underlying == 0) {
            if (s.settlementAsset != 0) revert IHubLedger.Hub_InvalidParameter("settlementAsset", asset);
            s.settlementAsset = asset;
        }
        s.assetIds[place] = asset;
    }
}
