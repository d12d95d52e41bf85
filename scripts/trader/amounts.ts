import { type AssetDefinition, getAsset } from "../../chains/assets.ts";
import { formatDecimal, parseDecimal } from "../../clearing/decimal.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { usage } from "./identity.ts";
import type { TraderChain } from "./network.ts";

/** Decimals of credit, which is counted in cents. */
const CENT_DECIMALS = 2;
/** Amounts and cents are `uint64` in messages. */
const MAX_AMOUNT = 2n ** 64n - 1n;

export interface ParseAmountParameters {
  /** The option's name, for errors. */
  option: string;
  text: string;
  decimals: number;
  /** Whether 0 is welcome. */
  zero?: boolean;
  maximum?: bigint;
}

/** @throws CausewayError `UsageInvalid` unless it is a plain decimal that fits */
export function parseAmount(parameters: ParseAmountParameters): bigint {
  const { option, text, decimals, zero = false, maximum = MAX_AMOUNT } = parameters;
  const value = parseDecimal(text, decimals);
  if (value !== null && value <= maximum && (zero || value > 0n)) return value;
  const expected = zero ? "a decimal, 0 or more," : "a positive decimal";
  const bound = value !== null && value > maximum ? `, at most ${formatDecimal(maximum, decimals)}` : "";
  throw usage(`${option}: found ${text}, expected ${expected} with at most ${decimals} decimals${bound}`);
}

/** Cents of an option in dollars. */
export function parseCents(option: string, text: string): bigint {
  return parseAmount({ option, text, decimals: CENT_DECIMALS, zero: true });
}

/** Shared units of an asset. */
export function parseShared(option: string, text: string, asset: AssetDefinition): bigint {
  return parseAmount({ option, text, decimals: asset.sharedDecimals });
}

/** Cents as dollars. */
export function formatCents(cents: bigint): string {
  return formatDecimal(cents, CENT_DECIMALS);
}

/** Shared units as what they are of the asset. */
export function formatShared(amount: bigint, asset: AssetDefinition): string {
  return formatDecimal(amount, asset.sharedDecimals);
}

/**
 * An asset that a chain has a token of.
 *
 * @throws CausewayError `UnknownAsset`, with those of the chain
 */
export function assetOn({ contracts, definition }: TraderChain, symbol: string) {
  const expected = Object.keys(contracts.tokens);
  const token = contracts.tokens[symbol];
  const known = definition.tokens.find((one) => one.symbol === symbol);
  if (token === undefined || known === undefined) {
    const details = { found: symbol, expected, chain: definition.name };
    throw new CausewayError("UnknownAsset", { details, hint: `Use an asset that ${definition.name} has.` });
  }
  const asset = getAsset(symbol);
  /** Token units in one shared unit. */
  const scale = 10n ** BigInt(known.decimals - asset.sharedDecimals);
  return { asset, token, scale, decimals: known.decimals };
}
