// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IInstrumentRegistry} from "../interfaces/IInstrumentRegistry.sol";
import {Assessment, Exposure, IMarginEngine, OptionReference} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {PositionValue} from "../libraries/PositionValue.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ScanMath} from "./ScanMath.sol";

/// @title Scan margin for perpetuals, the simplest engine that the hub can ask
/// @notice Tests of the hub use it, since what it requires can be told at a glance; `deploy` sets up `ScenarioMarginEngine`.
/// initial = Σ ( price scan range · |net base| · mark + venue rate · mark · min(longs, shorts) );
/// maintenance = 0.8 · initial. The first term sees the netted portfolio; the second charges what offsets only across
/// venues and chains, where closing both legs costs a spread. Unrealised gains count in full.
contract ScanMarginEngine is IMarginEngine, AccessManaged {
    /// @param priceScanRangeWad share of the price that one scan moves, 1e18; never zero once set
    /// @param venueRateWad share of the offset notional, 1e18
    struct Parameters {
        uint128 priceScanRangeWad;
        uint128 venueRateWad;
    }

    uint128 private constant ONE = 1e18;
    uint256 private constant MAX_INSTRUMENTS = 128;
    int256 private constant WAD_PER_MICRO = 1e12;

    /// @inheritdoc IMarginEngine
    IPriceOracle public immutable oracle;
    /// @inheritdoc IMarginEngine
    IInstrumentRegistry public immutable registry;

    mapping(bytes16 underlying => Parameters) private _parameters;

    event ParametersSet(bytes16 indexed underlying, uint128 priceScanRangeWad, uint128 venueRateWad);

    error Margin_UnknownUnderlying(bytes16 underlying);
    error Margin_RateOutOfRange(uint256 rateWad, uint256 minimum, uint256 maximum);

    /// @param manager_ AccessManager; sets the parameters
    /// @param oracle_ the hub's
    /// @param registry_ the hub's
    constructor(address manager_, IPriceOracle oracle_, IInstrumentRegistry registry_) AccessManaged(manager_) {
        oracle = oracle_;
        registry = registry_;
    }

    /// @notice Sets the parameters of an underlying. Role-gated.
    function setParameters(bytes16 underlying, uint128 priceScanRangeWad, uint128 venueRateWad) external restricted {
        if (priceScanRangeWad == 0 || priceScanRangeWad > ONE) revert Margin_RateOutOfRange(priceScanRangeWad, 1, ONE);
        if (venueRateWad > ONE) revert Margin_RateOutOfRange(venueRateWad, 0, ONE);
        _parameters[underlying] = Parameters(priceScanRangeWad, venueRateWad);
        emit ParametersSet(underlying, priceScanRangeWad, venueRateWad);
    }

    /// @inheritdoc IMarginEngine
    function assess(Exposure[] calldata exposures, uint256 maxPriceAge) external view returns (Assessment memory a) {
        uint256 count = exposures.length;
        if (count > MAX_INSTRUMENTS) revert Margin_TooManyInstruments(count, MAX_INSTRUMENTS);
        for (uint256 i; i < count; ++i) {
            Exposure calldata e = exposures[i];
            // Without a risk: a price that is missing must not hold it up.
            if (e.base == 0 && e.offset == 0 && e.closing == 0) {
                a.valueMaintenanceWad += e.quote * WAD_PER_MICRO;
                continue;
            }
            InstrumentId instrument = registry.instrumentOf(e.number);
            uint256 mark = markOf(instrument, maxPriceAge);
            Parameters memory p = _parameters[instrument.underlying()];
            if (p.priceScanRangeWad == 0) revert Margin_UnknownUnderlying(instrument.underlying());
            (uint256 size, uint256 offset) = ScanMath.worst(SignedMath.abs(e.base), e.offset, e.closing);
            a.initialWad += ScanMath.term(size, mark, p.priceScanRangeWad) + ScanMath.term(offset, mark, p.venueRateWad);
            a.valueMaintenanceWad += PositionValue.micros(e.base, e.quote, mark) * WAD_PER_MICRO;
        }
        a.valueInitialWad = a.valueMaintenanceWad;
        a.maintenanceWad = ScanMath.maintenance(a.initialWad);
    }

    /// @inheritdoc IMarginEngine
    function markOf(InstrumentId instrument, uint256 maxPriceAge) public view returns (uint256 markWad) {
        if (!instrument.isPerpetual()) revert Margin_UnsupportedInstrument(instrument);
        uint256 age;
        (markWad,, age) = oracle.read(instrument.underlying());
        if (markWad == 0 || age > maxPriceAge) revert Margin_StalePrice(instrument.underlying(), age, maxPriceAge);
    }

    /// @inheritdoc IMarginEngine
    function optionReferenceOf(InstrumentId instrument) external pure returns (OptionReference memory) {
        revert Margin_UnsupportedInstrument(instrument);
    }

    /// @notice Parameters of an underlying; zero if never set.
    function parametersOf(bytes16 underlying) external view returns (Parameters memory) {
        return _parameters[underlying];
    }
}
