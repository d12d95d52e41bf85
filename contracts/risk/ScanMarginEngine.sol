// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Exposure, IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ScanMath} from "./ScanMath.sol";

/// @title Scan margin for perpetuals
/// @notice initial = Σ ( price scan range · |net base| · mark + venue rate · mark · min(longs, shorts) );
/// maintenance = 0.8 · initial. The first term sees the netted portfolio; the second charges what offsets only across
/// venues and chains, where closing both legs costs a spread.
contract ScanMarginEngine is IMarginEngine, AccessManaged {
    /// @param priceScanRangeWad share of the price that one scan moves, 1e18; never zero once set
    /// @param venueRateWad share of the offset notional, 1e18
    struct Parameters {
        uint128 priceScanRangeWad;
        uint128 venueRateWad;
    }

    uint128 private constant ONE = 1e18;

    mapping(bytes16 underlying => Parameters) private _parameters;

    event ParametersSet(bytes16 indexed underlying, uint128 priceScanRangeWad, uint128 venueRateWad);

    error Margin_UnknownUnderlying(bytes16 underlying);
    error Margin_UnsupportedInstrument(InstrumentId instrument);
    error Margin_RateOutOfRange(uint256 rateWad, uint256 minimum, uint256 maximum);

    /// @param manager_ AccessManager; sets the parameters
    constructor(address manager_) AccessManaged(manager_) {}

    /// @notice Sets the parameters of an underlying. Role-gated.
    function setParameters(bytes16 underlying, uint128 priceScanRangeWad, uint128 venueRateWad) external restricted {
        if (priceScanRangeWad == 0 || priceScanRangeWad > ONE) revert Margin_RateOutOfRange(priceScanRangeWad, 1, ONE);
        if (venueRateWad > ONE) revert Margin_RateOutOfRange(venueRateWad, 0, ONE);
        _parameters[underlying] = Parameters(priceScanRangeWad, venueRateWad);
        emit ParametersSet(underlying, priceScanRangeWad, venueRateWad);
    }

    /// @inheritdoc IMarginEngine
    function requirement(Exposure[] calldata exposures)
        external
        view
        returns (uint256 initialWad, uint256 maintenanceWad)
    {
        for (uint256 i; i < exposures.length; ++i) {
            Exposure calldata e = exposures[i];
            if (!e.instrument.isPerpetual()) revert Margin_UnsupportedInstrument(e.instrument);
            bytes16 underlying = e.instrument.underlying();
            Parameters memory p = _parameters[underlying];
            if (p.priceScanRangeWad == 0) revert Margin_UnknownUnderlying(underlying);
            initialWad += ScanMath.term(SignedMath.abs(e.base), e.markWad, p.priceScanRangeWad)
                + ScanMath.term(Math.min(e.longs, e.shorts), e.markWad, p.venueRateWad);
        }
        maintenanceWad = ScanMath.maintenance(initialWad);
    }

    /// @notice Parameters of an underlying; zero if never set.
    function parametersOf(bytes16 underlying) external view returns (Parameters memory) {
        return _parameters[underlying];
    }
}
