// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MarginSettings} from "./MarginSettings.sol";

/// @notice Parameters of an underlying, two slots. Rates in 1e-9.
/// @param scanRange price scan range; never zero, so zero means that the underlying is not known
/// @param optionMinimumInitial of the notional of short options that no long of the same right and expiry covers; likewise maintenance
/// @param perpMinimumInitial of the notional of the net perpetual; likewise maintenance
/// @param venueRate of the notional that offsets only across chains
/// @param oracleAllowance uncertainty of the price that costs nothing
/// @param dailyVolatility by how much a price may have moved in a day since it was published
/// @param depth notional that trades without moving the price (a tenth of a day's volume), whole dollars
/// @param openInterestFrom open interest, whole dollars, from which the initial rate rises
/// @param openInterestTo at which it is all of the notional
/// @param basisFlat share of an expiry's loss at ±0.3 scan ranges that its basis charge takes
/// @param basisPerYear the same for each year to expiry
/// @param concentrationCap at most so many times, through concentration
struct UnderlyingParameters {
    uint32 scanRange;
    uint32 optionMinimumInitial;
    uint32 optionMinimumMaintenance;
    uint32 perpMinimumInitial;
    uint32 perpMinimumMaintenance;
    uint32 venueRate;
    uint32 oracleAllowance;
    uint32 dailyVolatility;
    uint48 depth;
    uint48 openInterestFrom;
    uint48 openInterestTo;
    uint32 basisFlat;
    uint32 basisPerYear;
    uint32 concentrationCap;
}

/// @notice What else is set per underlying.
/// @param gainsCap gains that are not settled count for initial margin up to this, whole dollars
/// @param maxEpochAge seconds since an epoch's price was published after which its arrays carry no new risk
/// @param maxMove share of the price scan range, 1e-9, that the price may have moved since then
/// @param rampPerDay by how much the ceiling of the open interest's ramp may move in a day, 1e-9
struct UnderlyingLimits {
    uint48 gainsCap;
    uint32 maxEpochAge;
    uint32 maxMove;
    uint40 rampPerDay;
}

/// @notice Parameters of all accounts, 1e-9.
/// @param maintenanceRatio maintenance as a share of initial
/// @param crossCredit share of what underlyings offset that is credited
/// @param bufferRatio further share of the maintenance requirement that the buffer margin keeps free
struct AccountParameters {
    uint32 maintenanceRatio;
    uint32 crossCredit;
    uint32 bufferRatio;
}

/// @notice Bounds of all parameters. Mirrored by `clearing/margin/marginParameters.ts` (CLR-20).
library MarginParameters {
    uint256 private constant PPB = 1e9;
    uint256 private constant DOLLARS = type(uint48).max;
    uint256 private constant MAX_EPOCH_AGE = 1 days;
    /// @dev From none to all within 87 seconds.
    uint256 private constant MAX_RAMP_PER_DAY = 1000 * PPB;
    /// @dev At 1 the lowest scenario would have a forward of zero, which no model prices: no option would have an array.
    uint256 private constant MAX_SCAN_RANGE = 0.95e9;

    /// @notice Reverts with `Margin_ParameterOutOfRange` unless every parameter is within its bounds. To be called when they are set:
    /// the requirement does not check them again.
    function check(UnderlyingParameters memory p) internal pure {
        _within("scanRange", p.scanRange, PPB / 1000, MAX_SCAN_RANGE);
        _within("optionMinimumInitial", p.optionMinimumInitial, 0, PPB);
        _within("optionMinimumMaintenance", p.optionMinimumMaintenance, 0, p.optionMinimumInitial);
        _within("perpMinimumInitial", p.perpMinimumInitial, 0, PPB);
        _within("perpMinimumMaintenance", p.perpMinimumMaintenance, 0, p.perpMinimumInitial);
        _within("venueRate", p.venueRate, 0, PPB);
        _within("oracleAllowance", p.oracleAllowance, 0, PPB);
        _within("dailyVolatility", p.dailyVolatility, 0, PPB);
        _within("basisFlat", p.basisFlat, 0, 4 * PPB);
        _within("basisPerYear", p.basisPerYear, 0, 4 * PPB);
        _within("concentrationCap", p.concentrationCap, PPB, 4 * PPB);
        _within("depth", p.depth, 1, DOLLARS);
        _within("openInterestTo", p.openInterestTo, 1, DOLLARS);
        _within("openInterestFrom", p.openInterestFrom, 0, p.openInterestTo - 1);
    }

    /// @notice The same for the limits of an underlying.
    function check(UnderlyingLimits memory l) internal pure {
        _within("maxEpochAge", l.maxEpochAge, 1, MAX_EPOCH_AGE);
        _within("maxMove", l.maxMove, 1, PPB);
        _within("rampPerDay", l.rampPerDay, 1, MAX_RAMP_PER_DAY);
    }

    /// @notice The same for the parameters of all accounts.
    function check(AccountParameters memory p) internal pure {
        _within("maintenanceRatio", p.maintenanceRatio, 1, PPB);
        _within("crossCredit", p.crossCredit, 0, PPB);
        _within("bufferRatio", p.bufferRatio, 0, PPB);
    }

    function _within(string memory field, uint256 found, uint256 least, uint256 most) private pure {
        if (found < least || found > most) revert MarginSettings.Margin_ParameterOutOfRange(field, found, least, most);
    }
}
