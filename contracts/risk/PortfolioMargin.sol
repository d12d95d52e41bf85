// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountParameters, UnderlyingParameters} from "./MarginParameters.sol";
import {RiskArray} from "./RiskArray.sol";
import {RiskBook} from "./RiskBook.sol";
import {UnderlyingMargin, UnderlyingMarket, UnderlyingRequirement} from "./UnderlyingMargin.sol";

/// @notice One instrument of an account, netted over chains.
/// @param base net, 1e-8, signed
/// @param offset what is long on some chains and short on others, min(Σ longs, Σ shorts), 1e-8
/// @param expiry unix seconds; one that is past counts as expiring now; 0 is a perpetual
/// @param isPut of an option, else a call
/// @param array of an option, which of `UnderlyingHoldings.arrays`
struct RiskLeg {
    int88 base;
    uint96 offset;
    uint40 expiry;
    bool isPut;
    uint16 array;
}

/// @notice What an account holds on one underlying.
/// @param arrays of the options, `RiskArray.SIZE` bytes each, as `RiskArray.pack` made them
struct UnderlyingHoldings {
    UnderlyingParameters parameters;
    UnderlyingMarket market;
    RiskLeg[] legs;
    bytes arrays;
}

/// @notice Requirement of an account, dollars, 1e18.
/// @param crossCreditInitial what offsets across underlyings, taken off; less of it counts where the floor is higher
/// @param worstScenario the first of the grid in which all underlyings together lose most
struct PortfolioRequirement {
    uint256 initial;
    uint256 maintenance;
    uint256 crossCreditInitial;
    uint256 crossCreditMaintenance;
    uint256 worstScenario;
    UnderlyingRequirement[] underlyings;
}

/// @title Scenario margin of an account netted over chains (risk model, section 4)
/// @dev Mirrored by `clearing/margin/portfolioMargin.ts` (CLR-20). Pure: prices, arrays and positions come from the caller.
library PortfolioMargin {
    uint256 internal constant MAX_INSTRUMENTS = 128;

    uint256 private constant PPB = 1e9;
    /// @dev base 1e-8 · entry 1e-9 · price 1e-18; dollars are 1e18.
    uint256 private constant PER_PROFIT = 1e17;

    error Margin_TooManyInstruments(uint256 found, uint256 most);

    /// @notice Initial and maintenance requirement with every component.
    /// @param held one for each underlying that the account holds
    /// @param a within the bounds of `MarginParameters.check`
    /// @param time now, unix seconds
    function requirement(UnderlyingHoldings[] memory held, AccountParameters memory a, uint256 time)
        internal
        pure
        returns (PortfolioRequirement memory total)
    {
        uint256 count;
        for (uint256 u; u < held.length; ++u) {
            count += held[u].legs.length;
        }
        if (count > MAX_INSTRUMENTS) revert Margin_TooManyInstruments(count, MAX_INSTRUMENTS);

        total.underlyings = new UnderlyingRequirement[](held.length);
        // Exact, dollars at 1e35: Σ |base| is at most 128 · 2^87, so |loss| is below 2^126, and times a price below 2^254.
        int256[24] memory joint;
        uint256 apart;
        uint256 initialFloor;
        uint256 maintenanceFloor;
        for (uint256 u; u < held.length; ++u) {
            UnderlyingHoldings memory h = held[u];
            (UnderlyingRequirement memory r, int256[30] memory loss) =
                UnderlyingMargin.requirement(bookOf(h), h.parameters, h.market, a.maintenanceRatio, time);
            total.underlyings[u] = r;
            total.initial += r.initial;
            total.maintenance += r.maintenance;
            initialFloor += r.initialFloor;
            maintenanceFloor += r.maintenanceFloor;
            apart += _addTo(joint, loss, h.market.priceWad);
        }
        uint256 together;
        (together, total.worstScenario) = _worst(joint);
        uint256 offset = apart - together;
        total.crossCreditInitial = Math.mulDiv(offset, a.crossCredit, PER_PROFIT * PPB);
        total.crossCreditMaintenance =
            Math.mulDiv(offset, uint256(a.crossCredit) * a.maintenanceRatio, PER_PROFIT * PPB * PPB);
        total.initial = Math.max(total.initial - total.crossCreditInitial, initialFloor);
        total.maintenance = Math.max(total.maintenance - total.crossCreditMaintenance, maintenanceFloor);
    }

    /// @notice Equity less the maintenance requirement and a further share of it, rounded down: what a liquidation restores to zero.
    function bufferMargin(int256 equityWad, uint256 maintenanceWad, uint256 bufferRatio) internal pure returns (int256) {
        return equityWad - int256(Math.mulDiv(maintenanceWad, PPB + bufferRatio, PPB, Math.Rounding.Ceil));
    }

    /// @notice The legs of one underlying, summed.
    function bookOf(UnderlyingHoldings memory h) internal pure returns (RiskBook.Book memory book) {
        uint256 count = h.legs.length;
        for (uint256 i; i < count; ++i) {
            RiskLeg memory leg = h.legs[i];
            if (leg.expiry == 0) RiskBook.addPerpetual(book, leg.base, leg.offset);
            else RiskBook.addOption(book, leg.base, leg.offset, leg.expiry, leg.isPut, RiskArray.at(h.arrays, leg.array));
        }
    }

    /// @dev Adds the losses of one underlying on the grid, and returns the worst of them.
    function _addTo(int256[24] memory joint, int256[30] memory loss, uint256 price) private pure returns (uint256 worst) {
        unchecked {
            int256 most;
            for (uint256 s; s < 24; ++s) {
                if (s & 7 == 7) continue;
                int256 lost = loss[s] * int256(price);
                joint[s] += lost;
                if (lost > most) most = lost;
            }
            worst = uint256(most);
        }
    }

    function _worst(int256[24] memory joint) private pure returns (uint256 worst, uint256 scenario) {
        unchecked {
            scenario = 3;
            int256 most = joint[scenario];
            for (uint256 s; s < 24; ++s) {
                if (s & 7 != 7 && joint[s] > most) (most, scenario) = (joint[s], s);
            }
            // Unmoved loses nothing but the rounding that is charged.
            worst = uint256(most);
        }
    }
}
