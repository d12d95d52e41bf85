// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What it costs to hold a perpetual, hour by hour
interface IFundingRates {
    error Funding_HourNotOver(uint256 hour, uint256 current);

    /// @notice Rate that the samples of an hour make, for one hour, as a share of the index price, 1e18; longs pay if it is positive.
    /// Zero if the hour has too few samples, or the underlying no terms. It is charged in the hour after.
    /// @dev Reverts for an hour that is not over: its rate may still change.
    /// @param hour unix time / 3600
    function rateOfHour(bytes16 underlying, uint256 hour) external view returns (int256 rateWad);
}
