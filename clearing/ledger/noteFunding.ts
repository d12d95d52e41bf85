import type { Hex } from "viem";
import { isPerpetual } from "../codec/instrumentId.ts";
import { fundedQuote, shift } from "../funding/fundingIndex.ts";
import { absolute, maximum } from "../math.ts";
import { key } from "./entry.ts";
import type { HubEventTable, LedgerTerms } from "./events.ts";
import type { HubLedger, LedgerFunding, LedgerPosition } from "./hubLedger.ts";

export const noFunding = (): LedgerFunding => ({
  long: 0n,
  short: 0n,
  baseBits: 0,
  openLong: 0n,
  openShort: 0n,
  dust: 0n,
  accruedAt: 0,
  travel: 0n,
  surplus: 0n,
});

/** Quote of a position with the funding that it has paid, 1e-6 dollar, as the hub tells it. */
export function quoteOf(ledger: HubLedger, instrument: Hex, position: LedgerPosition): bigint {
  return fundedQuote(position, ledger.funding.get(key(instrument)) ?? noFunding());
}

/** A listing starts a perpetual's clock, and makes room for larger pairs. */
export function listFunding(ledger: HubLedger, { instrument, maxBase }: LedgerTerms, time: number): void {
  if (!isPerpetual(instrument)) return;
  const at = key(instrument);
  const funding = ledger.funding.get(at) ?? { ...noFunding(), accruedAt: time };
  const bits = maxBase === 0n ? 0 : maxBase.toString(2).length;
  ledger.funding.set(at, { ...funding, baseBits: Math.max(funding.baseBits, bits) });
}

/** What a change of base adds to a position's stored quote, 1e-6 dollar, besides the traded quote. */
export function fund(ledger: HubLedger, instrument: Hex, oldBase: bigint, base: bigint): bigint {
  const funding = ledger.funding.get(key(instrument));
  if (!funding) return 0n;
  const { delta, dust } = shift(oldBase, base, funding);
  funding.openLong += maximum(0n, base) - maximum(0n, oldBase);
  funding.openShort += maximum(0n, -base) - maximum(0n, -oldBase);
  funding.dust += dust;
  return delta;
}

/** An accrual moves the indices; the dust before it is in the surplus that it tells. */
export function accrueFunding(
  ledger: HubLedger,
  { instrument, longIndexWad, shortIndexWad, surplus, rateWad }: HubEventTable["FundingAccrued"],
  time: number,
): void {
  const funding = ledger.funding.get(key(instrument))!;
  // Who pays moves farther.
  const moved = rateWad >= 0n ? longIndexWad - funding.long : shortIndexWad - funding.short;
  ledger.funding.set(key(instrument), {
    ...funding,
    long: longIndexWad,
    short: shortIndexWad,
    dust: 0n,
    surplus,
    accruedAt: time,
    travel: funding.travel + absolute(moved),
  });
}
