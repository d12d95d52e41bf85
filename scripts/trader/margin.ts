import type { Hex } from "viem";
import { formatDecimal } from "../../clearing/decimal.ts";
import type { TraderNetwork } from "./network.ts";

const WAD_DECIMALS = 18;
const MICRO_DECIMALS = 6;

/** Dollars 1e18, to 1e-6. */
export function formatWad(wad: bigint): string {
  return formatDecimal(wad, WAD_DECIMALS, MICRO_DECIMALS);
}

/** What is left of an account's equity, and what takes the rest, in words. */
export async function freeMargin({ hub }: TraderNetwork, account: Hex): Promise<string> {
  const { equityInitialWad, initialWad, outstandingWad } = await hub.contract.read.marginOf([account]);
  const free = equityInitialWad - initialWad - outstandingWad;
  return `${formatWad(free)} USD free of ${formatWad(equityInitialWad)} USD equity, initial margin takes ${formatWad(initialWad)}, credit ${formatWad(outstandingWad)}`;
}
