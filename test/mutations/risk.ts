import type { Mutation } from "./mutation.ts";

const READER = "contracts/risk/EpochReader.sol";
const PORTFOLIO = "contracts/hub/Portfolio.sol";
const SETTLEMENT = "contracts/hub/SettlementLogic.sol";
const OPEN_INTEREST = "contracts/hub/OpenInterest.sol";

/** Margin: of which prices it is, of what is held, and what leaves when options settle. */
export const riskMutations: readonly Mutation[] = [
  {
    id: "margin-at-a-price-of-any-age",
    file: READER,
    original: "if (price == 0 || age > maxPriceAge) revert",
    replacement: "if (price == 0) revert",
    breaks: "CLR-13",
    why: "New risk is taken on at a price that nobody has told for long.",
  },
  {
    id: "collateral-at-a-price-of-any-age",
    file: PORTFOLIO,
    original: "if (age > maxAge) return (0, 0);",
    replacement: "if (price == 0) return (0, 0);",
    breaks: "CLR-13",
    why: "Collateral backs new risk at a price that nobody has told for long.",
  },
  {
    id: "arrays-of-another-price",
    file: READER,
    original: "if (!EpochLogic.isNear(price, e.priceWad, e.scanRange, s.maxMove)) {",
    replacement: "if (false) {",
    breaks: "CLR-13",
    why: "New risk is taken on by arrays of a price that is far from the present one.",
  },
  {
    id: "shorts-lose-nothing",
    file: "contracts/risk/PlainOptions.sol",
    original: "mstore(slot, base)",
    replacement: "mstore(slot, mul(base, sgt(base, 0)))",
    breaks: "CLR-06",
    why: "Options that an account is short add nothing to what it loses in any scenario.",
  },
  {
    id: "debts-roll-off",
    file: SETTLEMENT,
    original: "bool leaves = _value(s, subject, position) == 0\n",
    replacement: "bool leaves = (subject.isFinal || _value(s, subject, position) == 0)\n",
    breaks: "CLR-06",
    why: "Who cannot pay for an option that has settled owes nothing any more, as far as margin can tell.",
  },
  {
    id: "expired-interest-stays-open",
    file: OPEN_INTEREST,
    original: "if (expiries[i] > block.timestamp) base += s.openOptions",
    replacement: "base += s.openOptions",
    breaks: "CLR-02",
    why: "Options that have expired go on raising everybody's margin.",
  },
  {
    id: "shorts-are-open-interest-too",
    file: "contracts/hub/InstrumentSums.sol",
    original: "e.openLong += FixedPointMathLib.max(next, 0) - FixedPointMathLib.max(net, 0);",
    replacement: "e.openLong += next - net;",
    breaks: "CLR-02",
    why: "What is sold takes away what another bought: open interest is always zero.",
  },
];
