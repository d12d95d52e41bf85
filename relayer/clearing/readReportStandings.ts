import type { Hex } from "viem";
import { requestIdOf } from "../../clearing/codec/requestId.ts";
import { walletRights } from "../../clearing/codec/walletRights.ts";
import { maximum } from "../../clearing/math.ts";
import type { RelayerContext } from "../context.ts";
import { readHub, readVault } from "./calls.ts";
import type { ReportItem } from "./chunkMessages.ts";
import type { ReportKey, ReportKind } from "./keys.ts";
import type { Standing } from "./outbox.ts";
import { hubOf, vaultAt } from "./places.ts";

/** Where a key stands at the vault (source) and at the hub (target), and what reporting it takes. */
export type ReportStanding = Standing & Omit<ReportItem, "key">;

type KeyOf<K extends ReportKind> = Extract<ReportKey, { kind: K }>;
type Reader<K extends ReportKind> = (
  context: RelayerContext,
  eid: number,
  keys: readonly KeyOf<K>[],
) => Promise<ReportStanding[]>;

/** How often a vault has to be heard, in the time after which it gets no more credit. */
const BEATS_PER_LAG = 3;
const NOTHING_LACKS = { withNames: false, isNew: false, closes: false };

/** Compares vault and hub: one standing per key, in order. */
export async function readReportStandings(
  context: RelayerContext,
  eid: number,
  keys: readonly ReportKey[],
): Promise<ReportStanding[]> {
  const standings = new Map<ReportKey, ReportStanding>();
  async function read<K extends ReportKind>(kind: K, reader: Reader<K>) {
    const mine = keys.filter((key): key is KeyOf<K> => key.kind === kind);
    if (mine.length === 0) return;
    const found = await reader(context, eid, mine);
    mine.forEach((key, at) => {
      standings.set(key, found[at]!);
    });
  }
  await Promise.all([
    read("deposit", readDeposits),
    read("pair", readPairs),
    read("creditState", readCreditStates),
    read("closingState", readClosingStates),
    read("withdrawal", readWithdrawals),
    read("payoutResult", readPayoutResults),
    read("heartbeat", readHeartbeats),
  ]);
  return keys.map((key) => standings.get(key)!);
}

const readDeposits: Reader<"deposit"> = async (context, eid, keys) => {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const [totals, seen] = await Promise.all([
    readVault(
      place,
      "depositTotalOf",
      keys.map(({ account, asset, purpose }) => [account, asset, purpose]),
    ),
    readHub(
      hub,
      "depositSeenOf",
      keys.map(({ account, asset, purpose }) => [eid, account, asset, purpose]),
    ),
  ]);
  return keys.map((_, at) => ({ source: totals[at]!, target: seen[at]!, ...NOTHING_LACKS }));
};

const readPairs: Reader<"pair"> = async (context, eid, keys) => {
  const read = await readPairsOf(context, eid, keys);
  return read.map(({ pair, applied, lacks }) => ({
    source: BigInt(pair.version),
    target: BigInt(applied.version),
    ...lacks,
  }));
};

/**
 * Due when the hub counts something of a closing allowance as unused that was used, or cannot be used any more: after the end of the latest
 * lease, or as the vault obeys a command since the side turned, for the other side.
 */
const readClosingStates: Reader<"closingState"> = async (context, eid, keys) => {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const [read, lines] = await Promise.all([
    readPairsOf(context, eid, keys),
    readHub(
      hub,
      "closingOf",
      keys.map(({ account, instrument }) => [account, eid, instrument]),
    ),
  ]);
  const time = place.chain.heads.latest.timestamp;
  return read.map(({ allowance, lacks }, at) => {
    const line = lines[at]!;
    const isOpen = line.unusedBuys > 0n || line.unusedSells > 0n || line.unusedCredit > 0n;
    const isLapsed = time >= BigInt(line.validUntil);
    const turned =
      allowance.version >= line.turnedAt && (line.isBuy ? line.unusedSells : line.unusedBuys) > 0n;
    const isUntold =
      allowance.usedBuys > line.usedBuys ||
      allowance.usedSells > line.usedSells ||
      allowance.usedCredit > line.usedCredit;
    const isDue = allowance.version !== 0 && isOpen && (isLapsed || turned || isUntold);
    // Each lease ends once, and each version is obeyed once: what was used between is told with its pair.
    const source = (BigInt(line.version) << 1n) + (isLapsed ? 2n : 1n);
    return { source, target: isDue ? 0n : source, ...lacks };
  });
};

/** Pairs at both ends, and what it takes to report them. */
async function readPairsOf(
  context: RelayerContext,
  eid: number,
  keys: readonly { account: Hex; instrument: Hex }[],
) {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const [accounts, instruments, pairs, allowances] = await Promise.all([
    readVault(
      place,
      "accountIndexOf",
      keys.map(({ account }) => [account]),
    ),
    readVault(
      place,
      "instrumentIndexOf",
      keys.map(({ instrument }) => [instrument]),
    ),
    readVault(
      place,
      "pairOf",
      keys.map(({ account, instrument }) => [account, instrument]),
    ),
    readVault(
      place,
      "closingAllowanceOf",
      keys.map(({ account, instrument }) => [account, instrument]),
    ),
  ]);
  const [namedAccounts, namedInstruments, applied] = await Promise.all([
    readHub(
      hub,
      "accountAt",
      accounts.map((index) => [eid, index]),
    ),
    readHub(
      hub,
      "instrumentAt",
      instruments.map((index) => [eid, index]),
    ),
    readHub(
      hub,
      "pairOf",
      keys.map((_, at) => [eid, accounts[at]!, instruments[at]!]),
    ),
  ]);
  return pairs.map((pair, at) => ({
    pair,
    applied: applied[at]!,
    allowance: allowances[at]!,
    lacks: {
      withNames: isZero(namedAccounts[at]!) || isZero(namedInstruments[at]!),
      isNew: applied[at]!.version === 0,
      closes: allowances[at]!.version !== 0,
    },
  }));
}

/**
 * Due when nothing of the latest lease can be used any more and the hub still counts more than was used, and when the vault obeys a freeze of
 * which the hub has not heard.
 */
const readCreditStates: Reader<"creditState"> = async (context, eid, keys) => {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const accounts = keys.map(({ account }): [Hex] => [account]);
  const [credits, freezes, indices, lines] = await Promise.all([
    readVault(place, "creditOf", accounts),
    readVault(place, "freezeOf", accounts),
    readVault(place, "accountIndexOf", accounts),
    readHub(
      hub,
      "creditLineOf",
      keys.map(({ account }) => [account, eid]),
    ),
  ]);
  const names = await readHub(
    hub,
    "accountAt",
    indices.map((index) => [eid, index]),
  );
  const time = place.chain.heads.latest.timestamp;
  return keys.map((_, at) => {
    const { version, used } = credits[at]!;
    const freeze = freezes[at]!.version;
    const { validUntil, ceiling, usedApplied, freezeSeen, mandateNonce } = lines[at]!;
    const highest = maximum(used, usedApplied);
    const isReleasable = time >= BigInt(validUntil) && ceiling > highest;
    // Without a mandate the hub does not take in what is obeyed.
    const isFreezeUnseen = mandateNonce !== 0n && freeze > freezeSeen;
    const isToldDue = (version !== 0 || freeze !== 0) && (isReleasable || isFreezeUnseen);
    // Each lease lapses once: its end tells one release from the next.
    const source = ((BigInt(validUntil) + 1n) << 32n) + BigInt(freeze);
    return { ...NOTHING_LACKS, source, target: isToldDue ? 0n : source, withNames: isZero(names[at]!) };
  });
};

const readWithdrawals: Reader<"withdrawal"> = async (context, eid, keys) => {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const [requested, queued] = await Promise.all([
    readVault(
      place,
      "withdrawalOf",
      keys.map(({ number }) => [BigInt(number)]),
    ),
    readHub(
      hub,
      "withdrawalOf",
      keys.map(({ number }) => [requestIdOf(eid, BigInt(number))]),
    ),
  ]);
  const rights = await readHub(
    hub,
    "rightsOf",
    requested.map(({ account, requester }) => [account, eid, requester]),
  );
  // Anyone may ask for anything at a vault; the hub takes only what somebody with the right to act asks for, to a chain that it knows.
  const isTaken = (at: number) =>
    requested[at]!.amount > 0n &&
    (rights[at]! & walletRights.act) !== 0 &&
    context.chains.has(requested[at]!.dstEid);
  return keys.map((_, at) => ({
    source: isTaken(at) ? 1n : 0n,
    target: queued[at]!.state === 0 ? 0n : 1n,
    ...NOTHING_LACKS,
  }));
};

const readPayoutResults: Reader<"payoutResult"> = async (context, eid, keys) => {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const ids = keys.map(({ payoutId }): [Hex] => [payoutId]);
  const [resolved, known] = await Promise.all([
    readVault(place, "payoutRankOf", ids),
    readHub(hub, "payoutOf", ids),
  ]);
  return keys.map((_, at) => ({
    // Anyone may cancel at a vault what the hub never issued: it does not want to hear of that.
    source: known[at]!.dstEid === eid ? BigInt(resolved[at]!) : 0n,
    target: BigInt(known[at]!.rank),
    ...NOTHING_LACKS,
  }));
};

/** A third of the lane's lag is one beat: the hub should have settled a report made since the present one began. */
const readHeartbeats: Reader<"heartbeat"> = async (context, eid, keys) => {
  const [hub, { chain }] = [hubOf(context), vaultAt(context, eid)];
  const [lane] = await readHub(hub, "laneOf", [[eid]]);
  const beat = BigInt(Math.max(1, Math.floor(lane!.maxLagSeconds / BEATS_PER_LAG)));
  const standing = {
    source: chain.heads.latest.timestamp / beat,
    target: BigInt(lane!.settledTime) / beat,
    ...NOTHING_LACKS,
  };
  return keys.map(() => standing);
};

function isZero(word: Hex): boolean {
  return BigInt(word) === 0n;
}
