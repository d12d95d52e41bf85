// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {Epoch} from "../interfaces/IRiskArrays.sol";
import {EngineState} from "./EngineState.sol";
import {EpochLogic} from "./EpochLogic.sol";
import {EpochMove} from "./EpochMove.sol";
import {MarginSettings} from "./MarginSettings.sol";
import {RiskEntry} from "./RiskEntry.sol";
import {UnderlyingSettings} from "./SettingsLogic.sol";
import {UnderlyingHoldings, UnderlyingMarket} from "./UnderlyingMargin.sol";

/// @notice Prices and risk arrays of the live epochs, read once each, as a margin check needs them.
abstract contract EpochReader is EngineState {
    /// @notice What is known of one underlying in a margin check, read when it is first needed.
    /// @param first the number of its first option, without the generation
    /// @param perChunk of the live epoch, and `places`: once it was found good for the check
    /// @param chunks of the live epoch, as far as read
    /// @param quote Σ quote, 1e-6 dollar
    /// @param marks Σ base · mark of options, 1e-17 of the epoch's price
    /// @param index its place in numbers
    /// @param underlying zero: it has no settings
    /// @param isPriced whether `held` has parameters and market
    /// @param isCurrent whether the epoch was found good, and `held.move` is set
    /// @param expiry the latest whose settlement price was asked for; `settlementWad` that price
    /// @param settledWad Σ base · payoff of options whose settlement price is fixed, dollars, 1e18
    /// @param closing allowance of the perpetual, 1e-8
    struct Position {
        uint256 first;
        uint256 perChunk;
        uint256 places;
        address[24] chunks;
        int256 quote;
        int256 marks;
        UnderlyingHoldings held;
        uint256 index;
        bytes16 underlying;
        uint256 gainsCap;
        bool isPriced;
        bool isCurrent;
        Epoch epoch;
        uint256 expiry;
        uint256 settlementWad;
        int256 settledWad;
        uint256 closing;
    }

    uint256 internal constant ANY_AGE = type(uint256).max;

    /// @notice The live epoch is too old for new risk.
    error Margin_StaleEpoch(bytes16 underlying, uint256 ageSeconds, uint256 maxAgeSeconds);
    /// @notice The price has moved too far from the live epoch's for new risk.
    /// @param maxMove share of the epoch's price, 1e-18
    error Margin_MovedTooFar(bytes16 underlying, uint256 priceWad, uint256 epochWad, uint256 maxMove);
    /// @notice The live epoch has no array of the option, or one that is not good for new risk.
    error Margin_NoArray(uint256 number);
    error Margin_UnknownNumber(uint256 number);
    error Margin_PriceOutOfRange(bytes16 underlying, uint256 found, uint256 most);

    /// @dev Room for the positions of so many exposures; none yet.
    function _roomFor(uint256 count) internal pure returns (Position[] memory positions) {
        // In assembly since Solidity would make all of them at once.
        assembly ("memory-safe") {
            positions := mload(0x40)
            mstore(0x40, add(positions, shl(5, add(count, 1))))
            mstore(positions, 0)
        }
    }

    /// @dev Where in memory the position of an underlying is; zero if there is none.
    function _find(Position[] memory positions, uint256 index) internal pure returns (uint256 found) {
        for (uint256 i; i < positions.length; ++i) {
            Position memory p = positions[i];
            if (p.index != index) continue;
            assembly ("memory-safe") {
                found := p
            }
        }
    }

    /// @dev With what needs no price. The caller has made room.
    function _newPosition(Position[] memory positions, uint256 index) internal view returns (Position memory p) {
        _open(p, index);
        assembly ("memory-safe") {
            let count := add(mload(positions), 1)
            mstore(positions, count)
            mstore(add(positions, shl(5, count)), p)
        }
    }

    function _open(Position memory p, uint256 index) internal view {
        UnderlyingSettings storage s = _settings[index];
        (p.index, p.first) = (index, (index << 10) + 1);
        (p.underlying, p.gainsCap) = (s.underlying, s.gainsCap);
        // Of the market the only part that is in the settings.
        p.held.market.rampPpm = s.rampPpm;
    }

    /// @dev Reads parameters and the rest of the market. The position is open.
    function _price(Position memory p, uint256 maxPriceAge) internal view {
        if (p.isPriced) return;
        p.isPriced = true;
        if (p.underlying == 0) revert MarginSettings.Margin_NoParameters(p.index);
        p.held.parameters = _settings[p.index].parameters;
        (uint256 price, uint256 confidence, uint256 age) = _oracle.read(p.underlying);
        if (price == 0 || age > maxPriceAge) revert IMarginEngine.Margin_StalePrice(p.underlying, age, maxPriceAge);
        if (price > EpochLogic.MAX_PRICE) revert Margin_PriceOutOfRange(p.underlying, price, EpochLogic.MAX_PRICE);
        UnderlyingMarket memory market = p.held.market;
        market.priceWad = uint128(price);
        market.confidenceWad = uint128(confidence < type(uint128).max ? confidence : type(uint128).max);
        market.ageSeconds = uint40(age < type(uint40).max ? age : type(uint40).max);
    }

    /// @dev Has the epoch carry the options of a check: of any age and any distance if prices may be of any age, else young and near.
    function _useEpoch(Position memory p, uint256 maxPriceAge) internal view {
        if (p.isCurrent) return;
        p.isCurrent = true;
        _price(p, maxPriceAge);
        Epoch memory e = p.epoch;
        uint256 price = p.held.market.priceWad;
        if (maxPriceAge != ANY_AGE) {
            UnderlyingSettings storage s = _settings[p.index];
            uint256 age = block.timestamp > e.time ? block.timestamp - e.time : 0;
            if (age > s.maxEpochAge) revert Margin_StaleEpoch(p.underlying, age, s.maxEpochAge);
            if (!EpochLogic.isNear(price, e.priceWad, e.scanRange, s.maxMove)) {
                revert Margin_MovedTooFar(p.underlying, price, e.priceWad, uint256(e.scanRange) * s.maxMove);
            }
        }
        (p.perChunk, p.places) = (e.perChunk, e.places);
        p.held.move = EpochMove.relative(price, e.priceWad);
        // That of the arrays, so that options and perpetual move alike.
        p.held.parameters.scanRange = e.scanRange;
    }

    /// @dev Reads the entry of an option from the live epoch into memory.
    /// @param to where its 144 bytes go
    /// @return header its first word; zero if the epoch has none of this option
    function _readEntry(Position memory p, uint256 number, uint256 to) internal view returns (uint256 header) {
        Epoch memory e = p.epoch;
        if (e.priceWad == 0) {
            e = _epochs.live[p.index].epoch;
            if (e.priceWad == 0) return 0;
            p.epoch = e;
        }
        unchecked {
            uint256 place = InstrumentNumber.place(number) - 1;
            if (place >= e.places) return 0;
            uint256 i = place / e.perChunk;
            address chunk = p.chunks[i];
            if (chunk == address(0)) p.chunks[i] = chunk = _epochs.live[p.index].chunks[i];
            // After the zero byte that a chunk begins with.
            place = place % e.perChunk * RiskEntry.SIZE + 1;
            assembly ("memory-safe") {
                extcodecopy(chunk, to, place, 144)
                header := mload(to)
            }
            (, uint256 expiry, uint256 generation,) = RiskEntry.header(header);
            if (generation != InstrumentNumber.generation(number) || expiry == 0) return 0;
        }
    }

    /// @dev Settlement price of an expiry, zero if it is not fixed.
    function _settlementOf(Position memory p, bytes16 underlying, uint256 expiry) internal view returns (uint256) {
        if (expiry > block.timestamp) return 0;
        if (p.expiry != expiry) {
            p.expiry = expiry;
            p.settlementWad = _expiryPrices.priceOf(underlying, uint40(expiry));
        }
        return p.settlementWad;
    }
}
