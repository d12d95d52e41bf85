// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {SettleActions} from "./SettleActions.sol";
import "./World.sol";

/// @notice Trades, prices and time.
abstract contract TradeActions is SettleActions {
    /// @dev Credit charged per notional of what closes, millionths.
    uint256 private constant CLOSING_RATE_PPM = 5_000;

    struct Trade {
        uint256 lane;
        uint256 venue;
        uint256 instrument;
        uint256 buyer;
        uint256 seller;
        uint256 referenceWad;
        uint256 fairWad;
        uint256 price;
        uint88 base;
        bool buyerCloses;
        bool sellerCloses;
    }

    /// @notice A venue records a trade near the reference price.
    function trade(uint256 seed) external action(seed) {
        _trade(_pick(INSTRUMENTS));
    }

    function _trade(uint256 instrument) internal {
        Trade memory t = _someTrade(instrument, 0, 20_000e26);
        t.price = (t.fairWad * (990 + _pick(21))) / 1000;
        _count(t.instrument < PERPETUALS ? bytes32("trade") : bytes32("tradeOption"), _recordAndReport(t));
    }

    /// @dev Somebody trades with `owner`, near the reference price.
    function _tradeBetween(uint256 lane, uint256 k, uint256 owner, bool isBuy, uint88 base) internal {
        Trade memory t;
        uint256 other = (owner + 1 + _pick(TRADERS - 1)) % TRADERS;
        (t.lane, t.instrument) = (lane, k);
        (t.buyer, t.seller) = isBuy ? (owner, other) : (other, owner);
        if (!_chance(8)) _prepare(t);
        _readReference(t);
        (t.base, t.price) = (base, t.fairWad * (998 + _pick(5)) / 1000);
        _recordTrade(t);
    }

    /// @notice A malicious venue records what it likes: any price, any pair of accounts.
    function tradeMaliciously(uint256 seed) external action(seed) {
        Trade memory t = _someTrade(_pick(INSTRUMENTS), MALICIOUS, 400e26);
        t.price = _chance(2) ? t.fairWad * (1 + _pick(5)) : t.fairWad / (1 + _pick(20));
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
        _readReference(t);
        (t.price, t.base) = (t.fairWad, uint88(1 + _pick(most)));
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
        time += 1 + _pick(10);
        _at(0);
        for (uint256 k; k < PERPETUALS; ++k) {
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

    /// @notice Time passes; now and then so much that leases lapse.
    function wait(uint256 seed) external action(seed) {
        uint256 kind = _pick(6);
        if (kind == 0) time += _chance(3) ? MAX_LAG + _pick(60) : LEASE + _pick(60);
        else time += kind == 1 ? _pick(LEASE) : _pick(60);
        _at(0);
        _count("wait", true);
    }

    function _someTrade(uint256 instrument, uint256 venue, uint256 notional) private returns (Trade memory t) {
        t.lane = _pick(LANES);
        t.venue = venue;
        t.instrument = instrument;
        if (!_isTraded(t.instrument) && !_chance(8)) t.instrument = _pick(PERPETUALS);
        t.buyer = _pick(TRADERS);
        t.seller = (t.buyer + 1 + _pick(TRADERS - 1)) % TRADERS;
        if (!_chance(8)) _prepare(t);
        _readReference(t);
        t.base = uint88(1 + _pick(notional / (t.referenceWad + 1)));
    }

    /// @dev What a relayer does in time: a fresh reference price and live leases.
    function _prepare(Trade memory t) private {
        uint256 first = _mail.length;
        if (_publishedOf(t.lane, t.instrument) + 240 < _clock(t.lane)) {
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
            t.buyerCloses = _addCost(t, t.buyer, bought, w.vaults[t.lane].pairOf(buyer, instrument));
            t.sellerCloses = _addCost(t, t.seller, sold, w.vaults[t.lane].pairOf(seller, instrument));
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
        int256 base = int256(uint256(t.base));
        bool reduces = (t.buyerCloses || bought + base <= 0) && (t.sellerCloses || sold >= base);
        assertTrue(reduces || !vault.paused(), "CLR-18: a position grew while the vault was paused");
        uint256 expiry = w.instruments[t.instrument].expiry();
        assertTrue(expiry == 0 || _clock(t.lane) < expiry, "an option was traded that has expired");
        assertGe(_publishedOf(t.lane, t.instrument) + 300, _clock(t.lane), "CLR-13: traded at an old price");
        assertTrue(vault.heartbeat().oldestDirty != 0, "CLR-04: a trade that does not wait to be reported");
    }

    /// @dev Whether it is listed and has not expired.
    function _isTraded(uint256 k) private view returns (bool) {
        uint256 expiry = w.instruments[k].expiry();
        return w.registry.numberOf(w.instruments[k]) != 0 && (expiry == 0 || time < expiry);
    }

    /// @dev When the oldest of what a vault needs to trade an instrument was published.
    function _publishedOf(uint256 lane, uint256 k) private view returns (uint256 published) {
        (, published) = w.vaults[lane].referencePriceOf(Places.underlyingOf(k));
        if (k < PERPETUALS) return published;
        uint256 option = w.vaults[lane].optionReferenceOf(w.instruments[k]).time;
        return option < published ? option : published;
    }

    /// @dev Price of the underlying, and what the instrument is worth, rounded down, as its vault knows them.
    function _readReference(Trade memory t) internal view {
        (t.referenceWad,) = w.vaults[t.lane].referencePriceOf(Places.underlyingOf(t.instrument));
        t.fairWad = t.referenceWad;
        if (t.instrument < PERPETUALS) return;
        CommandCodec.OptionReference memory r = w.vaults[t.lane].optionReferenceOf(w.instruments[t.instrument]);
        int256 moved = int256(t.referenceWad) - int256(uint256(r.spotWad));
        int256 worth = int256(uint256(r.markWad)) * 1e9 + r.deltaPpb * moved;
        t.fairWad = worth < 0 ? 0 : uint256(worth) / 1e9;
    }

    /// @return closes whether its closing allowance was charged
    function _addCost(Trade memory t, uint256 owner, Pair memory before, Pair memory later) private returns (bool closes) {
        int256 worth = (int256(later.base) - before.base) * int256(t.fairWad);
        worth += (int256(later.quote) - before.quote) * 1e20;
        uint256 cost = worth < 0 ? uint256(-worth) : 0;
        _cost[owner][t.lane][t.venue] += cost;
        uint256 charged = _addClosed(t, owner, later.version);
        closes = charged != 0;
        // On top of the margin, which alone would cover any fee.
        uint256 risk = uint256(t.base) * t.referenceWad * (closes ? CLOSING_RATE_PPM : RATE_PPM) / 1e6;
        if (closes) assertEq(later.used, before.used, "CLR-07: charged as closing and as opening");
        else charged = later.used - before.used;
        assertGe(charged * 1e24, risk + cost, "CLR-07: charged less than margin and cost");
    }

    /// @dev Only a live allowance closes, and all of the trade.
    /// @return charged cents, of the closing allowance
    function _addClosed(Trade memory t, uint256 owner, uint256 version) private returns (uint256 charged) {
        if (_closingGrants[owner][t.lane][t.instrument].length == 0) return 0;
        ISpokeVault.ClosingAllowance memory a =
            w.vaults[t.lane].closingAllowanceOf(w.accounts[owner], w.instruments[t.instrument]);
        Closed memory before = _closedAt(owner, t.lane, t.instrument, version);
        charged = a.usedCredit - before.credit;
        if (charged == 0) return 0;
        assertEq(a.isBuy, owner == t.buyer, "CLR-06: closed the other way");
        assertEq(a.usedBuys - before.buys, a.isBuy ? t.base : 0, "CLR-06: not all of a purchase closes");
        assertEq(a.usedSells - before.sells, a.isBuy ? 0 : t.base, "CLR-06: not all of a sale closes");
        assertLt(_clock(t.lane), a.validUntil, "CLR-06: closed after the lease");
        _closed[owner][t.lane][t.instrument].push(Closed(version, a.usedBuys, a.usedSells, a.usedCredit));
        _count("close", true);
    }
}
