import type { Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import type { PriceSource } from "./priceSource.ts";
import { type PriceBatch, signPriceBatch } from "./signPriceBatch.ts";

/** Prices with the signatures of the oracle's signers. */
export interface SignedPrices extends PriceBatch {
  /** For `SignedPriceOracle.update`, and for the hub's calls that need fresh prices. */
  proof: Hex;
}

/** Gives signed prices; those that another job asked for a moment ago (`ClearingSettings.proofReuseSeconds`) are given again. */
export type SignedPriceProof = (context: RelayerContext) => Promise<SignedPrices>;

/** As `SignedPriceOracle.MAX_UNDERLYINGS`. */
const MAX_UNDERLYINGS = 64;

/** Makes the giver of signed prices. */
export function createPriceProofs(source: PriceSource): SignedPriceProof {
  let last: { time: bigint; signed: Promise<SignedPrices> } | undefined;

  async function sign(context: RelayerContext, time: number): Promise<SignedPrices> {
    const { chain, oracle } = hubOf(context);
    const pricesWad = await source.latest();
    if (pricesWad.size > MAX_UNDERLYINGS) {
      const details = { what: `${pricesWad.size} prices, an oracle's batch holds ${MAX_UNDERLYINGS}` };
      throw new CausewayError("InternalInvariant", { details });
    }
    const batch = { time, pricesWad };
    const place = { chainId: chain.definition.chainId, oracle };
    const proof = await signPriceBatch(place, batch, context.config.accounts.oracleSigners);
    return { ...batch, proof };
  }

  return (context) => {
    // Chain time: the oracle compares it with its block's.
    const now = hubOf(context).chain.heads.latest.timestamp;
    if (last && now - last.time < context.settings.clearing.proofReuseSeconds) return last.signed;
    const signed = sign(context, Number(now));
    const mine = { time: now, signed };
    last = mine;
    signed.catch(() => {
      if (last === mine) last = undefined; // ask again next time
    });
    return signed;
  };
}
