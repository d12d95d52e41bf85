// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Campaign} from "./Campaign.sol";
import {Trick, TrickyToken} from "./TrickyToken.sol";
import "./World.sol";

/// @notice Sequences that chance seldom finds.
abstract contract Sequences is Campaign {
    uint256 internal constant LANE = 1;

    /// @notice A later report of a pair arrives before the first one that carries it. The hub knows the names but not the pairs, and the vault, which sent the pairs before, buys gas for known
    /// ones: with that gas the report is taken or leaves nothing, and with ample gas it is taken.
    function overtake() external {
        _pushPrices(LANE);
        _deliverAll();
        for (uint256 k; k < PERPETUALS; ++k) {
            _tradeAll(k);
        }
        // Names: of the traders by their pairs in the first instrument, of the second by the fees in it.
        _send(LANE, _pairsOf(0, 0, TRADERS), false);
        _send(LANE, _pairsOf(1, OWNERS + LANE, 1), false);
        _deliverAll();
        _send(LANE, _pairsOf(1, 0, TRADERS), false);
        _tradeAll(1);
        _send(LANE, _pairsOf(1, 0, TRADERS), false);
        uint256 later = _mail.length - 1;
        assertTrue(_overtakes(later) && !_overtakes(later - 1), "the later report overtakes, the first does not");
        // The newest first.
        _deliverAll();
        for (uint256 i; i < TRADERS; ++i) {
            _checkPair(i);
        }
    }

    /// @notice A report comes before the names that it needs, so that its pairs are skipped. As long as the one with the names
    /// is on its way nobody is accused; then both ends differ although all has arrived, and after the time to repair it
    /// anyone can pause the lane, until a report with names lets both agree.
    function diverge() external {
        _pushPrices(LANE);
        _deliverAll();
        for (uint256 n; n < 2; ++n) {
            _tradeAll(0);
            _send(LANE, _pairsOf(0, 0, TRADERS), false);
        }
        _deliverInFull(_take(_pending.length - 1));
        _waitForHeartbeat();
        assertFalse(_proveDiverged(LANE), "CLR-18: what is on its way accuses");
        _deliverAll();
        assertFalse(_proveDiverged(LANE), "CLR-18: there was no time to repair it");
        _waitForHeartbeat();
        assertTrue(_proveDiverged(LANE) && _isPaused(LANE), "CLR-18: both ends differ, which pauses the lane");
        assertFalse(_proveDiverged(LANE + 1), "CLR-18: a lane whose ends agree");
        _report(LANE, 1, true);
        _deliverAll();
        assertFalse(_isPaused(LANE), "CLR-18: both ends agree again");
    }

    /// @notice Two have won; of the smaller gain the hub does not know the loser. What the other loser paid is not for it: as much as
    /// is unmatched stays in the pool.
    function settleUnmatched() external {
        _pushPrices(LANE);
        _deliverAll();
        _tradeAll(0);
        // Twice between the first two: what is paid is more than what is unmatched.
        _tradeAtReference(0, 0, 1e6);
        // With the fees, so that what is missing is one loser.
        _send(LANE, _pairsOf(0, OWNERS + LANE, 1), false);
        _deliverAll();
        _send(LANE, _pairsOf(0, 0, 3), false);
        _deliverAll();
        (uint256 price,) = w.oracle.latest(Places.underlyingOf(0));
        time += 1;
        _at(0);
        w.oracle.set(Places.underlyingOf(0), (price * 105) / 100, time);
        int256 cash = w.hub.balanceOf(w.accounts[0], 1);
        uint256 unmatched = _unmatched(0);
        assertGt(unmatched, 0, "one side is missing");
        // Refuses to pay more than the pool holds beyond what is unmatched.
        _settle(0, 7);
        assertGt(w.hub.balanceOf(w.accounts[0], 1), cash, "what is matched is paid");
    }

    /// @notice A loss that is more than the loser's cash: the winner gets what is there.
    function loseMoreThanThereIs() external {
        _pushPrices(LANE);
        _deliverAll();
        _tradeAtReference(0, 0, 16e8);
        _send(LANE, _pairsOf(0, OWNERS + LANE, 1), false);
        _deliverAll();
        _send(LANE, _pairsOf(0, 0, 2), false);
        _deliverAll();
        (uint256 price,) = w.oracle.latest(Places.underlyingOf(0));
        time += 1;
        _at(0);
        w.oracle.set(Places.underlyingOf(0), price * 2, time);
        (int256 won, int256 lost) = (w.hub.balanceOf(w.accounts[0], 1), w.hub.balanceOf(w.accounts[1], 1));
        _settle(0, (1 << ACCOUNTS) - 1);
        assertEq(w.hub.balanceOf(w.accounts[1], 1), 0, "all its cash is lost");
        assertLe(w.hub.balanceOf(w.accounts[0], 1), won + lost, "CLR-01: paid with what nobody lost");
    }

    /// @notice All that a chain holds of an asset is promised; then somebody else asks for the same.
    function promiseTwice() external {
        _refreshPrices();
        (uint256 dst, uint16 asset) = ((SAVER + 1) % LANES, Places.assetOf(1));
        uint64 all = uint64(w.hub.liquidityOf(Places.eidOf(dst), asset).total);
        assertTrue(_process(_order(SAVER, dst, asset, all, all, _freshAddress())), "all of it is promised");
        assertFalse(_process(_order(0, dst, asset, 1e8, 1e8, _freshAddress())), "CLR-09: promised twice");
    }

    /// @notice A spoke says that a pair waits to be reported for too long: it is given no credit until the pair is reported.
    function lendBehind() external {
        _pushPrices(LANE);
        _deliverAll();
        _tradeAll(0);
        // The spoke's clock is ahead.
        time += 60;
        _waitForHeartbeat();
        _refreshPrices();
        assertFalse(_isRenewed(), "CLR-06: lent on a spoke whose pairs wait");
        _report(LANE, 1, true);
        _deliverAll();
        assertTrue(_isRenewed(), "the pairs are reported");
    }

    /// @notice A token calls back in every way while it is deposited, and while one of two claims is paid.
    function callBack() external {
        _refreshPrices();
        TrickyToken token = w.tokens[LANE][TRICKY];
        for (uint256 n; n < 2; ++n) {
            address recipient = _freshAddress();
            token.deny(recipient, true);
            assertTrue(_process(_order(3, LANE, Places.assetOf(TRICKY), 1e5, 1e5, recipient)), "paid");
        }
        _deliverAll();
        for (uint256 n; n < 2; ++n) {
            token.deny(_payouts[n].pay.recipient, false);
        }
        token.play(Trick.CallBack, this);
        for (_way = 0; _way < WAYS; ++_way) {
            _deposit(0, LANE, TRICKY, 1e6, false);
        }
        _way = WAY_CLAIM;
        assertTrue(_claim(_payouts[0]), "a callback that fails stops nothing");
    }

    /// @notice A token plays every trick while it is paid out.
    function payWithTricks() external {
        _refreshPrices();
        for (uint256 n; n <= uint256(type(Trick).max); ++n) {
            w.tokens[LANE][TRICKY].play(Trick(n), this);
            assertTrue(_process(_order(3, LANE, Places.assetOf(TRICKY), 1e5, 1e5, _freshAddress())), "paid");
            _deliverAll();
            this.checkAlways();
        }
    }

    /// @notice A claim is paid; the hub hears of the payment first, then of the claim.
    function tellInReverse() external {
        _refreshPrices();
        TrickyToken token = w.tokens[LANE][TRICKY];
        address recipient = _freshAddress();
        token.deny(recipient, true);
        assertTrue(_process(_order(3, LANE, Places.assetOf(TRICKY), 1e5, 1e5, recipient)), "paid");
        _deliverAll();
        ISpokeVault.ReportKeys memory keys;
        keys.payouts = new bytes32[](1);
        keys.payouts[0] = _payouts[0].id;
        _send(LANE, keys, false);
        token.deny(recipient, false);
        assertTrue(_claim(_payouts[0]), "claimed");
        _send(LANE, keys, false);
        // The newest first.
        _deliverAll();
        assertEq(w.hub.payoutOf(keys.payouts[0]).rank, PayoutId.PAID, "CLR-10: a claim undid its payment");
    }

    function _isRenewed() internal returns (bool) {
        uint32 version = w.hub.creditLineOf(w.accounts[0], Places.eidOf(LANE)).version;
        _renew(LANE, 1);
        return w.hub.creditLineOf(w.accounts[0], Places.eidOf(LANE)).version != version;
    }

    function _waitForHeartbeat() private {
        time += MAX_LAG;
        _at(0);
        ISpokeVault.ReportKeys memory none;
        assertTrue(_send(LANE, none, false), "an empty report is sent");
        _deliverInFull(_take(_pending.length - 1));
    }

    function _tradeAll(uint256 instrument) private {
        for (uint256 i; i < TRADERS; i += 2) {
            _tradeAtReference(instrument, i, 1e6);
        }
    }

    function _tradeAtReference(uint256 instrument, uint256 buyer, uint88 base) private {
        _tradeFair(LANE, instrument, buyer, buyer + 1, base);
    }

    /// @return closes whether the buyer or the seller was charged as closing
    function _tradeFair(uint256 lane, uint256 instrument, uint256 buyer, uint256 seller, uint88 base)
        internal
        returns (bool closes)
    {
        Trade memory t;
        (t.lane, t.instrument, t.buyer, t.seller, t.base) = (lane, instrument, buyer, seller, base);
        _readReference(t);
        t.price = t.fairWad;
        assertTrue(_recordTrade(t), "the trade is recorded");
        return t.buyerCloses || t.sellerCloses;
    }

    function _pairsOf(uint256 instrument, uint256 from, uint256 count)
        internal
        view
        returns (ISpokeVault.ReportKeys memory keys)
    {
        keys.pairs = new ISpokeVault.PairKey[](count);
        for (uint256 i; i < count; ++i) {
            keys.pairs[i] = ISpokeVault.PairKey(w.accounts[from + i], w.instruments[instrument]);
        }
    }

    function _checkPair(uint256 owner) private view {
        (SpokeVault vault, InstrumentId instrument) = (w.vaults[LANE], w.instruments[1]);
        uint32 account = vault.accountIndexOf(w.accounts[owner]);
        assertEq(
            keccak256(abi.encode(w.hub.pairOf(Places.eidOf(LANE), account, vault.instrumentIndexOf(instrument)))),
            keccak256(abi.encode(vault.pairOf(w.accounts[owner], instrument))),
            "CLR-03: the later report's pair stays"
        );
    }
}
