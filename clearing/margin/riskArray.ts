import type { Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { floorDiv } from "../math.ts";
import { PPB, scenarios, spotShock, UNMOVED } from "./scenarios.ts";

const DIGITS = 8;
const LIMIT = 2n ** 31n;

/** Change in value of one unit of base by scenario, 1e-9 of the spot, each an int32. */
export type RiskArray = readonly bigint[];

/**
 * Packs an array as a contract reads it: 30 big-endian int32, 120 bytes.
 *
 * An entry that does not fit is an error, not a cut-off value: the array serves longs and shorts alike, so a cut that is against
 * one of them favours the other.
 *
 * @throws CausewayError `RiskArrayMalformed` unless there are 30 entries; `RiskArrayEntryOutOfRange` for one that does not fit
 * four bytes, or is not zero though nothing moves.
 */
export function packRiskArray(entries: RiskArray): Hex {
  requireRiskArray(entries);
  const words = entries.map((entry) => BigInt.asUintN(32, entry).toString(16).padStart(DIGITS, "0"));
  return `0x${words.join("")}`;
}

/** @throws CausewayError `RiskArrayMalformed`, `RiskArrayEntryOutOfRange` */
export function unpackRiskArray(packed: Hex): bigint[] {
  const words = /^0x(?:[0-9a-f]{8}){30}$/i.test(packed) ? (packed.slice(2).match(/.{8}/g) ?? []) : [];
  const entries = words.map((word) => BigInt.asIntN(32, BigInt(`0x${word}`)));
  requireRiskArray(entries);
  return entries;
}

/** @throws CausewayError as `packRiskArray` */
export function requireRiskArray(entries: RiskArray): void {
  if (entries.length !== scenarios.length)
    throw new CausewayError("RiskArrayMalformed", { details: { expected: scenarios.length } });
  entries.forEach((entry, scenario) => {
    if (scenario === UNMOVED ? entry !== 0n : entry < -LIMIT || entry >= LIMIT)
      throw new CausewayError("RiskArrayEntryOutOfRange", { details: { scenario, found: entry } });
  });
}

/** Entry for a change in value of one unit of base, rounded down: off by less than one, which the requirement charges. */
export function riskEntry({ changeWad, priceWad }: { changeWad: bigint; priceWad: bigint }): bigint {
  return floorDiv(changeWad * PPB, priceWad);
}

/** Array of a perpetual: the spot's move, exact. */
export function perpetualArray(scanRangePpb: bigint): bigint[] {
  return scenarios.map((scenario) => spotShock(scenario, scanRangePpb));
}
