import { setTimeout as delay } from "node:timers/promises";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { TraderChain } from "./network.ts";

/** What was looked for, or what it still lacks. */
export type Found<T> = { found: T } | { missing: string };

export interface WaitForParameters<T> {
  /** Where it is to happen; it is looked at once a block. */
  chain: TraderChain;
  /** For people. */
  what: string;
  seconds: number;
  look(): Promise<Found<T>>;
}

/** @throws CausewayError `WaitedInVain` after `seconds`, with what is still missing */
export async function waitFor<T>({ chain, what, seconds, look }: WaitForParameters<T>): Promise<T> {
  const { name, blockTimeMs } = chain.definition;
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const seen = await look();
    if ("found" in seen) return seen.found;
    if (performance.now() > end) {
      const details = { chain: name, seconds, what, missing: seen.missing };
      throw new CausewayError("WaitedInVain", { details });
    }
    await delay(blockTimeMs);
  }
}
