import { encodeFunctionData } from "viem";
import { z } from "zod";
import { spokeVaultAbi } from "../../chains/abi/index.ts";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { readHub, readVault, revertedWith } from "../clearing/calls.ts";
import { hubOf, vaultAt, vaultsOf } from "../clearing/places.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import { toSubmitError } from "../submit/submitErrors.ts";
import type { SubmitRequest } from "../submit/submitRequest.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ eid: z.int(), payoutId: z.templateLiteral(["0x", z.string()]) });

/** Names a payout that the vault on `eid` could not pay. */
export type ClaimData = z.infer<typeof schema>;

/** A transfer, the rank and the event, with room for a token that does more. A recipient that wants more claims at its own cost. */
const CLAIM_GAS = 300_000n;

/**
 * Tries again to pay what became a claim. While it cannot be paid an attempt is a simulation that fails, and costs nothing; each makes the next
 * wait longer. The recipient need not wait for it: anyone may claim.
 */
export const claim: RelayerJob<ClaimData> = {
  name: "claim",
  schema,
  id: ({ payoutId }) => payoutId,
  concurrency: 4,
  run: forEachItem(claimOne, toRelayerError),
  subscriptions: (context) =>
    vaultsOf(context).flatMap(({ eid, vault }) =>
      (["latest", "final"] as const).map((when) => ({
        eid,
        when,
        address: vault,
        abi: spokeVaultAbi,
        events: ["PayoutResolved"],
        on: (log) => onResolved(context, eid, log),
      })),
    ),
  periodic: {
    everyMs: ({ settings }) => settings.clearing.sweepMs,
    due: async ({ clearing }) =>
      [...clearing.claims]
        .filter(([payoutId]) => !clearing.unpaid.isHeld(payoutId))
        .map(([payoutId, eid]) => ({ eid, payoutId })),
  },
};

function onResolved({ clearing }: RelayerContext, eid: number, { args }: ChainLog) {
  const { claims, unpaid } = clearing;
  if (args.rank !== payoutRank.claim) {
    claims.delete(args.payoutId);
    unpaid.release(args.payoutId);
  } else if (!claims.has(args.payoutId)) {
    claims.set(args.payoutId, eid);
    // It has just failed.
    unpaid.noteFailure(args.payoutId);
  }
}

async function claimOne(context: RelayerContext, { eid, payoutId }: ClaimData): Promise<void> {
  const { claims, unpaid } = context.clearing;
  const place = vaultAt(context, eid);
  const [[rank], [payout]] = await Promise.all([
    readVault(place, "payoutRankOf", [[payoutId]]),
    readHub(hubOf(context), "payoutOf", [[payoutId]]),
  ]);
  if (rank !== payoutRank.claim) {
    claims.delete(payoutId);
    unpaid.release(payoutId);
    return;
  }
  const { account, recipient, asset, amount, issuedAt, nonce } = payout!;
  const pay = { account, recipient, asset, amount, issuedAt, nonce };
  const { chain, vault } = place;
  const request = {
    label: `claim ${payoutId}`,
    to: vault,
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "claim", args: [pay] }),
    gas: CLAIM_GAS,
  };
  unpaid.noteFailure(payoutId);
  try {
    await simulate(context, chain, request);
    await chain.submitter.submit(request);
  } catch (cause) {
    // Somebody else claimed, or it was cancelled: the event tells. Until the token pays, it waits.
    if (!revertedWith(cause, "Vault_PayoutFailed", "Vault_NotClaimable")) throw cause;
    context.log.info({ eid, payoutId, reason: toRelayerError(cause).message }, "payout cannot be paid yet");
    return;
  }
  claims.delete(payoutId);
  unpaid.release(payoutId);
}

async function simulate({ errorAbi }: RelayerContext, chain: RelayerChain, request: SubmitRequest) {
  const { to, data, gas } = request;
  try {
    await chain.client.call({ account: chain.submitter.address, to, data, ...(gas && { gas }) });
  } catch (cause) {
    throw toSubmitError(request, cause, errorAbi);
  }
}
