import type { Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { z } from "zod";
import { addressSchema } from "../../chains/defineChain.ts";
import type { OracleDeployment } from "../../chains/types.ts";
import { underlyingSymbol } from "../../clearing/codec/instrumentId.ts";
import { formatDecimal } from "../../clearing/decimal.ts";
import { absolute, WAD } from "../../clearing/math.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { PriceSource } from "../price/priceSource.ts";
import { type PriceBatch, priceBatchTypedData } from "../price/signPriceBatch.ts";
import { surfaceTypedData } from "../price/signSurface.ts";
import type { SurfaceSource } from "../price/surfaceSource.ts";
import { type SurfaceLimits, surfaceObjection } from "./surfaceObjection.ts";

/** A signer of prices and surfaces: its key, what it knows, and what it signs for. */
export interface OracleSigner {
  key: PrivateKeyAccount;
  chainId: number;
  places: Pick<OracleDeployment, "surfaceBook" | "signedPrices" | "models">;
  prices: PriceSource;
  surfaces: SurfaceSource;
  limits: SignerLimits;
  /** Unix seconds. */
  now(): number;
}

export interface SignerLimits extends SurfaceLimits {
  /** Of a price, as a share of the signer's own, 1e18. */
  maxPriceGapWad: bigint;
  /** How long the time of what is signed may be past. */
  maxTimeGapSeconds: number;
}

/** What a signer answers. */
export type SignAnswer = { signature: Hex } | { refused: string };

const hex = z.custom<Hex>((text) => /^0x([0-9a-fA-F]{2})*$/.test(String(text)), "hexadecimal");
const bytes16 = hex.refine((text) => text.length === 34, "16 bytes");
const time = z
  .int()
  .positive()
  .max(2 ** 40);
const uint = z
  .string()
  .regex(/^\d{1,38}$/, "a whole number, as a string")
  .transform(BigInt)
  .refine((value) => value < 2n ** 128n, "less than 2^128");
const uint64 = uint.refine((value) => value < 2n ** 64n, "less than 2^64");

const requestSchema = z.discriminatedUnion("primaryType", [
  z.object({
    primaryType: z.literal("Surface"),
    message: z.strictObject({
      underlying: bytes16,
      model: addressSchema,
      time,
      slices: z
        .array(
          z.strictObject({ expiry: time, forwardRatioWad: uint64, discountWad: uint64, parameters: hex }),
        )
        .max(128),
    }),
  }),
  z.object({
    primaryType: z.literal("PriceBatch"),
    message: z
      .strictObject({ time, underlyings: z.array(bytes16).max(64), pricesWad: z.array(uint).max(64) })
      .refine(({ underlyings, pricesWad }) => underlyings.length === pricesWad.length, "as many prices"),
  }),
]);

/** Clocks differ by as much. More would let whoever asks keep a signed price until it suits, and have it count as fresh. */
const MAX_AHEAD_SECONDS = 5;

/**
 * Signs what was asked for, if it is near to what the signer knows itself. Contract and chain are the signer's own: what it signs
 * means nothing anywhere else. By sources that throw `SignerFileUnusable` it signs nothing.
 *
 * @param request `{ primaryType: "Surface" | "PriceBatch", message }`, big integers as strings
 */
export async function signRequest(signer: OracleSigner, request: unknown): Promise<SignAnswer> {
  try {
    return await signParsed(signer, request);
  } catch (cause) {
    if (cause instanceof CausewayError && cause.kind === "SignerFileUnusable")
      return { refused: cause.message };
    throw cause;
  }
}

async function signParsed(signer: OracleSigner, request: unknown): Promise<SignAnswer> {
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { refused: `not understood: ${issue?.path.join(".") || "(all)"}: ${issue?.message}` };
  }
  const { primaryType, message } = parsed.data;
  const gap = signer.now() - message.time;
  if (gap > signer.limits.maxTimeGapSeconds || -gap > MAX_AHEAD_SECONDS)
    return { refused: `its time is ${Math.abs(gap)} s ${gap > 0 ? "past" : "ahead"}` };
  const { chainId, key, places } = signer;
  if (primaryType === "Surface") {
    const symbol = underlyingSymbol(message.underlying);
    const own = (await signer.surfaces.latest()).get(symbol);
    if (own === undefined) return { refused: `I have no surface of ${symbol}` };
    const refused = surfaceObjection(message, own, { model: places.models.svi, limits: signer.limits });
    if (refused !== null) return { refused };
    return { signature: await key.signTypedData(surfaceTypedData({ chainId, ...places }, message)) };
  }
  const { underlyings, pricesWad } = message;
  const refused = priceObjection(underlyings, pricesWad, await signer.prices.latest(), signer.limits);
  if (refused !== null) return { refused };
  const batch: PriceBatch = {
    time: message.time,
    pricesWad: new Map(underlyings.map((underlying, at) => [underlying, pricesWad[at]!])),
  };
  if (batch.pricesWad.size < underlyings.length) return { refused: "an underlying is there twice" };
  const place = { chainId, oracle: places.signedPrices };
  return { signature: await key.signTypedData(priceBatchTypedData(place, batch)) };
}

function priceObjection(
  underlyings: readonly Hex[],
  pricesWad: readonly bigint[],
  own: ReadonlyMap<Hex, bigint>,
  { maxPriceGapWad }: SignerLimits,
): string | null {
  for (const [at, underlying] of underlyings.entries()) {
    const [found, mine] = [pricesWad[at]!, own.get(underlying)];
    if (mine === undefined) return `I have no price of ${underlyingSymbol(underlying)}`;
    if (absolute(found - mine) * WAD > mine * maxPriceGapWad)
      return `${underlyingSymbol(underlying)} at ${formatDecimal(found, 18)} is far from mine, ${formatDecimal(mine, 18)}`;
  }
  return null;
}
