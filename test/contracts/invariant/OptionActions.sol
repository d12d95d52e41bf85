// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExpiryPrices} from "../../../contracts/interfaces/IExpiryPrices.sol";
import {InstrumentNumber} from "../../../contracts/interfaces/IInstrumentRegistry.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {EpochReader} from "../../../contracts/risk/EpochReader.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {FundingActions} from "./FundingActions.sol";
import "./World.sol";

/// @notice Options expire, sources of prices fail, and risk arrays are refreshed by whoever likes.
abstract contract OptionActions is FundingActions {
    uint256 private constant WINDOW = 30 minutes;
    uint256 private constant MIN_SAMPLES = 20;

    /// @notice Anybody refreshes risk arrays, an option at a time or all.
    function refreshArrays(uint256 seed) external action(seed) {
        time += 1 + _pick(30);
        _refreshPrices();
        _count("refreshArrays", _refreshArrays(_chance(2) ? 1 : 100));
    }

    /// @notice Options are traded, and at times the time of the next ones comes. Mostly somebody samples prices in the window, else they are sampled later; then the
    /// settlement price is fixed, and the next option is listed in the place of one that has settled.
    function expire(uint256 seed) external action(seed) {
        uint256 k = PERPETUALS;
        while (k < INSTRUMENTS && !_isLive(k)) ++k;
        if (k == INSTRUMENTS) return _count("expire", false);
        for (uint256 n = _pick(4); n != 0; --n) {
            _trade(k + (k == PERPETUALS ? _pick(2) : 0));
        }
        if (!_chance(3)) return _count("expire", false);
        (bytes16 underlying, uint40 expiry) = (Places.underlyingOf(k), w.instruments[k].expiry());
        if (time < expiry - WINDOW) time = expiry - WINDOW;
        if (_chance(4)) time = expiry + _pick(WINDOW);
        IExpiryPrices.Mean memory mean;
        while (mean.samples < MIN_SAMPLES || time < expiry + 60) {
            time += 60;
            _at(0);
            (uint256 price,) = w.oracle.latest(underlying);
            w.oracle.set(underlying, (price * (996 + _pick(9))) / 1000, time);
            w.expiryPrices.sample(underlying, expiry);
            mean = w.expiryPrices.meanOf(underlying, expiry);
        }
        assertEq(w.expiryPrices.fix(underlying, expiry), mean.priceSumWad / mean.samples, "CLR-13: another price than sampled");
        assertFalse(_isLive(k), "the option has settled");
        if (k == PERPETUALS) _listNext();
        if (!_chance(4)) hearOfAll();
        if (_chance(2)) _settle(k, (1 << ACCOUNTS) - 1);
        _count("expire", true);
    }

    /// @notice Sources fail in one way or another until the last price is too old: nothing is lent on it, and nothing settled or charged.
    function misprice(uint256 seed) external action(seed) {
        uint256 k = _pick(PERPETUALS);
        bytes16 underlying = Places.underlyingOf(k);
        (uint256 price, uint256 published) = w.oracle.latest(underlying);
        time += MAX_PRICE_AGE + 1 + _pick(60);
        _refreshPrices();
        time += MAX_PRICE_AGE + 1 + _pick(60);
        _refreshOther(k);
        (price, published) = w.oracle.latest(underlying);
        _breakSources(underlying, price, published);
        w.oracle.update(underlying);
        (uint256 later, uint256 laterPublished) = w.oracle.latest(underlying);
        assertTrue(later == price && laterPublished == published, "CLR-13: a price that no quorum stands for");

        assertFalse(_accrue(k), "CLR-13: funding was charged at an old price");
        for (uint256 n; n < INSTRUMENTS; ++n) {
            if (Places.underlyingOf(n) != underlying || (n >= PERPETUALS && !_isLive(n))) continue;
            try w.hub.settle(w.instruments[n], new AccountId[](0), "") {
                _fail("CLR-13: settled at an old price");
            } catch {}
        }
        uint256 lane = _pick(LANES);
        for (uint256 i; i < TRADERS; ++i) {
            // Who is granted something must not hold what has no price: `_assertCovered`.
            if (!_renew(lane, 1 << i) && _isStale(_refusal)) _count("refuseStale", true);
        }
        _count("misprice", true);
    }

    function _breakSources(bytes16 underlying, uint256 price, uint256 published) private {
        uint256 kind = _pick(4);
        w.oracle.say(underlying, 0, price, time);
        w.oracle.say(underlying, 1, price, time);
        if (kind == 0) {
            w.oracle.silence(underlying, _pick(2));
        } else if (kind == 1) {
            bool high = _chance(2);
            for (uint256 n; n < 2; ++n) {
                w.oracle.say(underlying, n, high ? w.oracle.MAX_PRICE() + 1 : w.oracle.MIN_PRICE() - 1, time);
            }
        } else if (kind == 2) {
            w.oracle.say(underlying, 1, price * (102 + _pick(50)) / 100, time);
        } else {
            for (uint256 n; n < 2; ++n) {
                w.oracle.say(underlying, n, price, published);
            }
        }
    }

    function _isStale(bytes4 refusal) private pure returns (bool) {
        return refusal == IMarginEngine.Margin_StalePrice.selector || refusal == EpochReader.Margin_StaleEpoch.selector
            || refusal == EpochReader.Margin_MovedTooFar.selector;
    }

    function _refreshOther(uint256 k) private {
        bytes16 other = Places.underlyingOf(1 - k);
        _at(0);
        (uint256 price,) = w.oracle.latest(other);
        w.oracle.set(other, price, time);
    }

    function _listNext() private {
        InstrumentId next = w.instruments[NEXT];
        vm.prank(w.guardian);
        w.hub.listInstrument(next, RATE_PPM, 500, 1_000e8);
        uint256 place = InstrumentNumber.place(w.registry.numberOf(next));
        assertTrue(place == 1 || place == 2, "the place of what has settled is taken again");
    }

    /// @notice Every spoke reports, and it arrives: after so long nothing would count any more.
    function hearOfAll() public {
        uint256 first = _mail.length;
        for (uint256 lane; lane < LANES; ++lane) {
            _report(lane, 1, true);
        }
        _deliverSince(first);
    }
}
