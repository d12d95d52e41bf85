// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {EpochMove} from "./EpochMove.sol";
import {AccountParameters, UnderlyingParameters} from "./MarginParameters.sol";
import {Scenarios} from "./Scenarios.sol";
import {UnderlyingHoldings, UnderlyingMargin} from "./UnderlyingMargin.sol";

/// @title The least maintenance requirement that some scenarios leave possible
/// @notice `docs/margin.md` proves it. Mirrored by `clearing/margin/certificate.ts` (CLR-20).
/// @dev Each step is one of `UnderlyingMargin` and `PortfolioMargin` with the same rounding, fed with less: a worst loss that is one of the losses, no basis, no
/// short-option minimum, concentration by the scan alone, no closing allowances. All of them rise with what they are fed. What the credit across underlyings
/// leaves is rounded down.
library CertificateBound {
    uint256 private constant WAD = 1e18;
    uint256 private constant PPB = 1e9;
    uint256 private constant PER_SPOT = 1e17;
    uint256 private constant PER_BASE = 1e8;

    /// @notice Sums over underlyings.
    /// @param count underlyings with a risk
    /// @param base Σ of max(f · scan, minimum), dollars, 1e18; `scaled` each times concentration; `venue` Σ of f · venue; `floor` Σ of what no credit takes
    /// @param joint loss in the joint scenario, exact, dollars at 1e35
    struct Sums {
        uint256 count;
        uint256 base;
        uint256 scaled;
        uint256 venue;
        uint256 floor;
        int256 joint;
        uint256 band;
    }

    /// @notice Options of one underlying, summed.
    /// @param gains by entry of the array, Σ base · entry: those of `placesOf`
    /// @param size Σ |base|
    struct Options {
        int256[32] gains;
        uint256 size;
    }

    /// @notice Entries that `add` reads, a bit each, from the lowest.
    function placesOf(int256 move, uint256 scanRange, uint256 scenario, uint256 joint, bool joins)
        internal
        pure
        returns (uint256 places)
    {
        places = EpochMove.placesWithin(SignedMath.abs(move) + Scenarios.near(scanRange), scanRange) | _placesOf(move, scanRange, scenario);
        if (joins) places |= _placesOf(move, scanRange, joint);
        // It is zero.
        places &= ~(1 << Scenarios.UNMOVED);
    }

    /// @notice Adds an underlying.
    /// @param h of its book, perpetual and offset only; `gained` is set
    /// @param joins whether there are several
    function add(
        Sums memory sums,
        UnderlyingHoldings memory h,
        Options memory options,
        uint256 scenario,
        uint256 joint,
        bool joins,
        uint256 maintenanceRatio
    ) internal pure {
        UnderlyingParameters memory p = h.parameters;
        uint256 price = h.market.priceWad;
        unchecked {
            if (options.size != 0 && h.move != 0) {
                h.gained = EpochMove.gained(options.gains, h.move, p.scanRange, options.size);
            }
            uint256 scan = _weighted(_lossIn(h, options, scenario), scenario, p.scanRange);
            if (joins) {
                int256 lost = _lossIn(h, options, joint);
                sums.joint += lost * int256(price);
                scan = Math.max(scan, _weighted(lost, joint, p.scanRange));
            }
            scan = UnderlyingMargin.up(scan, price, PER_SPOT * PPB);
            uint256 minimum =
                UnderlyingMargin.up(SignedMath.abs(h.book.perpetual) * p.perpMinimumMaintenance, price, PER_SPOT);
            uint256 venue = UnderlyingMargin.up(
                UnderlyingMargin.up(h.book.offset * p.venueRate, price, PER_SPOT), maintenanceRatio, PPB
            );
            uint256 factor = UnderlyingMargin.concentration(UnderlyingMargin.up(scan, PPB, p.scanRange), p);
            uint256 base = Math.max(UnderlyingMargin.up(scan, maintenanceRatio, PPB), minimum);
            sums.base += base;
            sums.scaled += UnderlyingMargin.up(base, factor, WAD);
            sums.venue += venue;
            sums.floor += minimum + venue;
            sums.band += _bandOf(h, options);
            ++sums.count;
        }
    }

    /// @notice The bound.
    function maintenance(Sums memory sums, AccountParameters memory a) internal pure returns (uint256) {
        if (sums.count < 2) return sums.scaled + sums.venue;
        // A wei for each underlying, since `scaled` is rounded up.
        uint256 credit = Math.mulDiv(sums.base + sums.count, a.crossCredit, PPB, Math.Rounding.Ceil);
        uint256 lost = sums.joint < 0 ? 0 : uint256(sums.joint);
        lost = Math.mulDiv(lost, uint256(a.crossCredit) * a.maintenanceRatio, PER_SPOT * PPB * PPB);
        return Math.max(Math.saturatingSub(sums.scaled, credit) + lost + sums.venue, sums.floor);
    }

    function _placesOf(int256 move, uint256 scanRange, uint256 s) private pure returns (uint256) {
        return move == 0 ? 1 << s : EpochMove.placesOf(s, move, scanRange);
    }

    /// @dev As in `RiskBook.losses`, without closing allowances, 1e-17 of the spot. Of a perpetual alone a tail counts here: it never is the worst.
    function _lossIn(UnderlyingHoldings memory h, Options memory options, uint256 s) private pure returns (int256) {
        unchecked {
            uint256 range = h.parameters.scanRange;
            int256 gain = h.book.perpetual * Scenarios.moveOf(s, range);
            if (options.size != 0) {
                gain += h.move == 0
                    ? options.gains[s]
                    : EpochMove.scenario(options.gains, s, h.move, range, options.size, h.gained);
            }
            return int256(options.size) - gain;
        }
    }

    /// @dev 1e-26 of the spot, at least nothing.
    function _weighted(int256 loss, uint256 s, uint256 scanRange) private pure returns (uint256) {
        if (loss <= 0) return 0;
        bool isTail = !Scenarios.isOnGrid(s) && s <= Scenarios.LAST_TAIL;
        unchecked {
            return uint256(loss) * (isTail ? Scenarios.weight(Scenarios.moveOf(s, scanRange), scanRange) : PPB);
        }
    }

    /// @dev |Δ| · confidence, rounded up, with the delta between the near points around the price as it is now.
    function _bandOf(UnderlyingHoldings memory h, Options memory options) private pure returns (uint256) {
        uint256 confidence = h.market.confidenceWad;
        if (confidence == 0) return 0;
        uint256 range = h.parameters.scanRange;
        unchecked {
            int256 near = int256(Scenarios.near(range));
            int256 change = 2 * near * h.book.perpetual;
            if (options.size != 0) {
                change += EpochMove.gained(options.gains, h.move + near, range, options.size);
                change -= EpochMove.gained(options.gains, h.move - near, range, options.size);
            }
            return Math.mulDiv(SignedMath.abs(change), confidence, 2 * uint256(near) * PER_BASE, Math.Rounding.Ceil);
        }
    }
}
