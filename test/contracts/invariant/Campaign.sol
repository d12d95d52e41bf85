// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {WalletRights} from "../../../contracts/hub/WalletRights.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {Digest} from "../../../contracts/libraries/Digest.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Books, LaneBook} from "./Books.sol";
import {Checks} from "./Checks.sol";
import {Trick} from "./TrickyToken.sol";
import "./World.sol";

/// @notice How a campaign begins and how it ends.
abstract contract Campaign is Checks {
    /// @dev How many of all messages ever sent come once more at the end.
    uint256 private constant REPEATS = 8;

    /// @notice Money, mandates, prices and leases, so that a campaign starts with a market that is open.
    function open() external {
        for (uint256 i; i < OWNERS; ++i) {
            _deposit(i, i % LANES, 0, i == BORROWER ? 5_000e6 : 40_000e6, false);
            _deposit(i, (i + 1) % LANES, 1 + (i % 2), i == BORROWER ? 24e8 : i % 2 == 0 ? 8e8 : 0.3e8, false);
        }
        for (uint256 lane; lane < LANES; ++lane) {
            for (uint256 i; i < TRADERS; ++i) {
                for (uint256 v; v < VENUES; ++v) {
                    _mandate(i, lane, v, 1_200_000, v == MALICIOUS ? 100_000 : 5_000_000);
                }
            }
            _report(lane, 1, false);
        }
        _deliverAll();
        _supply(3, 15_000e6);
        for (uint256 i; i < TRADERS; ++i) {
            _register(i, 0, KEEPER, WalletRights.ACT);
        }
        for (uint256 lane; lane < LANES; ++lane) {
            _renew(lane, (1 << TRADERS) - 1);
            _push(lane, 1);
        }
        _deliverAll();
    }

    /// @notice Whatever was lost, sending the same keys again brings hub and vaults to agree (CLR-04), and then no
    /// message that was ever sent changes anything (CLR-03).
    function checkAtTheEnd(uint256 seed) external action(seed) {
        _heal();
        this.checkAlways();
        Books memory b = _read();
        for (uint256 lane; lane < LANES; ++lane) {
            _checkAgreed(lane, b.lanes[lane]);
            _checkNames(lane);
        }
        for (uint256 i; i < _payouts.length; ++i) {
            assertTrue(PayoutId.isTerminal(w.hub.payoutOf(_payouts[i].id).rank), "CLR-04: a payout without an end");
        }
        bytes32 before = _digest();
        for (uint256 n; n < REPEATS; ++n) {
            _deliverInFull(_pick(_mail.length));
        }
        assertEq(_digest(), before, "CLR-03: an old message changed something");
    }

    /// @dev All leases lapse; then every key is sent once more, both ways, and arrives.
    function _heal() private {
        _deliverAll();
        time += 2 * LEASE;
        _refreshPrices();
        for (uint256 lane; lane < LANES; ++lane) {
            w.tokens[lane][TRICKY].play(Trick.None, this);
        }
        for (uint256 i; i < _payouts.length; ++i) {
            w.tokens[_payouts[i].lane][_payouts[i].asset].deny(_payouts[i].pay.recipient, false);
        }
        for (uint256 lane; lane < LANES; ++lane) {
            assertTrue(_push(lane, 1), "CLR-04: push");
        }
        _deliverAll();
        for (uint256 i; i < _payouts.length; ++i) {
            Issued storage p = _payouts[i];
            if (w.vaults[p.lane].payoutRankOf(p.id) == PayoutId.CLAIM) assertTrue(_claim(p), "CLR-18: claim");
        }
        for (uint256 lane; lane < LANES; ++lane) {
            assertTrue(_report(lane, 1, true), "CLR-04: report");
        }
        _deliverAll();
    }

    function _checkAgreed(uint256 lane, LaneBook memory l) private view {
        assertEq(keccak256(abi.encode(l.vaultPairs)), keccak256(abi.encode(l.hubPairs)), "CLR-04: pairs");
        assertEq(keccak256(abi.encode(l.deposited)), keccak256(abi.encode(l.seen)), "CLR-04: deposits");
        _checkDigest(lane, l);
        for (uint256 i; i < TRADERS; ++i) {
            ISpokeVault.Credit memory credit = l.credits[i];
            assertEq(credit.limit, l.lines[i].limit, "CLR-04: limit");
            assertEq(credit.version, l.lines[i].version, "CLR-04: version of the credit");
            assertEq(credit.validUntil, l.lines[i].validUntil, "CLR-04: lease");
            assertEq(l.lines[i].usedApplied, credit.used, "CLR-04: used");
            assertEq(credit.instrumentLimit, l.lines[i].instrumentLimit, "CLR-04: limit of instruments");
            assertEq(credit.instrumentLimit - l.lines[i].instrumentsLeft, credit.instruments, "CLR-04: instruments");
            IHubLedger.Freeze memory f = w.hub.freezeOf(w.accounts[i]);
            assertTrue(
                f.version == l.freezes[i].version && f.frozen == l.freezes[i].frozen, "CLR-04: freeze"
            );
            assertEq(l.lines[i].ceiling, credit.used, "CLR-06: a lapsed lease is not released");
            for (uint256 v; v < VENUES; ++v) {
                uint64 limit = w.hub.venueAllowanceOf(w.accounts[i], Places.eidOf(lane), w.venues[v]).limit;
                assertEq(l.allowances[i][v].limit, limit, "CLR-04: allowance");
            }
        }
        for (uint256 n; n < l.closings.length; ++n) {
            ISpokeVault.ClosingAllowance memory a = l.closings[n].allowance;
            IHubLedger.ClosingLine memory line = l.closings[n].line;
            bool same = line.usedBuys == a.usedBuys && line.usedSells == a.usedSells && line.usedCredit == a.usedCredit;
            assertTrue(same && line.version == a.version, "CLR-04: closing allowance");
            bool free = line.unusedBuys == 0 && line.unusedSells == 0 && line.unusedCredit == 0;
            assertTrue(free, "CLR-06: a lapsed closing allowance is not released");
        }
    }

    /// @dev Both ends hold the sum of the terms of all that is there, and know that the other does.
    function _checkDigest(uint256 lane, LaneBook memory l) private view {
        uint256 sum;
        unchecked {
            for (uint256 i; i < ACCOUNTS; ++i) {
                for (uint256 k; k < INSTRUMENTS; ++k) {
                    sum += Digest.pair(w.accounts[i], w.instruments[k], l.vaultPairs[i][k].pack());
                }
                for (uint256 asset; i < OWNERS && asset < ASSETS; ++asset) {
                    sum += Digest.deposit(w.accounts[i], Places.assetOf(asset), 0, l.deposited[i][asset]);
                }
            }
        }
        ReportCodec.Heartbeat memory beat = w.vaults[lane].heartbeat();
        assertEq(beat.digest, sum, "CLR-04: the vault's digest");
        assertEq(l.lane.digest, sum, "CLR-04: the hub's digest");
        assertEq(beat.dirtyPairs, 0, "CLR-04: a pair still waits to be reported");
        bool settled = l.lane.told == sum && l.lane.arrivedUpTo == w.vaults[lane].sequence() && !l.lane.diverged;
        assertTrue(settled && l.lane.settledTime != 0, "CLR-04: the hub does not know that both agree");
    }

    function _checkNames(uint256 lane) private view {
        uint32 eid = Places.eidOf(lane);
        uint32 count = w.vaults[lane].accountCount();
        for (uint32 i; i <= count + 1; ++i) {
            bytes32 held = AccountId.unwrap(w.hub.accountAt(eid, i));
            if (held == 0) continue;
            assertEq(held, AccountId.unwrap(w.vaults[lane].accountAt(i)), "CLR-05: a name that was never given");
        }
    }
}
