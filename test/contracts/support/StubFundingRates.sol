// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IFundingRates} from "../../../contracts/interfaces/IFundingRates.sol";

/// @notice Rates as the test sets them, by hour.
contract StubFundingRates is IFundingRates {
    mapping(bytes16 underlying => mapping(uint256 hour => int256)) private _rates;

    function set(bytes16 underlying, uint256 hour, int256 rateWad) external {
        _rates[underlying][hour] = rateWad;
    }

    function rateOfHour(bytes16 underlying, uint256 hour) external view returns (int256) {
        if (hour >= block.timestamp / 1 hours) revert Funding_HourNotOver(hour, block.timestamp / 1 hours);
        return _rates[underlying][hour];
    }
}
