// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Why there is no price, of a source or of the router. `NONE`: there is one.
/// @dev From `NEVER_PRICED` to `THIN` a source says it of itself; to `UNCERTAIN` the router says it of a source;
/// then what the router says of the sources together. The order is part of the interface.
enum NoPrice {
    NONE,
    /// Nothing was ever published.
    NEVER_PRICED,
    /// A round without an answer of its own.
    INCOMPLETE,
    /// Zero, negative, or too small to be told in 1e18.
    NOT_POSITIVE,
    /// A number that cannot be told in 1e18 (exponent out of range).
    OUT_OF_SCALE,
    /// Too few trades.
    THIN,
    /// The source reverted, ran out of its gas, or returned something else than a reading.
    FAILED,
    /// Outside the underlying's price bounds.
    OUT_OF_BOUNDS,
    /// Published later than the chain's clock allows.
    AHEAD,
    /// Older than the source's heartbeat.
    TOO_OLD,
    /// Confidence interval too wide.
    UNCERTAIN,
    /// Too far from the median.
    DEVIATES,
    /// Fewer sources agree than the quorum.
    BELOW_QUORUM,
    /// An even number of sources, and the two in the middle differ by more than the deviation.
    DISAGREE,
    /// Published no later than the price that is stored.
    NOT_NEWER,
    /// Farther from the moving average than the rate allows.
    TOO_FAST,
    /// The chain's sequencer is down, came back too recently, or its feed cannot be read.
    SEQUENCER
}

/// @title One source of one underlying's price
/// @dev The router calls `read` with a gas bound and reads four words whatever comes back: an implementation may revert.
interface IPriceSource {
    /// @notice What the source says now.
    /// @return priceWad dollars per unit, 1e18
    /// @return confidenceWad half the width of the interval that the source vouches for, dollars 1e18
    /// @return time unix seconds at which the price was published
    /// @return reason why there is no price; the rest is then meaningless
    function read()
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 time, NoPrice reason);

    /// @notice Takes in what the source needs from outside (signed prices, a pull feed's update). Anyone may call.
    /// @dev Reverts if the data is not good; a source that needs none reverts always.
    function push(bytes calldata data) external payable;
}
