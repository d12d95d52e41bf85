// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {Books, ClosingEntry, LaneBook, Paid} from "./Books.sol";
import {LendingChecks} from "./LendingChecks.sol";
import "./World.sol";

/// @notice What must hold after every single action, whatever is on its way.
abstract contract Checks is LendingChecks {
    /// @dev 1e-26 dollar in one of a quote.
    int256 private constant UNIT = 1e20;

    function checkAlways() external {
        _at(0);
        Books memory b = _read();
        _addPayouts(b);
        check_CLR01(b);
        check_CLR02(b);
        check_CLR03(b);
        check_CLR04(b);
        check_CLR05(b);
        check_CLR06(b);
        check_CLR07(b);
        check_CLR09(b);
        check_CLR10();
        check_CLR12(b);
        check_CLR16(b);
        assertEq(_reentered, 0, "CLR-23: a token called back into its vault");
    }

    /// @dev Σ tokens = Σ positive claims + what the hub has not heard of, on all chains together and by vault.
    function check_CLR01(Books memory b) internal view {
        for (uint256 asset; asset < ASSETS; ++asset) {
            uint256 tokens;
            uint256 claims = asset == 0 ? _sum(b.pools) + b.lending.idle : 0;
            uint256 unheard;
            for (uint256 i; i < ACCOUNTS; ++i) {
                // What is owed is nobody's tokens.
                int256 held = b.balances[i][asset] + int256(asset == 0 && i < OWNERS ? b.debts[i] : 0);
                assertGe(held, 0, "CLR-01: tokens that are not there");
                claims += uint256(held);
            }
            for (uint256 lane; lane < LANES; ++lane) {
                LaneBook memory l = b.lanes[lane];
                Paid memory paid = b.paid[lane][asset][OWNERS];
                uint256 deposited;
                for (uint256 i; i < OWNERS; ++i) {
                    deposited += l.deposited[i][asset];
                    unheard += l.deposited[i][asset] - l.seen[i][asset];
                }
                uint256 expected = deposited + _donated[lane][asset] - paid.executed;
                assertEq(l.tokens[asset], expected * _scale(lane, asset), "CLR-01: tokens of a vault");
                tokens += expected;
                unheard += _donated[lane][asset];
                claims += paid.issued - paid.executed;
            }
            assertLe(claims, tokens, "CLR-01: claims <= tokens");
            assertEq(claims + unheard, tokens, "CLR-01: claims and what is unheard = tokens");
        }
    }

    function _sum(uint256[INSTRUMENTS] memory pools) private pure returns (uint256 total) {
        for (uint256 k; k < INSTRUMENTS; ++k) {
            total += pools[k];
        }
    }

    function check_CLR02(Books memory b) internal view {
        uint256[PERPETUALS] memory open;
        for (uint256 k; k < INSTRUMENTS; ++k) {
            int256 hubBase;
            uint256 openLong;
            int256 hubQuote;
            int256 settled;
            bool arrived = true;
            for (uint256 i; i < ACCOUNTS; ++i) {
                int256 one = b.positions[i][k].base;
                hubBase += one;
                if (one > 0) openLong += uint256(one);
                hubQuote += b.positions[i][k].quote;
                settled += b.positions[i][k].quote;
            }
            uint256 expiry = w.instruments[k].expiry();
            if (expiry == 0 || _clock(0) < expiry) open[Places.underlyingOf(k) == "ETH" ? 0 : 1] += openLong;
            if (k < PERPETUALS) {
                assertEq(b.funding[k].openLong, openLong, "CLR-02: open interest, long");
                assertEq(int256(b.funding[k].openShort), int256(openLong) - hubBase, "CLR-02: open interest, short");
            }
            for (uint256 lane; lane < LANES; ++lane) {
                int256 base;
                int256 quote;
                for (uint256 i; i < ACCOUNTS; ++i) {
                    Pair memory p = b.lanes[lane].vaultPairs[i][k];
                    base += p.base;
                    quote += p.quote;
                    settled -= b.lanes[lane].hubPairs[i][k].quote;
                    if (p.version != b.lanes[lane].hubPairs[i][k].version) arrived = false;
                }
                assertEq(base, 0, "CLR-02: base at a spoke");
                assertEq(quote, 0, "CLR-02: quote at a spoke");
            }
            _checkSum(b, k, settled, "CLR-02: what settlement moved = variation pool less what funding keeps");
            if (!arrived) continue;
            assertEq(hubBase, 0, "CLR-02: base at the hub");
            _checkSum(b, k, hubQuote, "CLR-02: quote at the hub = variation pool less what funding keeps");
        }
        for (uint256 k; k < PERPETUALS; ++k) {
            assertEq(b.openInterest[k], open[k], "CLR-02: open interest of an underlying, by the hub's clock");
        }
    }

    /// @dev To less than a unit an account, of which the fraction is not told.
    function _checkSum(Books memory b, uint256 k, int256 quotes, string memory what) private pure {
        int256 untold = (int256(b.pools[k]) - quotes) * UNIT - int256(b.funding[k].kept);
        assertTrue(untold >= 0 && untold < int256(ACCOUNTS) * UNIT, what);
    }

    /// @dev The ledger is a function of the totals applied, hence of no order and no repetition.
    function check_CLR03(Books memory b) internal view {
        for (uint256 i; i < ACCOUNTS; ++i) {
            int256 equity = b.balances[i][0];
            uint256 changes = INSTRUMENTS;
            for (uint256 k; k < INSTRUMENTS; ++k) {
                _checkNet(b, i, k);
                equity += b.positions[i][k].quote;
                for (uint256 lane; lane < LANES; ++lane) {
                    equity -= b.lanes[lane].hubPairs[i][k].quote;
                    changes += b.lanes[lane].hubPairs[i][k].version;
                }
            }
            for (uint256 asset; i < OWNERS && asset < ASSETS; ++asset) {
                int256 net;
                for (uint256 lane; lane < LANES; ++lane) {
                    net += int256(uint256(b.lanes[lane].seen[i][asset]));
                    net -= int256(b.paid[lane][asset][i].issued);
                }
                // What was lent to it and what it lent, without interest.
                if (asset == 0) _checkEquity(i, equity + int256(b.debts[i]) - _principal[i] + _supplied[i] - net, changes);
                else assertEq(b.balances[i][asset], net, "CLR-03: collateral");
            }
        }
        for (uint256 lane; lane < LANES; ++lane) {
            for (uint256 i; i < TRADERS; ++i) {
                uint256 used;
                for (uint256 k; k < INSTRUMENTS; ++k) {
                    used += b.lanes[lane].hubPairs[i][k].used;
                }
                assertEq(b.lanes[lane].lines[i].usedApplied, used, "CLR-03: used applied");
            }
        }
    }

    /// @dev Cash + quote is what deposits, payouts and pairs make it, less the funding that was paid, less than a unit for each change.
    function _checkEquity(uint256 i, int256 gained, uint256 changes) private view {
        int256 lost = -gained * UNIT - _funded[i];
        assertTrue(lost >= 0 && lost <= int256(changes) * UNIT, "CLR-03: cash + quote");
    }

    /// @dev The hub compares what the report of the highest number told, whatever came in which order.
    function check_CLR04(Books memory b) internal view {
        for (uint256 lane; lane < LANES; ++lane) {
            IHubLedger.Lane memory l = b.lanes[lane].lane;
            assertEq(l.told, _tells[lane][l.lastSequence], "CLR-04: the digest of another report");
        }
    }

    /// @dev What the hub holds of a lane is what that lane's vault said at some time, under the names it gave.
    function check_CLR05(Books memory b) internal view {
        for (uint256 lane; lane < LANES; ++lane) {
            LaneBook memory l = b.lanes[lane];
            for (uint256 i; i < ACCOUNTS; ++i) {
                for (uint256 k; k < INSTRUMENTS; ++k) {
                    Pair memory told = l.vaultPairs[i][k];
                    Pair memory held = l.hubPairs[i][k];
                    assertLe(held.version, told.version, "CLR-05: a pair that was never told");
                    if (held.version != told.version) continue;
                    bytes32 hash = keccak256(abi.encode(told));
                    assertEq(keccak256(abi.encode(held)), hash, "CLR-05: another pair than told");
                }
                for (uint256 asset; i < OWNERS && asset < ASSETS; ++asset) {
                    assertLe(l.seen[i][asset], l.deposited[i][asset], "CLR-05: a deposit that was never made");
                }
            }
        }
        for (uint256 i; i < _strangers.length; ++i) {
            bool unknown = w.hub.withdrawalOf(_strangers[i]).state == IHubLedger.WithdrawalState.None;
            assertTrue(unknown, "CLR-05: a stranger's withdrawal was queued");
        }
    }

    /// @dev The ceiling covers what was used, what the vault still lets be used, and what any lease that may yet
    /// arrive would let be used.
    function check_CLR06(Books memory b) internal view {
        for (uint256 i; i < TRADERS; ++i) {
            _checkFrozen(i);
        }
        for (uint256 lane; lane < LANES; ++lane) {
            for (uint256 i; i < TRADERS; ++i) {
                IHubLedger.CreditLine memory line = b.lanes[lane].lines[i];
                ISpokeVault.Credit memory credit = b.lanes[lane].credits[i];
                assertGe(line.ceiling, credit.used, "CLR-06: ceiling >= used");
                if (_clock(lane) < credit.validUntil) {
                    assertGe(line.ceiling, credit.limit, "CLR-06: ceiling >= a live limit");
                }
                Grant[] storage grants = _grants[i][lane];
                for (uint256 n = grants.length; n != 0; --n) {
                    Grant memory g = grants[n - 1];
                    if (g.version <= credit.version) break;
                    if (_clock(lane) < g.validUntil) {
                        assertGe(line.ceiling, g.limit, "CLR-06: ceiling >= a limit that may arrive");
                    }
                }
            }
            ClosingEntry[] memory closings = b.lanes[lane].closings;
            for (uint256 n; n < closings.length; ++n) {
                _checkClosing(lane, closings[n], b.lanes[lane].hubPairs[closings[n].owner][closings[n].k].version);
            }
        }
    }

    function check_CLR07(Books memory b) internal view {
        for (uint256 lane; lane < LANES; ++lane) {
            for (uint256 i; i < TRADERS; ++i) {
                for (uint256 v; v < VENUES; ++v) {
                    uint256 used = b.lanes[lane].allowances[i][v].used;
                    assertLe(used, _signedLimit[i][lane][v], "CLR-07: beyond what was signed");
                    assertLe(_cost[i][lane][v], used * 1e24, "CLR-07: a venue cost more than it was charged");
                }
            }
        }
    }

    function check_CLR09(Books memory b) internal view {
        for (uint256 lane; lane < LANES; ++lane) {
            LaneBook memory l = b.lanes[lane];
            for (uint256 asset; asset < ASSETS; ++asset) {
                Paid memory paid = b.paid[lane][asset][OWNERS];
                uint256 total = l.liquidity[asset].total;
                uint256 seen;
                for (uint256 i; i < OWNERS; ++i) {
                    seen += l.seen[i][asset];
                }
                assertLe(l.liquidity[asset].reserved, total, "CLR-09: reserved <= liquidity");
                assertEq(l.liquidity[asset].reserved, paid.issued - paid.applied, "CLR-09: reserved = promised");
                assertEq(total, seen - paid.applied, "CLR-09: liquidity = deposits - paid");
                uint256 left = total - (paid.executed - paid.applied);
                assertLe(left * _scale(lane, asset), l.tokens[asset], "CLR-09: liquidity <= tokens");
            }
        }
    }

    /// @dev Every payout went to its recipient once if it is paid, else not at all; and its id names one place.
    function check_CLR10() internal view {
        for (uint256 i; i < _payouts.length; ++i) {
            Issued storage p = _payouts[i];
            bytes32 id = keccak256(
                abi.encode(
                    Places.eidOf(0),
                    address(w.hub),
                    Places.eidOf(p.lane),
                    address(w.vaults[p.lane]),
                    p.pay.account,
                    p.pay.recipient,
                    p.pay.asset,
                    p.pay.amount,
                    p.pay.issuedAt,
                    p.pay.nonce
                )
            );
            assertEq(p.id, id, "CLR-10: the id of a payout");
            _checkRanks(w.hub.payoutOf(id).rank, w.vaults[p.lane].payoutRankOf(id));
            uint256 paid;
            for (uint256 n; n < _payouts.length; ++n) {
                Issued storage q = _payouts[n];
                if (n != i && q.id == id) _fail("CLR-10: an id twice");
                if (q.lane != p.lane || q.asset != p.asset || q.pay.recipient != p.pay.recipient) continue;
                if (w.vaults[q.lane].payoutRankOf(q.id) == PayoutId.PAID) paid += q.pay.amount;
            }
            uint256 received = w.tokens[p.lane][p.asset].balanceOf(p.pay.recipient);
            assertEq(received, paid * _scale(p.lane, p.asset), "CLR-10: paid once if paid, else not");
        }
    }

    /// @dev The hub knows no more than the vault, and once it knows an end, it is the vault's.
    function _checkRanks(uint8 known, uint8 rank) private pure {
        if (PayoutId.isTerminal(known)) assertEq(known, rank, "CLR-10: another end than the vault's");
        else assertLe(known, rank, "CLR-10: a result never told");
    }

    /// @dev Who only deposits and withdraws gets no more than was put in, and loses nothing.
    function check_CLR12(Books memory b) internal pure {
        for (uint256 asset; asset < ASSETS; ++asset) {
            uint256 deposited;
            uint256 issued;
            uint256 unheard;
            for (uint256 lane; lane < LANES; ++lane) {
                deposited += b.lanes[lane].deposited[SAVER][asset];
                unheard += b.lanes[lane].deposited[SAVER][asset] - b.lanes[lane].seen[SAVER][asset];
                issued += b.paid[lane][asset][SAVER].issued;
            }
            assertLe(issued, deposited, "CLR-12: paid out <= paid in");
            assertEq(uint256(b.balances[SAVER][asset]) + issued + unheard, deposited, "CLR-12: nothing is lost");
        }
    }

    function _addPayouts(Books memory b) private view {
        for (uint256 i; i < _payouts.length; ++i) {
            Issued storage p = _payouts[i];
            uint64 amount = p.pay.amount;
            bool executed = w.vaults[p.lane].payoutRankOf(p.id) == PayoutId.PAID;
            uint8 known = w.hub.payoutOf(p.id).rank;
            // Refunded: as if it had never been issued.
            if (known == PayoutId.CANCELLED) continue;
            bool applied = known == PayoutId.PAID;
            for (uint256 n; n < 2; ++n) {
                Paid memory paid = b.paid[p.lane][p.asset][n == 0 ? p.owner : OWNERS];
                paid.issued += amount;
                if (executed) paid.executed += amount;
                if (applied) paid.applied += amount;
            }
        }
    }

    function _checkNet(Books memory b, uint256 i, uint256 k) private pure {
        int256 base;
        uint256 longs;
        uint256 shorts;
        for (uint256 lane; lane < LANES; ++lane) {
            int256 one = b.lanes[lane].hubPairs[i][k].base;
            base += one;
            if (one > 0) longs += uint256(one);
            else shorts += uint256(-one);
        }
        IHubLedger.NetPosition memory p = b.positions[i][k];
        assertEq(p.base, base, "CLR-03: net base");
        assertEq(p.longs, longs, "CLR-03: longs");
        assertEq(p.shorts, shorts, "CLR-03: shorts");
    }
}
