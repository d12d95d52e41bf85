// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {PositionValue} from "../../../contracts/libraries/PositionValue.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {CreditActions} from "./CreditActions.sol";
import "./World.sol";

/// @notice Settlement, and what it lends.
abstract contract SettleActions is CreditActions {
    /// @param cash of each account, less what it owes; `held` by all of them, whatever they owe
    /// @param listed bit i: the instrument is on account i's list
    struct SettleBook {
        int256[] cash;
        int256 held;
        int256[OWNERS] principals;
        uint256 pool;
        uint256 listed;
    }

    /// @notice Settles some accounts at a fresh mark.
    function settle(uint256 seed) external action(seed) {
        uint256 k = _pick(INSTRUMENTS);
        // What has settled goes first.
        for (uint256 n = PERPETUALS; n < INSTRUMENTS; ++n) {
            if (!_isLive(n) && _chance(3)) k = n;
        }
        if (!_chance(8)) _refreshPrices();
        _settle(k, _chance(2) ? (1 << ACCOUNTS) - 1 : 1 + _pick((1 << ACCOUNTS) - 1));
    }

    /// @param members bit i: account i
    function _settle(uint256 k, uint256 members) internal {
        AccountId[] memory accounts = new AccountId[](ACCOUNTS);
        uint256 count;
        for (uint256 i; i < ACCOUNTS; ++i) {
            if ((members >> i) & 1 == 0) continue;
            uint256 at = count++;
            for (; at != 0 && AccountId.unwrap(accounts[at - 1]) > AccountId.unwrap(w.accounts[i]); --at) {
                accounts[at] = accounts[at - 1];
            }
            accounts[at] = w.accounts[i];
        }
        assembly ("memory-safe") {
            mstore(accounts, count)
        }
        SettleBook memory before = _bookOf(k, accounts);
        vm.recordLogs();
        try w.hub.settle(w.instruments[k], accounts, "") {}
        catch {
            return _count("settle", false);
        }
        _collect();
        bool paid = _checkSettled(k, before, _bookOf(k, accounts));
        _count(k < PERPETUALS ? bytes32("settle") : bytes32("settleOption"), paid);
        if (k >= PERPETUALS && !_isLive(k)) _checkRolledOff(k, members, before.listed);
    }

    /// @return paid whether somebody was
    function _checkSettled(uint256 k, SettleBook memory before, SettleBook memory later) private returns (bool paid) {
        for (uint256 i; i < before.cash.length; ++i) {
            if (later.cash[i] > before.cash[i]) paid = true;
        }
        int256 lent = _checkLoans(before.principals);
        int256 moved = later.held - before.held - lent;
        assertEq(moved, int256(before.pool) - int256(later.pool), "CLR-01: cash comes from the pool and lenders only");
        if (paid) assertGe(later.pool, _unmatched(k), "CLR-01: an unmatched gain was paid");
    }

    function _bookOf(uint256 k, AccountId[] memory accounts) private view returns (SettleBook memory b) {
        b.cash = new int256[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            b.cash[i] = w.hub.balanceOf(accounts[i], 1);
            b.held += b.cash[i] + int256(w.hub.debtOf(accounts[i]));
        }
        for (uint256 i; i < OWNERS; ++i) {
            b.principals[i] = _principal[i];
        }
        (b.pool, b.listed) = (w.hub.variationPoolOf(w.instruments[k]), _listed(k));
    }

    /// @dev Who was lent cash has cover for it, and an open hub lent it.
    /// @return lent to all, less what was paid back
    function _checkLoans(int256[OWNERS] memory before) private returns (int256 lent) {
        for (uint256 i; i < OWNERS; ++i) {
            lent += _principal[i] - before[i];
            if (_principal[i] <= before[i]) continue;
            assertFalse(w.hub.laneOf(0).paused, "CLR-18: lent while the hub was paused");
            _assertLoanCovered(i);
            _count("borrow", true);
        }
    }

    /// @dev Bit i: the instrument is on account i's list.
    function _listed(uint256 k) private view returns (uint256 members) {
        for (uint256 i; i < ACCOUNTS; ++i) {
            if (w.hub.positionOf(w.accounts[i], w.instruments[k]).place != 0) members |= 1 << i;
        }
    }

    /// @dev Of those who were settled, only who owes or is owed still has it, or who may have closed it where nobody has told.
    function _checkRolledOff(uint256 k, uint256 members, uint256 listed) private {
        uint256 mark = w.engine.markOf(w.instruments[k], MAX_PRICE_AGE);
        uint256 left = _listed(k);
        for (uint256 i; i < ACCOUNTS; ++i) {
            if ((members >> i) & 1 == 0) continue;
            IHubLedger.NetPosition memory p = w.hub.positionOf(w.accounts[i], w.instruments[k]);
            bool stays = PositionValue.micros(p.base, p.quote, mark) != 0 || ((listed >> i) & 1 == 1 && _mayBeClosed(i, k));
            assertEq((left >> i) & 1, stays ? 1 : 0, "an option that has settled stays on a list, or a debt does not");
            if ((listed & ~left) >> i & 1 == 1) _count("rollOff", true);
        }
    }

    function _mayBeClosed(uint256 i, uint256 k) private view returns (bool may) {
        IHubLedger.OpenClosing[] memory open = w.hub.openClosingsOf(w.accounts[i]);
        for (uint256 n; n < open.length; ++n) {
            if (open[n].instrument == w.instruments[k]) may = true;
        }
    }

    /// @dev What the spokes' half-arrived trades are worth at the mark, where that is a gain: it must not become cash
    /// before its loser is known.
    function _unmatched(uint256 k) internal view returns (uint256 total) {
        uint256 mark = w.engine.markOf(w.instruments[k], MAX_PRICE_AGE);
        for (uint256 lane; lane < LANES; ++lane) {
            int256 base;
            int256 quote;
            uint16 instrument = w.vaults[lane].instrumentIndexOf(w.instruments[k]);
            for (uint256 i; i < ACCOUNTS; ++i) {
                uint32 index = w.vaults[lane].accountIndexOf(w.accounts[i]);
                Pair memory p = w.hub.pairOf(Places.eidOf(lane), index, instrument);
                base += p.base;
                quote += p.quote;
            }
            int256 worth = base * int256(mark) + quote * 1e20;
            if (worth > 0) total += uint256(worth) / 1e20;
        }
    }
}
