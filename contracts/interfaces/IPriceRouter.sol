// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "./IPriceOracle.sol";
import {IPriceSource, NoPrice} from "./IPriceSource.sol";

/// @title One price of many sources
/// @notice Safe if, for every underlying, fewer than `quorum` of its external sources lie at a time and fewer than half
/// of those that have a price, and if no two of its external sources are the same feed in disguise. See `docs/oracle.md`.
///
/// **How a price is fixed.** `update` reads all sources, decides, and stores; reads cost one slot. Computing at every
/// read instead would cost all sources each time, and let one transaction push a feed between two reads and act at
/// both prices. So an underlying's price changes at most once a second of the chain's clock: a transaction sees two
/// at most, the one that was there and the one that it brings, and whoever moves it acts at the one price that everybody
/// has in that second. What the old one is worth until somebody moves it, the reader's bound on its age limits.
///
/// **What a caller can choose.** When `update` runs, and which of the reports not older than the feeds' own limits he
/// pushes to a pull feed or the signed quorum; never which sources count: all are read, a source cannot be starved of
/// gas, the median of three bounds what one pushed report can do, and each source and the result only go forward in time.
/// Who wants newer reports pushes them himself; older ones are dead from then on.
///
/// **What `read` means.** `quorum` external sources vouch that the price is within the confidence, and published no longer
/// ago than the age.
interface IPriceRouter is IPriceOracle {
    /// @param quorum external sources that must agree, at least 2
    /// @param maxDeviationBps what differs by more from the median does not count, of 10,000
    /// @param maxConfidenceBps a source whose interval is wider than this share of its price has no price, of 10,000
    /// @param maxMoveBpsPerMinute a price may be this far from the moving average, for each minute since the last, of 10,000
    /// @param minPriceWad a source below has no price, dollars 1e18; likewise above `maxPriceWad`
    struct Parameters {
        uint8 quorum;
        uint16 maxDeviationBps;
        uint16 maxConfidenceBps;
        uint16 maxMoveBpsPerMinute;
        uint128 minPriceWad;
        uint128 maxPriceWad;
    }

    /// @param heartbeatSeconds a price older than this does not count
    struct SourceTerms {
        IPriceSource source;
        uint32 heartbeatSeconds;
    }

    /// @notice Data for a source that needs it.
    struct Push {
        IPriceSource source;
        bytes data;
    }

    /// @param acceptedAt chain time at which it was stored, unix seconds
    /// @param emaWad moving average of the accepted prices over a minute, dollars 1e18
    struct Price {
        uint128 priceWad;
        uint48 time;
        uint48 acceptedAt;
        uint128 confidenceWad;
        uint128 emaWad;
    }

    event UnderlyingSet(
        bytes16 indexed underlying, Parameters parameters, SourceTerms[] sources, SourceTerms internalSource
    );
    event SequencerSet(address feed, uint32 graceSeconds);
    event PriceAccepted(bytes16 indexed underlying, uint256 priceWad, uint256 confidenceWad, uint256 time);
    event PriceRefused(bytes16 indexed underlying, NoPrice reason);
    event SourceRefused(bytes16 indexed underlying, address indexed source, NoPrice reason);
    event PushFailed(address indexed source);

    error Router_BadParameter(bytes32 name, uint256 value);
    error Router_SourcesNotAscending(address previous, address source);
    error Router_UnknownUnderlying(bytes16 underlying);
    error Router_UnknownSource(address source);
    /// @notice With less, a caller could make a source fail that would have had a price.
    error Router_TooLittleGas(uint256 available, uint256 required);

    /// @notice Sets the parameters and sources of an underlying, replacing all. Role-gated.
    /// @param sources external sources, addresses strictly ascending; at least `quorum`
    /// @param internalSource the protocol's own trades, or zero. It breaks ties and nothing else: where the number of
    /// external prices is even, it says where between the two middle ones the price is. It neither counts for the quorum
    /// nor can it make, stop, date or narrow a price.
    function setUnderlying(
        bytes16 underlying,
        Parameters calldata parameters,
        SourceTerms[] calldata sources,
        SourceTerms calldata internalSource
    ) external;

    /// @notice Sets the uptime feed of a rollup's sequencer. Role-gated.
    /// @param feed an aggregator that answers 0 while the sequencer is up; zero: the chain has none
    /// @param graceSeconds no price is accepted until the sequencer has been up for this long
    function setSequencer(address feed, uint32 graceSeconds) external;

    /// @notice What `update` would say now, and of each source (the internal one last, if there is one).
    /// @return outcome `NONE` if it would store a price
    /// @return reasons why a source would not count
    function preview(bytes16 underlying) external view returns (NoPrice outcome, NoPrice[] memory reasons);

    /// @notice Everything stored about an underlying's price.
    function priceOf(bytes16 underlying) external view returns (Price memory);

    /// @notice What `setUnderlying` set.
    function termsOf(bytes16 underlying)
        external
        view
        returns (Parameters memory parameters, SourceTerms[] memory sources, SourceTerms memory internalSource);
}
