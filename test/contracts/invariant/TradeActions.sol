// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {CreditActions} from "./CreditActions.sol";
import "./World.sol";

/// @notice Trades, prices, settlement and time.
abstract contract TradeActions is CreditActions {
    /// @dev Selector of the last error with which a vault refused a trade.
    bytes4 private _refusal;

    struct Trade {
        uint256 lane;
        uint256 venue;
        uint256 instrument;
        uint256 buyer;
        uint256 seller;
        uint256 referenceWad;
        uint256 price;
        uint88 base;
    }

    /// @notice A venue records a trade near the reference price.
    function trade(uint256 seed) external action(seed) {
        Trade memory t = _someTrade(0, 20_000e26);
        t.price = (t.referenceWad * (990 + _pick(21))) / 1000;
        _count("trade", _recordAndReport(t));
    }

    /// @notice A malicious venue records what it likes: any price, any pair of accounts.
    function tradeMaliciously(uint256 seed) external action(seed) {
        Trade memory t = _someTrade(MALICIOUS, 400e26);
        t.price = _chance(2) ? t.referenceWad * (1 + _pick(5)) : t.referenceWad / (1 + _pick(20));
        _count("tradeMaliciously", _recordAndReport(t));
    }

    /// @notice Two who stand against each other give up a part: neither a pause nor a lower limit stops that.
    function reduce(uint256 seed) external action(seed) {
        Trade memory t;
        (t.lane, t.instrument) = (_pick(LANES), _pick(INSTRUMENTS));
        (uint256 most, uint256 from) = (type(uint256).max, _pick(TRADERS));
        (t.buyer, t.seller) = (TRADERS, TRADERS);
        for (uint256 n; n < TRADERS; ++n) {
            uint256 i = (from + n) % TRADERS;
            int256 base = w.vaults[t.lane].pairOf(w.accounts[i], w.instruments[t.instrument]).base;
            if (base == 0 || (base < 0 ? t.buyer : t.seller) != TRADERS) continue;
            if (base < 0) t.buyer = i;
            else t.seller = i;
            if (uint256(base < 0 ? -base : base) < most) most = uint256(base < 0 ? -base : base);
        }
        if (t.buyer == TRADERS || t.seller == TRADERS) return _count("reduce", false);
        _prepare(t);
        (t.referenceWad,) = w.vaults[t.lane].referencePriceOf(Places.underlyingOf(t.instrument));
        (t.price, t.base) = (t.referenceWad, uint88(1 + _pick(most)));
        bool stop = !w.vaults[t.lane].paused() && _chance(2);
        if (stop) _setPaused(t.lane, true);
        bool recorded = _recordAndReport(t);
        if (stop) _setPaused(t.lane, false);
        if (!recorded) {
            assertTrue(_refusal != ISpokeVault.Vault_Paused.selector, "CLR-18: a pause stopped a reduction");
            assertTrue(_refusal != ISpokeVault.Vault_PositionTooLarge.selector, "CLR-18: a limit stopped a reduction");
        }
        _count("reduce", recorded);
    }

    /// @notice Prices move by up to 8 %, within half and twice the first.
    function movePrices(uint256 seed) external action(seed) {
        for (uint256 k; k < INSTRUMENTS; ++k) {
            (uint256 price,) = w.oracle.latest(Places.underlyingOf(k));
            price = (price * (920 + _pick(161))) / 1000;
            uint256 start = Places.startPriceOf(k);
            if (price < start / 2) price = start / 2;
            if (price > start * 2) price = start * 2;
            w.oracle.set(Places.underlyingOf(k), price, time);
        }
        for (uint256 lane; lane < LANES; ++lane) {
            if (_chance(2)) _pushPrices(lane);
        }
        _count("movePrices", true);
    }

    /// @notice Settles some accounts at a fresh mark.
    function settle(uint256 seed) external action(seed) {
        uint256 k = _pick(INSTRUMENTS);
        if (!_chance(8)) _refreshPrices();
        _settle(k, _chance(2) ? (1 << ACCOUNTS) - 1 : 1 + _pick((1 << ACCOUNTS) - 1));
    }

    /// @notice Time passes; now and then so much that leases lapse.
    function wait(uint256 seed) external action(seed) {
        uint256 kind = _pick(6);
        if (kind == 0) time += _chance(3) ? MAX_LAG + _pick(60) : LEASE + _pick(60);
        else time += kind == 1 ? _pick(LEASE) : _pick(60);
        _at(0);
        _count("wait", true);
    }

    function _someTrade(uint256 venue, uint256 notional) private returns (Trade memory t) {
        t.lane = _pick(LANES);
        t.venue = venue;
        t.instrument = _pick(INSTRUMENTS);
        t.buyer = _pick(TRADERS);
        t.seller = (t.buyer + 1 + _pick(TRADERS - 1)) % TRADERS;
        if (!_chance(8)) _prepare(t);
        (t.referenceWad,) = w.vaults[t.lane].referencePriceOf(Places.underlyingOf(t.instrument));
        t.base = uint88(1 + _pick(notional / (t.referenceWad + 1)));
    }

    /// @dev What a relayer does in time: a fresh reference price and live leases.
    function _prepare(Trade memory t) private {
        (, uint256 published) = w.vaults[t.lane].referencePriceOf(Places.underlyingOf(t.instrument));
        uint256 first = _mail.length;
        if (published + 240 < _clock(t.lane)) {
            _refreshPrices();
            _pushPrices(t.lane);
        }
        uint256 members;
        for (uint256 i; i < TRADERS; ++i) {
            if (i != t.buyer && i != t.seller) continue;
            if (w.vaults[t.lane].creditOf(w.accounts[i]).validUntil <= _clock(t.lane)) members |= 1 << i;
        }
        if (members != 0) {
            // The newest goes first, but a lane that is behind gets no lease.
            if (_isBehind(t.lane)) {
                _deliverSince(first);
                first = _mail.length;
                _report(t.lane, 1, true);
                _deliverSince(first);
                first = _mail.length;
            }
            _refreshPrices();
            _renew(t.lane, members);
        }
        _deliverSince(first);
    }

    function _recordAndReport(Trade memory t) private returns (bool recorded) {
        recorded = _recordTrade(t);
        if (recorded && _chance(2)) _report(t.lane, 1 + _pick(2), _chance(4));
    }

    function _recordTrade(Trade memory t) internal returns (bool recorded) {
        AccountId buyer = w.accounts[t.buyer];
        AccountId seller = w.accounts[t.seller];
        InstrumentId instrument = w.instruments[t.instrument];
        Pair memory bought = w.vaults[t.lane].pairOf(buyer, instrument);
        Pair memory sold = w.vaults[t.lane].pairOf(seller, instrument);
        _at(t.lane);
        vm.prank(w.venues[t.venue]);
        try w.vaults[t.lane].recordTrade(instrument, buyer, seller, t.base, uint128(t.price)) {
            recorded = true;
            _addCost(t, t.buyer, bought, w.vaults[t.lane].pairOf(buyer, instrument));
            _addCost(t, t.seller, sold, w.vaults[t.lane].pairOf(seller, instrument));
        } catch (bytes memory reason) {
            _refusal = bytes4(reason);
        }
        _at(0);
        if (recorded) _checkRecorded(t, bought.base, sold.base);
    }

    function _checkRecorded(Trade memory t, int256 bought, int256 sold) private view {
        SpokeVault vault = w.vaults[t.lane];
        bool frozen = vault.freezeOf(w.accounts[t.buyer]).frozen || vault.freezeOf(w.accounts[t.seller]).frozen;
        assertFalse(frozen, "CLR-06: a frozen account was traded for");
        bool reduces = bought + int256(uint256(t.base)) <= 0 && sold >= int256(uint256(t.base));
        assertTrue(reduces || !vault.paused(), "CLR-18: a position grew while the vault was paused");
        assertTrue(vault.heartbeat().oldestDirty != 0, "CLR-04: a trade that does not wait to be reported");
    }

    function _addCost(Trade memory t, uint256 owner, Pair memory before, Pair memory later) private {
        int256 worth = (int256(later.base) - before.base) * int256(t.referenceWad);
        worth += (int256(later.quote) - before.quote) * 1e20;
        uint256 cost = worth < 0 ? uint256(-worth) : 0;
        _cost[owner][t.lane][t.venue] += cost;
        // On top of the margin, which alone would cover any fee.
        uint256 risk = (uint256(t.base) * t.referenceWad * RATE_PPM) / 1e6;
        assertGe(uint256(later.used - before.used) * 1e24, risk + cost, "CLR-07: charged less than margin and cost");
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
        int256[] memory cash = new int256[](count);
        for (uint256 i; i < count; ++i) {
            cash[i] = w.hub.balanceOf(accounts[i], 1);
        }
        uint256 pool = w.hub.variationPoolOf(w.instruments[k]);
        try w.hub.settle(w.instruments[k], accounts, "") {}
        catch {
            return _count("settle", false);
        }
        int256 moved;
        bool paid;
        for (uint256 i; i < count; ++i) {
            int256 change = w.hub.balanceOf(accounts[i], 1) - cash[i];
            moved += change;
            if (change > 0) paid = true;
        }
        uint256 left = w.hub.variationPoolOf(w.instruments[k]);
        assertEq(moved, int256(pool) - int256(left), "CLR-01: cash comes from the pool only");
        if (paid) assertGe(left, _unmatched(k), "CLR-01: an unmatched gain was paid");
        _count("settle", paid);
    }

    /// @dev What the spokes' half-arrived trades are worth at the mark, where that is a gain: it must not become cash
    /// before its loser is known.
    function _unmatched(uint256 k) internal view returns (uint256 total) {
        (uint256 mark,) = w.oracle.latest(Places.underlyingOf(k));
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
