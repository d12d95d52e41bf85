// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {InterestCurve} from "../funding/UtilisationCurve.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {IHubViews} from "../interfaces/IHubViews.sol";
import {AccountId} from "../types/AccountId.sol";
import {CashBalance, HubState} from "./HubState.sol";
import {LaneLogic} from "./LaneLogic.sol";
import {Lending, LendingPool} from "./LendingPool.sol";
import {Portfolio} from "./Portfolio.sol";

/// @notice Cash that accounts lend and borrow: who may, and what becomes of their balances. What it earns and costs is `LendingPool`.
/// @dev Cash comes into an account without a look at what it owes, so that receiving stays cheap: both stand beside each other until
/// the next act on the account sets them off.
library LendingLogic {
    using LendingPool for Lending;
    using SafeCast for uint256;

    /// @notice Sets what borrowing costs; the first curve opens the pool. The caller has checked the role.
    function setCurve(HubState storage s, InterestCurve calldata curve) external {
        s.lending.setCurve(curve);
        emit IHubLedger.InterestCurveSet(curve);
    }

    /// @notice Moves cash of an account into the pool. The caller has checked who asks.
    /// @dev CLR-06: what is lent backs nothing any more.
    function supply(HubState storage s, IHubLedger.SupplyOrder calldata order) external returns (uint256 shares) {
        _use(s, order.account, order.nonce, order.deadline);
        LaneLogic.requireOpen(s, 0);
        CashBalance storage cash = s.cash[order.account];
        setOff(s, order.account);
        if (order.amount > cash.held) {
            revert IHubLedger.Hub_InsufficientBalance(order.account, s.settlementAsset, order.amount, int256(uint256(cash.held)));
        }
        uint256 index = s.lending.accrue();
        shares = s.lending.supply(order.amount, index);
        if (shares == 0) revert IHubLedger.Hub_InvalidParameter("amount", order.amount);
        cash.held -= order.amount;
        s.lenders[order.account].shares += shares.toUint128();
        Portfolio.requireInitial(s, order.account);
        emit IHubLedger.CashSupplied(order.account, order.amount, shares, order.nonce);
    }

    /// @notice Takes shares back for cash, at what they are worth now, as many as idle cash is there for, if that comes to what the order wants at
    /// least. The caller has checked who asks.
    function redeem(HubState storage s, IHubLedger.RedemptionOrder calldata order) external returns (uint256 amount) {
        _use(s, order.account, order.nonce, order.deadline);
        IHubLedger.Lender storage lender = s.lenders[order.account];
        if (order.shares == 0) revert IHubLedger.Hub_InvalidParameter("shares", 0);
        if (order.shares > lender.shares) revert IHubLedger.Hub_InsufficientShares(order.account, order.shares, lender.shares);
        uint256 index = s.lending.accrue();
        uint128 shares = order.shares;
        amount = s.lending.worthOf(shares, index);
        uint256 idle = s.lending.idle;
        if (amount > idle) {
            if (idle == 0) revert IHubLedger.Hub_LentOut(amount, 0);
            (amount, shares) = (idle, s.lending.sharesFor(idle, index).toUint128());
        }
        if (amount < order.minimum) revert IHubLedger.Hub_BelowMinimum(amount, order.minimum);
        s.lending.redeem(shares, amount);
        lender.shares -= shares;
        s.cash[order.account].held += amount.toUint128();
        emit IHubLedger.CashRedeemed(order.account, amount, shares, order.nonce);
        setOff(s, order.account);
    }

    /// @notice Pays what an account owes from its cash, as far as that goes.
    function repay(HubState storage s, AccountId account) external {
        setOff(s, account);
    }

    /// @notice The pool as it is told, interest up to now.
    function stateOf(HubState storage s) external view returns (IHubLedger.LendingState memory) {
        Lending storage l = s.lending;
        (uint256 index, uint256 rateWad, uint256 reserve) = l.accrued();
        uint256 lent = l.owedToLenders(index);
        return IHubLedger.LendingState({
            indexWad: index,
            rateWad: rateWad,
            lent: lent,
            idle: l.idle,
            worth: l.idle + lent - reserve,
            shares: l.shares,
            debtUnits: l.debt,
            reserve: reserve,
            accruedAt: l.accruedAt,
            curve: l.curve
        });
    }

    /// @dev As `repay`.
    function setOff(HubState storage s, AccountId account) internal {
        CashBalance storage cash = s.cash[account];
        (uint256 held, uint256 units) = (cash.held, cash.debt);
        if (held == 0 || units == 0) return;
        uint256 index = s.lending.accrue();
        uint256 paid = LendingPool.owed(units, index);
        if (paid > held) paid = held;
        uint256 left = s.lending.repay(units, paid, index);
        cash.held = (held - paid).toUint128();
        cash.debt = left.toUint128();
        emit IHubLedger.CashRepaid(account, paid, left);
    }

    /// @notice Whether an account may be lent what it lacks for a loss (1e-6 dollar) in one instrument: see `Portfolio.coversLoss`.
    function mayBorrow(HubState storage s, AccountId account, uint256 loss) external view returns (bool) {
        return !s.lanes[0].paused && Portfolio.coversLoss(s, account, loss);
    }

    /// @notice Lends an account what its cash lacks for `loss`, dollars (1e-6), if something is idle and `mayBorrow`. Lends nothing where
    /// margin cannot be told, so that one account stops nobody else's settlement.
    function borrow(HubState storage s, AccountId account, uint256 loss) internal returns (uint256 lent) {
        Lending storage l = s.lending;
        lent = loss - s.cash[account].held;
        if (l.idle < lent) lent = l.idle;
        if (lent == 0 || !_mayBorrow(account, loss)) return 0;
        uint256 index = l.accrue();
        CashBalance storage cash = s.cash[account];
        uint256 units = l.lend(cash.debt, lent, index);
        cash.held += lent.toUint128();
        cash.debt = units.toUint128();
        emit IHubLedger.CashLent(account, lent, units);
    }

    /// @dev By a call, to be able to go on where it reverts.
    function _mayBorrow(AccountId account, uint256 loss) private view returns (bool) {
        try IHubViews(address(this)).mayBorrow(account, loss) returns (bool may) {
            return may;
        } catch {
            return false;
        }
    }

    function _use(HubState storage s, AccountId account, uint64 nonce, uint40 deadline) private {
        if (s.lending.indexWad == 0) revert IHubLedger.Hub_NoLending();
        if (block.timestamp > deadline) revert IHubLedger.Hub_Expired(deadline, block.timestamp);
        IHubLedger.Lender storage lender = s.lenders[account];
        if (nonce != lender.nonce + 1) revert IHubLedger.Hub_StaleNonce(nonce, lender.nonce);
        lender.nonce = nonce;
    }
}
