import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { readHub, revertedWith, valueFor } from "../clearing/calls.ts";
import { hubOf } from "../clearing/places.ts";
import { PRICE_ERRORS } from "../clearing/priceErrors.ts";
import type { RelayerContext } from "../context.ts";
import { forEachItem, type RelayerJob } from "../job.ts";
import type { SignedPriceProof, SignedPrices } from "../price/createPriceProofs.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ requestId: z.templateLiteral(["0x", z.string()]) });

/** Names a withdrawal that was queued at the hub. */
export type ProcessData = z.infer<typeof schema>;

/** `IClearingHub.WithdrawalState`. */
const PENDING = 1;

/** A price proof, a margin check over many instruments and a message. */
const PROCESS_GAS = 1_000_000n;

/** What may pass by itself before the deadline: a margin, liquidity, a pause, a price, a registration. */
const WAITING = [
  "Hub_InsufficientMargin",
  "Hub_InsufficientBalance",
  "Hub_InsufficientLiquidity",
  "Hub_Paused",
  ...PRICE_ERRORS,
  "Hub_RecipientNotRegistered",
];

/** Has queued withdrawals decided and paid; one that cannot be paid yet is tried again until its deadline, which closes it. */
export function createProcess(signedPriceProof: SignedPriceProof): RelayerJob<ProcessData> {
  const process: RelayerJob<ProcessData> = {
    name: "process",
    schema,
    id: ({ requestId }) => requestId,
    concurrency: 8,
    run: forEachItem(
      (context, { requestId }) => decide(context, requestId, signedPriceProof),
      toRelayerError,
    ),
    subscriptions: (context) => {
      const { eid, clearingHub } = hubOf(context);
      return (["latest", "final"] as const).map((when) => ({
        eid,
        when,
        address: clearingHub,
        abi: clearingHubAbi,
        events: ["WithdrawalQueued"],
        on: ({ args }) => {
          context.clearing.withdrawals.add(args.requestId);
          context.enqueue(process, { requestId: args.requestId });
        },
      }));
    },
    periodic: {
      everyMs: ({ settings }) => settings.clearing.processEveryMs,
      due: async ({ clearing }) =>
        [...clearing.withdrawals]
          .filter((requestId) => !clearing.unprocessed.isHeld(requestId))
          .map((requestId) => ({ requestId })),
    },
  };
  return process;
}

async function decide(
  context: RelayerContext,
  requestId: Hex,
  signedPriceProof: SignedPriceProof,
): Promise<void> {
  const hub = hubOf(context);
  const { withdrawals, unprocessed } = context.clearing;
  const [request] = await readHub(hub, "withdrawalOf", [[requestId]]);
  if (request!.state !== PENDING) {
    withdrawals.delete(requestId);
    unprocessed.release(requestId);
    return;
  }
  try {
    await submit(context, requestId, await signedPriceProof(context));
    unprocessed.release(requestId);
  } catch (cause) {
    unprocessed.noteFailure(requestId);
    // Another relayer was first.
    if (revertedWith(cause, "Hub_NotPending")) return;
    if (!revertedWith(cause, ...WAITING)) throw cause;
    const reason = toRelayerError(cause).message;
    context.log.info({ requestId, account: request!.account, reason }, "withdrawal waits");
  }
}

async function submit(context: RelayerContext, requestId: Hex, { proof, proofGas }: SignedPrices) {
  const { chain, clearingHub } = hubOf(context);
  const label = `process ${requestId}`;
  const quote = chain.client.readContract({
    address: clearingHub,
    abi: clearingHubAbi,
    functionName: "quoteProcess",
    args: [requestId],
  });
  return chain.submitter.submit({
    label,
    dedupeId: label,
    to: clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "process",
      args: [requestId, proof],
    }),
    value: await valueFor(context, chain, label, quote),
    // A price or a position that arrives between estimate and inclusion makes it dearer than the estimate saw.
    minGas: PROCESS_GAS,
    extraGas: proofGas,
  });
}
