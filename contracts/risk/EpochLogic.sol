// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IInstrumentRegistry, InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IPricingModel, OptionTerms} from "../interfaces/IPricingModel.sol";
import {Epoch, IRiskArrays} from "../interfaces/IRiskArrays.sol";
import {ISurfaceBook} from "../interfaces/ISurfaceBook.sol";
import {Discount} from "../pricing/Discount.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {EpochMove} from "./EpochMove.sol";
import {OptionArray} from "./OptionArray.sol";
import {RiskEntry} from "./RiskEntry.sol";
import {Scenarios} from "./Scenarios.sol";
import {UnderlyingSettings} from "./SettingsLogic.sol";

/// @notice An epoch and its chunks, at most `EpochLogic.MAX_CHUNKS`.
/// @param registered how many instruments of the underlying had been registered, ever, when the draft began; of the live epoch when it was
/// complete
struct EpochData {
    Epoch epoch;
    address[24] chunks;
    uint32 registered;
}

/// @notice All epochs.
struct EpochState {
    mapping(uint256 underlyingIndex => EpochData) live;
    mapping(address caller => mapping(uint256 underlyingIndex => EpochData)) drafts;
}

/// @notice Where refreshing reads.
struct EpochSources {
    IPriceOracle oracle;
    IInstrumentRegistry registry;
    IExpiryPrices expiryPrices;
    ISurfaceBook surfaces;
}

/// @notice Refreshing of risk arrays: `IRiskArrays` says what and why. A linked library, for the engine has no room for it.
library EpochLogic {
    /// @dev With fewer, one of 1,023 options (`InstrumentNumber`) would not be written within the 2^24 gas of a transaction (EIP-7825); with more,
    /// reading an underlying could be made dear.
    uint256 internal constant MAX_CHUNKS = 24;
    /// @dev What one contract's code holds.
    uint256 internal constant MAX_PER_CHUNK = 24_575 / RiskEntry.SIZE;
    /// @dev What pricing one option may take; ours takes a quarter of it. One that takes more has no array.
    uint256 internal constant ENTRY_GAS = 1_000_000;
    /// @dev Beyond it the value of what is held would not fit 256 bits.
    uint256 internal constant MAX_PRICE = type(uint112).max;

    /// @dev `IRiskArrays.refresh`.
    function refresh(
        EpochState storage state,
        EpochSources memory from,
        UnderlyingSettings storage settings,
        uint256 index,
        uint256 maxOptions
    ) external returns (bool isLive) {
        uint32[] memory numbers = from.registry.numbersOf(settings.underlying);
        EpochData storage draft = state.drafts[msg.sender][index];
        EpochData storage live = state.live[index];
        Epoch memory e = draft.epoch;
        (uint256 price, uint256 time) = from.oracle.latest(settings.underlying);
        if (!_goesOn(draft, live, settings, price)) {
            e = _begin(live.epoch, settings, price, time, numbers.length, maxOptions);
            draft.registered = _registered(numbers);
        }
        if (e.done < e.places) {
            uint256 first = e.done;
            e.done = uint16(FixedPointMathLib.min(first + e.perChunk, e.places));
            draft.chunks[first / e.perChunk] = _writeChunk(live, from, e, settings.underlying, numbers, first);
        }
        isLive = e.done == e.places;
        if (isLive) _publish(draft, live, e, settings.underlying, numbers);
        else draft.epoch = e;
    }

    /// @dev `IRiskArrays.entryOf`.
    function entryOf(
        ISurfaceBook surfaces,
        InstrumentId instrument,
        uint256 generation,
        uint256 priceWad,
        uint256 time,
        uint256 scanRange
    ) external view returns (bytes memory) {
        bool isCall = !instrument.isPut();
        uint256 expiry = instrument.expiry();
        int256[32] memory moves = Scenarios.moves(scanRange);
        (uint256 mark, int256[32] memory entries) = expiry <= block.timestamp
            ? OptionArray.computePayoff(instrument.strikeWad(), isCall, priceWad, moves)
            : _priced(surfaces, instrument, priceWad, time, moves);
        return RiskEntry.pack(mark, expiry, generation, isCall ? 0 : RiskEntry.PUT, entries);
    }

    /// @notice An epoch with its chunks.
    function read(EpochData storage data) internal view returns (Epoch memory epoch, address[] memory chunks) {
        epoch = data.epoch;
        chunks = new address[](epoch.perChunk == 0 ? 0 : (uint256(epoch.done) + epoch.perChunk - 1) / epoch.perChunk);
        for (uint256 i; i < chunks.length; ++i) {
            chunks[i] = data.chunks[i];
        }
    }

    /// @notice Whether a price is within the share `maxMove` of the price scan range from an epoch's.
    function isNear(uint256 priceWad, uint256 epochWad, uint256 scanRange, uint256 maxMove) internal pure returns (bool) {
        return priceWad <= MAX_PRICE && FixedPointMathLib.dist(priceWad, epochWad) * 1e18 <= epochWad * scanRange * maxMove;
    }

    /// @dev Whether the draft can still become the live epoch.
    function _goesOn(
        EpochData storage data,
        EpochData storage live,
        UnderlyingSettings storage s,
        uint256 price
    ) private view returns (bool) {
        Epoch memory draft = data.epoch;
        if (draft.done >= draft.places || draft.time <= live.epoch.time) return false;
        // Else options that the live epoch has, in new places or in some that others had before, and that are held since, would be lost.
        if (data.registered < live.registered) return false;
        uint256 scanRange = s.parameters.scanRange;
        if (draft.scanRange != scanRange) return false;
        if (FixedPointMathLib.zeroFloorSub(block.timestamp, draft.time) > s.maxEpochAge) return false;
        return isNear(price, draft.priceWad, scanRange, s.maxMove);
    }

    function _begin(
        Epoch memory live,
        UnderlyingSettings storage s,
        uint256 price,
        uint256 time,
        uint256 count,
        uint256 maxOptions
    ) private view returns (Epoch memory) {
        if (price == 0 || price > MAX_PRICE) revert IRiskArrays.RiskArrays_PriceOutOfRange(s.underlying, price, MAX_PRICE);
        uint256 age = FixedPointMathLib.zeroFloorSub(block.timestamp, time);
        if (age > s.maxEpochAge) revert IRiskArrays.RiskArrays_PriceTooOld(s.underlying, age, s.maxEpochAge);
        if (time <= live.time) revert IRiskArrays.RiskArrays_NotNewer(s.underlying, time, live.time);
        // The first is the perpetual's.
        uint256 places = FixedPointMathLib.zeroFloorSub(count, 1);
        uint256 least = FixedPointMathLib.max(1, FixedPointMathLib.divUp(places, MAX_CHUNKS));
        uint256 perChunk = FixedPointMathLib.clamp(maxOptions, least, MAX_PER_CHUNK);
        return Epoch(uint112(price), uint40(time), s.parameters.scanRange, uint8(perChunk), uint16(places), 0);
    }

    /// @dev Each registration takes a new place, or the next generation of one: the sum rises with each by one. It fits: fewer than 2^24.
    function _registered(uint32[] memory numbers) private pure returns (uint32) {
        uint256 sum = numbers.length;
        for (uint256 i; i < numbers.length; ++i) {
            sum += InstrumentNumber.generation(numbers[i]);
        }
        return uint32(sum);
    }

    /// @dev Of the entries from `first` to before `e.done`.
    function _writeChunk(
        EpochData storage live,
        EpochSources memory from,
        Epoch memory e,
        bytes16 underlying,
        uint32[] memory numbers,
        uint256 first
    ) private returns (address chunk) {
        bytes memory data = new bytes((e.done - first) * RiskEntry.SIZE);
        for (uint256 i = first; i < e.done; ++i) {
            bytes memory entry = _entry(live, from, e, numbers[i + 1]);
            if (entry.length == 0) continue;
            assembly ("memory-safe") {
                mcopy(add(add(data, 32), mul(sub(i, first), 144)), add(entry, 32), 144)
            }
        }
        chunk = SSTORE2.write(data);
        emit IRiskArrays.ChunkWritten(msg.sender, underlying, e.priceWad, e.time, first + 1, uint256(e.done) + 1, chunk);
    }

    /// @dev Nothing of an option that has a settlement price, or has no array and never had one.
    function _entry(EpochData storage live, EpochSources memory from, Epoch memory e, uint32 number)
        private
        returns (bytes memory entry)
    {
        InstrumentId instrument = from.registry.instrumentOf(number);
        uint40 expiry = instrument.expiry();
        if (expiry <= block.timestamp && from.expiryPrices.priceOf(instrument.underlying(), expiry) != 0) return "";
        // Else a caller could have an option fail that does not: a call is given at most 63 of 64 parts.
        uint256 needed = ENTRY_GAS + ENTRY_GAS / 8;
        if (gasleft() < needed) revert IRiskArrays.RiskArrays_TooLittleGas(gasleft(), needed);
        uint256 generation = InstrumentNumber.generation(number);
        try IRiskArrays(address(this)).entryOf{gas: ENTRY_GAS}(instrument, generation, e.priceWad, e.time, e.scanRange)
        returns (bytes memory fresh) {
            return fresh;
        } catch (bytes memory reason) {
            entry = _carried(live, e, number);
            emit IRiskArrays.ArrayMissing(number, entry.length != 0, bytes4(reason));
        }
    }

    /// @dev The entry of the live epoch in the unit of the draft's price; nothing if there is none.
    function _carried(EpochData storage live, Epoch memory e, uint256 number) private view returns (bytes memory) {
        Epoch memory old = live.epoch;
        uint256 place = InstrumentNumber.place(number) - 1;
        if (place >= old.places) return "";
        uint256 start = place % old.perChunk * RiskEntry.SIZE;
        bytes memory entry = SSTORE2.read(live.chunks[place / old.perChunk], start, start + RiskEntry.SIZE);
        (, uint256 expiry, uint256 generation,) = RiskEntry.header(RiskEntry.headerOf(entry));
        if (expiry == 0 || generation != InstrumentNumber.generation(number)) return "";
        return RiskEntry.carry(entry, EpochMove.relative(e.priceWad, old.priceWad), old.scanRange, e.scanRange);
    }

    function _priced(
        ISurfaceBook surfaces,
        InstrumentId instrument,
        uint256 priceWad,
        uint256 time,
        int256[32] memory moves
    ) private view returns (uint256 mark, int256[32] memory entries) {
        uint40 expiry = instrument.expiry();
        (IPricingModel model, uint256 forwardRatioWad, uint256 discountWad,, bytes memory parameters) =
            surfaces.sliceOf(instrument.underlying(), expiry);
        if (address(model) == address(0)) revert IRiskArrays.RiskArrays_NoSurface(instrument.underlying(), expiry);
        OptionTerms memory option = OptionTerms({
            forwardWad: FixedPointMathLib.fullMulDiv(priceWad, forwardRatioWad, 1e18),
            strikeWad: instrument.strikeWad(),
            yearsWad: Discount.yearsOf(FixedPointMathLib.zeroFloorSub(expiry, time)),
            discountWad: discountWad,
            isCall: !instrument.isPut()
        });
        return OptionArray.compute(model, option, parameters, priceWad, moves);
    }

    function _publish(
        EpochData storage draft,
        EpochData storage live,
        Epoch memory e,
        bytes16 underlying,
        uint32[] memory numbers
    ) private {
        live.epoch = e;
        live.registered = _registered(numbers);
        for (uint256 i; i * e.perChunk < e.places; ++i) {
            live.chunks[i] = draft.chunks[i];
        }
        delete draft.epoch;
        (, address[] memory chunks) = read(live);
        emit IRiskArrays.EpochRefreshed(underlying, e, chunks);
    }
}
