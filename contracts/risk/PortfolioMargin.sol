// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountParameters} from "./MarginParameters.sol";
import {Scenarios} from "./Scenarios.sol";
import {UnderlyingHoldings, UnderlyingMargin, UnderlyingRequirement, WorstLoss} from "./UnderlyingMargin.sol";

/// @notice Requirement of an account, dollars, 1e18.
/// @param crossCreditInitial what offsets across underlyings, taken off; less of it counts where the floor is higher, and none while
/// closing allowances may be used, whose worst use is of one underlying at a time
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
    /// @notice The caller holds to it, or to prices below 2^112: sums fit.
    uint256 internal constant MAX_INSTRUMENTS = 128;

    uint256 private constant PPB = 1e9;
    /// @dev base 1e-8 · entry 1e-9 · price 1e-18; dollars are 1e18.
    uint256 private constant PER_PROFIT = 1e17;

    /// @dev What is summed over underlyings.
    /// @param joint loss on the grid, exact, dollars at 1e35. Of 128 instruments Σ |base| is at most 2^94, so |loss| is below 2^126, and times
    /// a price below 2^254; of more, on 255 underlyings at the most, each keeps within that (`RiskBook.totals`), at prices below 2^112
    /// @param closes whether closing allowances may be used
    /// @param apart Σ of each one's worst loss on the grid
    /// @param worst of the last one
    struct Sums {
        int256[32] joint;
        bool closes;
        uint256 apart;
        uint256 initialFloor;
        uint256 maintenanceFloor;
        WorstLoss worst;
    }

    /// @notice Initial and maintenance requirement with every component.
    /// @param held one for each underlying that the account holds
    /// @param a within the bounds of `MarginParameters.check`
    /// @param time now, unix seconds
    function requirement(UnderlyingHoldings[] memory held, AccountParameters memory a, uint256 time)
        internal
        pure
        returns (PortfolioRequirement memory total)
    {
        total.underlyings = _roomFor(held.length);
        Sums memory sums;
        for (uint256 u; u < held.length; ++u) {
            total.underlyings[u] = _add(total, sums, held[u], a.maintenanceRatio, time);
        }
        uint256 offset;
        if (sums.closes) {
            total.worstScenario = Scenarios.UNMOVED;
        } else if (held.length < 2) {
            total.worstScenario = held.length == 0 ? Scenarios.UNMOVED : sums.worst.gridScenario;
        } else {
            int256 together;
            (together, total.worstScenario) = UnderlyingMargin.worstOnGrid(sums.joint);
            offset = sums.apart - uint256(together);
        }
        if (offset != 0) {
            total.crossCreditInitial = Math.mulDiv(offset, a.crossCredit, PER_PROFIT * PPB);
            total.crossCreditMaintenance =
                Math.mulDiv(offset, uint256(a.crossCredit) * a.maintenanceRatio, PER_PROFIT * PPB * PPB);
        }
        total.initial = Math.max(total.initial - total.crossCreditInitial, sums.initialFloor);
        total.maintenance = Math.max(total.maintenance - total.crossCreditMaintenance, sums.maintenanceFloor);
    }

    /// @notice Equity less the maintenance requirement and a further share of it, rounded down: what a liquidation restores to zero.
    function bufferMargin(int256 equityWad, uint256 maintenanceWad, uint256 bufferRatio) internal pure returns (int256) {
        return equityWad - int256(Math.mulDiv(maintenanceWad, PPB + bufferRatio, PPB, Math.Rounding.Ceil));
    }

    /// @dev So many, none of them made.
    function _roomFor(uint256 count) private pure returns (UnderlyingRequirement[] memory room) {
        // In assembly since Solidity would make them all, only to have them replaced.
        assembly ("memory-safe") {
            room := mload(0x40)
            mstore(0x40, add(room, shl(5, add(count, 1))))
            mstore(room, count)
        }
    }

    /// @dev Adds one underlying to the sums, and returns its requirement.
    function _add(
        PortfolioRequirement memory total,
        Sums memory sums,
        UnderlyingHoldings memory h,
        uint256 maintenanceRatio,
        uint256 time
    ) private pure returns (UnderlyingRequirement memory r) {
        int256[32] memory loss;
        (r, loss, sums.worst) = UnderlyingMargin.requirement(h, maintenanceRatio, time);
        total.initial += r.initial;
        total.maintenance += r.maintenance;
        sums.initialFloor += r.initialFloor;
        sums.maintenanceFloor += r.maintenanceFloor;
        if (h.book.closing.any) sums.closes = true;
        if (sums.closes) return r;
        sums.apart += sums.worst.grid * h.market.priceWad;
        if (total.underlyings.length > 1) _addTo(sums.joint, loss, h.market.priceWad);
    }

    /// @dev Adds the losses of one underlying on the grid, in dollars.
    function _addTo(int256[32] memory joint, int256[32] memory loss, uint256 price) private pure {
        // In assembly since Solidity would check each place twice. It writes the first 23 of `joint`; two of them are tails, never read.
        assembly ("memory-safe") {
            for { let i := 0 } lt(i, 736) { i := add(i, 32) } {
                let to := add(joint, i)
                mstore(to, add(mload(to), mul(mload(add(loss, i)), price)))
            }
        }
    }
}
