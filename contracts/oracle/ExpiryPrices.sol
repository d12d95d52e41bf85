// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHub} from "../interfaces/IClearingHub.sol";
import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";

/// @title Settlement prices of expiries
/// @notice Arithmetic mean, rounded down, of the hub's oracle's prices: one a minute over the 30 minutes before expiry. One slot
/// for each expiry of an underlying. `clearing/oracle/expiryMean.ts` mirrors it (CLR-20).
/// @dev The oracle is asked of the hub each time, so that what was fixed outlives a change of oracle. The oracle's own
/// rules are the only ones for a price: what it accepted counts, whatever its confidence.
contract ExpiryPrices is IExpiryPrices {
    using SafeCast for uint256;

    uint256 public constant MINUTE = 60;
    uint256 public constant WINDOW_MINUTES = 30;
    uint256 public constant MIN_SAMPLES = 20;
    uint256 private constant WINDOW = WINDOW_MINUTES * MINUTE;

    IClearingHub public immutable hub;

    mapping(bytes16 underlying => mapping(uint40 expiry => Mean)) private _means;

    /// @param hub_ whose oracle's prices count
    constructor(IClearingHub hub_) {
        hub = hub_;
    }

    /// @inheritdoc IExpiryPrices
    function sample(bytes16 underlying, uint40 expiry) external {
        _sample(underlying, expiry);
    }

    /// @inheritdoc IExpiryPrices
    function fix(bytes16 underlying, uint40 expiry) external returns (uint256 priceWad) {
        if (block.timestamp < expiry + MINUTE) revert Expiry_TooEarly(block.timestamp, expiry + MINUTE);
        Mean memory mean = _sample(underlying, expiry);
        if (mean.samples < MIN_SAMPLES) revert Expiry_TooFewSamples(mean.samples, MIN_SAMPLES);
        priceWad = mean.priceSumWad / mean.samples;
        if (mean.isFixed) return priceWad;
        _means[underlying][expiry].isFixed = true;
        emit PriceFixed(underlying, expiry, priceWad, mean.samples);
    }

    /// @inheritdoc IExpiryPrices
    function priceOf(bytes16 underlying, uint40 expiry) external view returns (uint256 priceWad) {
        Mean memory mean = _means[underlying][expiry];
        return mean.isFixed ? mean.priceSumWad / mean.samples : 0;
    }

    /// @inheritdoc IExpiryPrices
    function meanOf(bytes16 underlying, uint40 expiry) external view returns (Mean memory) {
        return _means[underlying][expiry];
    }

    function _sample(bytes16 underlying, uint40 expiry) private returns (Mean memory mean) {
        if (expiry < WINDOW) revert Expiry_None(expiry);
        mean = _means[underlying][expiry];
        if (mean.isFixed) return mean;
        (uint256 priceWad, uint256 time) = hub.oracle().latest(underlying);
        uint256 start = expiry - WINDOW;
        if (priceWad == 0 || time < start) return mean;
        uint256 minute = (time - start) / MINUTE;
        if (minute < mean.nextMinute) return mean;
        if (minute >= WINDOW_MINUTES && mean.samples >= MIN_SAMPLES) return mean;
        mean.priceSumWad = (mean.priceSumWad + priceWad).toUint144();
        mean.samples += 1;
        mean.nextMinute = (minute + 1).toUint40();
        _means[underlying][expiry] = mean;
        emit PriceSampled(underlying, expiry, priceWad, minute);
    }
}
