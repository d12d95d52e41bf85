// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IPriceSource, NoPrice} from "../../interfaces/IPriceSource.sol";

/// @title Price that a quorum of our signers signed
/// @notice One underlying of a `SignedPriceOracle`. However many signers it has, it is one source: their keys may
/// be in one hand.
contract SignedSource is IPriceSource {
    uint256 private constant BPS = 10_000;

    IPriceOracle public immutable oracle;
    bytes16 public immutable underlying;
    /// @notice What the signers vouch for, of 10,000: a batch carries no confidence of its own.
    uint256 public immutable confidenceBps;

    error Signed_BadConfidence(uint256 confidenceBps);
    error Signed_TakesNoFee(uint256 sent);

    constructor(IPriceOracle oracle_, bytes16 underlying_, uint256 confidenceBps_) {
        if (confidenceBps_ >= BPS) revert Signed_BadConfidence(confidenceBps_);
        oracle = oracle_;
        underlying = underlying_;
        confidenceBps = confidenceBps_;
    }

    /// @inheritdoc IPriceSource
    function read()
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 time, NoPrice reason)
    {
        (priceWad, time) = oracle.latest(underlying);
        if (priceWad == 0) return (0, 0, 0, NoPrice.NEVER_PRICED);
        return (priceWad, (priceWad * confidenceBps + BPS - 1) / BPS, time, NoPrice.NONE);
    }

    /// @inheritdoc IPriceSource
    /// @param data a proof for `SignedPriceOracle.update`
    function push(bytes calldata data) external payable {
        if (msg.value != 0) revert Signed_TakesNoFee(msg.value);
        oracle.update(data);
    }
}
