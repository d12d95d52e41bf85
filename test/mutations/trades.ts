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
    id: "pause-does-not-stop-trades",
    file: TRADES,
    original: "uint88 maxBase = _s.paused ? 0 : terms.maxBase;",
    replacement: "uint88 maxBase = terms.maxBase;",
    breaks: "CLR-18",
    why: "While the vault is paused positions may grow.",
  },
  {
    id: "pause-stops-reductions",
    file: TRADES,
    original: "if (SignedMath.abs(base) > maxBase && !reduces) {",
    replacement: "if (SignedMath.abs(base) > maxBase && (_s.paused || !reduces)) {",
    breaks: "CLR-18",
    why: "While the vault is paused a position cannot even be made smaller.",
  },
  {
    id: "frozen-may-trade",
    file: TRADES,
    original: "if (_s.freezes[account].frozen) revert Vault_AccountFrozen(account);",
    replacement: "",
    breaks: "CLR-06",
    why: "An account that its owner has frozen is traded for.",
  },
  {
    id: "trade-is-not-marked",
    file: TRADES,
    original: "_s.dirty.mark(VaultNames.pairKey(accountIndex, instrumentIndex));",
    replacement: "",
    breaks: "CLR-04",
    why: "A vault does not know that it has something to report.",
  },
];
