// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IInstrumentRegistry, InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ISurfaceBook} from "../interfaces/ISurfaceBook.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {EpochMove} from "./EpochMove.sol";
import {EpochReader} from "./EpochReader.sol";
import {Assessment, Exposure, IMarginEngine, OptionReference} from "../interfaces/IMarginEngine.sol";
import {AccountParameters} from "./MarginParameters.sol";
import {MarginSettings} from "./MarginSettings.sol";
import {OptionArray} from "./OptionArray.sol";
import {PlainOptions} from "./PlainOptions.sol";
import {PortfolioMargin, PortfolioRequirement} from "./PortfolioMargin.sol";
import {RiskArray} from "./RiskArray.sol";
import {RiskArrays} from "./RiskArrays.sol";
import {RiskBook} from "./RiskBook.sol";
import {RiskEntry} from "./RiskEntry.sol";
import {Scenarios} from "./Scenarios.sol";
import {UnderlyingHoldings, UnderlyingMargin, UnderlyingRequirement} from "./UnderlyingMargin.sol";

/// @title Scenario margin of perpetuals and options
/// @notice `PortfolioMargin` over the oracle's prices and the risk arrays of the live epochs; `docs/margin.md` has the model, and what
/// options are worth between epochs. Open interest is not known here, so its ramp charges nothing. Mirrored by
/// `clearing/margin/assess.ts` (CLR-20).
contract ScenarioMarginEngine is EpochReader {
    /// @dev One exposure.
    /// @param option what the books need of it; its array stands in an entry for whose 144 bytes there is room
    struct Leg {
        RiskBook.OptionLeg option;
        uint256 number;
        int256 quote;
        uint256 closing;
    }

    uint256 private constant WAD = 1e18;
    /// @dev Five words.
    uint256 private constant EXPOSURE_SIZE = 160;
    int256 private constant PER_BASE = 1e8;
    int256 private constant PER_SPOT = 1e17;
    int256 private constant WAD_PER_MICRO = 1e12;

    /// @param manager_ AccessManager; sets the parameters
    /// @param oracle_ the hub's
    /// @param account parameters of all accounts
    constructor(
        address manager_,
        IPriceOracle oracle_,
        IInstrumentRegistry registry_,
        IExpiryPrices expiryPrices_,
        ISurfaceBook surfaces_,
        AccountParameters memory account
    ) AccessManaged(manager_) MarginSettings(registry_, account) RiskArrays(oracle_, expiryPrices_, surfaces_) {}

    /// @inheritdoc IMarginEngine
    function assess(Exposure[] calldata exposures, uint256 maxPriceAge) external view returns (Assessment memory a) {
        Position[] memory positions = _positionsOf(exposures, maxPriceAge);
        PortfolioRequirement memory r = PortfolioMargin.requirement(_riskOf(positions), _account, block.timestamp);
        (a.initialWad, a.maintenanceWad) = (r.initial, r.maintenance);
        for (uint256 i; i < positions.length; ++i) {
            int256 value = _valueOf(positions[i]);
            a.valueMaintenanceWad += value;
            a.valueInitialWad += FixedPointMathLib.min(value, int256(positions[i].gainsCap * WAD));
        }
    }

    /// @inheritdoc IMarginEngine
    function markOf(InstrumentId instrument, uint256 maxPriceAge) external view returns (uint256) {
        Position memory p;
        if (instrument.isPerpetual()) {
            p.index = registry.underlyingIndexOf(instrument.underlying());
            p.underlying = instrument.underlying();
            _price(p, maxPriceAge);
            return p.held.market.priceWad;
        }
        Leg memory leg = _newLeg();
        if (_openOption(p, leg, instrument)) {
            return OptionArray.payoff(instrument.strikeWad(), !instrument.isPut(), p.settlementWad);
        }
        return _markOf(p, leg, _useEntry(p, leg, maxPriceAge));
    }

    /// @inheritdoc IMarginEngine
    /// @dev The rate is what one option alone, long or short, whichever needs more, has as scan or minimum, and the venue charge of one
    /// that another chain offsets. A portfolio that it joins needs no more of it, but for concentration, open
    /// interest, the oracle charge, and credit across underlyings that it may take away.
    function optionReferenceOf(InstrumentId instrument) external view returns (OptionReference memory r) {
        Position memory p;
        Leg memory leg = _newLeg();
        if (_openOption(p, leg, instrument)) revert Margin_UnsupportedInstrument(instrument);
        uint256 mark = _useEntry(p, leg, ANY_AGE - 1);
        r.markWad = SafeCast.toUint128(_markOf(p, leg, mark));
        r.deltaPpb = int32(_deltaOf(p, leg));
        (, uint256 time) = oracle.latest(p.underlying);
        (r.spotWad, r.time) = (p.held.market.priceWad, uint40(time));
        r.ratePpm = uint32(FixedPointMathLib.min(_rateOf(p, leg), type(uint32).max));
    }

    /// @dev Everything that an account holds, by underlying in order of appearance.
    function _positionsOf(Exposure[] calldata exposures, uint256 maxPriceAge)
        private
        view
        returns (Position[] memory positions)
    {
        uint256 end = exposures.length;
        // More may be held, as reports bring them, and has to be liquidated.
        if (end > PortfolioMargin.MAX_INSTRUMENTS && maxPriceAge != ANY_AGE) {
            revert Margin_TooManyInstruments(end, PortfolioMargin.MAX_INSTRUMENTS);
        }
        if (end == 0) return positions;
        positions = _roomFor(end);
        uint256 at;
        assembly ("memory-safe") {
            at := exposures.offset
            end := add(at, mul(end, EXPOSURE_SIZE))
        }
        Leg memory leg = _newLeg();
        Position memory p = _newPosition(positions, _indexAt(at));
        while ((at = PlainOptions.add(p, at, end)) < end) {
            uint256 index = _indexAt(at);
            if (index != p.index) {
                uint256 found = _find(positions, index);
                if (found == 0) p = _newPosition(positions, index);
                assembly ("memory-safe") {
                    if found { p := found }
                }
            }
            bool isOpen = _load(leg, at);
            unchecked {
                p.quote += leg.quote;
                at += EXPOSURE_SIZE;
            }
            // Without base it is a gain or a loss, which needs no price.
            if (isOpen) _add(p, leg, maxPriceAge);
        }
    }

    /// @dev In assembly since Solidity would check five values of each exposure; what does not fit is cut.
    /// @return isOpen whether there is more than a quote
    function _load(Leg memory leg, uint256 at) private pure returns (bool isOpen) {
        assembly ("memory-safe") {
            let option := mload(leg)
            mstore(add(leg, 32), and(calldataload(at), 0xffffffff))
            let value := signextend(10, calldataload(add(at, 32)))
            mstore(option, value)
            isOpen := value
            mstore(add(leg, 64), signextend(10, calldataload(add(at, 64))))
            value := and(calldataload(add(at, 96)), 0xffffffffffffffffffffffff)
            mstore(add(option, 32), value)
            isOpen := or(isOpen, value)
            value := and(calldataload(add(at, 128)), 0xffffffffffffffffffffff)
            mstore(add(leg, 96), value)
            isOpen := iszero(iszero(or(isOpen, value)))
        }
    }

    /// @dev Place in numbers of the underlying of the exposure at `at` in calldata.
    function _indexAt(uint256 at) private pure returns (uint256 index) {
        assembly ("memory-safe") {
            index := byte(28, calldataload(at))
        }
    }

    function _add(Position memory p, Leg memory leg, uint256 maxPriceAge) private view {
        RiskBook.OptionLeg memory option = leg.option;
        if (InstrumentNumber.place(leg.number) == 0) {
            if (InstrumentNumber.generation(leg.number) != 0) revert Margin_UnknownNumber(leg.number);
            _price(p, maxPriceAge);
            RiskBook.addPerpetual(p.held.book, option.base, option.offset);
            p.closing += leg.closing;
            return;
        }
        uint256 header = _readEntry(p, leg.number, option.array - RiskEntry.HEADER);
        (uint256 mark, uint256 expiry,, uint256 flags) = RiskEntry.header(header);
        if (header == 0 || expiry <= block.timestamp) {
            if (_addSettled(p, leg, header == 0)) return;
        }
        _useEpoch(p, maxPriceAge);
        if (flags & RiskEntry.CARRIED != 0 && maxPriceAge != ANY_AGE) revert Margin_NoArray(leg.number);
        (option.expiry, option.isPut) = (expiry, flags & RiskEntry.PUT);
        RiskBook.addOption(p.held.book, option);
        unchecked {
            p.marks += option.base * int256(mark);
        }
        if (leg.closing == 0) return;
        RiskBook.closeOption(p.held.book, option, leg.closing, _moved(p, RiskArray.unpackAt(option.array)));
    }

    /// @dev Adds an option if its settlement price is fixed: from then on it is worth its payoff, and needs nothing.
    /// @param unknown whether it must be, since the epoch has nothing of it
    function _addSettled(Position memory p, Leg memory leg, bool unknown) private view returns (bool) {
        InstrumentId instrument = registry.instrumentOf(uint32(leg.number));
        if (InstrumentId.unwrap(instrument) == 0) revert Margin_UnknownNumber(leg.number);
        uint256 settlement = _settlementOf(p, instrument.underlying(), instrument.expiry());
        if (settlement == 0) {
            if (unknown) revert Margin_NoArray(leg.number);
            return false;
        }
        uint256 payoff = OptionArray.payoff(instrument.strikeWad(), !instrument.isPut(), settlement);
        unchecked {
            p.settledWad += _floorDiv(leg.option.base * int256(payoff), PER_BASE);
        }
        return true;
    }

    /// @dev What there is to require for: positions that have a price.
    function _riskOf(Position[] memory positions) private pure returns (UnderlyingHoldings[] memory held) {
        // In assembly since Solidity would make them all, only to have them replaced.
        assembly ("memory-safe") {
            held := mload(0x40)
            mstore(0x40, add(held, shl(5, add(mload(positions), 1))))
            mstore(held, 0)
        }
        for (uint256 i; i < positions.length; ++i) {
            Position memory p = positions[i];
            if (!p.isPriced) continue;
            UnderlyingHoldings memory h = p.held;
            assembly ("memory-safe") {
                let count := add(mload(held), 1)
                mstore(held, count)
                mstore(add(held, shl(5, count)), h)
            }
            if (p.closing == 0) continue;
            // Only now: until all options are read the price scan range may still become their epoch's.
            int256[32] memory moves = Scenarios.moves(h.parameters.scanRange);
            RiskBook.closePerpetual(h.book, h.book.perpetual, p.closing, moves);
        }
    }

    /// @dev Value of all that is held on an underlying, dollars, 1e18: perpetual, options and settled options are each rounded down once.
    function _valueOf(Position memory p) private pure returns (int256) {
        UnderlyingHoldings memory h = p.held;
        unchecked {
            int256 perpetual = _floorDiv(h.book.perpetual * int256(uint256(h.market.priceWad)), PER_BASE);
            int256 options = _floorDiv((p.marks + h.gained) * int256(uint256(p.epoch.priceWad)), PER_SPOT);
            return p.quote * WAD_PER_MICRO + p.settledWad + perpetual + options;
        }
    }

    /// @dev Finds number and entry of an option.
    /// @return isFixed whether its settlement price is: then `p.settlementWad` is it
    function _openOption(Position memory p, Leg memory leg, InstrumentId instrument) private view returns (bool isFixed) {
        leg.number = registry.numberOf(instrument);
        if (leg.number == 0 || !instrument.isOption()) revert Margin_UnsupportedInstrument(instrument);
        _open(p, InstrumentNumber.underlyingIndex(leg.number));
        return _settlementOf(p, instrument.underlying(), instrument.expiry()) != 0;
    }

    /// @dev Reads the entry of an option that has no settlement price.
    /// @return mark in 1e-9 of the epoch's price
    function _useEntry(Position memory p, Leg memory leg, uint256 maxPriceAge) private view returns (uint256 mark) {
        uint256 header = _readEntry(p, leg.number, leg.option.array - RiskEntry.HEADER);
        uint256 flags;
        (mark, leg.option.expiry,, flags) = RiskEntry.header(header);
        leg.option.isPut = flags & RiskEntry.PUT;
        if (header == 0 || (flags & RiskEntry.CARRIED != 0 && maxPriceAge != ANY_AGE)) revert Margin_NoArray(leg.number);
        _useEpoch(p, maxPriceAge);
    }

    /// @dev Mark of one option now, dollars, 1e18, rounded down, at least zero.
    function _markOf(Position memory p, Leg memory leg, uint256 mark) private pure returns (uint256) {
        int256 gained = EpochMove.gained(RiskArray.unpackAt(leg.option.array), p.held.move, p.held.parameters.scanRange, 1);
        unchecked {
            int256 worth = int256(mark) + gained;
            return worth <= 0 ? 0 : uint256(worth) * p.epoch.priceWad / Scenarios.PPB;
        }
    }

    /// @dev Change of the mark for a relative move of the price of 1, between the near points around it, 1e-9, within an int32.
    function _deltaOf(Position memory p, Leg memory leg) private pure returns (int256) {
        int256[32] memory gains = RiskArray.unpackAt(leg.option.array);
        uint256 range = p.held.parameters.scanRange;
        int256 near = int256(Scenarios.near(range));
        int256 down = EpochMove.gained(gains, p.held.move - near, range, 1);
        int256 up = EpochMove.gained(gains, p.held.move + near, range, 1);
        return FixedPointMathLib.clamp(RiskArray.delta(down, up, range), type(int32).min, type(int32).max);
    }

    /// @dev Requirement of one option as a share of the spot, millionths, rounded up.
    function _rateOf(Position memory p, Leg memory leg) private view returns (uint256) {
        uint256 most;
        UnderlyingHoldings memory h = p.held;
        leg.option.offset = uint256(PER_BASE);
        for (uint256 side; side < 2; ++side) {
            RiskBook.Book memory book;
            leg.option.base = side == 0 ? PER_BASE : -PER_BASE;
            RiskBook.addOption(book, leg.option);
            h.book = book;
            (UnderlyingRequirement memory r,,) = UnderlyingMargin.requirement(h, _account.maintenanceRatio, block.timestamp);
            uint256 needed = FixedPointMathLib.max(r.scan, r.optionMinimumInitial) + r.venue;
            most = FixedPointMathLib.max(most, needed);
        }
        return FixedPointMathLib.fullMulDivUp(most, 1e6, h.market.priceWad);
    }

    /// @dev Gains by entry as they are now.
    function _moved(Position memory p, int256[32] memory gains) private pure returns (int256[32] memory) {
        int256 move = p.held.move;
        if (move == 0) return gains;
        uint256 range = p.held.parameters.scanRange;
        return EpochMove.scenarios(gains, move, range, 1, EpochMove.gained(gains, move, range, 1));
    }

    /// @dev With room for an entry, whose array is the option's.
    function _newLeg() private pure returns (Leg memory leg) {
        bytes memory room = new bytes(RiskEntry.SIZE);
        RiskBook.OptionLeg memory option = leg.option;
        assembly ("memory-safe") {
            mstore(add(option, 128), add(room, 48))
        }
    }

    function _floorDiv(int256 a, int256 b) private pure returns (int256 quotient) {
        unchecked {
            quotient = a / b;
            if (a < 0 && quotient * b != a) --quotient;
        }
    }
}
