import type { Mutation } from "./mutation.ts";

const REPORTS = "contracts/hub/ReportLogic.sol";
const WITHDRAWALS = "contracts/hub/WithdrawalLogic.sol";
const SETTLEMENT = "contracts/hub/SettlementLogic.sol";

/** Deposits, withdrawals, payouts and settlement. */
export const moneyMutations: readonly Mutation[] = [
  {
    id: "payout-id-without-destination",
    file: "contracts/libraries/PayoutId.sol",
    original: "hubEid, hub, dstEid, vault, p.account,",
    replacement: "hubEid, hub, p.account,",
    breaks: "CLR-10",
    why: "The id of a payout does not say where it is paid, so that every vault would pay it.",
  },
  {
    id: "skip-the-reserve",
    file: WITHDRAWALS,
    original: "s.liquidity[r.dstEid][r.asset].reserved += amount;",
    replacement: "",
    breaks: "CLR-09",
    why: "A payout is promised from liquidity that the next one is promised too.",
  },
  {
    id: "no-debit-of-the-payout",
    file: WITHDRAWALS,
    original: "s.collateral[account][asset] = balance - amount;",
    replacement: "",
    breaks: "CLR-01",
    why: "Collateral that was withdrawn stays on the account.",
  },
  {
    id: "withdraw-the-margin",
    file: WITHDRAWALS,
    original: "uint256 required = m.initialWad + m.outstandingWad;",
    replacement: "uint256 required = m.initialWad;",
    breaks: "CLR-06",
    why: "What backs outstanding credit may be withdrawn.",
  },
  {
    id: "pay-more-than-is-liquid",
    file: WITHDRAWALS,
    original: "uint256 free = l.total - l.reserved;",
    replacement: "uint256 free = l.total;",
    breaks: "CLR-09",
    why: "Liquidity that is reserved is promised again.",
  },
  {
    id: "request-stays-open",
    file: WITHDRAWALS,
    original: "r.remaining -= amount;",
    replacement: "",
    breaks: "CLR-12",
    why: "A request that was paid can be processed again.",
  },
  {
    id: "deposit-total-added",
    file: REPORTS,
    original: "uint64 amount = d.total - seen;",
    replacement: "uint64 amount = d.total;",
    breaks: "CLR-03",
    why: "Each report of a deposit credits the whole total again.",
  },
  {
    id: "deposit-going-backwards",
    file: REPORTS,
    original: "if (d.total <= seen) return;",
    replacement:
      "if (d.total == seen) return; if (d.total < seen) { s.depositSeen[c.eid][d.account][d.asset][d.purpose] = d.total; return; }",
    breaks: "CLR-03",
    why: "An older total that comes late is taken for the latest, and the newer one is then credited twice.",
  },
  {
    id: "settle-pays-unmatched-gains",
    file: SETTLEMENT,
    original: "available -= unmatched;",
    replacement: "",
    breaks: "CLR-01",
    why: "A gain becomes cash before the trade's other side has arrived at the hub.",
  },
  {
    id: "wrong-sign-in-settlement",
    file: SETTLEMENT,
    original: "s.positions[accounts[i]][instrument].quote -= paid.toInt120();",
    replacement: "s.positions[accounts[i]][instrument].quote += paid.toInt120();",
    breaks: "CLR-02",
    why: "A gain that was paid grows instead of being settled.",
  },
  {
    id: "losses-beyond-cash",
    file: SETTLEMENT,
    original: "int256 paid = loss < cash ? loss : cash;",
    replacement: "int256 paid = loss;",
    breaks: "CLR-01",
    why: "A loser pays with cash that it does not have: the winner is paid with other people's.",
  },
];
