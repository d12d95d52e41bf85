// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CashBalance, HubState, SpokeSum} from "../../../contracts/hub/HubState.sol";
import {InstrumentList, InstrumentListLib} from "../../../contracts/hub/InstrumentList.sol";
import {PackedPosition} from "../../../contracts/hub/PackedPosition.sol";
import {Portfolio} from "../../../contracts/hub/Portfolio.sol";
import {SettlementLogic} from "../../../contracts/hub/SettlementLogic.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IInstrumentRegistry} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {PositionValue} from "../../../contracts/libraries/PositionValue.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {VectorFile} from "../codec/VectorFile.sol";
import {ScriptedMarginEngine} from "../support/ScriptedMarginEngine.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {StubRegistry} from "../support/StubRegistry.sol";

/// @notice Settlement and equity of the hub are, to the bit, those of `clearing/`.
/// @dev The hub's own libraries work on a ledger that the test fills; each case has keys of its own.
contract LedgerVectorsTest is VectorFile {
    using InstrumentListLib for InstrumentList;
    using SafeCast for *;

    struct SettlementCase {
        uint256 markWad;
        uint256 variationPool;
        int256[] spokeBase;
        int256[] spokeQuote;
        int256[] base;
        int256[] quote;
        int256[] cash;
        int256[] amounts;
        uint256 variationPoolAfter;
    }

    /// @param liquidity of the settlement asset on each lane, then of each collateral
    struct EquityCase {
        uint256[] laneAge;
        uint256[] laneLag;
        uint256[] liquidity;
        int256 cash;
        uint256[] amount;
        uint8[] sharedDecimals;
        uint256[] priceWad;
        uint256[] confidenceWad;
        uint16[] haircutBps;
        int256[] base;
        int256[] quote;
        uint256[] markWad;
        int256[] values;
        int256 equityWad;
    }

    HubState private s;
    StubOracle private oracle;
    StubRegistry private registry;

    function setUp() public {
        oracle = new StubOracle();
        registry = new StubRegistry();
        s.oracle = oracle;
        s.registry = IInstrumentRegistry(address(registry));
        s.marginEngine = new ScriptedMarginEngine(oracle, s.registry);
    }

    function test_CLR20_EverySettlement() public {
        load("settlement.json");
        SettlementCase[] memory all = abi.decode(
            cases(
                ".cases",
                "Case(uint256 markWad,uint256 variationPool,int256[] spokeBase,int256[] spokeQuote,int256[] base,int256[] quote,int256[] cash,int256[] amounts,uint256 variationPoolAfter)"
            ),
            (SettlementCase[])
        );
        assertGe(all.length, 200);
        (s.eids[0], s.eids[1], s.eids[2]) = (1, 2, 3);
        for (uint256 i; i < all.length; ++i) {
            _settle(i, all[i]);
        }
    }

    function test_CLR20_EveryEquity() public {
        load("equity.json");
        EquityCase[] memory all = abi.decode(
            cases(
                ".cases",
                "Case(uint256[] laneAge,uint256[] laneLag,uint256[] liquidity,int256 cash,uint256[] amount,uint8[] sharedDecimals,uint256[] priceWad,uint256[] confidenceWad,uint16[] haircutBps,int256[] base,int256[] quote,uint256[] markWad,int256[] values,int256 equityWad)"
            ),
            (EquityCase[])
        );
        assertGe(all.length, 200);
        (s.eids[0], s.eids[1], s.eids[2]) = (1, 2, 3);
        vm.warp(1e9);
        for (uint256 i; i < all.length; ++i) {
            _equity(i, all[i]);
        }
    }

    function _settle(uint256 key, SettlementCase memory c) private {
        InstrumentId instrument = _instrument(key, 0, c.markWad);
        s.variationPool[instrument] = c.variationPool;
        for (uint256 i; i < c.spokeBase.length; ++i) {
            s.spokeSums[uint32(i + 1)][s.numberOf[instrument]] = SpokeSum(c.spokeBase[i].toInt120(), c.spokeQuote[i].toInt120(), true);
        }
        AccountId[] memory accounts = new AccountId[](c.base.length);
        _openLending();
        for (uint256 i; i < accounts.length; ++i) {
            accounts[i] = _account(key, i);
            s.positions[accounts[i]][s.numberOf[instrument]] = _position(c.base[i], c.quote[i]);
            _setCash(accounts[i], c.cash[i]);
        }
        SettlementLogic.settle(s, instrument, accounts);
        for (uint256 i; i < accounts.length; ++i) {
            assertEq(Portfolio.cashOf(s, accounts[i]), c.cash[i] + c.amounts[i]);
            assertEq(PackedPosition.storedQuoteOf(s.positions[accounts[i]][s.numberOf[instrument]]), c.quote[i] - c.amounts[i]);
        }
        assertEq(s.variationPool[instrument], c.variationPoolAfter);
    }

    function _equity(uint256 key, EquityCase memory c) private {
        AccountId account = _account(key, 0);
        _openLending();
        _setCash(account, c.cash);
        delete s.assetIds;
        for (uint32 lane; lane < 3; ++lane) {
            s.lanes[lane + 1].settledTime = uint40(block.timestamp - c.laneAge[lane]);
            s.lanes[lane + 1].maxLagSeconds = uint32(c.laneLag[lane]);
            for (uint16 asset; asset <= c.amount.length; ++asset) {
                s.liquidity[lane + 1][asset].total = uint64(c.liquidity[3 * asset + lane]);
            }
        }
        for (uint256 i; i < c.amount.length; ++i) {
            uint16 asset = uint16(i + 1);
            s.assetIds[i] = asset;
            s.assets[asset] = IHubLedger.Asset({
                underlying: _instrument(key, 100 + i, c.priceWad[i]).underlying(),
                haircutInitialBps: c.haircutBps[i],
                haircutMaintenanceBps: 0,
                sharedDecimals: c.sharedDecimals[i],
                listed: true
            });
            oracle.setConfidence(s.assets[asset].underlying, c.confidenceWad[i]);
            s.collateral[account][asset] = c.amount[i].toUint128();
        }
        for (uint256 i; i < c.base.length; ++i) {
            assertEq(PositionValue.micros(c.base[i], c.quote[i], c.markWad[i]), c.values[i]);
            InstrumentId instrument = _instrument(key, i, c.markWad[i]);
            uint32 number = s.numberOf[instrument];
            s.held[account].add(number);
            s.positions[account][number] = _position(c.base[i], c.quote[i]);
        }
        assertEq(Portfolio.margin(s, account, true).equityInitialWad, c.equityWad);
    }

    /// @dev A pool of which all is lent, so that nobody is lent more; a debt is as many units as dollars.
    function _openLending() private {
        delete s.lending;
        s.lending.indexWad = 1e18;
        s.lending.accruedAt = uint40(block.timestamp);
    }

    /// @dev Less than nothing is owed.
    function _setCash(AccountId account, int256 cash) private {
        uint128 debt = cash < 0 ? uint256(-cash).toUint128() : 0;
        s.cash[account] = CashBalance(cash > 0 ? uint256(cash).toUint128() : 0, debt);
        s.lending.debt += debt;
    }

    function _position(int256 base, int256 quote) private pure returns (uint256 packed) {
        packed = PackedPosition.replace(0, 0, base, quote);
        assertEq(PackedPosition.storedQuoteOf(packed), quote, "quote");
        assertEq(PackedPosition.baseOf(packed), base, "base");
    }

    function _account(uint256 key, uint256 index) private pure returns (AccountId) {
        return AccountId.wrap(bytes32(key << 8 | index + 1));
    }

    function _instrument(uint256 key, uint256 index, uint256 markWad) private returns (InstrumentId instrument) {
        instrument = InstrumentIdLib.perpetual(bytes16(uint128(key << 8 | index + 1)));
        oracle.set(instrument.underlying(), markWad, block.timestamp);
        s.numberOf[instrument] = uint32(key << 8 | index + 1);
        registry.set(s.numberOf[instrument], instrument);
    }
}
