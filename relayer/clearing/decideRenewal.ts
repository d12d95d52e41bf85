import { maximum } from "../../clearing/math.ts";

export interface DecideRenewalParameters {
  /** The account's credit line at the hub; money in cents. */
  line: {
    limit: bigint;
    ceiling: bigint;
    usedApplied: bigint;
    maxOutstanding: bigint;
    /** End of the latest lease, by the spoke's clock; unix seconds. */
    validUntil: number;
    version: number;
  };
  /** What the vault says of it. */
  spoke: { used: bigint; version: number };
  /** The spoke's clock, unix seconds. */
  spokeTime: bigint;
  leaseSeconds: number;
  /** Credit was refused lately. */
  isRefused: boolean;
  /** Adding to a live lease gave little lately. */
  isTopUpHeld: boolean;
}

/** `release`: report the account's credit state, so that the hub stops counting what can no longer be used. */
export type Renewal = "renew" | "topUp" | "release" | "none";

/**
 * What is to be done about one account's credit on one spoke: renew a lease of which less than half is left, top up one of which less than half
 * of what may be outstanding is unused, and release what a lapsed lease left unused if it is not to be renewed.
 */
export function decideRenewal(parameters: DecideRenewalParameters): Renewal {
  const { line, spoke, spokeTime, leaseSeconds, isRefused, isTopUpHeld } = parameters;
  const { limit, ceiling, usedApplied, maxOutstanding, version } = line;
  const validUntil = BigInt(line.validUntil);
  if (maxOutstanding > 0n && !isRefused) {
    if (version === 0 || (validUntil - spokeTime) * 2n < BigInt(leaseSeconds)) return "renew";
    const unused = maximum(0n, limit - spoke.used);
    // Only what the hub knows to be used makes room for more.
    const raise = usedApplied + maxOutstanding - limit;
    if (!isTopUpHeld && unused * 2n < maxOutstanding && raise * 4n >= maxOutstanding) return "topUp";
    return "none";
  }
  const isLapsed = version !== 0 && spokeTime >= validUntil;
  // Without the command there is no credit state at the vault yet, and the lease may still begin to count there.
  const isKnown = spoke.version !== 0;
  return isLapsed && isKnown && ceiling > maximum(spoke.used, usedApplied) ? "release" : "none";
}
