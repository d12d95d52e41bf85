export interface DecideClosingParameters {
  /** Of the account over all chains, 1e-8. */
  net: bigint;
  /** Of its pair on the spoke. */
  pair: bigint;
  /** Its closing allowance there, as the hub has it. */
  line: {
    unusedBuys: bigint;
    unusedSells: bigint;
    /** Unix seconds by the spoke's clock. */
    validUntil: number;
  };
  /** Of an option; unix seconds. */
  expiry: bigint | number | undefined;
  /** The spoke's clock, unix seconds. */
  spokeTime: bigint;
  leaseSeconds: number;
}

/**
 * Whether the hub should be asked to let a position be closed on a spoke: it was opened there, and of the lease less than half is left, or
 * nothing can be used by it.
 */
export function decideClosing(parameters: DecideClosingParameters): boolean {
  const { net, pair, line, expiry, spokeTime, leaseSeconds } = parameters;
  if (net * pair <= 0n) return false;
  // `ClosingLogic` refuses then, and we would pay for it.
  if (expiry !== undefined && BigInt(expiry) <= spokeTime + 2n * BigInt(leaseSeconds)) return false;
  const unused = net < 0n ? line.unusedBuys : line.unusedSells;
  return unused === 0n || (BigInt(line.validUntil) - spokeTime) * 2n < BigInt(leaseSeconds);
}
