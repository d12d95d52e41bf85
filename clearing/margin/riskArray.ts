import type { Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { floorDiv } from "../math.ts";
import {
  NEAR_DOWN,
  NEAR_UP,
  nearShock,
  PPB,
  entries as places,
  scenarios,
  spotShock,
  UNMOVED,
} from "./scenarios.ts";

const DIGITS = 8;
const LIMIT = 2n ** 31n;

/** Change in value of one unit of base by scenario, then at the two near points, 1e-9 of the spot, each an int32. */
export type RiskArray = readonly bigint[];

/**
 * Packs an array as a contract reads it: 32 big-endian int32, 128 bytes.
 *
 * An entry that does not fit is an error, not a cut-off value: the array serves longs and shorts alike, so a cut that is against
 * one of them favours the other.
 *
 * @throws CausewayError `RiskArrayMalformed` unless there are 32 entries; `RiskArrayEntryOutOfRange` for one that does not fit
 * four bytes, or is not zero though nothing moves.
 */
export function packRiskArray(entries: RiskArray): Hex {
  requireRiskArray(entries);
  const words = entries.map((entry) => BigInt.asUintN(32, entry).toString(16).padStart(DIGITS, "0"));
  return `0x${words.join("")}`;
}

/** @throws CausewayError `RiskArrayMalformed`, `RiskArrayEntryOutOfRange` */
export function unpackRiskArray(packed: Hex): bigint[] {
  const words = /^0x(?:[0-9a-f]{8}){32}$/i.test(packed) ? (packed.slice(2).match(/.{8}/g) ?? []) : [];
  const entries = words.map((word) => BigInt.asIntN(32, BigInt(`0x${word}`)));
  requireRiskArray(entries);
  return entries;
}

/** @throws CausewayError as `packRiskArray` */
export function requireRiskArray(entries: RiskArray): void {
  if (entries.length !== places.length)
    throw new CausewayError("RiskArrayMalformed", { details: { expected: places.length } });
  entries.forEach((entry, scenario) => {
    if (scenario === UNMOVED ? entry !== 0n : entry < -LIMIT || entry >= LIMIT)
      throw new CausewayError("RiskArrayEntryOutOfRange", { details: { scenario, found: entry } });
  });
}

/** Entry for a change in value of one unit of base, rounded down: off by less than one, which the requirement charges. */
export function riskEntry({ changeWad, priceWad }: { changeWad: bigint; priceWad: bigint }): bigint {
  return floorDiv(changeWad * PPB, priceWad);
}

/** The move of the spot in each entry of an array, 1e-9. The array of a perpetual: exact. */
export function perpetualArray(scanRangePpb: bigint): bigint[] {
  const near = nearShock(scanRangePpb);
  return [...scenarios.map((scenario) => spotShock(scenario, scanRangePpb)), -near, near];
}

/** Change in value for a relative move of the spot of 1, between the near points, 1e-9. */
export function arrayDelta(entries: RiskArray, scanRangePpb: bigint): bigint {
  return ((entries[NEAR_UP]! - entries[NEAR_DOWN]!) * PPB) / (2n * nearShock(scanRangePpb));
}
