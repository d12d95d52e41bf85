// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {ClosingKey} from "./Books.sol";
import {OptionActions} from "./OptionActions.sol";
import "./World.sol";

/// @notice Closing allowances: anybody has them granted, and trades use them. What the hub refuses is as good as what it grants.
abstract contract ClosingActions is OptionActions {
    /// @notice Anybody asks for closing allowances of some accounts in some instruments on a spoke.
    function renewClosing(uint256 seed) external action(seed) {
        if (!_chance(8)) _refreshPrices();
        uint256 lane = _pick(LANES);
        uint256 members = _pick(1 << (TRADERS * INSTRUMENTS));
        // Mostly few, so that few are refused for want of margin.
        if (!_chance(4)) members &= _pick(1 << (TRADERS * INSTRUMENTS));
        for (uint256 n = _pick(3); n != 0; --n) {
            _letClose(_pick(TRADERS), lane);
        }
        _renewClosing(lane, members, _chance(2));
    }

    /// @notice Who holds something is granted to close it, mostly on another spoke, and trades there.
    function close(uint256 seed) external action(seed) {
        (uint256 owner, uint256 k, int256 net) = _someNet();
        if (net == 0) return _count("close", false);
        uint256 lane = _pick(LANES);
        uint256 first = _mail.length;
        _refreshPrices();
        if (_chance(2)) _pushPrices(lane);
        if (!_chance(4)) _letClose(owner, lane);
        _renewClosing(lane, 1 << (owner * INSTRUMENTS + k), !_chance(3));
        if (!_chance(4)) _deliverSince(first);
        uint256 most = uint256(net < 0 ? -net : net);
        for (uint256 n = 1 + _pick(2); n != 0; --n) {
            _tradeBetween(lane, k, owner, net < 0, uint88(_chance(3) ? most : 1 + _pick(most)));
        }
        if (_chance(3)) _report(lane, 1 + _pick(2), false);
    }

    /// @dev Mostly all that a mandate allows is lent to open: it is raised for what closes.
    function _letClose(uint256 owner, uint256 lane) internal {
        IHubLedger.CreditLine memory line = w.hub.creditLineOf(w.accounts[owner], Places.eidOf(lane));
        _mandate(owner, lane, 0, line.ceiling - line.usedApplied + 600_000, 10_000_000);
    }

    /// @dev A trader and an instrument in which it is not flat, if there are any.
    function _someNet() private returns (uint256 owner, uint256 k, int256 net) {
        uint256 from = _pick(TRADERS * INSTRUMENTS);
        for (uint256 n; n < TRADERS * INSTRUMENTS && net == 0; ++n) {
            (owner, k) = ((from + n) % TRADERS, (from + n) / TRADERS % INSTRUMENTS);
            if (k >= PERPETUALS && !_isLive(k)) continue;
            net = w.hub.positionOf(w.accounts[owner], w.instruments[k]).base;
        }
    }

    /// @param members bit owner · INSTRUMENTS + k
    /// @param mayAct whether it is somebody who may act for the accounts
    function _renewClosing(uint256 lane, uint256 members, bool mayAct) internal {
        IHubLedger.ClosingKey[] memory keys = new IHubLedger.ClosingKey[](TRADERS * INSTRUMENTS);
        uint256 count;
        for (uint256 n; n < keys.length; ++n) {
            (uint256 owner, uint256 k) = (n / INSTRUMENTS, n % INSTRUMENTS);
            if ((members >> n) & 1 == 0 || w.registry.numberOf(w.instruments[k]) == 0) continue;
            keys[count++] = IHubLedger.ClosingKey(w.accounts[owner], w.instruments[k]);
        }
        assembly ("memory-safe") {
            mstore(keys, count)
        }
        uint256 first = _mail.length;
        vm.recordLogs();
        if (mayAct) vm.prank(KEEPER);
        try w.hub.renewClosing(Places.eidOf(lane), keys, "") {}
        catch {
            return _count("renewClosing", false);
        }
        _collect();
        if (_mail.length == first) return _count("renewClosing", false);
        CommandCodec.ClosingAllowance[] memory granted = this.closingsIn(_messageOf(first));
        for (uint256 n; n < granted.length; ++n) {
            _noteClosing(lane, granted[n]);
            if (!mayAct) _checkStrangers(lane, granted[n]);
        }
        for (uint256 n; n < granted.length; ++n) {
            _assertCoveredToClose(_ownerOf(granted[n].account));
        }
        _count("renewClosing", true);
    }

    function _noteClosing(uint256 lane, CommandCodec.ClosingAllowance memory a) private {
        (uint256 owner, uint256 k) = (_ownerOf(a.account), 0);
        while (!(w.instruments[k] == a.instrument)) ++k;
        ClosingGrant[] storage grants = _closingGrants[owner][lane][k];
        if (grants.length == 0) _closingKeys[lane].push(ClosingKey(owner, k));
        grants.push(ClosingGrant(a.isBuy, a.maxBase, a.credit, a.version, a.validUntil));

        assertFalse(w.hub.freezeOf(a.account).frozen, "CLR-06: a frozen account was granted to close");
        _checkMandate(owner, lane, 0);
        int256 net = w.hub.positionOf(a.account, a.instrument).base;
        assertEq(a.isBuy, net < 0, "CLR-06: granted away from zero");
        uint256 unused;
        for (uint256 n; n < LANES; ++n) {
            IHubLedger.ClosingLine memory line = w.hub.closingOf(a.account, Places.eidOf(n), a.instrument);
            unused += a.isBuy ? line.unusedBuys : line.unusedSells;
        }
        assertLe(unused, uint256(net < 0 ? -net : net), "CLR-06: more is granted to close than there is");
        uint256 expiry = a.instrument.expiry();
        assertTrue(expiry == 0 || expiry > a.validUntil, "CLR-06: granted beyond the expiry");
    }

    /// @dev Whoever may not act for an account has no more closed on a spoke than was opened there.
    function _checkStrangers(uint256 lane, CommandCodec.ClosingAllowance memory a) private view {
        uint32 eid = Places.eidOf(lane);
        IHubLedger.ClosingLine memory line = w.hub.closingOf(a.account, eid, a.instrument);
        uint32 account = w.vaults[lane].accountIndexOf(a.account);
        int256 opened = w.hub.pairOf(eid, account, w.vaults[lane].instrumentIndexOf(a.instrument)).base;
        uint256 most = a.isBuy == opened < 0 ? uint256(opened < 0 ? -opened : opened) : 0;
        assertLe(a.isBuy ? line.unusedBuys : line.unusedSells, most, "CLR-06: a stranger has closed what was opened elsewhere");
        most = w.hub.creditLineOf(a.account, eid).maxOutstanding / 2;
        assertLe(line.unusedCredit, most, "CLR-06: a stranger takes more than half of the mandate");
    }

    /// @notice The closing allowances in a command.
    function closingsIn(bytes calldata message) external pure returns (CommandCodec.ClosingAllowance[] memory found) {
        for (uint256 at = CommandCodec.HEADER; at < message.length;) {
            (uint8 kind, uint256 count, uint256 item) = SectionCodec.section(message, at);
            uint256 size = uint8(CommandCodec.SIZES[kind]);
            at = item + count * size;
            if (kind != CommandCodec.CLOSING_ALLOWANCE) continue;
            found = new CommandCodec.ClosingAllowance[](count);
            for (uint256 n; n < count; ++n) {
                found[n] = CommandCodec.decodeClosingAllowance(message, item + n * size);
            }
        }
    }
}
