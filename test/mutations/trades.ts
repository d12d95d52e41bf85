import type { Mutation } from "./mutation.ts";

const TRADES = "contracts/spoke/TradeLogic.sol";
const MATH = "contracts/spoke/TradeMath.sol";

/** What a trade moves and what it charges. */
export const tradeMutations: readonly Mutation[] = [
  {
    id: "fee-not-charged",
    file: MATH,
    original: "return worse + fee * PER_MICRO;",
    replacement: "return worse + 0 * fee;",
    breaks: "CLR-07",
    why: "The fee costs the account without being charged to credit and allowance.",
  },
  {
    id: "bad-price-not-charged",
    file: MATH,
    original: "return worse + fee * PER_MICRO;",
    replacement: "return 0 * worse + fee * PER_MICRO;",
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
    original: "return Math.ceilDiv(risk + cost_, PER_CENT);",
    replacement: "return (risk + cost_) / PER_CENT;",
    breaks: "CLR-07",
    why: "A charge is rounded down, and many small trades cost what was never allowed.",
  },
  {
    id: "fee-to-nobody",
    file: TRADES,
    original: "2 * buy.fee + buy.quote - sell.quote",
    replacement: "buy.fee + buy.quote - sell.quote",
    breaks: "CLR-02",
    why: "One side's fee is taken and given to nobody.",
  },
  {
    id: "pause-does-not-stop-trades",
    file: TRADES,
    original: "if (s.paused && !side.closes) revert ISpokeVault.Vault_Paused();",
    replacement: "",
    breaks: "CLR-18",
    why: "While the vault is paused positions may grow.",
  },
  {
    id: "pause-stops-reductions",
    file: TRADES,
    original: "if (!reduces) {",
    replacement: "if (s.paused || !reduces) {",
    breaks: "CLR-18",
    why: "While the vault is paused a position cannot even be made smaller.",
  },
  {
    id: "frozen-may-trade",
    file: TRADES,
    original: "if (s.freezes[account].frozen) revert ISpokeVault.Vault_AccountFrozen(account);",
    replacement: "",
    breaks: "CLR-06",
    why: "An account that its owner has frozen is traded for.",
  },
  {
    id: "trade-is-not-marked",
    file: TRADES,
    original: "s.dirty.mark(key);",
    replacement: "",
    breaks: "CLR-04",
    why: "A vault does not know that it has something to report.",
  },
];
