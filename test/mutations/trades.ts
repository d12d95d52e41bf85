import type { Mutation } from "./mutation.ts";

const TRADES = "contracts/spoke/TradeBook.sol";
const MATH = "contracts/spoke/TradeMath.sol";

/** What a trade moves and what it charges. */
export const tradeMutations: readonly Mutation[] = [
  {
    id: "fee-not-charged",
    file: MATH,
    original: "return Math.ceilDiv(risk + worse + fee * PER_MICRO, PER_CENT);",
    replacement: "return Math.ceilDiv(risk + worse, PER_CENT) + 0 * fee;",
    breaks: "CLR-07",
    why: "The fee costs the account without being charged to credit and allowance.",
  },
  {
    id: "bad-price-not-charged",
    file: MATH,
    original: "return Math.ceilDiv(risk + worse + fee * PER_MICRO, PER_CENT);",
    replacement: "return Math.ceilDiv(risk + 0 * worse + fee * PER_MICRO, PER_CENT);",
    breaks: "CLR-07",
    why: "What a trade is worse than the reference price is not charged, so that a venue may trade at any price.",
  },
  {
    id: "sign-of-worse-for-the-seller",
    file: MATH,
    original: "isBuy ? Math.saturatingSub(moved, value) : Math.saturatingSub(value, moved)",
    replacement: "isBuy ? Math.saturatingSub(moved, value) : Math.saturatingSub(moved, value)",
    breaks: "CLR-07",
    why: "A seller is charged for a price that is better than the reference and not for one that is worse.",
  },
  {
    id: "charge-rounded-down",
    file: MATH,
    original: "return Math.ceilDiv(risk + worse + fee * PER_MICRO, PER_CENT);",
    replacement: "return (risk + worse + fee * PER_MICRO) / PER_CENT;",
    breaks: "CLR-07",
    why: "A charge is rounded down, and many small trades cost what was never allowed.",
  },
  {
    id: "fee-to-nobody",
    file: TRADES,
    original: "int256(2 * a.fee + a.paid - a.received)",
    replacement: "int256(a.fee + a.paid - a.received)",
    breaks: "CLR-02",
    why: "One side's fee is taken and given to nobody.",
  },
  {
    id: "rounding-to-nobody",
    file: TRADES,
    original: "int256(2 * a.fee + a.paid - a.received)",
    replacement: "int256(2 * a.fee)",
    breaks: "CLR-02",
    why: "What both sides are rounded by is given to nobody.",
  },
  {
    id: "seller-gets-base",
    file: TRADES,
    original: "_move(seller, instrument, -signedBase,",
    replacement: "_move(seller, instrument, signedBase,",
    breaks: "CLR-02",
    why: "Base comes out of nowhere: the seller's position has the buyer's sign.",
  },
];
