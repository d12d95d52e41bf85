import type { Mutation } from "./mutation.ts";

const READER = "contracts/risk/EpochReader.sol";
const PORTFOLIO = "contracts/hub/Portfolio.sol";
const ASSESS = "contracts/hub/AssessCall.sol";
const SETTLEMENT = "contracts/hub/SettlementLogic.sol";
const RULES = "contracts/oracle/PriceRules.sol";

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
    id: "arrays-of-any-age",
    file: READER,
    original: "if (age > s.maxEpochAge) revert Margin_StaleEpoch(p.underlying, age, s.maxEpochAge);",
    replacement: "",
    breaks: "CLR-13",
    why: "New risk is taken on with risk arrays that were computed long ago.",
  },
  {
    id: "arrays-of-any-price",
    file: READER,
    original: "if (!EpochLogic.isNear(price, e.priceWad, e.scanRange, s.maxMove)) {",
    replacement: "if (price == 0) {",
    breaks: "CLR-13",
    why: "New risk is taken on with risk arrays of a price that is far away by now.",
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
    id: "one-source-is-a-quorum",
    file: RULES,
    original: "if (prices.length < quorum) return _none(NoPrice.BELOW_QUORUM);",
    replacement: "if (prices.length == 0) return _none(NoPrice.BELOW_QUORUM);\n        quorum = 1;",
    breaks: "CLR-13",
    why: "One source alone makes a price.",
  },
  {
    id: "price-out-of-bounds",
    file: RULES,
    original: "if (r.priceWad < p.minPriceWad || r.priceWad > p.maxPriceWad) return NoPrice.OUT_OF_BOUNDS;",
    replacement: "",
    breaks: "CLR-13",
    why: "Any price is one, however absurd.",
  },
  {
    id: "options-are-not-held",
    file: ASSESS,
    original: "for { let place := 1 } iszero(gt(place, count)) { place := add(place, 1) } {",
    replacement: "for { let place := 1 } lt(place, count) { place := add(place, 1) } {",
    breaks: "CLR-06",
    why: "The last instrument on an account's list is not margined.",
  },
  {
    id: "shorts-lose-nothing",
    file: "contracts/risk/RiskBook.sol",
    original: "let q := add(book, 128)\n            mstore(q, add(mload(q), mload(add(leg, 32))))",
    replacement:
      "let q := add(book, 128)\n            if slt(mload(leg), 0) { mstore(leg, 0) }\n            mstore(q, add(mload(q), mload(add(leg, 32))))",
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
];
