// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IPricingModel, Slice} from "../interfaces/IPricingModel.sol";
import {ISurfaceBook} from "../interfaces/ISurfaceBook.sol";
import {SignerQuorum} from "./SignerQuorum.sol";

/// @notice How one expiry's options are priced, as signers say it.
/// @param expiry unix seconds
/// @param forwardRatioWad forward as a share of the spot, 1e18; discount likewise of a dollar at expiry
/// @param parameters as the model encodes them, for the time from the surface's publication to the expiry in years of
/// 31,536,000 s, 1e18, rounded down; empty: remove the expiry
struct SurfaceSlice {
    uint40 expiry;
    uint64 forwardRatioWad;
    uint64 discountWad;
    bytes parameters;
}

/// @notice Slices of an underlying that were published together.
/// @param model that the parameters are for
/// @param time unix seconds of publication
/// @param slices not necessarily all that there are; of an expiry named twice the last counts
struct Surface {
    bytes16 underlying;
    IPricingModel model;
    uint48 time;
    SurfaceSlice[] slices;
}

/// @title Volatility surfaces signed by a quorum
/// @notice Per underlying a pricing model, chosen by a role, and slices for at most 64 expiries. Anyone posts a surface with the EIP-712
/// signatures of the quorum. It is taken as a whole or not at all: only if each of its slices passes the model's `check` between the
/// expiries before and after it, as they are then. So where a whole surface moves, no order of slices can be in the way.
///
/// **What a caller can choose.** When, and which of the signed surfaces that are newer than the last; older ones are dead from
/// then on. The age of what is used tells, and has a maximum.
/// @dev Safe as long as fewer than a quorum of signers lie: `check` finds contradictions, not lies. Slices that are too old to be
/// used are no neighbours; younger ones are taken as they were posted, though less time is left: their age bounds the error.
contract SurfaceBook is ISurfaceBook, AccessManaged, EIP712 {
    /// @param parameters never empty
    struct Posted {
        uint48 time;
        uint64 forwardRatioWad;
        uint64 discountWad;
        bytes parameters;
    }

    /// @param time of the last surface
    /// @param expiries ascending; those that are over, or too old to be used, leave with the next surface
    struct Book {
        IPricingModel model;
        uint32 maxAgeSeconds;
        uint48 time;
        uint40[] expiries;
        mapping(uint40 expiry => Posted) slices;
    }

    uint256 public constant MAX_EXPIRIES = 64;
    uint256 public constant MAX_PARAMETERS_LENGTH = 1_024;
    /// @notice Forward and discount are at least this, and at most its inverse: what is farther off is a slip.
    uint256 public constant MIN_RATIO_WAD = 0.1e18;
    uint256 public constant MAX_RATIO_WAD = 10e18;
    /// @notice Forward times discount is at most this: what deep calls gain when the price triples, twice as much, fits an entry of a risk
    /// array, 2^31 · 1e-9 (`RiskArray`). With cash and carry the product is near 1.
    uint256 public constant MAX_PRODUCT_WAD = 1.07e18;
    bytes32 public constant SLICE_TYPEHASH =
        keccak256("SurfaceSlice(uint40 expiry,uint64 forwardRatioWad,uint64 discountWad,bytes parameters)");
    bytes32 public constant SURFACE_TYPEHASH = keccak256(
        "Surface(bytes16 underlying,address model,uint48 time,SurfaceSlice[] slices)SurfaceSlice(uint40 expiry,uint64 forwardRatioWad,uint64 discountWad,bytes parameters)"
    );
    uint256 private constant YEAR_SECONDS = 31_536_000;

    SignerQuorum public immutable signers;
    mapping(bytes16 underlying => Book) private _books;

    event ModelSet(bytes16 indexed underlying, IPricingModel model, uint32 maxAgeSeconds);
    event SlicePosted(
        bytes16 indexed underlying,
        uint40 indexed expiry,
        uint48 time,
        uint64 forwardRatioWad,
        uint64 discountWad,
        bytes parameters
    );
    event SliceRemoved(bytes16 indexed underlying, uint40 indexed expiry);

    error Surface_BadMaxAge(uint256 maxAgeSeconds);
    error Surface_OtherModel(IPricingModel found, IPricingModel expected);
    error Surface_TimeAhead(uint256 time, uint256 latestAllowed);
    error Surface_NotNewer(uint256 time, uint256 last);
    error Surface_RatioOutOfRange(uint256 expiry, uint256 forwardRatioWad, uint256 discountWad);
    error Surface_ParametersTooLong(uint256 expiry, uint256 length, uint256 maximum);
    error Surface_TooManyExpiries(uint256 count, uint256 maximum);

    /// @param manager_ AccessManager; chooses the models
    /// @param signers_ whose quorum signs surfaces
    constructor(address manager_, SignerQuorum signers_)
        AccessManaged(manager_)
        EIP712("CausewaySurfaceBook", "1")
    {
        signers = signers_;
    }

    /// @notice Chooses the model of an underlying and how old a slice may be. Role-gated. With another model all slices
    /// go: their parameters mean nothing to it.
    /// @param model zero: no options on this underlying
    /// @param maxAgeSeconds a slice older than this is none
    function setModel(bytes16 underlying, IPricingModel model, uint32 maxAgeSeconds) external restricted {
        if (maxAgeSeconds == 0) revert Surface_BadMaxAge(maxAgeSeconds);
        Book storage book = _books[underlying];
        if (book.model != model) {
            for (uint256 i; i < book.expiries.length; ++i) {
                _remove(book, underlying, book.expiries[i]);
            }
            delete book.expiries;
        }
        book.model = model;
        book.maxAgeSeconds = maxAgeSeconds;
        emit ModelSet(underlying, model, maxAgeSeconds);
    }

    /// @notice Takes a surface in. Anyone may call. Slices of expiries that are over are passed over.
    /// @dev Reverts, and leaves everything as it was, if anything is wrong with it; with the model's own error if a slice is refused.
    /// @param signatures ascending by signer
    function post(Surface calldata surface, bytes[] calldata signatures) external {
        Book storage book = _books[surface.underlying];
        if (surface.model != book.model || address(book.model) == address(0)) {
            revert Surface_OtherModel(surface.model, book.model);
        }
        if (surface.time > block.timestamp) revert Surface_TimeAhead(surface.time, block.timestamp);
        if (surface.time <= book.time) revert Surface_NotNewer(surface.time, book.time);
        signers.check(digest(surface), signatures);

        book.time = surface.time;
        uint40[] memory expiries = _apply(book, surface);
        book.expiries = expiries;
        for (uint256 i; i < expiries.length; ++i) {
            if (book.slices[expiries[i]].time != surface.time) continue;
            Slice memory before = i == 0 ? Slice(0, "") : _sliceAt(book, expiries, i - 1);
            surface.model.check(_sliceAt(book, expiries, i), before, _sliceAt(book, expiries, i + 1));
        }
    }

    /// @inheritdoc ISurfaceBook
    function sliceOf(bytes16 underlying, uint40 expiry)
        external
        view
        returns (
            IPricingModel model,
            uint256 forwardRatioWad,
            uint256 discountWad,
            uint256 time,
            bytes memory parameters
        )
    {
        Book storage book = _books[underlying];
        if (!_isUsable(book, expiry)) return (IPricingModel(address(0)), 0, 0, 0, "");
        Posted storage slice = book.slices[expiry];
        return (book.model, slice.forwardRatioWad, slice.discountWad, slice.time, slice.parameters);
    }

    /// @notice Model of an underlying, how old its slices may be, when the last surface was published, and of which expiries there
    /// are slices, usable or not.
    function bookOf(bytes16 underlying)
        external
        view
        returns (IPricingModel model, uint32 maxAgeSeconds, uint48 time, uint40[] memory expiries)
    {
        Book storage book = _books[underlying];
        return (book.model, book.maxAgeSeconds, book.time, book.expiries);
    }

    /// @notice EIP-712 digest that the signers sign.
    function digest(Surface calldata surface) public view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](surface.slices.length);
        for (uint256 i; i < hashes.length; ++i) {
            SurfaceSlice calldata s = surface.slices[i];
            hashes[i] = keccak256(
                abi.encode(SLICE_TYPEHASH, s.expiry, s.forwardRatioWad, s.discountWad, keccak256(s.parameters))
            );
        }
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    SURFACE_TYPEHASH,
                    surface.underlying,
                    surface.model,
                    surface.time,
                    keccak256(abi.encodePacked(hashes))
                )
            )
        );
    }

    /// @dev Drops what may not be used any more, then stores and removes as the surface says; the expiries that there are then.
    function _apply(Book storage book, Surface calldata surface) private returns (uint40[] memory expiries) {
        uint40[] memory known = book.expiries;
        expiries = new uint40[](known.length + surface.slices.length);
        uint256 count;
        for (uint256 i; i < known.length; ++i) {
            if (_isUsable(book, known[i])) expiries[count++] = known[i];
            else _remove(book, surface.underlying, known[i]);
        }
        for (uint256 i; i < surface.slices.length; ++i) {
            SurfaceSlice calldata slice = surface.slices[i];
            if (slice.expiry <= block.timestamp) continue;
            bool isKnown = book.slices[slice.expiry].time != 0;
            if (slice.parameters.length != 0) {
                if (!isKnown) _insert(expiries, count++, slice.expiry);
                _store(book, surface, slice);
            } else if (isKnown) {
                _takeOut(expiries, count--, slice.expiry);
                _remove(book, surface.underlying, slice.expiry);
            }
        }
        if (count > MAX_EXPIRIES) revert Surface_TooManyExpiries(count, MAX_EXPIRIES);
        assembly ("memory-safe") {
            mstore(expiries, count)
        }
    }

    function _store(Book storage book, Surface calldata surface, SurfaceSlice calldata slice) private {
        bool fits = uint256(slice.forwardRatioWad) * slice.discountWad <= MAX_PRODUCT_WAD * 1e18;
        if (!_isRatio(slice.forwardRatioWad) || !_isRatio(slice.discountWad) || !fits) {
            revert Surface_RatioOutOfRange(slice.expiry, slice.forwardRatioWad, slice.discountWad);
        }
        if (slice.parameters.length > MAX_PARAMETERS_LENGTH) {
            revert Surface_ParametersTooLong(slice.expiry, slice.parameters.length, MAX_PARAMETERS_LENGTH);
        }
        book.slices[slice.expiry] =
            Posted(surface.time, slice.forwardRatioWad, slice.discountWad, slice.parameters);
        emit SlicePosted(
            surface.underlying,
            slice.expiry,
            surface.time,
            slice.forwardRatioWad,
            slice.discountWad,
            slice.parameters
        );
    }

    function _remove(Book storage book, bytes16 underlying, uint40 expiry) private {
        delete book.slices[expiry];
        emit SliceRemoved(underlying, expiry);
    }

    /// @dev None before the first and after the last.
    function _sliceAt(Book storage book, uint40[] memory expiries, uint256 i) private view returns (Slice memory) {
        if (i >= expiries.length) return Slice(0, "");
        Posted storage posted = book.slices[expiries[i]];
        uint256 leftSeconds = expiries[i] - posted.time;
        return Slice(leftSeconds * 1e18 / YEAR_SECONDS, posted.parameters);
    }

    /// @dev What is stored was not published later than now.
    function _isUsable(Book storage book, uint40 expiry) private view returns (bool) {
        uint256 time = book.slices[expiry].time;
        return time != 0 && block.timestamp < expiry && block.timestamp - time <= book.maxAgeSeconds;
    }

    function _isRatio(uint256 ratioWad) private pure returns (bool) {
        return ratioWad >= MIN_RATIO_WAD && ratioWad <= MAX_RATIO_WAD;
    }

    /// @dev Into the first `count`, which ascend.
    function _insert(uint40[] memory sorted, uint256 count, uint40 value) private pure {
        while (count != 0 && sorted[count - 1] > value) {
            sorted[count] = sorted[count - 1];
            count -= 1;
        }
        sorted[count] = value;
    }

    /// @dev Out of the first `count`, of which it is one.
    function _takeOut(uint40[] memory sorted, uint256 count, uint40 value) private pure {
        uint256 i;
        while (sorted[i] != value) ++i;
        for (; i + 1 < count; ++i) {
            sorted[i] = sorted[i + 1];
        }
    }
}
