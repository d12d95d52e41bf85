// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {CommonBase} from "forge-std/Base.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ILoopback} from "../../../contracts/interfaces/ILoopback.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {IPriceSource} from "../../../contracts/interfaces/IPriceSource.sol";
import {ExpiryPrices} from "../../../contracts/oracle/ExpiryPrices.sol";
import {Black76Model} from "../../../contracts/pricing/models/Black76Model.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {Loopback} from "../../../contracts/transport/Loopback.sol";
import {AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {StubFundingRates} from "../support/StubFundingRates.sol";
import {StubSurfaces} from "../support/StubOptionMarket.sol";
import {Feeds} from "./Feeds.sol";
import {TrickyToken} from "./TrickyToken.sol";
import "./World.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";
import {DeployEngine, DeployOracle} from "../support/DeployEngine.sol";
import {DeployHub, DeployParts, DeployRisk, DeployVault} from "../support/Deploy.sol";

/// @notice Deploys, wires and lists everything, in one EVM.
abstract contract WorldBuilder is CommonBase {
    World internal w;

    function _buildWorld() internal {
        vm.warp(START);
        AccessManager manager = DeployParts.manager(address(this));
        w.guardian = address(this);
        w.loopback = new Loopback();
        w.oracle = new Feeds(DeployOracle.router(address(manager)));
        for (uint256 i; i < LANES; ++i) {
            w.endpoints[i] = DeployParts.scriptedEndpoint(Places.eidOf(i));
        }
        w.hub = DeployHub.hub(address(w.endpoints[0]), address(manager), w.loopback);
        for (uint256 i; i < LANES; ++i) {
            _addLane(i, manager);
        }
        _listAll(manager);
        _addActors();
    }

    function _addLane(uint256 lane, AccessManager manager) private {
        ScriptedEndpoint endpoint = w.endpoints[lane];
        ILoopback loopback = lane == 0 ? ILoopback(w.loopback) : ILoopback(address(0));
        SpokeVault vault = DeployVault.vault(address(endpoint), Places.eidOf(0), address(manager), loopback);
        if (lane != 0) {
            endpoint.connect(w.endpoints[0]);
            w.endpoints[0].connect(endpoint);
        }
        w.vaults[lane] = vault;
        w.accounts[OWNERS + lane] = vault.feeAccount();
        w.hub.listLane(Places.eidOf(lane), LEASE, MAX_LAG);
        _setPeer(manager, address(vault), 0, address(w.hub));
        _setPeer(manager, address(w.hub), lane, address(vault));
        for (uint256 asset; asset < ASSETS; ++asset) {
            uint8 decimals = _decimalsOf(lane, asset);
            uint8 shared = asset == 0 ? 6 : 8;
            TrickyToken token = new TrickyToken(decimals);
            vault.listToken(Places.assetOf(asset), address(token), shared);
            w.scales[lane][asset] = 10 ** (decimals - shared);
            w.tokens[lane][asset] = token;
        }
    }

    function _listAll(AccessManager manager) private {
        w.expiryPrices = new ExpiryPrices(w.hub);
        w.registry = DeployRisk.registry(w.hub, w.expiryPrices);
        w.hub.setInstrumentRegistry(w.registry);
        StubSurfaces surfaces = new StubSurfaces();
        w.model = new Black76Model();
        w.engine = DeployEngine.engine(
            address(manager), w.oracle.router(), w.registry, w.expiryPrices, surfaces, DefaultMargin.account()
        );
        w.hub.setRiskModules(w.oracle.router(), w.engine, MAX_PRICE_AGE);
        for (uint256 i; i < INSTRUMENTS; ++i) {
            w.instruments[i] = Places.instrumentOf(i);
            bytes16 underlying = Places.underlyingOf(i);
            if (i != NEXT) w.hub.listInstrument(w.instruments[i], RATE_PPM, 500, 1_000e8);
            if (i >= PERPETUALS) {
                surfaces.set(underlying, w.instruments[i].expiry(), w.model, 1e18, 1e18, abi.encode(VOL));
                continue;
            }
            (IPriceRouter.Parameters memory p, IPriceRouter.SourceTerms[] memory terms) = w.oracle.add(underlying);
            w.oracle.router().setUnderlying(underlying, p, terms, IPriceRouter.SourceTerms(IPriceSource(address(0)), 0));
            w.oracle.set(underlying, Places.startPriceOf(i), START);
            w.engine.setUnderlyingParameters(underlying, DefaultMargin.parameters(SCAN_RANGE), DefaultMargin.limits());
        }
        w.fundingRates = new StubFundingRates();
        w.hub.setFundingRates(w.fundingRates);
        w.hub.setInterestCurve(Places.interestCurve());
        w.hub.listAsset(1, IHubLedger.Asset(0, 0, 0, 6, true));
        w.hub.listAsset(2, IHubLedger.Asset("ETH", 1_000, 700, 8, true));
        w.hub.listAsset(3, IHubLedger.Asset("BTC", 1_000, 700, 8, true));
    }

    function _addActors() private {
        for (uint256 i; i < OWNERS; ++i) {
            w.keys[i] = uint256(keccak256(abi.encode("owner", i)));
            w.owners[i] = vm.addr(w.keys[i]);
            w.accounts[i] = AccountIdLib.pack(w.owners[i], Places.eidOf(i % LANES), i == 1 ? 7 : 0);
        }
        for (uint256 i; i < VENUES; ++i) {
            w.venues[i] = vm.addr(uint256(keccak256(abi.encode("venue", i))));
        }
    }

    function _setPeer(AccessManager manager, address oapp, uint256 lane, address peer) private {
        bytes32 peer32 = bytes32(uint256(uint160(peer)));
        manager.execute(oapp, abi.encodeWithSignature("setPeer(uint32,bytes32)", Places.eidOf(lane), peer32));
    }

    function _decimalsOf(uint256 lane, uint256 asset) private pure returns (uint8) {
        if (asset == 0) return lane == 1 ? 18 : 6;
        return asset == 1 ? 18 : 8;
    }
}
