// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";
import {EpochReader} from "./EpochReader.sol";
import {OptionArray} from "./OptionArray.sol";
import {RiskBook} from "./RiskBook.sol";
import {RiskEntry} from "./RiskEntry.sol";
import {UnderlyingHoldings} from "./UnderlyingMargin.sol";

/// @notice Exposures as they come in calldata, and what they are worth: what a margin check and a certificate have in common.
abstract contract ExposureReader is EpochReader {
    /// @dev One exposure.
    /// @param option what the books need of it; its array stands in an entry for whose 144 bytes there is room
    struct Leg {
        RiskBook.OptionLeg option;
        uint256 number;
        int256 quote;
        uint256 closing;
    }

    /// @dev Five words.
    uint256 internal constant EXPOSURE_SIZE = 160;
    int256 internal constant PER_BASE = 1e8;
    int256 private constant PER_SPOT = 1e17;
    int256 private constant WAD_PER_MICRO = 1e12;

    /// @dev In assembly since Solidity would check five values of each exposure; what does not fit is cut.
    /// @return isOpen whether there is more than a quote
    function _load(Leg memory leg, uint256 at) internal pure returns (bool isOpen) {
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
    function _indexAt(uint256 at) internal pure returns (uint256 index) {
        assembly ("memory-safe") {
            index := byte(28, calldataload(at))
        }
    }

    /// @dev Adds an option if its settlement price is fixed: from then on it is worth its payoff, and needs nothing.
    /// @param unknown whether it must be, since the epoch has nothing of it
    function _addSettled(Position memory p, Leg memory leg, bool unknown) internal view returns (bool) {
        InstrumentId instrument = _registry.instrumentOf(uint32(leg.number));
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

    /// @dev Value of all that is held on an underlying, dollars, 1e18: perpetual, options and settled options are each rounded down once.
    function _valueOf(Position memory p) internal pure returns (int256) {
        UnderlyingHoldings memory h = p.held;
        unchecked {
            int256 perpetual = _floorDiv(h.book.perpetual * int256(uint256(h.market.priceWad)), PER_BASE);
            int256 options = _floorDiv((p.marks + h.gained) * int256(uint256(p.epoch.priceWad)), PER_SPOT);
            return p.quote * WAD_PER_MICRO + p.settledWad + perpetual + options;
        }
    }

    /// @dev With room for an entry, whose array is the option's.
    function _newLeg() internal pure returns (Leg memory leg) {
        bytes memory room = new bytes(RiskEntry.SIZE);
        RiskBook.OptionLeg memory option = leg.option;
        assembly ("memory-safe") {
            mstore(add(option, 128), add(room, 48))
        }
    }

    function _floorDiv(int256 a, int256 b) internal pure returns (int256 quotient) {
        unchecked {
            quotient = a / b;
            if (a < 0 && quotient * b != a) --quotient;
        }
    }
}
