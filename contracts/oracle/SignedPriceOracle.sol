// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {SignerQuorum} from "./SignerQuorum.sol";

/// @title Prices signed by a quorum
/// @notice A batch `PriceBatch(uint48 time,bytes16[] underlyings,uint128[] pricesWad)`, EIP-712 signed by the
/// quorum of `signers`, is the proof. Anyone may submit it.
/// @dev Safe as long as fewer than a quorum of signers lie. Per underlying the time strictly rises, so an older batch
/// can never bring back an older price.
contract SignedPriceOracle is IPriceOracle, EIP712 {
    struct Price {
        uint128 priceWad;
        uint48 time;
    }

    uint256 public constant MAX_UNDERLYINGS = 64;
    /// @notice How far a batch may be ahead of this chain's clock.
    uint256 public constant MAX_AHEAD_SECONDS = 15;
    bytes32 public constant PRICE_BATCH_TYPEHASH =
        keccak256("PriceBatch(uint48 time,bytes16[] underlyings,uint128[] pricesWad)");

    SignerQuorum public immutable signers;
    /// @notice A batch older than this is refused.
    uint256 public immutable maxAgeSeconds;

    mapping(bytes16 underlying => Price) private _prices;

    event PriceAccepted(bytes16 indexed underlying, uint128 priceWad, uint48 time);

    error Oracle_LengthMismatch(uint256 underlyings, uint256 prices);
    error Oracle_TooManyUnderlyings(uint256 count, uint256 maximum);
    error Oracle_ZeroPrice(bytes16 underlying);
    error Oracle_TimeAhead(uint256 time, uint256 latestAllowed);
    error Oracle_TimeTooOld(uint256 time, uint256 earliestAllowed);

    /// @param signers_ whose quorum signs batches
    /// @param maxAgeSeconds_ batches older than this are refused
    constructor(SignerQuorum signers_, uint256 maxAgeSeconds_) EIP712("CausewayPriceOracle", "1") {
        signers = signers_;
        maxAgeSeconds = maxAgeSeconds_;
    }

    /// @inheritdoc IPriceOracle
    /// @param proof `abi.encode(uint48 time, bytes16[] underlyings, uint128[] pricesWad, bytes[] signatures)`, the
    /// signatures ascending by signer; empty does nothing
    function update(bytes calldata proof) external {
        if (proof.length == 0) return;
        (uint48 time, bytes16[] memory underlyings, uint128[] memory pricesWad, bytes[] memory signatures) =
            abi.decode(proof, (uint48, bytes16[], uint128[], bytes[]));
        _checkTime(time);
        if (underlyings.length != pricesWad.length) {
            revert Oracle_LengthMismatch(underlyings.length, pricesWad.length);
        }
        if (underlyings.length > MAX_UNDERLYINGS) {
            revert Oracle_TooManyUnderlyings(underlyings.length, MAX_UNDERLYINGS);
        }
        signers.check(digest(time, underlyings, pricesWad), signatures);

        for (uint256 i; i < underlyings.length; ++i) {
            if (pricesWad[i] == 0) revert Oracle_ZeroPrice(underlyings[i]);
            if (time <= _prices[underlyings[i]].time) continue;
            _prices[underlyings[i]] = Price(pricesWad[i], time);
            emit PriceAccepted(underlyings[i], pricesWad[i], time);
        }
    }

    /// @inheritdoc IPriceOracle
    function latest(bytes16 underlying) external view returns (uint256 priceWad, uint256 time) {
        Price memory p = _prices[underlying];
        return (p.priceWad, p.time);
    }

    /// @inheritdoc IPriceOracle
    /// @dev A batch carries no confidence.
    function read(bytes16 underlying)
        external
        view
        returns (uint256 priceWad, uint256 confidenceWad, uint256 ageSeconds)
    {
        Price memory p = _prices[underlying];
        return (p.priceWad, 0, block.timestamp > p.time ? block.timestamp - p.time : 0);
    }

    /// @notice EIP-712 digest that the signers sign.
    function digest(uint48 time, bytes16[] memory underlyings, uint128[] memory pricesWad)
        public
        view
        returns (bytes32)
    {
        // Packed encoding pads the elements of an array to 32 bytes, as EIP-712 asks.
        bytes32 hashUnderlyings = keccak256(abi.encodePacked(underlyings));
        bytes32 hashPrices = keccak256(abi.encodePacked(pricesWad));
        return _hashTypedDataV4(keccak256(abi.encode(PRICE_BATCH_TYPEHASH, time, hashUnderlyings, hashPrices)));
    }

    function _checkTime(uint48 time) private view {
        uint256 latestAllowed = block.timestamp + MAX_AHEAD_SECONDS;
        if (time > latestAllowed) revert Oracle_TimeAhead(time, latestAllowed);
        if (time + maxAgeSeconds < block.timestamp) revert Oracle_TimeTooOld(time, block.timestamp - maxAgeSeconds);
    }
}
