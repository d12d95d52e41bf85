// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";

/// @title An aggregator that believes anyone
/// @notice Test only: for Solidity tests and local chains, where the relayer publishes what its price source says.
contract TestAggregator is IAggregatorV3 {
    struct Round {
        uint80 roundId;
        int256 answer;
        uint256 startedAt;
        uint256 updatedAt;
        uint80 answeredInRound;
    }

    uint8 public immutable decimals;
    Round private _round;
    bool private _reverts;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    /// @notice A new round, answered now.
    function publish(int256 answer) external {
        uint80 roundId = _round.roundId + 1;
        _round = Round(roundId, answer, block.timestamp, block.timestamp, roundId);
    }

    function set(uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) external {
        _round = Round(roundId, answer, startedAt, updatedAt, answeredInRound);
    }

    function setReverts(bool reverts) external {
        _reverts = reverts;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        if (_reverts) revert("No data present");
        return (_round.roundId, _round.answer, _round.startedAt, _round.updatedAt, _round.answeredInRound);
    }
}
