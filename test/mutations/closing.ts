import type { Mutation } from "./mutation.ts";

const ASSESS = "contracts/hub/AssessCall.sol";
const BOOK = "contracts/hub/ClosingBook.sol";
const LOGIC = "contracts/hub/ClosingLogic.sol";
const REPORTS = "contracts/hub/ReportLogic.sol";
const CHARGES = "contracts/spoke/ChargeLogic.sol";
const COMMANDS = "contracts/spoke/VaultCommands.sol";

/** Closing allowances: what is granted, what of it may still be used, and when it is free again. */
export const closingMutations: readonly Mutation[] = [
  {
    id: "closing-unused-not-counted",
    file: ASSESS,
    original:
      "if (closings != 0) closingCents = ClosingBook.addTo(s, account, closings, start + HEAD, count, maxAge);",
    replacement: "",
    breaks: "CLR-06",
    why: "What may still be used of closing allowances adds nothing to what an account needs.",
  },
  {
    id: "closing-away-not-counted",
    file: BOOK,
    original: "if (buys != 0) _turn(s, e, buys, maxAge);",
    replacement: "",
    breaks: "CLR-06",
    why: "Of a net that has turned, what an older allowance lets be traded away from zero is not counted.",
  },
  {
    id: "closing-one-side-counted",
    file: BOOK,
    original: "e.closing = uint88(e.closing + buys + sells);",
    replacement: "e.closing = uint88(e.closing + buys);",
    breaks: "CLR-06",
    why: "Trades towards zero, and beyond, are not counted.",
  },
  {
    id: "closing-credit-is-free",
    file: BOOK,
    original: "cents += line.unusedCredit;",
    replacement: "",
    breaks: "CLR-06",
    why: "What closing trades may cost is backed by nothing.",
  },
  {
    id: "closing-released-without-proof",
    file: BOOK,
    original: "bool ended = chainTime >= line.validUntil;",
    replacement: "bool ended = block.timestamp >= line.validUntil;",
    breaks: "CLR-06",
    why: "A closing allowance counts as lapsed by the time of arrival, but a report that was late says nothing of what was used since.",
  },
  {
    id: "closing-other-side-without-proof",
    file: BOOK,
    original: "bool obeyed = told.version >= line.turnedAt;",
    replacement: "bool obeyed = true;",
    breaks: "CLR-06",
    why: "The side that the latest grant does not give is released although the spoke still obeys an older one.",
  },
  {
    id: "closing-use-before-its-pair",
    file: REPORTS,
    original: "if (state.pairVersion > s.pairs[c.eid][key].version()) {",
    replacement: "if (false) {",
    breaks: "CLR-06",
    why: "What was used is taken from what may still be, although the pair that it is in has not arrived.",
  },
  {
    id: "closing-granted-on-every-spoke",
    file: LOGIC,
    original: "uint256 elsewhere = ClosingBook.unusedOf(s, d.account, d.number, d.isBuy, eid);",
    replacement: "uint256 elsewhere;",
    breaks: "CLR-06",
    why: "The whole net may be closed on every spoke at once.",
  },
  {
    id: "closing-without-margin",
    file: LOGIC,
    original: 'if (free < 0) return (0, 0, "Margin");',
    replacement: "if (free < 1e30) free = 1e30;",
    breaks: "CLR-06",
    why: "Closing allowances are granted to whoever has nothing to back them.",
  },
  {
    id: "closing-lease-ends-never",
    file: CHARGES,
    original: "if (block.timestamp >= stored.validUntil || stored.isBuy != side.isBuy) return false;",
    replacement: "if (stored.isBuy != side.isBuy) return false;",
    breaks: "CLR-06",
    why: "A vault lets a closing allowance be used after the end of its lease, when the hub has released it.",
  },
  {
    id: "closing-base-not-limited",
    file: CHARGES,
    original: "if (usedBase > stored.maxBase) return false;",
    replacement: "",
    breaks: "CLR-06",
    why: "As long as its credit goes an allowance lets any size be closed.",
  },
  {
    id: "closing-both-sides-from-one-limit",
    file: CHARGES,
    original: "if (block.timestamp >= stored.validUntil || stored.isBuy != side.isBuy) return false;",
    replacement: "if (block.timestamp >= stored.validUntil) return false;",
    breaks: "CLR-06",
    why: "An allowance to sell lets be bought as well.",
  },
  {
    id: "closing-version-not-checked",
    file: COMMANDS,
    original: "if (item.version <= stored.version) return;",
    replacement: "",
    breaks: "CLR-03",
    why: "A late command puts an older closing allowance in place of a newer one.",
  },
];
