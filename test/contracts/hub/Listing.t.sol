// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IOAppCore} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/interfaces/IOAppCore.sol";
import {IClearingHub} from "../../../contracts/interfaces/IClearingHub.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IInstrumentRegistry} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {DeployHub, DeployRisk} from "../support/Deploy.sol";
import {ScriptedMarginEngine} from "../support/ScriptedMarginEngine.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {HubTestBase} from "./HubTestBase.sol";

contract ListingTest is HubTestBase {
    function test_CLR22_RevertWhen_AStrangerLists() public {
        address stranger = makeAddr("stranger");
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refused);
        hub.listLane(200, LEASE, MAX_LAG);
        vm.expectRevert(refused);
        hub.listAsset(3, IHubLedger.Asset(BTC, 1_000, 700, 8, true));
        vm.expectRevert(refused);
        hub.listInstrument(btcPerp, 1, 0, 1);
        vm.expectRevert(refused);
        hub.setRiskModules(oracle, engine, 1);
        vm.expectRevert(refused);
        hub.setInstrumentRegistry(registry);
        vm.expectRevert(abi.encodeWithSignature("OwnableUnauthorizedAccount(address)", stranger));
        IOAppCore(address(hub)).setPeer(A_EID, toBytes32(stranger));
        vm.stopPrank();
    }

    function test_ALaneIsListedOnceAndItsLeaseChanges() public {
        uint256 count = hub.eids().length;
        hub.listLane(A_EID, 30, MAX_LAG);
        assertEq(hub.eids().length, count);
        assertEq(hub.laneOf(A_EID).leaseSeconds, 30);
        hub.listLane(200, 30, MAX_LAG);
        assertEq(hub.eids().length, count + 1);
        assertTrue(hub.laneOf(200).listed);
    }

    function test_RevertWhen_ALaneHasNoLeaseOrNoEid() public {
        _expectInvalid("leaseSeconds", 0);
        hub.listLane(200, 0, MAX_LAG);
        // Zero stands for "no lane" in the sum of outstanding credit and in payouts.
        _expectInvalid("eid", 0);
        hub.listLane(0, LEASE, MAX_LAG);
    }

    function test_RevertWhen_ThereAreTooManyLanes() public {
        for (uint32 i = uint32(hub.eids().length); i < 32; ++i) {
            hub.listLane(1_000 + i, LEASE, MAX_LAG);
        }
        _expectInvalid("lanes", 32);
        hub.listLane(2_000, LEASE, MAX_LAG);
        hub.listLane(A_EID, LEASE, MAX_LAG);
    }

    function test_RevertWhen_AnAssetIsMalformed() public {
        _expectInvalid("asset", 0);
        hub.listAsset(0, IHubLedger.Asset(BTC, 1_000, 700, 8, true));
        _expectInvalid("haircut", 10_001);
        hub.listAsset(3, IHubLedger.Asset(BTC, 10_001, 700, 8, true));
        _expectInvalid("haircut", 700);
        hub.listAsset(3, IHubLedger.Asset(BTC, 700, 701, 8, true));
        _expectInvalid("sharedDecimals", 19);
        hub.listAsset(3, IHubLedger.Asset(BTC, 1_000, 700, 19, true));
        _expectInvalid("settlementAsset", 3);
        hub.listAsset(3, IHubLedger.Asset(0, 0, 0, 6, true));
        assertFalse(hub.assetOf(3).listed);
    }

    /// @dev What balances are kept in cannot change under them.
    function test_RevertWhen_AnAssetChangesItsUnit() public {
        _expectInvalid("asset", WETH);
        hub.listAsset(WETH, IHubLedger.Asset(ETH, 1_000, 700, 7, true));
        _expectInvalid("asset", WETH);
        hub.listAsset(WETH, IHubLedger.Asset(BTC, 1_000, 700, 8, true));
        _expectInvalid("asset", USDC);
        hub.listAsset(USDC, IHubLedger.Asset(BTC, 0, 0, 6, true));
    }

    function test_AnAssetsHaircutMayChangeButItCannotBeUnlisted() public {
        hub.listAsset(WETH, IHubLedger.Asset(ETH, 2_000, 1_500, 8, false));
        assertTrue(hub.assetOf(WETH).listed);
        deposit(A_EID, 0, WETH, 1e8);
        assertEq(hub.marginOf(accounts[0]).equityInitialWad, 1_600e18);
        assertEq(hub.marginOf(accounts[0]).equityMaintenanceWad, 1_700e18);
    }

    function test_TermsCarryARisingVersion() public {
        CommandCodec.InstrumentTerms memory terms = hub.termsOf(btcPerp);
        assertEq(terms.version, 1);
        hub.listInstrument(btcPerp, 1, 2, 3);
        terms = hub.termsOf(btcPerp);
        assertEq(terms.version, 2);
        assertEq(terms.ratePpm, 1);
        assertEq(terms.feePpm, 2);
        assertEq(terms.maxBase, 3);
    }

    function test_AnInstrumentIsNumberedOnce() public {
        uint32 number = registry.numberOf(btcPerp);
        assertNotEq(number, 0);
        hub.listInstrument(btcPerp, 1, 2, 3);
        assertEq(registry.numberOf(btcPerp), number);
        assertEq(registry.numbersOf(BTC).length, 1);
    }

    function test_RevertWhen_AnInstrumentIsMalformedOrExpiredOrHasNoRate() public {
        InstrumentId option = InstrumentId.wrap(bytes32(uint256(2) << 248) | (bytes32(BTC) >> 128));
        vm.expectRevert(abi.encodeWithSelector(IInstrumentRegistry.Registry_Malformed.selector, option));
        hub.listInstrument(option, 1, 0, 1);
        option = InstrumentIdLib.option(BTC, uint40(block.timestamp), 1, false);
        vm.expectRevert(
            abi.encodeWithSelector(IInstrumentRegistry.Registry_Expired.selector, option, block.timestamp)
        );
        hub.listInstrument(option, 1, 0, 1);
        _expectInvalid("ratePpm", 0);
        hub.listInstrument(btcPerp, 0, 0, 1);
    }

    /// @dev The ledger is kept by the registry's numbers.
    function test_RevertWhen_TheRegistryIsSetAgainOrIsNone() public {
        _expectInvalid("registry", uint160(address(registry)));
        hub.setInstrumentRegistry(registry);
        IClearingHub fresh = DeployHub.hub(address(endpoint), address(manager), loopback);
        _expectInvalid("registry", 0);
        fresh.listInstrument(btcPerp, 1, 0, 1);
        _expectInvalid("registry", 77);
        fresh.setInstrumentRegistry(IInstrumentRegistry(address(77)));
        fresh.setInstrumentRegistry(registry);
        assertEq(address(fresh.instrumentRegistry()), address(registry));
    }

    function test_RevertWhen_RiskModulesAreNoContracts() public {
        address nobody = makeAddr("nobody");
        _expectInvalid("oracle", uint160(nobody));
        hub.setRiskModules(IPriceOracle(nobody), engine, 60);
        _expectInvalid("marginEngine", uint160(nobody));
        hub.setRiskModules(oracle, IMarginEngine(nobody), 60);
        _expectInvalid("maxPriceAge", 0);
        hub.setRiskModules(oracle, engine, 0);
        assertEq(hub.maxPriceAge(), MAX_PRICE_AGE);
    }

    /// @dev Prices brought with a call would not reach it, and numbers would mean other instruments.
    function test_CLR13_RevertWhen_TheMarginEngineHasAnotherOracleOrRegistry() public {
        StubOracle otherOracle = new StubOracle();
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_ForeignMarginEngine.selector, bytes32("oracle"), address(oracle), address(otherOracle)
            )
        );
        hub.setRiskModules(otherOracle, engine, MAX_PRICE_AGE);
        IInstrumentRegistry otherRegistry = IInstrumentRegistry(address(otherOracle));
        IMarginEngine foreign = new ScriptedMarginEngine(oracle, otherRegistry);
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_ForeignMarginEngine.selector, bytes32("registry"), address(otherRegistry), address(registry)
            )
        );
        hub.setRiskModules(oracle, foreign, MAX_PRICE_AGE);
        assertEq(address(hub.marginEngine()), address(engine));
        assertEq(address(hub.oracle()), address(oracle));
    }

    function _expectInvalid(bytes32 what, uint256 found) private {
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_InvalidParameter.selector, what, found));
    }
}
