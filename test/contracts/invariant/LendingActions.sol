// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ClosingActions} from "./ClosingActions.sol";
import "./World.sol";

/// @notice Cash is lent to the pool and taken back, and debts are paid; `settle` borrows.
abstract contract LendingActions is ClosingActions {
    /// @notice An owner lends cash: mostly all that its margin does not need, so that it must borrow when it loses.
    function supply(uint256 seed) external action(seed) {
        if (!_chance(8)) _refreshPrices();
        _supply(_pick(TRADERS), _chance(3) ? 1 + _pick(20_000e6) : type(uint128).max);
    }

    /// @notice A lender takes back some of its shares, or all.
    function redeem(uint256 seed) external action(seed) {
        uint256 from = _pick(TRADERS);
        for (uint256 n; n < TRADERS; ++n) {
            uint256 owner = (from + n) % TRADERS;
            uint128 shares = w.hub.lenderOf(w.accounts[owner]).shares;
            if (shares == 0) continue;
            return _redeem(owner, _chance(3) ? shares : uint128(1 + _pick(shares)));
        }
        _count("redeem", false);
    }

    /// @notice Time passes, and anybody has a debt paid from its debtor's cash, which may just have come.
    function repay(uint256 seed) external action(seed) {
        time += _chance(2) ? 1 + _pick(LEASE) : 0;
        _at(0);
        uint256 from = _pick(TRADERS);
        uint256 owner = from;
        for (uint256 n; n < TRADERS && w.hub.debtOf(w.accounts[owner]) == 0; ++n) {
            owner = (from + n) % TRADERS;
        }
        if (_chance(2)) {
            uint256 first = _mail.length;
            uint256 lane = _pick(LANES);
            _deposit(owner, lane, 0, 1 + _pick(5_000e6), false);
            _report(lane, 1, true);
            _deliverSince(first);
        }
        int256 before = _principal[owner];
        vm.recordLogs();
        w.hub.repay(w.accounts[owner]);
        _collect();
        int256 cash = w.hub.balanceOf(w.accounts[owner], 1);
        uint256 debt = w.hub.debtOf(w.accounts[owner]);
        assertTrue(debt == 0 || cash == -int256(debt), "CLR-16: cash and debt stand beside each other");
        _count("repay", _principal[owner] != before);
    }

    /// @notice Prices move against a trader with little cash, and whoever has lost is settled.
    function borrow(uint256 seed) external action(seed) {
        uint256 k = _pick(PERPETUALS);
        uint256 owner = _pick(3) == 0 ? _pick(TRADERS) : BORROWER;
        int256 base = w.hub.positionOf(w.accounts[owner], w.instruments[k]).base;
        for (uint256 n = 1 + _pick(3); n != 0; --n) {
            time += 1 + _pick(10);
            _refreshPrices();
            bytes16 underlying = Places.underlyingOf(k);
            (uint256 price,) = w.oracle.latest(underlying);
            price = price * (base < 0 ? 1000 + _pick(60) : 1000 - _pick(60)) / 1000;
            uint256 start = Places.startPriceOf(k);
            if (price < start / 2 || price > start * 2) price = start;
            w.oracle.set(underlying, price, time);
            _refreshPrices();
            _settle(k, (1 << ACCOUNTS) - 1);
        }
    }

    /// @dev What another signs, or is brought twice, is refused.
    /// @param amount at most what it has and its margin does not need
    function _supply(uint256 owner, uint256 amount) internal {
        IHubLedger.SupplyOrder memory order;
        order.account = w.accounts[owner];
        order.amount = uint128(_spare(owner, amount));
        (order.nonce, order.deadline) = (w.hub.lenderOf(order.account).nonce + 1, uint40(time));
        bytes32 digest = w.hub.hashSupplyOrder(order);
        bytes memory forged = _sign((owner + 1) % OWNERS, digest);
        try w.hub.supply(order, forged, "") {
            _fail("CLR-05: lent by somebody else");
        } catch {}
        bytes memory signature = _sign(owner, digest);
        vm.recordLogs();
        try w.hub.supply(order, signature, "") {}
        catch {
            return _count("supply", false);
        }
        _collect();
        _supplied[owner] += int256(uint256(order.amount));
        assertFalse(w.hub.laneOf(0).paused, "CLR-18: lenders lent while the hub was paused");
        _assertCovered(owner);
        try w.hub.supply(order, signature, "") {
            _fail("CLR-05: an order was accepted twice");
        } catch {}
        _count("supply", true);
    }

    /// @dev Mostly what would not be refused.
    function _spare(uint256 owner, uint256 most) private returns (uint256) {
        int256 cash = w.hub.balanceOf(w.accounts[owner], 1);
        if (cash <= 0) return 1;
        if (uint256(cash) < most) most = uint256(cash);
        if (_chance(8)) return most;
        try w.hub.freshMarginOf(w.accounts[owner]) returns (IHubLedger.MarginState memory m) {
            int256 free = m.equityInitialWad - int256(m.initialWad + m.outstandingWad);
            if (free < int256(most) * 1e12) most = free < 1e12 ? 1 : uint256(free) / 1e12;
        } catch {}
        return most;
    }

    /// @dev Whoever owns shares gets what is idle of what they are worth, whatever is paused (CLR-18).
    function _redeem(uint256 owner, uint128 shares) internal {
        IHubLedger.LendingState memory l = w.hub.lendingState();
        IHubLedger.RedemptionOrder memory order;
        (order.account, order.shares) = (w.accounts[owner], shares);
        (order.nonce, order.deadline) = (w.hub.lenderOf(order.account).nonce + 1, uint40(time));
        bytes32 digest = w.hub.hashRedemptionOrder(order);
        bytes memory forged = _sign((owner + 1) % OWNERS, digest);
        try w.hub.redeem(order, forged) {
            _fail("CLR-05: redeemed by somebody else");
        } catch {}
        bytes memory signature = _sign(owner, digest);
        uint256 amount;
        bool redeemed;
        vm.recordLogs();
        try w.hub.redeem(order, signature) returns (uint256 paid) {
            (amount, redeemed) = (paid, true);
        } catch {}
        _collect();
        uint256 worth = uint256(shares) * (l.worth + 1) / (l.shares + 1);
        if (!redeemed) {
            assertTrue(worth != 0 && l.idle == 0, "CLR-18: what is idle is not given back");
            return _count("redeem", false);
        }
        assertEq(amount, worth < l.idle ? worth : l.idle, "CLR-16: another amount than shares are worth and is idle");
        _supplied[owner] -= int256(amount);
        _count("redeem", true);
    }
}
