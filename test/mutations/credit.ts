import type { Mutation } from "./mutation.ts";

const REPORTS = "contracts/hub/ReportLogic.sol";
const CREDIT = "contracts/hub/CreditLogic.sol";
const VAULT_CREDIT = "contracts/spoke/CreditBook.sol";

/** Leases: what is lent, what is used of it, and when it is free again. */
export const creditMutations: readonly Mutation[] = [
  {
    id: "release-to-reported-used",
    file: REPORTS,
    original: "uint64 ceiling = line.usedSeen > line.usedApplied ? line.usedSeen : line.usedApplied;",
    replacement: "uint64 ceiling = line.usedApplied;",
    breaks: "CLR-06",
    why: "Credit is released down to what the reported pairs used: what was used by a pair still on its way is lent twice.",
  },
  {
    id: "release-on-acknowledgement",
    file: REPORTS,
    original: "if (c.chainTime < line.validUntil) return;",
    replacement: "if (state.version < line.version) return;",
    breaks: "CLR-06",
    why: "A lease counts as lapsed once the spoke has acknowledged its version, although trades inside it may still come.",
  },
  {
    id: "release-by-any-report",
    file: REPORTS,
    original: "if (c.chainTime < line.validUntil) return;",
    replacement: "",
    breaks: "CLR-06",
    why: "A credit state releases what its account has not used while the lease still runs.",
  },
  {
    id: "lapse-by-the-hubs-clock",
    file: REPORTS,
    original: "if (c.chainTime < line.validUntil) return;",
    replacement: "if (block.timestamp < line.validUntil) return;",
    breaks: "CLR-06",
    why: "A lease counts as lapsed by the time of arrival, but a report that was late says nothing of what was used since.",
  },
  {
    id: "ceiling-ignores-used-seen",
    file: REPORTS,
    original: "if (state.usedTotal > line.usedSeen) line.usedSeen = state.usedTotal;",
    replacement: "",
    breaks: "CLR-06",
    why: "The used total that a credit state tells, over pairs reported or not, is dropped.",
  },
  {
    id: "lower-limit-on-renewal",
    file: CREDIT,
    original: "if (allowed == 0 || required > allowed) {",
    replacement: "if (allowed == 0) {",
    breaks: "CLR-06",
    why: "A renewal lowers ceiling and limit although the spoke may still trade up to the higher ones.",
  },
  {
    id: "outstanding-elsewhere-is-free",
    file: CREDIT,
    original: "free -= int256(Portfolio.outstanding(s, account, eid) * Portfolio.WAD_PER_CENT);",
    replacement: "",
    breaks: "CLR-06",
    why: "The same equity backs a lease on every spoke at once.",
  },
  {
    id: "lend-the-initial-margin",
    file: CREDIT,
    original: "int256 free = m.equityInitialWad - int256(m.initialWad);",
    replacement: "int256 free = m.equityInitialWad;",
    breaks: "CLR-06",
    why: "Equity that already backs open positions is lent once more.",
  },
  {
    id: "ceiling-stays-behind-limit",
    file: CREDIT,
    original: "line.ceiling = limit;",
    replacement: "line.ceiling = line.ceiling > line.usedApplied ? line.ceiling : limit;",
    breaks: "CLR-06",
    why: "A renewal sends a higher limit without reserving it.",
  },
  {
    id: "lease-ends-never",
    file: VAULT_CREDIT,
    original:
      "if (block.timestamp >= c.validUntil) revert Vault_CreditLapsed(account, c.validUntil, block.timestamp);",
    replacement: "",
    breaks: "CLR-06",
    why: "A vault lets credit be used after the end of its lease, when the hub has released it.",
  },
  {
    id: "credit-version-not-checked",
    file: VAULT_CREDIT,
    original: "if (item.version <= c.version) return;",
    replacement: "",
    breaks: "CLR-03",
    why: "A late command puts an older lease in place of a newer one.",
  },
  {
    id: "new-lease-forgets-used",
    file: VAULT_CREDIT,
    original: "Credit(item.limit, c.used, item.version, item.validUntil)",
    replacement: "Credit(item.limit, 0, item.version, item.validUntil)",
    breaks: "CLR-06",
    why: "Each renewal lets the whole cumulative limit be used again.",
  },
  {
    id: "allowance-not-charged",
    file: VAULT_CREDIT,
    original: "_s.allowances[account][venue].used = a.used + uint64(cents);",
    replacement: "",
    breaks: "CLR-07",
    why: "A venue may cost an account any number of times what its owner signed.",
  },
  {
    id: "allowance-version-not-checked",
    file: VAULT_CREDIT,
    original: "if (item.version <= a.version) return;",
    replacement: "",
    breaks: "CLR-03",
    why: "A late command gives a venue an allowance that its owner has since lowered.",
  },
];
