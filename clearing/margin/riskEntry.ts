import { type Hex, hexToBigInt, numberToHex, size, slice } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { requireWithin } from "./marginParameters.ts";
import { packRiskArray, type RiskArray, unpackRiskArray } from "./riskArray.ts";

/** Bytes of an entry. */
export const ENTRY_SIZE = 144;

const HEADER_SIZE = 16;
const PUT = 1n;
const CARRIED = 2n;

/** What an epoch has of one option. Mirror of `RiskEntry`. */
export interface RiskEntry {
  /** 1e-9 of the epoch's price, a uint48. */
  mark: bigint;
  /** Unix seconds, a uint40, not zero. */
  expiry: bigint;
  /** Of the option's number: an option that had the place before had another one. */
  generation: bigint;
  right: "call" | "put";
  /** Taken over from the epoch before, since there was no array: good for what is held already, not for new risk. */
  isCarried: boolean;
  array: RiskArray;
}

/**
 * Mark (6 bytes) ‖ expiry (5) ‖ generation (2) ‖ flags (1) ‖ zero (2) ‖ risk array (128); all zero where there is nothing.
 *
 * @throws CausewayError `MarginInputOutOfRange`, `RiskArrayMalformed`, `RiskArrayEntryOutOfRange`
 */
export function packRiskEntry(entry: RiskEntry | undefined): Hex {
  if (entry === undefined) return numberToHex(0, { size: ENTRY_SIZE });
  const { mark, expiry, generation, right, isCarried, array } = entry;
  requireWithin("mark", mark, 0n, 2n ** 48n - 1n);
  requireWithin("expiry", expiry, 1n, 2n ** 40n - 1n);
  requireWithin("generation", generation, 0n, 2n ** 14n - 1n);
  const flags = (right === "put" ? PUT : 0n) | (isCarried ? CARRIED : 0n);
  const header = (mark << 80n) | (expiry << 40n) | (generation << 24n) | (flags << 16n);
  return `${numberToHex(header, { size: HEADER_SIZE })}${packRiskArray(array).slice(2)}`;
}

/**
 * The entries of a chunk of an epoch, by place.
 *
 * @throws CausewayError `RiskArrayMalformed`, `RiskArrayEntryOutOfRange`
 */
export function unpackRiskEntries(chunk: Hex): (RiskEntry | undefined)[] {
  if (size(chunk) % ENTRY_SIZE !== 0)
    throw new CausewayError("RiskArrayMalformed", { details: { expected: ENTRY_SIZE / 4 } });
  return Array.from({ length: size(chunk) / ENTRY_SIZE }, (_, at) =>
    unpackRiskEntry(slice(chunk, at * ENTRY_SIZE, (at + 1) * ENTRY_SIZE)),
  );
}

function unpackRiskEntry(packed: Hex): RiskEntry | undefined {
  const header = hexToBigInt(slice(packed, 0, HEADER_SIZE));
  const expiry = BigInt.asUintN(40, header >> 40n);
  if (expiry === 0n) return undefined;
  const flags = BigInt.asUintN(8, header >> 16n);
  return {
    mark: header >> 80n,
    expiry,
    generation: BigInt.asUintN(16, header >> 24n),
    right: (flags & PUT) === 0n ? "call" : "put",
    isCarried: (flags & CARRIED) !== 0n,
    array: unpackRiskArray(slice(packed, HEADER_SIZE)),
  };
}
