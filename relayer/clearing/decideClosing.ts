import { absolute, minimum } from "../../clearing/math.ts";

export interface DecideClosingParameters {
  /** Of the account over all chains, 1e-8. */
  net: bigint;
  /** Of its pair on the spoke, as the hub has it. */
  pair: bigint;
  /** Its closing allowance there, as the hub has it. */
  line: {
    unusedBuys: bigint;
    unusedSells: bigint;
    unusedCredit: bigint;
    /** Unix seconds by the spoke's clock. */
    validUntil: number;
  };
  /** What its allowances in the instrument on other spokes may still let be used. */
  elsewhere: { unusedBuys: bigint; unusedSells: bigint };
  /** What the mandate leaves to allowances in this instrument that strangers ask for, cents: {@link creditLeft}. */
  maxCredit: bigint;
  /** Of an option; unix seconds. */
  expiry: bigint | number | undefined;
  /** The spoke's clock, unix seconds. */
  spokeTime: bigint;
  leaseSeconds: number;
}

/**
 * Whether the hub should be asked to let a position be closed on a spoke: of the lease less than half is left, or nothing can be used by it;
 * and the hub would not refuse us, which we would pay for. As to the owner's leave a relayer is a stranger.
 */
export function decideClosing(parameters: DecideClosingParameters): boolean {
  const { net, line, maxCredit, expiry, spokeTime, leaseSeconds } = parameters;
  // Each as in `ClosingLogic`.
  if (expiry !== undefined && BigInt(expiry) <= spokeTime + 2n * BigInt(leaseSeconds)) return false;
  const side = net < 0n ? "unusedBuys" : "unusedSells";
  const room = roomFor(parameters, side);
  if (room <= 0n || room < line[side]) return false;
  if (maxCredit <= 0n || maxCredit < line.unusedCredit) return false;
  return line[side] === 0n || (BigInt(line.validUntil) - spokeTime) * 2n < BigInt(leaseSeconds);
}

/** What may be closed on the spoke, 1e-8: of the net what no other spoke holds, and no more than was opened there. */
function roomFor(
  { net, pair, elsewhere }: DecideClosingParameters,
  side: "unusedBuys" | "unusedSells",
): bigint {
  return net * pair <= 0n ? 0n : minimum(absolute(net) - elsewhere[side], absolute(pair));
}

/**
 * Cents that the hub may lend at the most for one closing allowance that a stranger asks for.
 * @param credit the account's credit on the spoke
 * @param others credit that its other allowances there may still use
 */
export function creditLeft(
  credit: { maxOutstanding: bigint; ceiling: bigint; usedApplied: bigint },
  others: bigint,
): bigint {
  const { maxOutstanding, ceiling, usedApplied } = credit;
  return minimum(maxOutstanding / 2n, maxOutstanding - (ceiling - usedApplied)) - others;
}
