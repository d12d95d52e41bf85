import { encodeFunctionData, parseEventLogs, type TransactionReceipt } from "viem";
import { z } from "zod";
import { clearingHubAbi, priceRouterAbi } from "../../chains/abi/index.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { readHub, readVault, revertedWith, valueFor } from "../clearing/calls.ts";
import { holderId } from "../clearing/clearingBook.ts";
import { decideRenewal, type Renewal } from "../clearing/decideRenewal.ts";
import { hubOf, vaultAt } from "../clearing/places.ts";
import { PRICE_ERRORS } from "../clearing/priceErrors.ts";
import type { RelayerContext } from "../context.ts";
import type { ChainLog, JobOutcome, RelayerJob } from "../job.ts";
import type { SignedPriceProof, SignedPrices } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";
import { reportSoon } from "./report.ts";

const schema = z.object({ eid: z.int(), account: z.templateLiteral(["0x", z.string()]) });

/** Names an account with a mandate on the spoke `eid`. */
export type RenewCreditData = z.infer<typeof schema>;

/** `eid` by which the hub as a whole is paused. */
const WHOLE_HUB = 0;

type Line = Awaited<ReturnType<typeof readHub<"creditLineOf">>>[number];

/**
 * Keeps the credit of accounts with a mandate alive, as far as mandate and margin allow. Where it is not to be renewed the lease lapses, and a
 * credit state is reported after its end, so that the hub stops counting it.
 */
export function createRenewCredit(signedPriceProof: SignedPriceProof): RelayerJob<RenewCreditData> {
  const renewCredit: RelayerJob<RenewCreditData> = {
    name: "renewCredit",
    schema,
    id: holderId,
    lane: ({ eid }) => String(eid),
    maxBatch: 500,
    batchMs: ({ settings }) => settings.clearing.gatherMs,
    run: (context, items) => runRenew(context, items, signedPriceProof),
    subscriptions: (context) => {
      const { eid, clearingHub: address, oracle } = hubOf(context);
      const common = { eid, address, abi: clearingHubAbi, on: (log: ChainLog) => onHubLog(context, log) };
      return [
        { ...common, when: "latest", events: ["MandateSet", "DepositCredited", "PositionNetted"] },
        { ...common, when: "latest", events: ["LaneSettled", "LaneUnpaused"] },
        { ...common, when: "final", events: ["MandateSet"] },
        {
          eid,
          when: "latest",
          address: oracle,
          abi: priceRouterAbi,
          events: ["PriceAccepted"],
          on: () => askAgain(context),
        },
      ];
    },
    periodic: {
      everyMs: ({ config }) => config.timings.renewIntervalMs,
      due: findDue,
    },
  };

  function onHubLog(context: RelayerContext, { eventName, args }: ChainLog) {
    const { mandates, refused } = context.clearing;
    const holder: RenewCreditData = { eid: args.eid, account: args.account };
    if (eventName === "MandateSet") {
      if (!context.chains.has(holder.eid)) return;
      mandates.set(holderId(holder), holder);
      refused.release(holderId(holder));
      context.enqueue(renewCredit, holder);
    } else if (eventName === "LaneSettled" || eventName === "LaneUnpaused") {
      // What the whole lane was refused may be granted now; `eid` 0 is all of them.
      for (const other of mandates.values()) {
        const isOfLane = args.eid === WHOLE_HUB || args.eid === other.eid;
        if (isOfLane && refused.failures(laneId(other.eid)) > 0) context.enqueue(renewCredit, other);
      }
      for (const eid of args.eid === WHOLE_HUB ? context.chains.keys() : [args.eid])
        refused.release(laneId(eid));
    } else if (eventName === "PositionNetted") {
      // Credit that was used makes room for more.
      if (mandates.has(holderId(holder))) context.enqueue(renewCredit, holder);
    } else {
      // More collateral may cover what was refused, on any spoke.
      for (const eid of context.chains.keys()) {
        const other = { eid, account: holder.account };
        if (!mandates.has(holderId(other))) continue;
        refused.release(holderId(other));
        refused.release(topUpId(other));
        context.enqueue(renewCredit, other);
      }
    }
  }

  /** There are prices again: who lacked nothing else has it at once. */
  function askAgain(context: RelayerContext) {
    const { mandates, refused, unpriced } = context.clearing;
    for (const id of unpriced) {
      refused.release(id);
      const holder = mandates.get(id);
      if (holder) context.enqueue(renewCredit, holder);
    }
    unpriced.clear();
  }
  return renewCredit;
}

/** Everybody on a lane is refused while it is behind or paused. */
function laneId(eid: number): string {
  return `lane:${eid}`;
}

/** Credit below such a part of the mandate is too little to close a position with. */
const LITTLE = 20n;

function topUpId(holder: RenewCreditData): string {
  return `${holderId(holder)}:topUp`;
}

/** Looks at everyone, and returns those of whom something is to be done. */
async function findDue(context: RelayerContext): Promise<RenewCreditData[]> {
  const lanes = Map.groupBy(context.clearing.mandates.values(), ({ eid }) => eid);
  const due = [...lanes].map(async ([eid, holders]) => {
    const { decisions } = await decide(context, eid, holders);
    return holders.filter((_, at) => decisions[at] !== "none");
  });
  return (await Promise.all(due)).flat();
}

async function runRenew(
  context: RelayerContext,
  items: readonly RenewCreditData[],
  signedPriceProof: SignedPriceProof,
): Promise<readonly JobOutcome[]> {
  const { eid } = items[0]!;
  const { lines, decisions } = await decide(context, eid, items);
  items.forEach((item, at) => {
    if (decisions[at] === "release") reportSoon(context, eid, { kind: "creditState", account: item.account });
  });

  const wanted = items.flatMap((item, at) =>
    decisions[at] === "renew" || decisions[at] === "topUp" ? [{ item, line: lines[at]! }] : [],
  );
  const outcomes = new Map<RenewCreditData, CausewayError>();
  for (let from = 0; from < wanted.length; from += context.settings.clearing.maxRenewals) {
    const batch = wanted.slice(from, from + context.settings.clearing.maxRenewals);
    await renew(context, eid, batch, signedPriceProof, outcomes);
  }
  return items.map((item) => outcomes.get(item));
}

async function decide(context: RelayerContext, eid: number, items: readonly RenewCreditData[]) {
  const hub = hubOf(context);
  const place = vaultAt(context, eid);
  const [lines, credits, lanes] = await Promise.all([
    readHub(
      hub,
      "creditLineOf",
      items.map(({ account }) => [account, eid]),
    ),
    readVault(
      place,
      "creditOf",
      items.map(({ account }) => [account]),
    ),
    readHub(hub, "laneOf", [[eid]]),
  ]);
  const decisions = items.map((item, at): Renewal => {
    const { refused } = context.clearing;
    return decideRenewal({
      line: lines[at]!,
      spoke: credits[at]!,
      spokeTime: place.chain.heads.latest.timestamp,
      leaseSeconds: lanes[0]!.leaseSeconds,
      isRefused: refused.isHeld(holderId(item)) || refused.isHeld(laneId(eid)),
      isTopUpHeld: refused.isHeld(topUpId(item)),
    });
  });
  return { lines, decisions };
}

interface Wanted {
  item: RenewCreditData;
  /** As it was before. */
  line: Line;
}

/** One transaction; if it reverts as a whole, each half on its own: one account without a price must not cost the others their credit. */
async function renew(
  context: RelayerContext,
  eid: number,
  batch: readonly Wanted[],
  signedPriceProof: SignedPriceProof,
  outcomes: Map<RenewCreditData, CausewayError>,
): Promise<void> {
  try {
    note(context, batch, await submit(context, eid, batch, await signedPriceProof(context)));
  } catch (cause) {
    const error = toRelayerError(cause);
    if (revertedWith(error, "Hub_LaneBehind", "Hub_Paused")) {
      context.clearing.refused.noteFailure(laneId(eid));
      // A lane that nobody used has not been heard of for long: once it is, `LaneSettled` asks for this again.
      reportSoon(context, eid, { kind: "heartbeat" });
      context.log.info({ eid, reason: error.message }, "credit refused: the lane is behind or paused");
      return;
    }
    if (error.kind === "SubmissionReverted" && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await renew(context, eid, batch.slice(0, middle), signedPriceProof, outcomes);
      await renew(context, eid, batch.slice(middle), signedPriceProof, outcomes);
      return;
    }
    for (const { item } of batch) {
      if (error.kind === "SubmissionReverted") context.clearing.refused.noteFailure(holderId(item));
      if (!revertedWith(error, ...PRICE_ERRORS)) {
        outcomes.set(item, error);
        continue;
      }
      context.clearing.unpriced.add(holderId(item));
      context.log.info({ ...item, reason: error.message }, "credit refused: no price");
    }
  }
}

async function submit(
  context: RelayerContext,
  eid: number,
  batch: readonly Wanted[],
  { proof, proofGas }: SignedPrices,
): Promise<TransactionReceipt> {
  const { chain, clearingHub } = hubOf(context);
  const label = `renew ${batch.length} on ${context.chains.get(eid)!.definition.name}`;
  const quote = chain.client.readContract({
    address: clearingHub,
    abi: clearingHubAbi,
    functionName: "quoteRenewCredit",
    args: [eid, BigInt(batch.length)],
  });
  return chain.submitter.submit({
    label,
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "renewCredit",
      args: [eid, batch.map(({ item }) => item.account), proof],
    }),
    value: await valueFor(context, chain, label, quote),
    extraGas: proofGas,
  });
}

/** Remembers who was refused, and whom it gave little. */
function note(context: RelayerContext, batch: readonly Wanted[], receipt: TransactionReceipt) {
  const { refused, closers } = context.clearing;
  const granted = new Map(
    parseEventLogs({ abi: clearingHubAbi, eventName: "CreditGranted", logs: receipt.logs }).map(
      ({ args }) => [args.account, args.limit],
    ),
  );
  for (const { item, line } of batch) {
    const limit = granted.get(item.account);
    if (limit === undefined) {
      refused.noteFailure(holderId(item));
      closers.set(holderId(item), item);
      context.log.info({ eid: item.eid, account: item.account }, "credit refused: not covered");
      continue;
    }
    refused.release(holderId(item));
    if ((limit - line.usedApplied) * LITTLE < line.maxOutstanding) closers.set(holderId(item), item);
    else closers.delete(holderId(item));
    const hoped = line.usedApplied + line.maxOutstanding - line.limit;
    if ((limit - line.limit) * 2n < hoped) refused.noteFailure(topUpId(item));
    else refused.release(topUpId(item));
  }
}
