// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPriceRouter} from "../interfaces/IPriceRouter.sol";
import {IPriceSource, NoPrice} from "../interfaces/IPriceSource.sol";
import {BoundedRead} from "./BoundedRead.sol";
import {Decision, PriceRules, Reading} from "./PriceRules.sol";

/// @title One price of many sources
/// @notice Asks all sources of an underlying, lets `PriceRules` decide, and stores what is accepted. Below quorum, in
/// disagreement, or where any rule fails, nothing is stored: the last price ages, and whoever reads it sees its age. As soon
/// as the sources agree again the next `update` goes on; nobody has to reset anything.
contract PriceRouter is IPriceRouter, AccessManaged {
    uint256 public constant MAX_SOURCES = 8;
    /// @notice Above this a source that "agrees" says nothing.
    uint256 public constant MAX_DEVIATION_BPS = 1_000;

    /// @dev Small parameters and the internal source share a slot.
    struct Terms {
        IPriceSource internalSource;
        uint32 internalHeartbeat;
        uint8 quorum;
        uint16 maxDeviationBps;
        uint16 maxConfidenceBps;
        uint16 maxMoveBpsPerMinute;
        uint128 minPriceWad;
        uint128 maxPriceWad;
        SourceTerms[] sources;
    }

    address public sequencerFeed;
    uint32 public sequencerGraceSeconds;
    /// @notice In how many places a source is listed; only listed ones are pushed to.
    mapping(IPriceSource source => uint256) public listings;

    mapping(bytes16 underlying => Price) private _prices;
    mapping(bytes16 underlying => Terms) private _terms;

    /// @param manager_ AccessManager; sets underlyings and the sequencer's feed
    constructor(address manager_) AccessManaged(manager_) {}

    /// @inheritdoc IPriceRouter
    function setUnderlying(
        bytes16 underlying,
        Parameters calldata parameters,
        SourceTerms[] calldata sources,
        SourceTerms calldata internalSource
    ) external restricted {
        _validate(parameters, sources, internalSource);
        Terms storage t = _terms[underlying];
        for (uint256 i; i < t.sources.length; ++i) {
            listings[t.sources[i].source] -= 1;
        }
        if (address(t.internalSource) != address(0)) listings[t.internalSource] -= 1;

        delete t.sources;
        for (uint256 i; i < sources.length; ++i) {
            t.sources.push(sources[i]);
            listings[sources[i].source] += 1;
        }
        if (address(internalSource.source) != address(0)) listings[internalSource.source] += 1;
        t.internalSource = internalSource.source;
        t.internalHeartbeat = internalSource.heartbeatSeconds;
        t.quorum = parameters.quorum;
        t.maxDeviationBps = parameters.maxDeviationBps;
        t.maxConfidenceBps = parameters.maxConfidenceBps;
        t.maxMoveBpsPerMinute = parameters.maxMoveBpsPerMinute;
        t.minPriceWad = parameters.minPriceWad;
        t.maxPriceWad = parameters.maxPriceWad;
        emit UnderlyingSet(underlying, parameters, sources, internalSource);
    }

    /// @inheritdoc IPriceRouter
    function setSequencer(address feed, uint32 graceSeconds) external restricted {
        sequencerFeed = feed;
        sequencerGraceSeconds = graceSeconds;
        emit SequencerSet(feed, graceSeconds);
    }

    /// @inheritdoc IPriceOracle
    /// @param proof `abi.encode(bytes16[] underlyings, Push[] pushes)`: what to decide anew, and before that what to tell
    /// sources; empty does nothing. A push that fails is told by an event and leaves the source as it was. A source that
    /// takes a fee is pushed to directly, with the fee: the hub passes none on.
    function update(bytes calldata proof) external {
        if (proof.length == 0) return;
        (bytes16[] memory underlyings, Push[] memory pushes) = abi.decode(proof, (bytes16[], Push[]));
        for (uint256 i; i < pushes.length; ++i) {
            _push(pushes[i]);
        }
        // Nothing below calls out but by static calls: what re-entered above is over.
        bool up = _sequencerIsUp();
        for (uint256 i; i < underlyings.length; ++i) {
            _update(underlyings[i], up);
        }
    }

    /// @inheritdoc IPriceOracle
    function latest(bytes16 underlying) external view returns (uint256 priceWad, uint256 time) {
        Price storage p = _prices[underlying];
        return (p.priceWad, p.time);
    }

    /// @inheritdoc IPriceOracle
    function read(bytes16 underlying)
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 ageSeconds)
    {
        Price storage p = _prices[underlying];
        uint256 time = p.time;
        return (p.priceWad, p.confidenceWad, block.timestamp > time ? block.timestamp - time : 0);
    }

    /// @inheritdoc IPriceRouter
    function preview(bytes16 underlying) external view returns (NoPrice outcome, NoPrice[] memory reasons) {
        Terms storage t = _termsOf(underlying);
        (Decision memory d, Reading[] memory readings, Reading memory internalReading) = _decide(t);
        bool hasInternal = address(t.internalSource) != address(0);
        reasons = new NoPrice[](readings.length + (hasInternal ? 1 : 0));
        for (uint256 i; i < readings.length; ++i) {
            reasons[i] = readings[i].reason;
        }
        if (hasInternal) reasons[readings.length] = internalReading.reason;
        if (!_sequencerIsUp()) return (NoPrice.SEQUENCER, reasons);
        if (d.reason != NoPrice.NONE) return (d.reason, reasons);
        return (PriceRules.follows(_prices[underlying], d, t.maxMoveBpsPerMinute), reasons);
    }

    /// @inheritdoc IPriceRouter
    function priceOf(bytes16 underlying) external view returns (Price memory) {
        return _prices[underlying];
    }

    /// @inheritdoc IPriceRouter
    function termsOf(bytes16 underlying)
        external
        view
        returns (Parameters memory parameters, SourceTerms[] memory sources, SourceTerms memory internalSource)
    {
        Terms storage t = _termsOf(underlying);
        return (_parameters(t), t.sources, SourceTerms(t.internalSource, t.internalHeartbeat));
    }

    function _push(Push memory p) private {
        if (listings[p.source] == 0) revert Router_UnknownSource(address(p.source));
        bytes memory message = abi.encodeCall(IPriceSource.push, (p.data));
        address target = address(p.source);
        bool ok;
        assembly ("memory-safe") {
            // Nothing is copied back.
            ok := call(gas(), target, 0, add(message, 0x20), mload(message), 0, 0)
        }
        if (!ok) emit PushFailed(target);
    }

    function _update(bytes16 underlying, bool sequencerIsUp) private {
        Terms storage t = _termsOf(underlying);
        Price memory last = _prices[underlying];
        // One price a second: nobody acts at two in one transaction.
        if (last.acceptedAt == block.timestamp) return;
        if (!sequencerIsUp) {
            emit PriceRefused(underlying, NoPrice.SEQUENCER);
            return;
        }
        (Decision memory d, Reading[] memory readings, Reading memory internalReading) = _decide(t);
        for (uint256 i; i < readings.length; ++i) {
            _reportRefused(underlying, t.sources[i].source, readings[i].reason);
        }
        if (address(t.internalSource) != address(0)) {
            _reportRefused(underlying, t.internalSource, internalReading.reason);
        }
        if (d.reason == NoPrice.NONE) d.reason = PriceRules.follows(last, d, t.maxMoveBpsPerMinute);
        if (d.reason != NoPrice.NONE) {
            emit PriceRefused(underlying, d.reason);
            return;
        }
        // Bounds and deviation keep all of it far below the types' limits.
        _prices[underlying] = Price({
            priceWad: uint128(d.priceWad),
            time: uint48(d.time),
            acceptedAt: uint48(block.timestamp),
            confidenceWad: uint128(d.confidenceWad),
            emaWad: uint128(PriceRules.nextEma(last, d))
        });
        emit PriceAccepted(underlying, d.priceWad, d.confidenceWad, d.time);
    }

    function _decide(Terms storage t)
        private
        view
        returns (Decision memory d, Reading[] memory readings, Reading memory internalReading)
    {
        Parameters memory p = _parameters(t);
        readings = new Reading[](t.sources.length);
        for (uint256 i; i < readings.length; ++i) {
            readings[i] = _readSource(t.sources[i].source, t.sources[i].heartbeatSeconds, p);
        }
        internalReading.reason = NoPrice.NEVER_PRICED;
        if (address(t.internalSource) != address(0)) {
            internalReading = _readSource(t.internalSource, t.internalHeartbeat, p);
        }
        d = PriceRules.combine(readings, internalReading, p.quorum, p.maxDeviationBps);
    }

    function _readSource(IPriceSource source, uint256 heartbeat, Parameters memory p)
        private
        view
        returns (Reading memory r)
    {
        r = BoundedRead.source(source);
        r.reason = PriceRules.screen(r, p, heartbeat, block.timestamp);
    }

    function _reportRefused(bytes16 underlying, IPriceSource source, NoPrice reason) private {
        if (reason != NoPrice.NONE) emit SourceRefused(underlying, address(source), reason);
    }

    function _sequencerIsUp() private view returns (bool) {
        address feed = sequencerFeed;
        return feed == address(0) || BoundedRead.sequencerIsUp(feed, sequencerGraceSeconds);
    }

    function _termsOf(bytes16 underlying) private view returns (Terms storage t) {
        t = _terms[underlying];
        if (t.quorum == 0) revert Router_UnknownUnderlying(underlying);
    }

    function _parameters(Terms storage t) private view returns (Parameters memory) {
        return Parameters(
            t.quorum,
            t.maxDeviationBps,
            t.maxConfidenceBps,
            t.maxMoveBpsPerMinute,
            t.minPriceWad,
            t.maxPriceWad
        );
    }

    function _validate(
        Parameters calldata p,
        SourceTerms[] calldata sources,
        SourceTerms calldata internalSource
    ) private pure {
        uint256 count = sources.length + (address(internalSource.source) == address(0) ? 0 : 1);
        if (count > MAX_SOURCES) revert Router_BadParameter("sources", count);
        // One source alone never makes a price.
        if (p.quorum < 2 || p.quorum > sources.length) revert Router_BadParameter("quorum", p.quorum);
        if (p.maxDeviationBps == 0 || p.maxDeviationBps > MAX_DEVIATION_BPS) {
            revert Router_BadParameter("maxDeviationBps", p.maxDeviationBps);
        }
        if (p.maxConfidenceBps == 0 || p.maxConfidenceBps > PriceRules.BPS) {
            revert Router_BadParameter("maxConfidenceBps", p.maxConfidenceBps);
        }
        if (p.maxMoveBpsPerMinute == 0 || p.maxMoveBpsPerMinute > PriceRules.BPS) {
            revert Router_BadParameter("maxMoveBpsPerMinute", p.maxMoveBpsPerMinute);
        }
        if (p.minPriceWad == 0) revert Router_BadParameter("minPriceWad", 0);
        // Half of the type, so that a price with its confidence fits it too.
        if (p.maxPriceWad < p.minPriceWad || p.maxPriceWad > type(uint128).max / 2) {
            revert Router_BadParameter("maxPriceWad", p.maxPriceWad);
        }
        if (address(internalSource.source) != address(0) && internalSource.heartbeatSeconds == 0) {
            revert Router_BadParameter("internalHeartbeat", 0);
        }
        address previous;
        for (uint256 i; i < sources.length; ++i) {
            address source = address(sources[i].source);
            // Ascending, so that none counts twice.
            if (source <= previous) revert Router_SourcesNotAscending(previous, source);
            if (source == address(internalSource.source)) revert Router_BadParameter("internalSource", uint160(source));
            if (sources[i].heartbeatSeconds == 0) revert Router_BadParameter("heartbeatSeconds", i);
            previous = source;
        }
    }
}
