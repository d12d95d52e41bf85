// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IInstrumentRegistry} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {Assessment, Exposure, IMarginEngine, OptionReference} from "../../../contracts/interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {PositionValue} from "../../../contracts/libraries/PositionValue.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";

/// @notice Marks as the test sets them, of any instrument; the requirement is a tenth of what is held, at its mark, of what is not
/// final. Of closing trades, those count in full that make a position larger.
contract ScriptedMarginEngine is IMarginEngine {
    IPriceOracle public immutable oracle;
    IInstrumentRegistry public immutable registry;

    mapping(InstrumentId => uint256) private _marks;
    mapping(InstrumentId => OptionReference) private _references;

    constructor(IPriceOracle oracle_, IInstrumentRegistry registry_) {
        oracle = oracle_;
        registry = registry_;
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

    function assess(Exposure[] calldata exposures, uint256 maxPriceAge) external view returns (Assessment memory a) {
        for (uint256 i; i < exposures.length; ++i) {
            Exposure calldata e = exposures[i];
            InstrumentId instrument = registry.instrumentOf(e.number);
            bool held = e.base != 0 || e.offset != 0 || e.closing != 0;
            uint256 mark = held ? markOf(instrument, maxPriceAge) : 0;
            a.valueInitialWad += PositionValue.micros(e.base, e.quote, mark) * 1e12;
            uint256 size = SignedMath.abs(e.base);
            if (e.closing > 2 * size) size = e.closing - size;
            if (!registry.isFinal(instrument)) a.initialWad += size * mark / 1e9;
        }
        a.valueMaintenanceWad = a.valueInitialWad;
        a.maintenanceWad = a.initialWad;
    }

    function markOf(InstrumentId instrument, uint256 maxPriceAge) public view returns (uint256) {
        if (_marks[instrument] == 0) revert Margin_StalePrice(instrument.underlying(), type(uint256).max, maxPriceAge);
        return _marks[instrument] - 1;
    }

    function optionReferenceOf(InstrumentId instrument) external view returns (OptionReference memory r) {
        r = _references[instrument];
        if (r.time == 0) revert Margin_UnsupportedInstrument(instrument);
    }
}
