import { type Address, isAddress } from "viem";
import { z } from "zod";
import { CausewayError } from "../errors/CausewayError.ts";
import { describeIssue } from "./describeIssue.ts";
import type { ChainDefinition } from "./types.ts";

export const addressSchema = z.custom<Address>(
  (value) => typeof value === "string" && isAddress(value),
  "a 20-byte address with a correct checksum",
);

/** LayerZero V2 eids start at 30,000; below are those of V1, whose price feed the V2 eids share modulo 30,000. */
const MIN_EID = 30_000;

export const layerZeroSchema = z.strictObject({
  endpoint: addressSchema,
  sendUln302: addressSchema,
  receiveUln302: addressSchema,
  priceFeed: addressSchema,
  executor: addressSchema,
  executorFeeLib: addressSchema,
  dvns: z
    .array(z.strictObject({ address: addressSchema, vid: z.int().nonnegative() }))
    .min(2, "at least two DVNs")
    .refine((dvns) => new Set(dvns.map((dvn) => dvn.address)).size === dvns.length, "distinct DVNs"),
  dvnFeeLib: addressSchema,
  endpointView: addressSchema,
  receiveUlnView: addressSchema,
  lzExecutor: addressSchema,
});

const chainSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, "lower-case letters, digits and dashes"),
  chainId: z.int().positive(),
  eid: z
    .int()
    .min(MIN_EID)
    .max(2 ** 32 - 1),
  blockTimeMs: z.int().positive(),
  finality: z.union(
    [
      z.strictObject({ kind: z.literal("finalized") }),
      z.strictObject({ kind: z.literal("confirmations"), blocks: z.int().positive() }),
    ],
    { error: 'finality of kind "finalized", or "confirmations" with blocks' },
  ),
  leaseSeconds: z.int().positive(),
  maxLagSeconds: z.int().positive(),
  local: z.exactOptional(z.boolean()),
  sequencer: z.exactOptional(
    z.strictObject({ feed: addressSchema, graceSeconds: z.int().nonnegative().max(86_400) }),
  ),
  layerZero: z.exactOptional(layerZeroSchema),
  tokens: z
    .array(
      z.strictObject({
        symbol: z.string().min(1),
        decimals: z.int().min(0).max(36),
        address: z.exactOptional(addressSchema),
      }),
    )
    .refine(
      (tokens) => new Set(tokens.map((token) => token.symbol)).size === tokens.length,
      "one token per symbol",
    ),
}) satisfies z.ZodType<ChainDefinition>;

/**
 * Checks one chain's definition.
 *
 * @throws CausewayError `DefinitionInvalid`, naming the key
 */
export function defineChain(definition: ChainDefinition): ChainDefinition {
  const parsed = chainSchema.safeParse(definition);
  if (parsed.success) return parsed.data;
  const { key, found, expected } = describeIssue(parsed.error, definition);
  throw new CausewayError("DefinitionInvalid", { details: { chain: definition.name, key, found, expected } });
}
