// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {InterestCurve} from "../../../contracts/funding/UtilisationCurve.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {Books} from "./Books.sol";
import {MessageActions} from "./MessageActions.sol";
import "./World.sol";

/// @notice What must hold of the lending pool: it lends what lenders put in, owes them no more than it has and is owed, and time alone
/// makes them richer, by the curve (CLR-16).
abstract contract LendingChecks is MessageActions {
    uint256 private constant WAD = 1e18;
    uint256 private constant YEAR = 365 days;

    /// @dev As of the last check; and of the last one at which interest had just been charged.
    IHubLedger.LendingState private _last;
    IHubLedger.LendingState private _charged;

    function check_CLR16(Books memory b) internal {
        IHubLedger.LendingState memory l = b.lending;
        uint256 shares;
        uint256 claims;
        uint256 owed;
        int256 idle;
        for (uint256 i; i < OWNERS; ++i) {
            shares += b.lenders[i].shares;
            claims += Math.mulDiv(b.lenders[i].shares, l.worth + 1, l.shares + 1);
            owed += b.debts[i];
            idle += _supplied[i] - _principal[i];
            assertGe(int256(b.debts[i]), _principal[i], "CLR-16: less is owed than was lent and not paid back");
        }
        assertEq(shares, l.shares, "CLR-16: shares");
        assertEq(int256(l.idle), idle, "CLR-16: idle = supplied - redeemed - lent + repaid");
        assertGe(owed, l.lent, "CLR-16: lenders count on more than debtors owe");
        // Of each debt what it is rounded up by.
        assertLe(owed, l.lent + OWNERS, "CLR-16: debtors owe more than lenders count on");
        assertLe(claims + l.reserve, l.idle + owed, "CLR-16: claims of lenders <= idle + debts");
        if (_last.shares != 0 && l.shares != 0) {
            uint256 before = (_last.worth + 1) * (l.shares + 1);
            assertGe((l.worth + 1) * (_last.shares + 1), before, "CLR-16: a share is worth less");
        }
        assertGe(l.indexWad, _last.indexWad, "CLR-16: the index falls");
        _checkInterest(l);
        _last = l;
        if (l.accruedAt == time) _charged = l;
    }

    /// @dev Since interest was last charged, if what it was charged to is known: simple interest at the rate of what was lent then.
    function _checkInterest(IHubLedger.LendingState memory l) private view {
        if (_charged.accruedAt != l.accruedAt || _charged.indexWad == 0) return;
        uint256 index = _charged.indexWad;
        uint256 rate = _charged.debtUnits == 0 ? 0 : _rateAt(_charged.lent, _charged.idle);
        if (time != l.accruedAt) index += Math.ceilDiv(index * rate * (time - l.accruedAt), YEAR * WAD);
        assertEq(l.indexWad, index, "CLR-16: another interest than the curve's");
        uint256 interest = l.lent - _charged.lent;
        uint256 share = l.shares == 0 ? 0 : interest * (1e9 - Places.interestCurve().reserve) / 1e9;
        assertEq(l.reserve, _charged.reserve + interest - share, "CLR-16: the reserve's share of the interest");
    }

    /// @dev Yearly, 1e18.
    function _rateAt(uint256 lent, uint256 idle) private pure returns (uint256) {
        InterestCurve memory c = Places.interestCurve();
        uint256 utilisation = Math.min(WAD, Math.ceilDiv(lent * WAD, lent + idle));
        uint256 kink = uint256(c.kink) * 1e9;
        if (utilisation <= kink) return uint256(c.base) * 1e9 + Math.ceilDiv(uint256(c.toKink) * 1e9 * utilisation, kink);
        uint256 beyond = Math.ceilDiv(uint256(c.beyondKink) * 1e9 * (utilisation - kink), WAD - kink);
        return uint256(c.base + c.toKink) * 1e9 + beyond;
    }
}
