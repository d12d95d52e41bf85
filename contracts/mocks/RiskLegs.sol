// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EpochMove} from "../risk/EpochMove.sol";
import {UnderlyingParameters} from "../risk/MarginParameters.sol";
import {PortfolioMargin} from "../risk/PortfolioMargin.sol";
import {RiskArray} from "../risk/RiskArray.sol";
import {RiskBook} from "../risk/RiskBook.sol";
import {Scenarios} from "../risk/Scenarios.sol";
import {UnderlyingHoldings, UnderlyingMarket} from "../risk/UnderlyingMargin.sol";

/// @notice One instrument of an account, netted over chains.
/// @param expiry zero: a perpetual
/// @param array of an option, which of `HeldLegs.arrays`
struct RiskLeg {
    int88 base;
    uint96 offset;
    uint40 expiry;
    bool isPut;
    uint16 array;
    uint88 closing;
}

/// @notice What an account holds on one underlying, leg by leg.
/// @param arrays of the options, `RiskArray.SIZE` bytes each
struct HeldLegs {
    UnderlyingParameters parameters;
    UnderlyingMarket market;
    RiskLeg[] legs;
    bytes arrays;
    int256 move;
}

/// @notice Sums legs into the books that the margin takes, as an engine does. For tests and `./causeway fuzz margin`.
library RiskLegs {
    error Margin_TooManyInstruments(uint256 found, uint256 most);

    function sum(HeldLegs[] memory held) internal pure returns (UnderlyingHoldings[] memory) {
        return sum(held, PortfolioMargin.MAX_INSTRUMENTS);
    }

    /// @param most instruments; more are refused
    function sum(HeldLegs[] memory held, uint256 most) internal pure returns (UnderlyingHoldings[] memory all) {
        uint256 count;
        for (uint256 u; u < held.length; ++u) {
            count += held[u].legs.length;
        }
        if (count > most) revert Margin_TooManyInstruments(count, most);
        all = new UnderlyingHoldings[](held.length);
        for (uint256 u; u < held.length; ++u) {
            (all[u].parameters, all[u].market, all[u].move) = (held[u].parameters, held[u].market, held[u].move);
            RiskLeg[] memory legs = held[u].legs;
            for (uint256 i; i < legs.length; ++i) {
                _add(all[u].book, held[u], legs[i]);
            }
        }
    }

    function _add(RiskBook.Book memory book, HeldLegs memory h, RiskLeg memory leg) private pure {
        uint256 range = h.parameters.scanRange;
        if (leg.expiry == 0) {
            RiskBook.addPerpetual(book, leg.base, leg.offset);
            if (leg.closing != 0) RiskBook.closePerpetual(book, leg.base, leg.closing, Scenarios.moves(range));
            return;
        }
        RiskBook.OptionLeg memory option = RiskBook.OptionLeg({
            base: leg.base,
            offset: leg.offset,
            expiry: leg.expiry,
            isPut: leg.isPut ? 1 : 0,
            array: RiskArray.at(h.arrays, leg.array)
        });
        RiskBook.addOption(book, option);
        if (leg.closing == 0) return;
        int256[32] memory entries = RiskArray.unpack(h.arrays, leg.array);
        if (h.move != 0) {
            int256 gained = EpochMove.gained(entries, h.move, range, 1);
            entries = EpochMove.scenarios(entries, h.move, range, 1, gained);
        }
        RiskBook.closeOption(book, option, leg.closing, entries);
    }
}
