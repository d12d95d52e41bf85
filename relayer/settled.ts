import { loopbackAbi } from "../chains/abi/index.ts";
import { CausewayError } from "../errors/CausewayError.ts";
import { readHub, readMany } from "./clearing/calls.ts";
import { holderId } from "./clearing/clearingBook.ts";
import type { Standing } from "./clearing/outbox.ts";
import { hubOf } from "./clearing/places.ts";
import { readCommandStandings } from "./clearing/readCommandStandings.ts";
import { readReportStandings } from "./clearing/readReportStandings.ts";
import type { RelayerContext } from "./context.ts";

/**
 * Resolves when hub and vaults are in step by their own state: every message sent before the call is delivered; all that vaults recorded is
 * known at the hub and all that the hub decided at the vaults (prices, of options too, and heartbeats aside, which never rest); the loopback is empty; every
 * mandate and every withdrawal was decided upon at least once (granted, paid, refused or waiting). For tests and demonstrations: instead of
 * sleeping.
 * @throws CausewayError `RelayerStopped` if the relayer stops first
 */
export async function settled(context: RelayerContext): Promise<void> {
  await context.caughtUp();
  await Promise.all(context.packets.outstanding().map((guid) => context.packets.whenDelivered(guid)));
  // Twice: what the first look saw done may have left logs that tell of more to do, and those are read before the second.
  for (let quiet = 0; quiet < 2; ) {
    const head = nextHead(context);
    await context.caughtUp();
    if ((await whatIsLeft(context)).length === 0) quiet += 1;
    else {
      quiet = 0;
      if ((await head) === "ended") throw new CausewayError("RelayerStopped");
    }
  }
}

/** What {@link settled} still waits for, in words. */
export async function whatIsLeft(context: RelayerContext): Promise<string[]> {
  const lanes = [...context.chains.keys()].map((eid) => laneLeft(context, eid));
  const parts = await Promise.all([
    ...lanes,
    loopbackLeft(context),
    mandatesLeft(context),
    withdrawalsLeft(context),
  ]);
  return parts.flat();
}

async function laneLeft(context: RelayerContext, eid: number): Promise<string[]> {
  const { reports, commands } = context.clearing;
  const reported = reports.opened(eid).filter(({ kind }) => kind !== "heartbeat");
  const commanded = commands
    .opened(eid)
    .filter(({ kind }) => kind !== "referencePrice" && kind !== "optionReference");
  const [atHub, atVault] = await Promise.all([
    readReportStandings(context, eid, reported),
    readCommandStandings(context, eid, commanded),
  ]);
  const differs = ({ source, target }: Standing) => target < source;
  return [
    ...reported.filter((_, at) => differs(atHub[at]!)).map(({ kind }) => `${kind} of ${eid} at the hub`),
    ...commanded.filter((_, at) => differs(atVault[at]!)).map(({ kind }) => `${kind} of the hub at ${eid}`),
  ];
}

async function loopbackLeft(context: RelayerContext): Promise<string[]> {
  const { chain, loopback } = hubOf(context);
  const nonces = [...context.clearing.loopback.keys()];
  const hashes = await readMany(
    chain,
    loopbackAbi,
    loopback,
    "queued",
    nonces.map((nonce) => [nonce]),
  );
  return nonces.filter((_, at) => BigInt(hashes[at]!) !== 0n).map((nonce) => `loopback message ${nonce}`);
}

async function mandatesLeft(context: RelayerContext): Promise<string[]> {
  const { mandates, refused } = context.clearing;
  const holders = [...mandates.values()].filter((holder) => refused.failures(holderId(holder)) === 0);
  const lines = await readHub(
    hubOf(context),
    "creditLineOf",
    holders.map(({ account, eid }) => [account, eid]),
  );
  return holders
    .filter((_, at) => lines[at]!.version === 0 && lines[at]!.maxOutstanding > 0n)
    .map(holderId)
    .map((id) => `mandate ${id}`);
}

async function withdrawalsLeft(context: RelayerContext): Promise<string[]> {
  const { withdrawals, unprocessed } = context.clearing;
  const untried = [...withdrawals].filter((requestId) => unprocessed.failures(requestId) === 0);
  const requests = await readHub(
    hubOf(context),
    "withdrawalOf",
    untried.map((requestId) => [requestId]),
  );
  return untried.filter((_, at) => requests[at]!.state === 1).map((requestId) => `withdrawal ${requestId}`);
}

/** Resolves when any chain has a new head, or all tracking has ended. */
async function nextHead({ chains }: RelayerContext): Promise<"changed" | "ended"> {
  const heads = [...chains.values()].map((chain) => chain.heads);
  return Promise.race([
    // First, as `changed` resolves too when tracking ends.
    ...heads.map((head) => head.ended.then(() => "ended" as const)),
    ...heads.map((head) => head.changed().then(() => "changed" as const)),
  ]);
}
