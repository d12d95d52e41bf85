import type { Hex } from "viem";
import { type BatchAccount, batchBooks } from "../../clearing/margin/batch/batchBooks.ts";
import { batchMargin } from "../../clearing/margin/batch/batchMargin.ts";
import { batchMarket } from "../../clearing/margin/batch/batchMarket.ts";
import { maintenanceStanding } from "../../clearing/margin/batch/maintenanceStanding.ts";
import { MAX_INSTRUMENTS } from "../../clearing/margin/portfolioMargin.ts";
import { type AccountBook, isHeld } from "./accountBooks.ts";
import type { MarginMarket } from "./marginMarket.ts";

/** An account that may not have what maintenance and buffer require. */
export interface Suspect {
  account: Hex;
  /** Below maintenance for certain; else perhaps, or within the buffer. */
  isBelow: boolean;
  /** What is missing to maintenance and buffer, as a share of them; infinite if the batch cannot tell. */
  missing: number;
}

export interface FindSuspectsParameters {
  market: MarginMarket;
  books: ReadonlyMap<Hex, AccountBook>;
}

/**
 * Margins all accounts in one batch, and gives those that may be below maintenance or within the buffer above it, those that miss most
 * first. No account below maintenance is left out: what the batch is not sure of is among them, and so is an account
 * with more than the market has.
 */
export function findSuspects({ market, books }: FindSuspectsParameters): Suspect[] {
  const ready = batchMarket(market);
  const accounts = new Map<Hex, BatchAccount>();
  const suspects: Suspect[] = [];
  for (const [account, { positions, balances }] of books) {
    const collateral = market.collateralWad(balances);
    const held = [...positions].filter(([, position]) => isHeld(position));
    const legs = held.map(([instrument, position]) => ({
      ...position,
      instrument: market.places.get(instrument)!,
    }));
    const isBeyond = legs.length > MAX_INSTRUMENTS || legs.some(({ hasTurned }) => hasTurned);
    if (isBeyond || legs.some(({ instrument }) => instrument === undefined))
      suspects.push({ account, isBelow: false, missing: Number.POSITIVE_INFINITY });
    else if (legs.length > 0 || collateral < 0n) accounts.set(account, { legs, collateralWad: collateral });
  }

  const margin = batchMargin(ready, batchBooks(ready, [...accounts.values()]));
  const buffer = Number(market.parameters.bufferRatio) / 1e9;
  [...accounts.keys()].forEach((account, i) => {
    const [equity, maintenance] = [margin.equity[i]!, margin.maintenance[i]!];
    if (maintenanceStanding(margin, i, buffer * maintenance) === "above") return;
    const isBelow = maintenanceStanding(margin, i) === "below";
    // Of nothing required everything is missing.
    const missing = 1 + buffer - equity / maintenance;
    suspects.push({ account, isBelow, missing: Number.isNaN(missing) ? Number.POSITIVE_INFINITY : missing });
  });
  return suspects.sort((a, b) => b.missing - a.missing);
}
