import type { Mutation } from "./mutation.ts";

const REPORTS = "contracts/hub/ReportLogic.sol";
const LANES = "contracts/hub/LaneLogic.sol";
const TRANSPORT = "contracts/transport/Transport.sol";

/** What crosses between hub and spokes. */
export const messageMutations: readonly Mutation[] = [
  {
    id: "pair-version-not-checked",
    file: REPORTS,
    original: "if (packed.version() <= old.version()) return;",
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
    original: "if (!WalletRights.mayAct(s, w.account, c.eid, w.requester)) {",
    replacement: "if (false) {",
    breaks: "CLR-05",
    why: "Anybody may ask for an account's money.",
  },
  {
    id: "withdrawal-from-any-chain",
    file: "contracts/hub/WalletRights.sol",
    original: "if (account.homeEid() == eid && account.owner() == wallet) return ALL;",
    replacement: "if (account.owner() == wallet) return ALL;",
    breaks: "CLR-05",
    why: "The owner's address on another chain, perhaps somebody else's contract wallet, moves the account.",
  },
  {
    id: "digest-of-an-older-report",
    file: LANES,
    original: "lane.told = heartbeat.digest;\n        }",
    replacement: "}\n        lane.told = heartbeat.digest;",
    breaks: "CLR-04",
    why: "The digest of whatever report comes last is compared, not that of the highest number.",
  },
  {
    id: "accuse-while-some-are-missing",
    file: LANES,
    original: "} else if (lane.divergedSince == 0 && lane.arrivedUpTo >= lane.lastSequence) {",
    replacement: "} else if (lane.divergedSince == 0) {",
    breaks: "CLR-18",
    why: "A lane counts as diverged while reports are still on their way, and can be paused for it.",
  },
  {
    id: "pause-without-time-to-repair",
    file: LANES,
    original:
      "bool proven = lane.divergedSince != 0 && lane.toldTime >= uint256(lane.divergedSince) + lane.maxLagSeconds",
    replacement: "bool proven = lane.divergedSince != 0",
    breaks: "CLR-18",
    why: "Anyone pauses a lane as soon as its ends differ, before anybody could repair it.",
  },
  {
    id: "lend-on-a-paused-lane",
    file: LANES,
    original: "if (s.lanes[eid].paused || s.lanes[eid].diverged) revert IHubLedger.Hub_Paused(eid);",
    replacement: "",
    breaks: "CLR-18",
    why: "The hub lends and pays on a lane that is paused.",
  },
  {
    id: "digest-sign-of-deposits",
    file: REPORTS,
    original: "- Digest.deposit(d.account, d.asset, d.purpose, told);",
    replacement: "+ Digest.deposit(d.account, d.asset, d.purpose, told);",
    breaks: "CLR-04",
    why: "The digest adds the term of a deposit's old total instead of taking it away: both ends never agree again.",
  },
  {
    id: "digest-forgets-the-old-pair",
    file: REPORTS,
    original:
      "c.digestDelta += Digest.pair(account, e.instrument, packed) - Digest.pair(account, e.instrument, old);",
    replacement: "c.digestDelta += Digest.pair(account, e.instrument, packed);",
    breaks: "CLR-04",
    why: "The digest keeps the term of a pair's old totals: both ends never agree again.",
  },
  {
    id: "reported-term-not-stored",
    file: "contracts/spoke/ReportBuilder.sol",
    original: "s.reported[key] = term;",
    replacement: "",
    breaks: "CLR-04",
    why: "A vault does not remember what it last reported, so that its digest counts every report of a key.",
  },
];
