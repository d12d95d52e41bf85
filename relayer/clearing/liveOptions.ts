import type { Hex } from "viem";
import { optionTerms } from "../../clearing/codec/instrumentId.ts";
import type { CommandKey } from "./keys.ts";

/** The options among the instruments that a vault is told of, that have not expired at `time` (unix seconds). */
export function liveOptions(keys: readonly CommandKey[], time: bigint): Hex[] {
  return keys.flatMap((key) => {
    const terms = key.kind === "instrument" ? optionTerms(key.instrument) : null;
    return key.kind === "instrument" && terms !== null && terms.expiry > time ? [key.instrument] : [];
  });
}
