// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What Chainlink's price feeds, and those shaped like them, answer; a sequencer's uptime feed too
interface IAggregatorV3 {
    /// @notice Digits after the point of an answer.
    function decimals() external view returns (uint8);

    /// @return roundId the round that is asked about
    /// @return answer price; of an uptime feed 0 for up, 1 for down
    /// @return startedAt unix seconds; of an uptime feed since when the answer holds, zero if it was never set
    /// @return updatedAt unix seconds of the answer, zero while the round has none
    /// @return answeredInRound the round in which the answer was computed
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
