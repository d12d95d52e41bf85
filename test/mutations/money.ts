import type { Mutation } from "./mutation.ts";

const REPORTS = "contracts/hub/ReportLogic.sol";
const WITHDRAWALS = "contracts/hub/WithdrawalLogic.sol";
const SETTLEMENT = "contracts/hub/SettlementLogic.sol";
const PAYOUTS = "contracts/spoke/PayoutLogic.sol";
const BOOK = "contracts/spoke/PayoutBook.sol";
const TOKENS = "contracts/spoke/TokenBook.sol";

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
    file: "contracts/hub/Portfolio.sol",
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
    id: "settle-looks-for-nothing-unmatched",
    file: SETTLEMENT,
    original: "if (unmatched >= available) return 0;\n            available -= unmatched;",
    replacement: "unmatched;",
    breaks: "CLR-01",
    why: "The same, also where all that was paid is unmatched.",
  },
  {
    id: "wrong-sign-in-settlement",
    file: SETTLEMENT,
    original: "moveQuote(-amount);",
    replacement: "moveQuote(amount > 0 ? amount : -amount);",
    breaks: "CLR-02",
    why: "A gain that was paid grows instead of being settled.",
  },
  {
    id: "losses-not-taken",
    file: SETTLEMENT,
    original: "s.cash[account].held -= paid.toUint128();",
    replacement: "",
    breaks: "CLR-01",
    why: "A loser pays with cash that it keeps: the winner is paid with other people's.",
  },
  {
    id: "claim-outranks-paid",
    file: REPORTS,
    original: "if (PayoutId.isTerminal(p.rank)) {",
    replacement: "if (p.rank == PayoutId.CANCELLED) {",
    breaks: "CLR-10",
    why: "The word of a claim that comes after that of its payment undoes it, and the next one takes the liquidity again.",
  },
  {
    id: "refund-is-not-credited",
    file: REPORTS,
    original: "else _credit(s, p.account, p.asset, p.amount);",
    replacement: "",
    breaks: "CLR-01",
    why: "A payout that was cancelled is paid to nobody and given back to nobody.",
  },
  {
    id: "refund-of-what-was-paid",
    file: REPORTS,
    original: "if (rank == PayoutId.PAID) l.total -= p.amount;",
    replacement:
      "if (rank == PayoutId.PAID) { l.total -= p.amount; _credit(s, p.account, p.asset, p.amount); }",
    breaks: "CLR-01",
    why: "A payout that was paid is given back as well.",
  },
  {
    id: "reserve-is-not-freed",
    file: REPORTS,
    original: "l.reserved -= p.amount;",
    replacement: "",
    breaks: "CLR-09",
    why: "What was paid out stays reserved for ever.",
  },
  {
    id: "pay-again",
    file: PAYOUTS,
    original: "if (rank != PayoutId.NONE) return;",
    replacement: "",
    breaks: "CLR-10",
    why: "A command that comes twice pays twice.",
  },
  {
    id: "pay-after-cancel",
    file: PAYOUTS,
    original:
      'if (rank == PayoutId.CANCELLED) return _skip(guid, id, "Cancelled");\n        if (rank != PayoutId.NONE) return;',
    replacement: "if (rank == PayoutId.PAID || rank == PayoutId.CLAIM) return;",
    breaks: "CLR-10",
    why: "A payout that was given up is paid when its command comes late, and refunded as well.",
  },
  {
    id: "cancel-after-paid",
    file: PAYOUTS,
    original: "if (PayoutId.isTerminal(rank)) revert ISpokeVault.Vault_NotCancellable(id, rank);",
    replacement: "",
    breaks: "CLR-10",
    why: "A payout that was paid can be cancelled, and is refunded as well.",
  },
  {
    id: "claim-after-cancel",
    file: PAYOUTS,
    original: "if (rank != PayoutId.CLAIM) revert ISpokeVault.Vault_NotClaimable(id, rank);",
    replacement: "if (rank == PayoutId.PAID) revert ISpokeVault.Vault_NotClaimable(id, rank);",
    breaks: "CLR-10",
    why: "A payout that was given up can still be claimed.",
  },
  {
    id: "cancel-by-anybody",
    file: PAYOUTS,
    original:
      "if (!_mayCancel(places, payout, id, signature)) revert ISpokeVault.Vault_NotAuthorized(payout.account, msg.sender);",
    replacement: "_mayCancel(places, payout, id, signature);",
    breaks: "CLR-05",
    why: "Anybody may give up somebody else's payout.",
  },
  {
    id: "believe-the-token",
    file: BOOK,
    original: "if (left + amount != before) revert Vault_WrongTransfer(token, amount, before, left);",
    replacement: "",
    breaks: "CLR-10",
    why: "A token that says true and moves nothing, or more than it was asked to, counts as having paid.",
  },
  {
    id: "re-enter-deposit",
    file: TOKENS,
    original:
      "function deposit(AccountId account, uint16 asset, uint256 amount) external nonReentrant returns (uint64 credited) {",
    replacement:
      "function deposit(AccountId account, uint16 asset, uint256 amount) external returns (uint64 credited) {",
    breaks: "CLR-23",
    why: "A token that calls back into a deposit has one transfer counted twice.",
  },
  {
    id: "re-enter-claim",
    file: BOOK,
    original: "function claim(CommandCodec.Pay calldata payout) external nonReentrant {",
    replacement: "function claim(CommandCodec.Pay calldata payout) external {",
    breaks: "CLR-23",
    why: "A token that calls back during a transfer may have another payout claimed meanwhile, whose tokens look like this transfer's.",
  },
  {
    id: "credit-the-amount-asked-for",
    file: TOKENS,
    original: "uint256 received = _pull(IERC20(t.token), amount - amount % t.scale) / t.scale;",
    replacement:
      "_pull(IERC20(t.token), amount - amount % t.scale);\n        uint256 received = amount / t.scale;",
    breaks: "CLR-01",
    why: "A token's fee on transfer is credited although it never arrived.",
  },
  {
    id: "dust-is-taken",
    file: TOKENS,
    original: "_pull(IERC20(t.token), amount - amount % t.scale)",
    replacement: "_pull(IERC20(t.token), amount)",
    breaks: "CLR-12",
    why: "What is less than one shared unit is taken from the depositor and credited to nobody.",
  },
];
