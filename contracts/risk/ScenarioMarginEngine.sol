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
import {EngineState} from "./EngineState.sol";
import {EpochMove} from "./EpochMove.sol";
import {ExposureReader} from "./ExposureReader.sol";
import {Assessment, Exposure, IMarginEngine, OptionReference} from "../interfaces/IMarginEngine.sol";
import {MarginCertificates} from "./MarginCertificates.sol";
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
/// options are worth between epochs. Mirrored by `clearing/margin/assess.ts` (CLR-20).
/// @dev Whatever is not a function here, the code of `MarginCertificates` answers as if it were. Its address is fixed for ever, and it is made here, so that
/// both read the same oracle.
contract ScenarioMarginEngine is ExposureReader, RiskArrays {
    uint256 private constant WAD = 1e18;

    /// @dev Answers `IMarginCertificates`, for which there is no room here. Without a getter, which would make every function dearer.
    MarginCertificates private immutable _certificates;

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
    )
        EngineState(oracle_, registry_, expiryPrices_)
        AccessManaged(manager_)
        MarginSettings(account)
        RiskArrays(surfaces_)
    {
        _certificates = new MarginCertificates(oracle_, registry_, expiryPrices_);
    }

    /// @notice `IMarginCertificates`.
    fallback() external {
        address to = address(_certificates);
        // In assembly since a fallback with `bytes`, as the hub's, copies a list of exposures three times.
        assembly {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), to, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if done { return(0, returndatasize()) }
            revert(0, returndatasize())
        }
    }

    /// @inheritdoc IMarginEngine
    function assess(Exposure[] calldata exposures, uint256 maxPriceAge) external view returns (Assessment memory a) {
        Position[] memory positions = _positionsOf(exposures, maxPriceAge);
        PortfolioRequirement memory r = PortfolioMargin.requirement(_riskOf(positions), _account, block.timestamp);
        (a.initialWad, a.maintenanceWad) = (r.initial, r.maintenance);
        // Values are below 2^231, of at most 255 underlyings.
        unchecked {
            for (uint256 i; i < positions.length; ++i) {
                int256 value = _valueOf(positions[i]);
                a.valueMaintenanceWad += value;
                a.valueInitialWad += FixedPointMathLib.min(value, int256(positions[i].gainsCap * WAD));
            }
        }
    }

    /// @inheritdoc IMarginEngine
    function markOf(InstrumentId instrument, uint256 maxPriceAge) external view returns (uint256) {
        Position memory p;
        if (instrument.isPerpetual()) {
            _open(p, _indexOf(instrument.underlying()));
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
        (, uint256 time) = _oracle.latest(p.underlying);
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

    /// @dev Finds number and entry of an option.
    /// @return isFixed whether its settlement price is: then `p.settlementWad` is it
    function _openOption(Position memory p, Leg memory leg, InstrumentId instrument) private view returns (bool isFixed) {
        leg.number = _registry.numberOf(instrument);
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
}
