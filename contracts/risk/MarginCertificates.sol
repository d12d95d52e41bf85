// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IExpiryPrices} from "../interfaces/IExpiryPrices.sol";
import {IInstrumentRegistry, InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {Certificate, CertifiedMargin, IMarginCertificates} from "../interfaces/IMarginCertificates.sol";
import {Exposure} from "../interfaces/IMarginEngine.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {CertificateBound} from "./CertificateBound.sol";
import {EngineState} from "./EngineState.sol";
import {ExposureReader} from "./ExposureReader.sol";
import {AccountParameters} from "./MarginParameters.sol";
import {OptionList} from "./OptionList.sol";
import {RiskBook} from "./RiskBook.sol";
import {RiskEntry} from "./RiskEntry.sol";
import {Scenarios} from "./Scenarios.sol";

/// @title Worst-scenario certificates
/// @notice Code that `ScenarioMarginEngine` runs as its own, since both do not fit into one contract (24,576 bytes). Its own storage is empty:
/// called by its own address it knows no underlying.
contract MarginCertificates is ExposureReader, IMarginCertificates {
    /// @dev What is held on an underlying.
    /// @param last slot of its options, `OptionList`
    /// @param options what is summed of them
    struct Holding {
        Position position;
        uint256 last;
        CertificateBound.Options options;
    }

    constructor(IPriceOracle oracle_, IInstrumentRegistry registry_, IExpiryPrices expiryPrices_)
        EngineState(oracle_, registry_, expiryPrices_)
    {}

    /// @inheritdoc IMarginCertificates
    function certify(Certificate calldata certificate, Exposure[] calldata exposures)
        external
        view
        returns (CertifiedMargin memory m)
    {
        (Holding[] memory held, uint256 risks) = _read(exposures);
        _check(certificate, held.length);
        AccountParameters memory account = _account;
        CertificateBound.Sums memory sums;
        for (uint256 i; i < held.length; ++i) {
            Holding memory h = held[i];
            if (h.position.isPriced) _add(sums, h, certificate.scenarios[i], certificate.joint, risks > 1, account.maintenanceRatio);
            unchecked {
                m.valueWad += _valueOf(h.position);
            }
        }
        (m.bandWad, m.maintenanceWad) = (sums.band, CertificateBound.maintenance(sums, account));
    }

    function _check(Certificate calldata certificate, uint256 count) private pure {
        uint8[] calldata scenarios = certificate.scenarios;
        if (scenarios.length != count) revert Margin_ScenarioCount(scenarios.length, count);
        if (!Scenarios.isOnGrid(certificate.joint)) revert Margin_NotOnGrid(certificate.joint);
        for (uint256 i; i < count; ++i) {
            if (scenarios[i] >= Scenarios.COUNT) revert Margin_UnknownScenario(scenarios[i], Scenarios.COUNT);
        }
    }

    function _add(
        CertificateBound.Sums memory sums,
        Holding memory h,
        uint256 scenario,
        uint256 joint,
        bool joins,
        uint256 maintenanceRatio
    ) private pure {
        Position memory p = h.position;
        if (h.last != 0) {
            uint256 places = CertificateBound.placesOf(p.held.move, p.held.parameters.scanRange, scenario, joint, joins);
            OptionList.sum(h.last, places, h.options.gains);
        }
        CertificateBound.add(sums, p.held, h.options, scenario, joint, joins, maintenanceRatio);
    }

    /// @dev Everything that an account holds, by underlying in order of appearance.
    /// @return held see above
    /// @return risks how many of them have a price
    function _read(Exposure[] calldata exposures) private view returns (Holding[] memory held, uint256 risks) {
        uint256 end = exposures.length;
        if (end == 0) return (held, 0);
        held = _room(end);
        uint256 at;
        assembly ("memory-safe") {
            at := exposures.offset
            end := add(at, mul(end, EXPOSURE_SIZE))
        }
        Leg memory leg = _newLeg();
        Holding memory h = _newHolding(held, _indexAt(at));
        while ((at = _addPlain(h, at, end)) < end) {
            uint256 index = _indexAt(at);
            if (index != h.position.index) h = _holdingOf(held, index);
            bool isOpen = _load(leg, at);
            unchecked {
                h.position.quote += leg.quote;
                at += EXPOSURE_SIZE;
            }
            if (isOpen) _addOpen(h, leg);
        }
        for (uint256 i; i < held.length; ++i) {
            h = held[i];
            if (h.position.isPriced) ++risks;
            uint256 gross = h.options.size + SignedMath.abs(h.position.held.book.perpetual);
            if (gross > RiskBook.MAX_SIZE) revert RiskBook.RiskBook_SizeOutOfRange(gross, RiskBook.MAX_SIZE);
        }
    }

    /// @dev As `ScenarioMarginEngine` adds it, at prices and epochs of any age.
    function _addOpen(Holding memory h, Leg memory leg) private view {
        Position memory p = h.position;
        RiskBook.OptionLeg memory option = leg.option;
        if (InstrumentNumber.place(leg.number) == 0) {
            if (InstrumentNumber.generation(leg.number) != 0) revert Margin_UnknownNumber(leg.number);
            _price(p, ANY_AGE);
            RiskBook.addPerpetual(p.held.book, option.base, option.offset);
            return;
        }
        uint256 slot;
        assembly ("memory-safe") {
            slot := mload(0x40)
            mstore(0x40, add(slot, 224))
        }
        uint256 header = _readEntry(p, leg.number, slot + OptionList.ENTRY);
        (uint256 mark, uint256 expiry,,) = RiskEntry.header(header);
        if (header == 0 || expiry <= block.timestamp) {
            if (_addSettled(p, leg, header == 0)) return;
        }
        _useEpoch(p, ANY_AGE);
        unchecked {
            p.marks += option.base * int256(mark);
            p.held.book.offset += option.offset;
            h.options.size += SignedMath.abs(option.base);
        }
        uint256 last = h.last;
        assembly ("memory-safe") {
            mstore(slot, last)
            mstore(add(slot, 32), mload(option))
        }
        h.last = slot;
    }

    /// @dev Adds exposures up to the first that is no option of this underlying with an entry in a chunk that is known, or that has expired. What the same
    /// loop of `PlainOptions` sums by expiry is left out.
    /// @return where in calldata that first is
    function _addPlain(Holding memory h, uint256 at, uint256 end) private view returns (uint256) {
        Position memory p = h.position;
        if (p.places == 0) return at;
        uint256 last = h.last;
        // Σ offset · 2^128 + Σ quote; Σ base · mark; Σ |base|.
        uint256 quotes;
        int256 marks;
        uint256 size;
        // In assembly since it is done for every option of every account. It reads the first fields of `p`, and takes memory slot by slot.
        assembly ("memory-safe") {
            let slot := mload(0x40)
            for {} lt(at, end) { at := add(at, 160) } {
                let id := calldataload(at)
                // Of another underlying, and of a perpetual, this is beyond all places.
                let header := sub(shr(14, id), mload(p))
                if iszero(lt(header, mload(add(p, 64)))) { break }
                {
                    let perChunk := mload(add(p, 32))
                    let chunk := mload(add(mload(add(p, 96)), shl(5, div(header, perChunk))))
                    if iszero(chunk) { break }
                    // After the zero byte that a chunk begins with.
                    extcodecopy(chunk, add(slot, 64), add(mul(mod(header, perChunk), 144), 1), 144)
                }
                header := mload(add(slot, 64))
                // Not its generation, or expired.
                if or(
                    and(xor(shr(152, header), and(id, 0x3fff)), 0xffff),
                    iszero(gt(and(shr(168, header), 0xffffffffff), timestamp()))
                ) { break }
                let base := signextend(10, calldataload(add(at, 32)))
                marks := add(marks, mul(base, shr(208, header)))
                size := add(size, mul(base, or(1, sar(255, base))))
                quotes := add(quotes, signextend(10, calldataload(add(at, 64))))
                quotes := add(quotes, shl(128, and(calldataload(add(at, 96)), 0xffffffffffffffffffffffff)))
                mstore(slot, last)
                mstore(add(slot, 32), base)
                last := slot
                slot := add(slot, 224)
            }
            mstore(0x40, slot)
        }
        h.last = last;
        unchecked {
            h.options.size += size;
            p.marks += marks;
            int256 quote = int128(uint128(quotes));
            p.quote += quote;
            p.held.book.offset += (quotes - uint256(quote)) >> 128;
        }
        return at;
    }

    /// @dev That of an underlying; a new one if there is none.
    function _holdingOf(Holding[] memory held, uint256 index) private view returns (Holding memory) {
        for (uint256 i; i < held.length; ++i) {
            if (held[i].position.index == index) return held[i];
        }
        return _newHolding(held, index);
    }

    function _newHolding(Holding[] memory held, uint256 index) private view returns (Holding memory h) {
        _open(h.position, index);
        assembly ("memory-safe") {
            let count := add(mload(held), 1)
            mstore(held, count)
            mstore(add(held, shl(5, count)), h)
        }
    }

    /// @dev Room for so many; none yet.
    function _room(uint256 count) private pure returns (Holding[] memory held) {
        // In assembly since Solidity would make all of them at once.
        assembly ("memory-safe") {
            held := mload(0x40)
            mstore(0x40, add(held, shl(5, add(count, 1))))
            mstore(held, 0)
        }
    }
}
