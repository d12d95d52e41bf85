// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IClearingHub} from "../interfaces/IClearingHub.sol";
import {IFundingRates} from "../interfaces/IFundingRates.sol";
import {SignerQuorum} from "../oracle/SignerQuorum.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentIdLib} from "../types/InstrumentId.sol";
import {FundingMath, FundingParameters} from "./FundingMath.sol";

/// @notice The book of one underlying's perpetual, as signers saw it. Dollars 1e18.
/// @param bidWad price at which a sale of the impact size would execute; zero if the book does not hold as much
/// @param askWad of a purchase; 2^128 − 1 if the book does not hold as much
/// @param indexWad price of the underlying at the same moment
struct BookSample {
    bytes16 underlying;
    uint128 bidWad;
    uint128 askWad;
    uint128 indexWad;
}

/// @title Funding rates
/// @notice Of each hour the mean of its samples, the first of each minute. With a book the EIP-712 signatures of the quorum vouch for a
/// sample and anyone posts it; without one anyone has the pool's position at the hub sampled.
///
/// **What a caller can choose.** Which of the samples signed for a minute counts, if there is more than one, and in which second of a minute a
/// pool is sampled. A sample that is left out is left out for good once a later one is there; too few, and the hour has no rate.
/// @dev Safe as long as fewer than a quorum of signers lie; a lie costs at most the hourly cap. Samples of an hour are taken
/// only while it lasts, so a rate that was charged never changes, but for terms: they apply to every hour that is not yet charged.
contract FundingRates is IFundingRates, AccessManaged, EIP712 {
    /// @param pool account that takes the other side of all trades; zero: there is a book
    struct Terms {
        FundingParameters parameters;
        AccountId pool;
    }

    /// @param sumWad Σ premiums, 1e18
    /// @param minute of the last sample, unix time / 60
    struct Hour {
        int128 sumWad;
        uint40 minute;
        uint8 count;
    }

    uint256 public constant MAX_SAMPLES = 64;
    bytes32 public constant SAMPLE_TYPEHASH =
        keccak256("BookSample(bytes16 underlying,uint128 bidWad,uint128 askWad,uint128 indexWad)");
    bytes32 public constant BATCH_TYPEHASH = keccak256(
        "FundingSamples(uint48 time,BookSample[] samples)BookSample(bytes16 underlying,uint128 bidWad,uint128 askWad,uint128 indexWad)"
    );

    SignerQuorum public immutable signers;
    IClearingHub public immutable hub;
    mapping(bytes16 underlying => Terms) private _terms;
    mapping(bytes16 underlying => mapping(uint256 hour => Hour)) private _hours;

    event TermsSet(bytes16 indexed underlying, FundingParameters parameters, AccountId pool);
    event Sampled(bytes16 indexed underlying, uint256 time, int256 premiumWad);
    /// @notice A sample of a batch says nothing: the underlying has no book here, or the book is crossed or without an index.
    event SampleRefused(bytes16 indexed underlying, uint256 time, BookSample sample);

    error Funding_TooManySamples(uint256 count, uint256 maximum);
    error Funding_TimeAhead(uint256 time, uint256 latestAllowed);
    error Funding_HourOver(uint256 time, uint256 earliestAllowed);
    error Funding_NoPool(bytes16 underlying);

    /// @param manager_ AccessManager; sets the terms
    /// @param signers_ whose quorum signs samples
    /// @param hub_ where pools have their positions
    constructor(address manager_, SignerQuorum signers_, IClearingHub hub_)
        AccessManaged(manager_)
        EIP712("CausewayFundingRates", "1")
    {
        signers = signers_;
        hub = hub_;
    }

    /// @notice Sets how an underlying's rate is made. Role-gated.
    /// @param pool account that takes the other side of all trades; zero: samples come from a book
    function setTerms(bytes16 underlying, FundingParameters calldata parameters, AccountId pool) external restricted {
        FundingMath.check(parameters);
        bool hasPool = AccountId.unwrap(pool) != 0;
        // A scale without a pool would say nothing, a pool without a scale could not be sampled.
        if (hasPool) FundingMath.poolPremium(0, parameters.poolScale, parameters.poolRate);
        _terms[underlying] = Terms(parameters, pool);
        emit TermsSet(underlying, parameters, pool);
    }

    /// @notice Takes in samples that were taken together. Anyone may call. A minute that has a sample keeps it, and one sample
    /// that says nothing does not stop the others.
    /// @param time unix seconds at which the books were read, in the chain's current hour
    /// @param signatures of `digest(time, samples)`, ascending by signer
    function post(uint48 time, BookSample[] calldata samples, bytes[] calldata signatures) external {
        if (samples.length > MAX_SAMPLES) revert Funding_TooManySamples(samples.length, MAX_SAMPLES);
        if (time > block.timestamp) revert Funding_TimeAhead(time, block.timestamp);
        uint256 earliest = block.timestamp / 1 hours * 1 hours;
        if (time < earliest) revert Funding_HourOver(time, earliest);
        signers.check(digest(time, samples), signatures);
        for (uint256 i; i < samples.length; ++i) {
            BookSample calldata s = samples[i];
            if (!_hasBook(s.underlying) || !FundingMath.isBook(s.bidWad, s.askWad, s.indexWad)) {
                emit SampleRefused(s.underlying, time, s);
            } else {
                _add(s.underlying, time, FundingMath.premium(s.bidWad, s.askWad, s.indexWad));
            }
        }
    }

    /// @notice Samples pools now. Anyone may call. A minute that has a sample keeps it.
    function samplePools(bytes16[] calldata underlyings) external {
        for (uint256 i; i < underlyings.length; ++i) {
            Terms storage t = _terms[underlyings[i]];
            if (AccountId.unwrap(t.pool) == 0) revert Funding_NoPool(underlyings[i]);
            int256 base = hub.positionOf(t.pool, InstrumentIdLib.perpetual(underlyings[i])).base;
            FundingParameters memory p = t.parameters;
            _add(underlyings[i], block.timestamp, FundingMath.poolPremium(-base, p.poolScale, p.poolRate));
        }
    }

    /// @inheritdoc IFundingRates
    function rateOfHour(bytes16 underlying, uint256 hour) external view returns (int256 rateWad) {
        uint256 current = block.timestamp / 1 hours;
        if (hour >= current) revert Funding_HourNotOver(hour, current);
        Hour storage h = _hours[underlying][hour];
        FundingParameters memory p = _terms[underlying].parameters;
        // Without terms the cap is zero.
        if (p.hourlyCap == 0) return 0;
        return FundingMath.rateOfHour(h.sumWad, h.count, p);
    }

    /// @notice Terms of an underlying; all zero if it has none.
    function termsOf(bytes16 underlying) external view returns (FundingParameters memory parameters, AccountId pool) {
        Terms storage t = _terms[underlying];
        return (t.parameters, t.pool);
    }

    /// @notice What an hour has so far: Σ premiums, 1e18, how many samples, and the minute of the last.
    function samplesOf(bytes16 underlying, uint256 hour)
        external
        view
        returns (int256 sumWad, uint256 count, uint256 minute)
    {
        Hour storage h = _hours[underlying][hour];
        return (h.sumWad, h.count, h.minute);
    }

    /// @notice EIP-712 digest that the signers sign.
    function digest(uint48 time, BookSample[] calldata samples) public view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](samples.length);
        for (uint256 i; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(SAMPLE_TYPEHASH, samples[i]));
        }
        return _hashTypedDataV4(
            keccak256(abi.encode(BATCH_TYPEHASH, time, keccak256(abi.encodePacked(hashes))))
        );
    }

    function _hasBook(bytes16 underlying) private view returns (bool) {
        Terms storage t = _terms[underlying];
        return t.parameters.hourlyCap != 0 && AccountId.unwrap(t.pool) == 0;
    }

    function _add(bytes16 underlying, uint256 time, int256 premiumWad) private {
        Hour storage h = _hours[underlying][time / 1 hours];
        uint40 minute = uint40(time / 1 minutes);
        if (minute <= h.minute) return;
        h.minute = minute;
        h.sumWad += int128(premiumWad);
        h.count += 1;
        emit Sampled(underlying, time, premiumWad);
    }
}
