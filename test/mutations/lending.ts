import type { Mutation } from "./mutation.ts";

const POOL = "contracts/hub/LendingPool.sol";
const LOGIC = "contracts/hub/LendingLogic.sol";
const PORTFOLIO = "contracts/hub/Portfolio.sol";

/** Lending: what is lent to whom, what it costs, and what lenders get back. */
export const lendingMutations: readonly Mutation[] = [
  {
    id: "lend-without-cover",
    file: LOGIC,
    original: "return !s.lanes[0].paused && Portfolio.coversLoss(s, account, loss);",
    replacement: "loss; account; return !s.lanes[0].paused;",
    breaks: "CLR-16",
    why: "Whoever loses is lent what it lacks.",
  },
  {
    id: "loan-covered-by-gains",
    file: PORTFOLIO,
    original:
      "initial += SignedMath.min(0, m.equityInitialWad - initial + lossWad) - lossWad;\n        maintenance += SignedMath.min(0, m.equityMaintenanceWad - maintenance + lossWad) - lossWad;",
    replacement: "lossWad; (initial, maintenance) = (m.equityInitialWad, m.equityMaintenanceWad);",
    breaks: "CLR-16",
    why: "Gains that no loser has paid back a loan.",
  },
  {
    id: "what-backs-a-loan-may-go",
    file: PORTFOLIO,
    original: "return s.cash[account].debt == 0 || coversLoss(s, account, 0);",
    replacement: "account; return true;",
    breaks: "CLR-16",
    why: "What backs a loan may be withdrawn, lent or traded on against gains that nobody has paid.",
  },
  {
    id: "lend-while-paused",
    file: LOGIC,
    original: "return !s.lanes[0].paused && Portfolio.coversLoss(s, account, loss);",
    replacement: "return Portfolio.coversLoss(s, account, loss);",
    breaks: "CLR-18",
    why: "The pool lends while the hub is paused.",
  },
  {
    id: "interest-not-charged",
    file: POOL,
    original: "index = Math.min(UtilisationCurve.grow(index, rateWad, elapsed), MAX_INDEX);",
    replacement: "index = Math.min(index, MAX_INDEX);",
    breaks: "CLR-16",
    why: "Loans cost nothing.",
  },
  {
    id: "interest-charged-twice",
    file: POOL,
    original: "l.accruedAt = uint40(block.timestamp);\n        if (index == l.indexWad) return index;",
    replacement: "if (index == l.indexWad) return index;",
    breaks: "CLR-16",
    why: "Each act charges the interest since the pool was opened once more.",
  },
  {
    id: "reserve-forgotten",
    file: POOL,
    original: "l.reserve = reserve.toUint128();",
    replacement: "reserve;",
    breaks: "CLR-16",
    why: "Lenders get the share of the interest that is the insurance fund's.",
  },
  {
    id: "debt-rounded-down",
    file: POOL,
    original: "uint256 left = Math.ceilDiv((owed(units, index) - amount) * WAD, index);",
    replacement: "uint256 left = (owed(units, index) - amount) * WAD / index;",
    breaks: "CLR-16",
    why: "What is left of a debt is rounded for the debtor.",
  },
  {
    id: "repaid-but-still-owed",
    file: POOL,
    original: "l.debt = (l.debt - (units - left)).toUint128();",
    replacement: "",
    breaks: "CLR-16",
    why: "Lenders count on debts that were paid.",
  },
  {
    id: "repaid-to-nobody",
    file: POOL,
    original:
      "uint256 left = Math.ceilDiv((owed(units, index) - amount) * WAD, index);\n        l.idle = (l.idle + amount).toUint128();",
    replacement: "uint256 left = Math.ceilDiv((owed(units, index) - amount) * WAD, index);",
    breaks: "CLR-01",
    why: "What debtors pay back is nobody's.",
  },
  {
    id: "redeem-beyond-idle",
    file: LOGIC,
    original: "if (amount > idle) {",
    replacement: "if (false) {",
    breaks: "CLR-18",
    why: "Who asks for more than is idle gets nothing at all.",
  },
  {
    id: "redeemed-shares-stay",
    file: LOGIC,
    original: "lender.shares -= shares;",
    replacement: "",
    breaks: "CLR-16",
    why: "A lender's shares can be redeemed again, from what others lent.",
  },
  {
    id: "supply-the-margin",
    file: LOGIC,
    original: "Portfolio.requireInitial(s, order.account);",
    replacement: "",
    breaks: "CLR-06",
    why: "Cash that backs positions and credit is lent.",
  },
  {
    id: "supplied-cash-stays",
    file: LOGIC,
    original: "cash.held -= order.amount;",
    replacement: "",
    breaks: "CLR-01",
    why: "Cash that was lent to the pool stays with the lender too.",
  },
  {
    id: "shares-rounded-up",
    file: POOL,
    original: "shares = Math.mulDiv(amount, uint256(l.shares) + 1, worth(l, index) + 1);",
    replacement:
      "shares = Math.mulDiv(amount, uint256(l.shares) + 1, worth(l, index) + 1, Math.Rounding.Ceil);",
    breaks: "CLR-16",
    why: "Each new lender takes a share's rounding from the others.",
  },
];
