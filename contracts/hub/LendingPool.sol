// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FundingLimits} from "../funding/FundingLimits.sol";
import {InterestCurve, UtilisationCurve} from "../funding/UtilisationCurve.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";

/// @notice What lenders put in and debtors owe. Dollars are 1e-6; debts are kept in *units*: dollars at an index of 1.
/// @param indexWad what a unit of debt has grown to, 1e18; zero until a curve is set
/// @param debt Σ of all debts, units
/// @param idle dollars that nobody has borrowed
/// @param reserve dollars of interest that are not the lenders': the insurance fund's
/// @param shares of the lenders
/// @param accruedAt up to when interest is charged
struct Lending {
    uint128 indexWad;
    uint128 debt;
    uint128 idle;
    uint128 reserve;
    uint128 shares;
    uint40 accruedAt;
    InterestCurve curve;
}

/// @title Lending of cash
/// @notice Mirrored to the bit by `clearing/funding/lendingPool.ts` (CLR-20). Debts are rounded up, what lenders own down: Σ of the debts,
/// each rounded up, is never less than what the lenders count as owed, and no act but interest changes the worth of a share (CLR-16).
library LendingPool {
    using SafeCast for uint256;

    uint256 internal constant WAD = 1e18;
    /// @dev A debt grows a million times at the most: beyond, nothing accrues. So nothing overflows, and nothing that touches a debt reverts.
    uint256 private constant MAX_INDEX = 1e24;

    /// @notice Sets the curve from now on; the first opens the pool.
    function setCurve(Lending storage l, InterestCurve memory curve) internal {
        UtilisationCurve.check(curve);
        if (l.indexWad == 0) {
            l.indexWad = uint128(WAD);
            l.accruedAt = uint40(block.timestamp);
        } else {
            accrue(l);
        }
        l.curve = curve;
    }

    /// @notice Charges interest up to now.
    /// @return index what a unit of debt is now, 1e18
    function accrue(Lending storage l) internal returns (uint256 index) {
        uint256 rateWad;
        uint256 reserve;
        (index, rateWad, reserve) = accrued(l);
        uint256 elapsed = block.timestamp - l.accruedAt;
        if (elapsed == 0) return index;
        l.accruedAt = uint40(block.timestamp);
        if (index == l.indexWad) return index;
        l.reserve = reserve.toUint128();
        l.indexWad = index.toUint128();
        emit IHubLedger.InterestAccrued(elapsed, rateWad, index, reserve);
    }

    /// @notice What an accrual now makes of the index and the reserve. Simple interest since the last one, of a year at the most.
    /// @return index what a unit of debt is, 1e18
    /// @return rateWad yearly, 1e18
    function accrued(Lending storage l) internal view returns (uint256 index, uint256 rateWad, uint256 reserve) {
        (index, reserve) = (l.indexWad, l.reserve);
        uint256 elapsed = Math.min(block.timestamp - l.accruedAt, FundingLimits.YEAR);
        if (l.debt == 0 || elapsed == 0) return (index, 0, reserve);
        uint256 lent = owedToLenders(l, index);
        rateWad = UtilisationCurve.rate(UtilisationCurve.utilisation(lent, l.idle + lent), l.curve);
        index = Math.min(UtilisationCurve.grow(index, rateWad, elapsed), MAX_INDEX);
        uint256 interest = owedToLenders(l, index) - lent;
        // Without lenders nobody else owns it; and shares must not begin dear.
        reserve += l.shares == 0 ? interest : interest - UtilisationCurve.earned(interest, l.curve);
    }

    /// @notice What a debt of so many units is, dollars, rounded up.
    function owed(uint256 units, uint256 index) internal pure returns (uint256) {
        return Math.ceilDiv(units * index, WAD);
    }

    /// @notice What lenders count as owed to them, dollars, rounded down.
    function owedToLenders(Lending storage l, uint256 index) internal view returns (uint256) {
        return l.debt * index / WAD;
    }

    /// @notice What all shares are worth, dollars: idle or lent, without the reserve; the index is of now, as below.
    function worth(Lending storage l, uint256 index) internal view returns (uint256) {
        return l.idle + owedToLenders(l, index) - l.reserve;
    }

    /// @notice Lends `amount`, at most what is idle.
    /// @return units of the debt, with these
    function lend(Lending storage l, uint256 units, uint256 amount, uint256 index) internal returns (uint256) {
        uint256 more = Math.ceilDiv(amount * WAD, index);
        l.idle = (l.idle - amount).toUint128();
        l.debt = (l.debt + more).toUint128();
        return units + more;
    }

    /// @notice Takes `amount` towards a debt, above zero and at most what it is.
    /// @return units of the debt that is left
    function repay(Lending storage l, uint256 units, uint256 amount, uint256 index) internal returns (uint256) {
        uint256 left = Math.ceilDiv((owed(units, index) - amount) * WAD, index);
        l.idle = (l.idle + amount).toUint128();
        l.debt = (l.debt - (units - left)).toUint128();
        return left;
    }

    /// @notice Shares for `amount` dollars, rounded down.
    /// @dev The share and the dollar that nobody has keep the first lender from choosing what a share is worth.
    function supply(Lending storage l, uint256 amount, uint256 index) internal returns (uint256 shares) {
        shares = Math.mulDiv(amount, uint256(l.shares) + 1, worth(l, index) + 1);
        l.idle = (l.idle + amount).toUint128();
        l.shares = (l.shares + shares).toUint128();
    }

    /// @notice What `shares`, at most all that there are, are worth now, rounded down.
    function worthOf(Lending storage l, uint256 shares, uint256 index) internal view returns (uint256) {
        return Math.mulDiv(shares, worth(l, index) + 1, uint256(l.shares) + 1);
    }

    /// @notice Shares that are worth `amount` now, rounded up.
    function sharesFor(Lending storage l, uint256 amount, uint256 index) internal view returns (uint256) {
        return Math.mulDiv(amount, uint256(l.shares) + 1, worth(l, index) + 1, Math.Rounding.Ceil);
    }

    /// @notice Burns `shares` for `amount`, which is idle and what they are worth.
    function redeem(Lending storage l, uint256 shares, uint256 amount) internal {
        l.idle = (l.idle - amount).toUint128();
        l.shares = (l.shares - shares).toUint128();
    }
}
