// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Vm} from "forge-std/Vm.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {ClosingEntry} from "./Books.sol";
import {HandlerBase} from "./HandlerBase.sol";
import "./World.sol";

/// @notice What was granted to close and what vaults let be used of it, and what was lent and paid back: added up from messages and trades,
/// not as the hub counts it.
abstract contract Ghosts is HandlerBase {
    /// @dev A closing allowance as it was first sent.
    struct ClosingGrant {
        bool isBuy;
        uint88 maxBase;
        uint64 credit;
        uint32 version;
        uint40 validUntil;
    }

    /// @dev Closing trades in all, 1e-8 and cents; `version` of the pair after the last of them.
    struct Closed {
        uint256 version;
        uint256 buys;
        uint256 sells;
        uint256 credit;
    }

    mapping(uint256 owner => mapping(uint256 lane => mapping(uint256 k => ClosingGrant[]))) internal _closingGrants;
    mapping(uint256 owner => mapping(uint256 lane => mapping(uint256 k => Closed[]))) internal _closed;
    /// @dev What was lent to an owner less what it paid back, 1e-6 dollar; below zero after it has paid interest.
    mapping(uint256 owner => int256) internal _principal;
    /// @dev What an owner lent to the pool less what it took back, 1e-6 dollar.
    mapping(uint256 owner => int256) internal _supplied;

    /// @dev Everything that can have been used of a closing allowance, and what the hub knows of it, whatever arrives and happens from now on.
    /// Of the vault's own allowance and of those that may still arrive what has not lapsed counts.
    function _usable(uint256 owner, uint256 lane, uint256 k, ISpokeVault.ClosingAllowance memory a)
        internal
        view
        returns (Closed memory most)
    {
        most = Closed(0, a.usedBuys, a.usedSells, a.usedCredit);
        if (_clock(lane) < a.validUntil) _raise(most, a.isBuy, a.maxBase, a.credit);
        ClosingGrant[] storage grants = _closingGrants[owner][lane][k];
        for (uint256 n = grants.length; n != 0; --n) {
            ClosingGrant memory g = grants[n - 1];
            if (g.version <= a.version) break;
            if (_clock(lane) < g.validUntil) _raise(most, g.isBuy, g.maxBase, g.credit);
        }
    }

    function _raise(Closed memory most, bool isBuy, uint256 base, uint256 credit) private pure {
        if (isBuy) most.buys = Math.max(most.buys, base);
        else most.sells = Math.max(most.sells, base);
        most.credit = Math.max(most.credit, credit);
    }

    /// @dev What is in the pair that the hub has, by that pair's version.
    function _closedAt(uint256 owner, uint256 lane, uint256 k, uint256 version) internal view returns (Closed memory c) {
        Closed[] storage all = _closed[owner][lane][k];
        for (uint256 n = all.length; n != 0; --n) {
            if (all[n - 1].version <= version) return all[n - 1];
        }
    }

    /// @dev What may still come to the hub of all allowances in an instrument, beyond what is in its net.
    /// @return rest without a version
    function _restOf(uint256 owner, uint256 k) internal view returns (Closed memory rest) {
        for (uint256 lane; lane < LANES; ++lane) {
            if (_closingGrants[owner][lane][k].length == 0) continue;
            ISpokeVault.ClosingAllowance memory a =
                w.vaults[lane].closingAllowanceOf(w.accounts[owner], w.instruments[k]);
            Closed memory most = _usable(owner, lane, k, a);
            Closed memory known = _closedAt(owner, lane, k, _hubVersion(owner, lane, k));
            rest.buys += most.buys - known.buys;
            rest.sells += most.sells - known.sells;
            rest.credit += most.credit - known.credit;
        }
    }

    function _hubVersion(uint256 owner, uint256 lane, uint256 k) private view returns (uint256) {
        uint32 account = w.vaults[lane].accountIndexOf(w.accounts[owner]);
        uint16 instrument = w.vaults[lane].instrumentIndexOf(w.instruments[k]);
        // Without a name at the vault there is nothing at either end.
        if (account == 0 || instrument == 0) return 0;
        return w.hub.pairOf(Places.eidOf(lane), account, instrument).version;
    }

    /// @dev Nothing that may still be used is free, and nothing was used that was not granted (CLR-06).
    function _checkClosing(uint256 lane, ClosingEntry memory e, uint256 hubVersion) internal view {
        IHubLedger.ClosingLine memory line = e.line;
        ISpokeVault.ClosingAllowance memory a = e.allowance;
        Closed memory most = _usable(e.owner, lane, e.k, a);
        Closed memory known = _closedAt(e.owner, lane, e.k, hubVersion);
        assertGe(line.unusedBuys + known.buys, most.buys, "CLR-06: purchases that may still close are not counted");
        assertGe(line.unusedSells + known.sells, most.sells, "CLR-06: sales that may still close are not counted");
        assertGe(line.unusedCredit + known.credit, most.credit, "CLR-06: credit for closing is not counted");

        Closed memory granted;
        ClosingGrant[] storage grants = _closingGrants[e.owner][lane][e.k];
        for (uint256 n; n < grants.length; ++n) {
            ClosingGrant memory g = grants[n];
            _raise(granted, g.isBuy, g.maxBase, g.credit);
            if (g.version != a.version) continue;
            // One that is sent again later may give less.
            bool same = a.isBuy == g.isBuy && a.validUntil <= g.validUntil;
            assertTrue(same && a.maxBase <= g.maxBase && a.credit <= g.credit, "CLR-06: another allowance than granted");
        }
        assertLe(a.usedBuys, granted.buys, "CLR-06: bought to close beyond what was granted");
        assertLe(a.usedSells, granted.sells, "CLR-06: sold to close beyond what was granted");
        assertLe(a.usedCredit, granted.credit, "CLR-06: credit for closing used beyond what was granted");
    }

    /// @dev Takes in what the hub tells of loans.
    function _noteLoan(Vm.Log memory log) internal {
        bool lent = log.topics[0] == IHubLedger.CashLent.selector;
        if (!lent && log.topics[0] != IHubLedger.CashRepaid.selector) return;
        (uint256 amount,) = abi.decode(log.data, (uint256, uint256));
        _principal[_ownerOf(AccountId.wrap(log.topics[1]))] += lent ? int256(amount) : -int256(amount);
    }

    function _ownerOf(AccountId account) internal view returns (uint256 owner) {
        while (!(w.accounts[owner] == account)) ++owner;
    }
}
