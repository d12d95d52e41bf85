import type { Mutation } from "./mutation.ts";

const REPORTS = "contracts/hub/ReportLogic.sol";
const CREDIT = "contracts/hub/CreditLogic.sol";
const LANES = "contracts/hub/LaneLogic.sol";
const CHARGES = "contracts/spoke/ChargeLogic.sol";
const COMMANDS = "contracts/spoke/VaultCommands.sol";

/** Leases: what is lent, what is used of it, and when it is free again. */
export const creditMutations: readonly Mutation[] = [
  {
    id: "release-to-reported-used",
    file: REPORTS,
    original:
      "if (c.chainTime >= line.validUntil) ceiling = seen > line.usedApplied ? seen : line.usedApplied;",
    replacement: "if (c.chainTime >= line.validUntil) ceiling = line.usedApplied;",
    breaks: "CLR-06",
    why: "Credit is released down to Σ used of the pairs applied instead of the used total: what a pair still on its way used is lent twice.",
  },
  {
    id: "release-on-acknowledgement",
    file: REPORTS,
    original:
      "if (c.chainTime >= line.validUntil) ceiling = seen > line.usedApplied ? seen : line.usedApplied;",
    replacement:
      "if (state.version >= line.version) ceiling = seen > line.usedApplied ? seen : line.usedApplied;",
    breaks: "CLR-06",
    why: "A lease counts as lapsed once the spoke has acknowledged its version, although trades inside it may still come.",
  },
  {
    id: "release-without-the-pair",
    file: REPORTS,
    original:
      "if (c.chainTime >= line.validUntil) ceiling = seen > line.usedApplied ? seen : line.usedApplied;",
    replacement:
      "if (c.chainTime >= line.validUntil || state.usedTotal == line.usedApplied) ceiling = seen > line.usedApplied ? seen : line.usedApplied;",
    breaks: "CLR-06",
    why: "A report that brings no pair of the account, and tells of nothing used beyond those applied, releases its credit although the lease still runs.",
  },
  {
    id: "lapse-by-the-hubs-clock",
    file: REPORTS,
    original:
      "if (c.chainTime >= line.validUntil) ceiling = seen > line.usedApplied ? seen : line.usedApplied;",
    replacement:
      "if (block.timestamp >= line.validUntil) ceiling = seen > line.usedApplied ? seen : line.usedApplied;",
    breaks: "CLR-06",
    why: "A lease counts as lapsed by the time of arrival, but a report that was late says nothing of what was used since.",
  },
  {
    id: "used-seen-is-the-last-told",
    file: REPORTS,
    original: "if (state.usedTotal > seen) seen = state.usedTotal;",
    replacement: "seen = state.usedTotal;",
    breaks: "CLR-06",
    why: "A credit state that comes late replaces the higher used total that a later one told.",
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
    original:
      "m.equityInitialWad - int256(m.initialWad), m.equityMaintenanceWad - int256(m.maintenanceWad + m.closingWad)",
    replacement: "m.equityInitialWad, m.equityMaintenanceWad",
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
    file: CHARGES,
    original: "if (block.timestamp >= c.validUntil) {",
    replacement: "if (false) {",
    breaks: "CLR-06",
    why: "A vault lets credit be used after the end of its lease, when the hub has released it.",
  },
  {
    id: "credit-version-not-checked",
    file: COMMANDS,
    original: "if (item.version <= c.version) return;",
    replacement: "",
    breaks: "CLR-03",
    why: "A late command puts an older lease in place of a newer one.",
  },
  {
    id: "new-lease-forgets-used",
    file: COMMANDS,
    original: "item.limit, c.used, item.version, item.validUntil,",
    replacement: "item.limit, 0, item.version, item.validUntil,",
    breaks: "CLR-06",
    why: "Each renewal lets the whole cumulative limit be used again.",
  },
  {
    id: "allowance-not-charged",
    file: CHARGES,
    original: "stored.used = a.used + uint64(side.charge);",
    replacement: "",
    breaks: "CLR-07",
    why: "A venue may cost an account any number of times what its owner signed.",
  },
  {
    id: "allowance-version-not-checked",
    file: COMMANDS,
    original: "if (item.version <= a.version) return;",
    replacement: "",
    breaks: "CLR-03",
    why: "A late command gives a venue an allowance that its owner has since lowered.",
  },
  {
    id: "lend-on-a-lane-that-is-behind",
    file: LANES,
    original: "if (age > lane.maxLagSeconds) revert IHubLedger.Hub_LaneBehind(eid, age, lane.maxLagSeconds);",
    replacement: "",
    breaks: "CLR-06",
    why: "Credit is lent on a spoke whose trades the hub has not heard of for too long.",
  },
  {
    id: "oldest-dirty-ignored",
    file: LANES,
    original: "if (lane.oldestDirty != 0 && lane.oldestDirty < oldest) oldest = lane.oldestDirty;",
    replacement: "",
    breaks: "CLR-06",
    why: "Credit is lent on a spoke that says that a pair has waited for too long to be reported.",
  },
  {
    id: "lend-to-a-frozen-account",
    file: CREDIT,
    original:
      "if (maxOutstanding == 0 || s.freezes[account].frozen || !Portfolio.isLoanCovered(s, account)) return 0;",
    replacement: "if (maxOutstanding == 0 || !Portfolio.isLoanCovered(s, account)) return 0;",
    breaks: "CLR-06",
    why: "An account that its owner has frozen is lent more.",
  },
  {
    id: "bids-on-an-old-freeze",
    file: CREDIT,
    original: "if (line.freezeSeen == f.version) continue;",
    replacement: "if (line.freezeSeen != 0) continue;",
    breaks: "CLR-06",
    why: "A freeze that was lifted since counts: the account is taken for frozen everywhere while it may still trade.",
  },
  {
    id: "freeze-version-not-checked",
    file: COMMANDS,
    original: "if (item.version <= s.freezes[item.account].version) return;",
    replacement: "",
    breaks: "CLR-06",
    why: "A late command lifts a freeze that came after it.",
  },
];
