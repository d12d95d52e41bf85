// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../interfaces/IAggregatorV3.sol";
import {IPriceSource, NoPrice} from "../../interfaces/IPriceSource.sol";

/// @title Price of a Chainlink-style aggregator
/// @notice Such a feed publishes when the price has moved by its deviation threshold, or its heartbeat is over. In between
/// the market is anywhere within the threshold: that is its confidence.
contract AggregatorSource is IPriceSource {
    uint256 private constant BPS = 10_000;
    uint8 private constant MAX_DECIMALS = 36;

    IAggregatorV3 public immutable aggregator;
    /// @notice The feed's deviation threshold, of 10,000.
    uint256 public immutable thresholdBps;
    uint256 private immutable _multiplier;
    uint256 private immutable _divisor;

    error Aggregator_TakesNothing();
    error Aggregator_BadThreshold(uint256 thresholdBps);
    error Aggregator_TooManyDecimals(uint8 decimals, uint8 maximum);

    /// @param aggregator_ a feed in dollars. Its decimals are read once: a feed that changes them is another feed, and
    /// what it says until it is replaced is far out of bounds and of the median
    /// @param thresholdBps_ the feed's deviation threshold, of 10,000
    constructor(IAggregatorV3 aggregator_, uint256 thresholdBps_) {
        if (thresholdBps_ >= BPS) revert Aggregator_BadThreshold(thresholdBps_);
        uint8 decimals = aggregator_.decimals();
        if (decimals > MAX_DECIMALS) revert Aggregator_TooManyDecimals(decimals, MAX_DECIMALS);
        aggregator = aggregator_;
        thresholdBps = thresholdBps_;
        _multiplier = decimals < 18 ? 10 ** (18 - decimals) : 1;
        _divisor = decimals > 18 ? 10 ** (decimals - 18) : 1;
    }

    /// @inheritdoc IPriceSource
    function read()
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 time, NoPrice reason)
    {
        (uint80 roundId, int256 answer,, uint256 updatedAt, uint80 answeredInRound) = aggregator.latestRoundData();
        if (roundId == 0) return (0, 0, 0, NoPrice.NEVER_PRICED);
        // An answer carried over from an earlier round is as old as that round, whatever its time says.
        if (updatedAt == 0 || answeredInRound < roundId) return (0, 0, 0, NoPrice.INCOMPLETE);
        if (answer > type(int128).max) return (0, 0, 0, NoPrice.OUT_OF_SCALE);
        if (answer > 0) priceWad = uint256(answer) * _multiplier / _divisor;
        if (priceWad == 0) return (0, 0, 0, NoPrice.NOT_POSITIVE);
        return (priceWad, (priceWad * thresholdBps + BPS - 1) / BPS, updatedAt, NoPrice.NONE);
    }

    /// @inheritdoc IPriceSource
    function push(bytes calldata) external payable {
        revert Aggregator_TakesNothing();
    }
}
