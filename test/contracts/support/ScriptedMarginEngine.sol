// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IInstrumentRegistry} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {
    Certificate, CertifiedMargin, IMarginCertificates
} from "../../../contracts/interfaces/IMarginCertificates.sol";
import {Assessment, Exposure, IMarginEngine, OptionReference} from "../../../contracts/interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {PositionValue} from "../../../contracts/libraries/PositionValue.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";

/// @notice A margin engine whose numbers can be told at a glance, for tests of the hub: a mark is what the test sets, else of a perpetual the
/// oracle's price; initial = Σ ( scan rate · |base| + venue rate · offset ) · mark over what is not final, each rounded up, maintenance 4/5
/// of it. Gains count in full; of closing trades, those count in full that make a position larger, and all of them by a rate of their own, as
/// if they left something unhedged; and a charge of any, as if they took a credit away.
contract ScriptedMarginEngine is IMarginEngine, IMarginCertificates {
    /// @param scanWad of what is held, 1e18; `venueWad` of what offsets across chains
    struct Rates {
        uint128 scanWad;
        uint128 venueWad;
    }

    uint256 private constant MAX_INSTRUMENTS = 128;

    IPriceOracle public immutable oracle;
    IInstrumentRegistry public immutable registry;

    mapping(bytes16 underlying => Rates) private _rates;
    mapping(bytes16 underlying => uint256) private _closingRates;
    uint256 private _closingCharge;
    mapping(InstrumentId => uint256) private _marks;
    mapping(InstrumentId => OptionReference) private _references;

    constructor(IPriceOracle oracle_, IInstrumentRegistry registry_) {
        oracle = oracle_;
        registry = registry_;
    }

    function setRates(bytes16 underlying, uint128 scanWad, uint128 venueWad) external {
        _rates[underlying] = Rates(scanWad, venueWad);
    }

    function setClosingRate(bytes16 underlying, uint256 rateWad) external {
        _closingRates[underlying] = rateWad;
    }

    function setClosingCharge(uint256 chargeWad) external {
        _closingCharge = chargeWad;
    }

    function setMark(InstrumentId instrument, uint256 markWad) external {
        _marks[instrument] = markWad + 1;
    }

    function removeMark(InstrumentId instrument) external {
        delete _marks[instrument];
    }

    function setReference(InstrumentId instrument, OptionReference calldata r) external {
        _references[instrument] = r;
    }

    /// @dev As if the scenarios were the worst, if there are two, with as many dollars of band as the joint one's place.
    function certify(Certificate calldata c, Exposure[] calldata exposures) external view returns (CertifiedMargin memory) {
        if (c.scenarios.length != 2) revert Margin_ScenarioCount(c.scenarios.length, 2);
        Assessment memory a = this.assess(exposures, type(uint256).max);
        return CertifiedMargin(a.valueMaintenanceWad, uint256(c.joint) * 1e18, a.maintenanceWad);
    }

    function assess(Exposure[] calldata exposures, uint256 maxPriceAge) external view returns (Assessment memory a) {
        uint256 count = exposures.length;
        if (count > MAX_INSTRUMENTS) revert Margin_TooManyInstruments(count, MAX_INSTRUMENTS);
        for (uint256 i; i < count; ++i) {
            Exposure calldata e = exposures[i];
            InstrumentId instrument = registry.instrumentOf(e.number);
            // Without a risk: a price that is missing must not hold it up.
            bool held = e.base != 0 || e.offset != 0 || e.closing != 0;
            uint256 mark = held ? markOf(instrument, maxPriceAge) : 0;
            a.valueInitialWad += PositionValue.micros(e.base, e.quote, mark) * 1e12;
            if (!held || registry.isFinal(instrument)) continue;
            Rates memory rates = _rates[instrument.underlying()];
            uint256 size = SignedMath.abs(e.base);
            if (e.closing > 2 * size) size = e.closing - size;
            a.initialWad += Math.ceilDiv(size * mark * rates.scanWad, 1e26);
            a.initialWad += Math.ceilDiv(e.offset * mark * rates.venueWad, 1e26);
            a.initialWad += Math.ceilDiv(e.closing * mark * _closingRates[instrument.underlying()], 1e26);
            if (e.closing != 0) a.initialWad += _closingCharge;
        }
        a.valueMaintenanceWad = a.valueInitialWad;
        a.maintenanceWad = Math.ceilDiv(a.initialWad * 4, 5);
    }

    function markOf(InstrumentId instrument, uint256 maxPriceAge) public view returns (uint256 markWad) {
        if (_marks[instrument] != 0) return _marks[instrument] - 1;
        uint256 age = type(uint256).max;
        if (instrument.isPerpetual()) (markWad,, age) = oracle.read(instrument.underlying());
        if (markWad == 0 || age > maxPriceAge) revert Margin_StalePrice(instrument.underlying(), age, maxPriceAge);
    }

    function optionReferenceOf(InstrumentId instrument) external view returns (OptionReference memory r) {
        r = _references[instrument];
        if (r.time == 0) revert Margin_UnsupportedInstrument(instrument);
    }
}
