import type { Hex } from "viem";
import { priceRouterAbi } from "../../chains/abi/index.ts";
import { absolute, minimum } from "../../clearing/math.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { readMany } from "../clearing/calls.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import type { PriceSource } from "./priceSource.ts";
import { relayerSigners } from "./signAscending.ts";
import type { PriceBatch } from "./signPriceBatch.ts";
import { pricesOf, signPriceProof } from "./signPriceProof.ts";

/** Prices, and a proof of those among them that the oracle needs. */
export interface SignedPrices extends PriceBatch {
  /** For `PriceRouter.update`, and for the hub's calls that need fresh prices; `0x` if all that it has are fresh. */
  proof: Hex;
  /** What the proof may cost more than an estimate sees: one that nothing follows from costs little. */
  proofGas: bigint;
}

/**
 * Gives prices; those that were asked for a moment ago (`ClearingSettings.proofReuseSeconds`) are given again.
 *
 * @param maxAgeSeconds what the oracle has is fresh up to this age; by default a third of what the hub allows
 */
export type SignedPriceProof = (context: RelayerContext, maxAgeSeconds?: bigint) => Promise<SignedPrices>;

/** As `SignedPriceOracle.MAX_UNDERLYINGS`. */
const MAX_UNDERLYINGS = 64;
const BPS = 10_000n;
/** Of the oracle's greatest age, the share after which a price is brought anew: two more tries are left. */
const FRESH_SHARE = 3n;
/** Three sources and their push, per underlying; and the stipend of a source, which must be there though it is not used. */
const PROOF_GAS = 150_000n;
const PROOF_GAS_EACH = 150_000n;

/** Makes the giver of signed prices. */
export function createPriceProofs(source: PriceSource): SignedPriceProof {
  let last: { time: bigint; batch: Promise<PriceBatch> } | undefined;

  async function ask(context: RelayerContext, time: number): Promise<PriceBatch> {
    const batch = pricesOf(hubOf(context), { time, pricesWad: await source.latest() });
    if (batch.pricesWad.size <= MAX_UNDERLYINGS) return batch;
    const details = { what: `${batch.pricesWad.size} prices, an oracle's batch holds ${MAX_UNDERLYINGS}` };
    throw new CausewayError("InternalInvariant", { details });
  }

  function latest(context: RelayerContext, maxAgeSeconds: bigint): Promise<PriceBatch> {
    // Chain time: the oracle compares it with its block's.
    const now = hubOf(context).chain.heads.latest.timestamp;
    const reuseSeconds = minimum(context.settings.clearing.proofReuseSeconds, maxAgeSeconds + 1n);
    if (last && now - last.time < reuseSeconds) return last.batch;
    const batch = ask(context, Number(now));
    const mine = { time: now, batch };
    last = mine;
    batch.catch(() => {
      if (last === mine) last = undefined; // ask again next time
    });
    return batch;
  }

  return async (context, maxAgeSeconds = BigInt(context.config.maxPriceAgeSeconds) / FRESH_SHARE) => {
    const batch = await latest(context, maxAgeSeconds);
    const needed = await pricesNeeded(context, batch, maxAgeSeconds);
    const hub = hubOf(context);
    const place = { ...hub, chainId: hub.chain.definition.chainId };
    const proof = await signPriceProof(place, needed, relayerSigners(context));
    const proofGas = proof === "0x" ? 0n : PROOF_GAS + BigInt(needed.pricesWad.size) * PROOF_GAS_EACH;
    return { ...batch, proof, proofGas };
  };
}

/** Those that the oracle does not know, or knows as too old or as another price: each that is brought costs gas. */
async function pricesNeeded(
  context: RelayerContext,
  { time, pricesWad }: PriceBatch,
  maxAgeSeconds: bigint,
): Promise<PriceBatch> {
  const { chain, oracle } = hubOf(context);
  const entries = [...pricesWad];
  const known = await readMany(
    chain,
    priceRouterAbi,
    oracle,
    "latest",
    entries.map(([underlying]) => [underlying]),
  );
  const oldest = BigInt(time) - maxAgeSeconds;
  const needed = entries.filter(([, priceWad], at) => {
    const [knownWad, knownTime] = known[at]!;
    const moved = absolute(priceWad - knownWad) * BPS > knownWad * context.settings.clearing.priceMoveBps;
    return knownTime < oldest || moved;
  });
  return { time, pricesWad: new Map(needed) };
}
