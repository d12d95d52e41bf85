import { formatUnits, type Hex } from "viem";
import { parseAccountId } from "../../clearing/codec/accountId.ts";
import { instrumentName } from "../../clearing/codec/instrumentName.ts";
import type { AssetState, HubState } from "./state.ts";
import type { RequirementCheck } from "./types.ts";

/** Violations named in a detail; the rest is counted. */
const MAX_NAMED = 5;

/** The requirement holds if there is no violation; the summary's numbers stand in the detail either way. */
export function verdict(id: string, violations: readonly string[], summary: string): RequirementCheck {
  if (violations.length === 0) return { id, holds: true, detail: summary };
  const named = violations.slice(0, MAX_NAMED);
  const rest = violations.length - named.length;
  if (rest > 0) named.push(`and ${rest} more`);
  return { id, holds: false, detail: `VIOLATED: ${named.join("; ")}. Read: ${summary}` };
}

/** The asset's parameters; an asset that the hub does not list is shown in shared units. */
export function assetAt(hub: HubState, id: number): AssetState {
  return hub.assets.find((asset) => asset.id === id) ?? { id, symbol: `asset ${id}`, sharedDecimals: 0 };
}

/** An amount in shared units with its asset's symbol. */
export function showAmount(hub: HubState, asset: number, amount: bigint): string {
  const { symbol, sharedDecimals } = assetAt(hub, asset);
  return `${formatUnits(amount, sharedDecimals)} ${symbol}`;
}

/** Dollars, from 1e-6. */
export function showMicros(amount: bigint): string {
  return `${formatUnits(amount, 6)} USD`;
}

/** Dollars, from cents. */
export function showCents(amount: bigint): string {
  return `${formatUnits(amount, 2)} USD`;
}

/** Dollars, from 1e-18. */
export function showWad(amount: bigint): string {
  return `${formatUnits(amount, 18)} USD`;
}

/** Owner, home and sub-account of an account, short. */
export function showAccount(id: Hex): string {
  if (id.length !== 66) return "an unnamed account";
  const { owner, homeEid, subAccount } = parseAccountId(id);
  return `${owner.slice(0, 10)}@${homeEid}${subAccount === 0n ? "" : `/${subAccount}`}`;
}

/** An instrument by name. */
export function showInstrument(id: Hex): string {
  return id.length === 66 ? instrumentName(id) : "an unnamed instrument";
}

/** A payout's or request's id, short. */
export function showId(id: Hex): string {
  return id.slice(0, 10);
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
