// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {MoneyActions} from "./MoneyActions.sol";
import "./World.sol";

/// @notice Mandates, leases and freezes.
abstract contract CreditActions is MoneyActions {
    /// @notice Raises or lowers what a trader lets be outstanding, and what a venue may cost it.
    function setMandate(uint256 seed) external action(seed) {
        uint256 owner = _pick(TRADERS);
        uint256 lane = _pick(LANES);
        uint256 venue = _pick(VENUES);
        uint256 most = venue == MALICIOUS ? 300_000 : 10_000_000;
        uint256 outstanding = _chance(6) ? 0 : _chance(3) ? _pick(1_200_000) : 1_200_000 + _pick(600_000);
        // Now and then all that the account's equity allows, so that there is nothing left to lend elsewhere.
        if (_chance(5)) outstanding = 20_000_000;
        _mandate(owner, lane, venue, uint64(outstanding), uint64(_pick(most)));
        if (_chance(2)) _push(lane, 1);
        if (_chance(3)) return;
        _refreshPrices();
        _renew(lane, 1 << owner);
        if (outstanding > 1_800_000) _renew((lane + 1) % LANES, 1 << owner);
    }

    /// @notice Renews the credit of some accounts on a spoke.
    function renewCredit(uint256 seed) external action(seed) {
        if (!_chance(8)) _refreshPrices();
        _renew(_pick(LANES), 1 + _pick(15));
    }

    /// @notice An owner freezes its account, or no longer, once or several times, perhaps with every spoke's word in between.
    function freeze(uint256 seed) external action(seed) {
        uint256 owner = _pick(TRADERS);
        for (uint256 n = 1 + _pick(3); n != 0; --n) {
            _setFreeze(owner, !w.hub.freezeOf(w.accounts[owner]).frozen);
            _checkFrozen(owner);
            if (_chance(2)) _tellFreeze(owner);
        }
        // Few stay frozen, or there would be little to trade.
        if (w.hub.freezeOf(w.accounts[owner]).frozen && !_chance(4)) {
            _setFreeze(owner, false);
            _tellFreeze(owner);
        }
        _count("freeze", true);
    }

    /// @dev Who is frozen everywhere can be bid for: nothing can be traded for it any more.
    function _checkFrozen(uint256 owner) internal view {
        AccountId account = w.accounts[owner];
        if (!w.hub.isFrozenEverywhere(account)) return;
        for (uint256 lane; lane < LANES; ++lane) {
            IHubLedger.CreditLine memory line = w.hub.creditLineOf(account, Places.eidOf(lane));
            bool stopped = w.vaults[lane].freezeOf(account).frozen || line.ceiling == line.usedApplied;
            assertTrue(stopped, "CLR-06: frozen everywhere, yet it may trade");
        }
    }

    function _setFreeze(uint256 owner, bool frozen) internal {
        AccountId account = w.accounts[owner];
        uint64 nonce = w.hub.freezeOf(account).nonce + 1;
        bytes32 digest = w.hub.hashFreeze(account, frozen, nonce);
        bytes memory forged = _sign((owner + 1) % OWNERS, digest);
        try w.hub.setFreeze(account, frozen, nonce, forged) {
            _fail("CLR-05: frozen by somebody else");
        } catch {}
        w.hub.setFreeze(account, frozen, nonce, _sign(owner, digest));
    }

    /// @dev Every spoke hears of the freeze, and the hub that it did.
    function _tellFreeze(uint256 owner) private {
        for (uint256 lane; lane < LANES; ++lane) {
            uint256 first = _mail.length;
            IHubLedger.CommandKeys memory keys;
            keys.freezes = new AccountId[](1);
            keys.freezes[0] = w.accounts[owner];
            vm.recordLogs();
            w.hub.push(Places.eidOf(lane), keys);
            _collect();
            _deliverSince(first);
            if (w.vaults[lane].creditOf(w.accounts[owner]).version == 0) continue;
            first = _mail.length;
            ISpokeVault.ReportKeys memory report;
            report.creditStates = keys.freezes;
            _send(lane, report, false);
            _deliverSince(first);
        }
    }

    function _mandate(uint256 owner, uint256 lane, uint256 venue, uint64 maxOutstanding, uint64 venueLimit) internal {
        uint32 eid = Places.eidOf(lane);
        AccountId account = w.accounts[owner];
        IHubLedger.Mandate memory m = IHubLedger.Mandate({
            account: account,
            eid: eid,
            maxOutstanding: maxOutstanding,
            venue: w.venues[venue],
            venueLimit: venueLimit,
            nonce: w.hub.creditLineOf(account, eid).mandateNonce + 1,
            deadline: uint40(time)
        });
        bytes32 digest = w.hub.hashMandate(m);
        // The owner's address calls: enough if its home is the hub's chain, nothing elsewhere.
        vm.prank(w.owners[owner]);
        bool accepted;
        try w.hub.setMandate(m, "") {
            accepted = true;
        } catch {}
        assertEq(accepted, owner % LANES == 0, "CLR-05: who may call for an account");
        if (!accepted) w.hub.setMandate(m, _sign(owner, digest));
        if (venueLimit > _signedLimit[owner][lane][venue]) _signedLimit[owner][lane][venue] = venueLimit;
        _count("setMandate", true);
    }

    /// @dev What may still be used on a spoke, to open and to close, is within what was just allowed. What was lent before (`before`, a limit) is lent again
    /// whatever is closed.
    function _checkMandate(uint256 owner, uint256 lane, uint64 before) internal view {
        IHubLedger.CreditLine memory line = w.hub.creditLineOf(w.accounts[owner], Places.eidOf(lane));
        uint256 cents = line.ceiling - line.usedApplied;
        assertLe(cents, line.maxOutstanding, "CLR-06: beyond the mandate to open");
        if (line.limit <= before) return;
        for (uint256 k; k < INSTRUMENTS; ++k) {
            if (_closingGrants[owner][lane][k].length == 0) continue;
            cents += w.hub.closingOf(w.accounts[owner], Places.eidOf(lane), w.instruments[k]).unusedCredit;
        }
        assertLe(cents, line.maxOutstanding, "CLR-06: beyond the mandate");
    }

    /// @param members bit i: owner i asks
    function _renew(uint256 lane, uint256 members) internal returns (bool renewed) {
        uint32 eid = Places.eidOf(lane);
        AccountId[] memory accounts = new AccountId[](TRADERS);
        uint32[] memory versions = new uint32[](TRADERS);
        uint64[] memory before = new uint64[](TRADERS);
        uint256 count;
        for (uint256 i; i < TRADERS; ++i) {
            IHubLedger.CreditLine memory line = w.hub.creditLineOf(w.accounts[i], eid);
            versions[i] = line.version;
            before[i] = line.ceiling > line.limit ? line.ceiling : line.limit;
            if ((members >> i) & 1 == 1) accounts[count++] = w.accounts[i];
        }
        assembly ("memory-safe") {
            mstore(accounts, count)
        }
        vm.recordLogs();
        _refusal = 0;
        try w.hub.renewCredit(eid, accounts, "") {}
        catch (bytes memory reason) {
            _refusal = bytes4(reason);
            _count("renewCredit", false);
            return false;
        }
        _collect();
        for (uint256 i; i < TRADERS; ++i) {
            IHubLedger.CreditLine memory line = w.hub.creditLineOf(w.accounts[i], eid);
            if (line.version == versions[i]) continue;
            _grants[i][lane].push(Grant(line.limit, line.version, line.validUntil));
            _checkMandate(i, lane, before[i]);
            assertFalse(_isPaused(lane), "CLR-18: lent on a paused lane");
            assertFalse(_isBehind(lane), "CLR-06: lent on a lane that is behind");
            assertFalse(w.hub.freezeOf(w.accounts[i]).frozen, "CLR-06: lent to a frozen account");
            _assertCovered(i);
            _count("renewCredit", true);
            renewed = true;
        }
    }
}
