import {
  type ContractFunctionReturnType,
  encodeFunctionData,
  type Hex,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { orReverted } from "../../chains/deploy/orReverted.ts";
import { optionTerms } from "../../clearing/codec/instrumentId.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { readHub, readVault, valueFor } from "../clearing/calls.ts";
import { type ClosingHolder, closingId, holderId } from "../clearing/clearingBook.ts";
import { creditLeft, decideClosing } from "../clearing/decideClosing.ts";
import { type HubPlace, hubOf, type VaultPlace, vaultAt } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import type { JobOutcome, RelayerJob } from "../job.ts";
import type { SignedPriceProof, SignedPrices } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { reportSoon } from "./report.ts";

const schema = z.object({ eid: z.int(), account: z.templateLiteral(["0x", z.string()]) });

type OpenClosing = ContractFunctionReturnType<typeof clearingHubAbi, "view", "openClosingsOf">[number];

const NOTHING_HELD = { unusedBuys: 0n, unusedSells: 0n, unusedCredit: 0n, validUntil: 0 };

/** Names an account with a mandate on the spoke `eid`, which the hub lends too little to close what it holds. */
export type RenewClosingData = z.infer<typeof schema>;

/**
 * Lets accounts close what they hold where the hub no longer lends them enough to open: has it grant closing allowances, and renew them, on the
 * spokes where the positions were opened. After their end, or as nothing of one side can be used any more, what was used is reported, so that
 * the hub stops counting the rest.
 */
export function createRenewClosing(signedPriceProof: SignedPriceProof): RelayerJob<RenewClosingData> {
  return {
    name: "renewClosing",
    schema,
    id: holderId,
    lane: ({ eid }) => String(eid),
    maxBatch: 500,
    batchMs: ({ settings }) => settings.clearing.gatherMs,
    run: (context, items) => runRenew(context, items, signedPriceProof),
    subscriptions: (context) => {
      const { eid, clearingHub } = hubOf(context);
      return (["latest", "final"] as const).map((when) => ({
        eid,
        when,
        address: clearingHub,
        abi: clearingHubAbi,
        events: ["ClosingGranted"],
        on: ({ args }) => {
          const closing: ClosingHolder = {
            eid: args.eid,
            account: args.account,
            instrument: args.instrument,
          };
          context.clearing.closings.set(closingId(closing), closing);
        },
      }));
    },
    periodic: {
      everyMs: ({ config }) => config.timings.renewIntervalMs,
      due: async (context) => {
        await reportEnds(context);
        return [...context.clearing.closers.values()];
      },
    },
  };
}

/** Has reported what the hub need not count any more, of the spokes that this relayer serves. */
async function reportEnds(context: RelayerContext): Promise<void> {
  const { closings } = context.clearing;
  const all = [...closings.values()].filter(({ eid }) => context.chains.has(eid));
  const lines = await readHub(
    hubOf(context),
    "closingOf",
    all.map(({ account, eid, instrument }) => [account, eid, instrument]),
  );
  all.forEach((closing, at) => {
    const { unusedBuys, unusedSells, unusedCredit } = lines[at]!;
    const { eid, account, instrument } = closing;
    if (unusedBuys + unusedSells + unusedCredit === 0n) closings.delete(closingId(closing));
    else reportSoon(context, eid, { kind: "closingState", account, instrument });
  });
}

async function runRenew(
  context: RelayerContext,
  items: readonly RenewClosingData[],
  signedPriceProof: SignedPriceProof,
): Promise<readonly JobOutcome[]> {
  const { eid } = items[0]!;
  const wanted = await findWanted(context, eid, items);
  const failures = new Map<Hex, CausewayError>();
  const { maxRenewals } = context.settings.clearing;
  for (let from = 0; from < wanted.length; from += maxRenewals)
    await renew(context, eid, wanted.slice(from, from + maxRenewals), signedPriceProof, failures);
  return items.map(({ account }) => failures.get(account));
}

/** Positions of which too little can be closed on the spoke. */
async function findWanted(
  context: RelayerContext,
  eid: number,
  items: readonly RenewClosingData[],
): Promise<ClosingHolder[]> {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const held = await readHub(
    hub,
    "instrumentsOf",
    items.map(({ account }) => [account]),
  );
  const all = items.flatMap(({ account }, i) =>
    held[i]!.map((instrument): ClosingHolder => ({ eid, account, instrument })),
  );
  const keys = all.map(({ account, instrument }) => [account, instrument] as const);
  const [lanes, positions, pairs, credits, open] = await Promise.all([
    readHub(hub, "laneOf", [[eid]]),
    readHub(hub, "positionOf", keys),
    readPairs(hub, place, all),
    readHub(
      hub,
      "creditLineOf",
      all.map(({ account }) => [account, eid]),
    ),
    readOpen(hub, new Set(all.map(({ account }) => account))),
  ]);
  const spokeTime = place.chain.heads.latest.timestamp;
  return all.filter((closing, at) => {
    const lines = open.get(closing.account);
    if (!lines || context.clearing.refused.isHeld(closingId(closing))) return false;
    const isHere = (one: OpenClosing) => one.eid === eid && one.instrument === closing.instrument;
    const others = lines.filter((one) => one.eid === eid && !isHere(one));
    return decideClosing({
      net: positions[at]!.base,
      pair: pairs[at]!.base,
      line: lines.find(isHere)?.line ?? NOTHING_HELD,
      elsewhere: sumUnused(lines.filter((one) => one.eid !== eid && one.instrument === closing.instrument)),
      maxCredit: creditLeft(credits[at]!, sumUnused(others).unusedCredit),
      expiry: optionTerms(closing.instrument)?.expiry,
      spokeTime,
      leaseSeconds: lanes[0]!.leaseSeconds,
    });
  });
}

/** Pairs of the spoke as the hub has them. */
async function readPairs(hub: HubPlace, place: VaultPlace, closings: readonly ClosingHolder[]) {
  const [accounts, instruments] = await Promise.all([
    readVault(
      place,
      "accountIndexOf",
      closings.map(({ account }) => [account]),
    ),
    readVault(
      place,
      "instrumentIndexOf",
      closings.map(({ instrument }) => [instrument]),
    ),
  ]);
  return readHub(
    hub,
    "pairOf",
    closings.map((_, at) => [place.eid, accounts[at]!, instruments[at]!]),
  );
}

function sumUnused(closings: readonly OpenClosing[]) {
  const sum = { unusedBuys: 0n, unusedSells: 0n, unusedCredit: 0n };
  for (const { line } of closings) {
    sum.unusedBuys += line.unusedBuys;
    sum.unusedSells += line.unusedSells;
    sum.unusedCredit += line.unusedCredit;
  }
  return sum;
}

/**
 * Open allowances of the accounts that have anything beyond the maintenance requirement and all credit, and none in an option that has expired:
 * others are refused.
 */
async function readOpen(
  { chain, clearingHub: address }: HubPlace,
  accounts: ReadonlySet<Hex>,
): Promise<Map<Hex, readonly OpenClosing[]>> {
  const hub = { address, abi: clearingHubAbi } as const;
  const covered = await Promise.all(
    [...accounts].map(async (account) => {
      // One by one, as each may be long.
      const open = chain.client.readContract({ ...hub, functionName: "openClosingsOf", args: [account] });
      const read = chain.client.readContract({ ...hub, functionName: "marginOf", args: [account] });
      // What has no price at all cannot be margined.
      const [margin, lines] = await Promise.all([orReverted(read, undefined), open]);
      if (margin === undefined) return [];
      const { equityMaintenanceWad, maintenanceWad, outstandingWad, closingWad } = margin;
      const isCovered = equityMaintenanceWad > maintenanceWad + outstandingWad + closingWad;
      const isTold = !lines.some(({ instrument }) => hasExpired(instrument, chain.heads.latest.timestamp));
      return isCovered && isTold ? [[account, lines] as const] : [];
    }),
  );
  return new Map(covered.flat());
}

function hasExpired(instrument: Hex, time: bigint): boolean {
  const expiry = optionTerms(instrument)?.expiry;
  return expiry !== undefined && BigInt(expiry) <= time;
}

/** One transaction; if it reverts as a whole, each half on its own. */
async function renew(
  context: RelayerContext,
  eid: number,
  batch: readonly ClosingHolder[],
  signedPriceProof: SignedPriceProof,
  failures: Map<Hex, CausewayError>,
): Promise<void> {
  const { refused } = context.clearing;
  try {
    const receipt = await submit(context, eid, batch, await signedPriceProof(context));
    const granted = grantedIn(receipt);
    for (const closing of batch) {
      if (granted.has(closingId(closing))) refused.release(closingId(closing));
      else refused.noteFailure(closingId(closing));
    }
  } catch (cause) {
    const error = toRelayerError(cause);
    if (error.kind === "SubmissionReverted" && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await renew(context, eid, batch.slice(0, middle), signedPriceProof, failures);
      await renew(context, eid, batch.slice(middle), signedPriceProof, failures);
      return;
    }
    for (const closing of batch) {
      refused.noteFailure(closingId(closing));
      if (error.kind !== "SubmissionReverted") failures.set(closing.account, error);
      else context.log.info({ ...closing, reason: error.message }, "closing refused");
    }
  }
}

function grantedIn({ logs }: TransactionReceipt): Set<string> {
  const events = parseEventLogs({ abi: clearingHubAbi, eventName: "ClosingGranted", logs });
  return new Set(events.map(({ args }) => closingId(args)));
}

async function submit(
  context: RelayerContext,
  eid: number,
  batch: readonly ClosingHolder[],
  { proof, proofGas }: SignedPrices,
): Promise<TransactionReceipt> {
  const { chain, clearingHub } = hubOf(context);
  const label = `let ${batch.length} close on ${context.chains.get(eid)!.definition.name}`;
  const quote = chain.client.readContract({
    address: clearingHub,
    abi: clearingHubAbi,
    functionName: "quoteRenewClosing",
    args: [eid, BigInt(batch.length)],
  });
  return chain.submitter.submit({
    label,
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "renewClosing",
      args: [eid, batch.map(({ account, instrument }) => ({ account, instrument })), proof],
    }),
    value: await valueFor(context, chain, label, quote),
    extraGas: proofGas,
  });
}
