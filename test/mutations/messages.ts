import type { Mutation } from "./mutation.ts";

const REPORTS = "contracts/hub/ReportLogic.sol";
const TRANSPORT = "contracts/transport/Transport.sol";

/** What crosses between hub and spokes. */
export const messageMutations: readonly Mutation[] = [
  {
    id: "pair-version-not-checked",
    file: REPORTS,
    original: "if (p.pair.version <= old.version) return;",
    replacement: "",
    breaks: "CLR-03",
    why: "A report that comes late puts older totals in place of newer ones.",
  },
  {
    id: "no-gas-bound-at-the-hub",
    file: "contracts/hub/ClearingHub.sol",
    original: "_requireGas(gasBound);",
    replacement: "",
    breaks: "CLR-11",
    why: "A report is taken with less gas than the bound of its length.",
  },
  {
    id: "local-queue-of-anybody",
    file: TRANSPORT,
    original: "if (_getPeerOrRevert(localEid) != sender) revert OnlyPeer(localEid, sender);",
    replacement: "",
    breaks: "CLR-05",
    why: "On the hub's own chain anybody's message is taken for the peer's.",
  },
  {
    id: "withdrawal-by-anybody",
    file: REPORTS,
    original: "if (w.account.homeEid() != c.eid || w.account.owner() != w.requester) {",
    replacement: "if (w.account.homeEid() != c.eid) {",
    breaks: "CLR-05",
    why: "Anybody on an account's home chain may ask for its money.",
  },
  {
    id: "withdrawal-from-any-chain",
    file: REPORTS,
    original: "if (w.account.homeEid() != c.eid || w.account.owner() != w.requester) {",
    replacement: "if (w.account.owner() != w.requester) {",
    breaks: "CLR-05",
    why: "The same address on another chain, perhaps somebody else's contract wallet, moves the account.",
  },
];
