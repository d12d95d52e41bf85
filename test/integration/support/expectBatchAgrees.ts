import type { Hex } from "viem";
import { expect } from "vitest";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { assets } from "../../../chains/assets.ts";
import { batchBooks } from "../../../clearing/margin/batch/batchBooks.ts";
import { batchMargin } from "../../../clearing/margin/batch/batchMargin.ts";
import { batchMarket } from "../../../clearing/margin/batch/batchMarket.ts";
import { hubOf } from "../../../relayer/clearing/places.ts";
import { readBooks } from "../../../relayer/clearing/readBooks.ts";
import { createMarginMarketReader } from "../../../relayer/clearing/readMarginMarket.ts";
import { type ClearingNetwork, HUB } from "./clearingNetwork.ts";

/**
 * Expects of both traders, who hold nothing but `instrument`, that the relayer's batch, from what it reads of hub, engine and oracle, says what
 * the hub says, but for the error that it owns up to.
 */
export async function expectBatchAgrees(clearing: ClearingNetwork, instrument: Hex): Promise<void> {
  const { network, alice, bob } = clearing;
  const { context } = network.relayer;
  const ids = [alice.id, bob.id];
  const readMarket = createMarginMarketReader();
  // Prices and arrays may change while they are read: then once more.
  let before = await readMargins(clearing, ids);
  for (;;) {
    const changes = ids.map((account) => ({ account, instruments: [instrument] }));
    const books = await readBooks(
      hubOf(context),
      assets.map(({ id }) => id),
      changes,
      [...context.clearing.closings.values()],
    );
    const market = await readMarket(context, [instrument]);
    const after = await readMargins(clearing, ids);
    if (String(after.flat()) !== String(before.flat())) {
      before = after;
      continue;
    }
    const prepared = batchMarket(market);
    const accounts = books.map(({ positions, balances }) => ({
      legs: [{ ...positions[0]!, instrument: market.places.get(instrument)! }],
      collateralWad: market.collateralWad(balances),
    }));
    const found = batchMargin(prepared, batchBooks(prepared, accounts));
    const far = (dollars: number, wad: bigint) => Math.abs(dollars - Number(wad) / 1e18);
    after.forEach(([equityWad, maintenanceWad], i) => {
      expect(maintenanceWad).toBeGreaterThan(0n);
      expect(far(found.equity[i]!, equityWad)).toBeLessThanOrEqual(found.equityError[i]!);
      expect(far(found.maintenance[i]!, maintenanceWad)).toBeLessThanOrEqual(found.error[i]!);
    });
    return;
  }
}

function readMargins(
  { network }: ClearingNetwork,
  ids: readonly Hex[],
): Promise<(readonly [bigint, bigint])[]> {
  return Promise.all(
    ids.map(async (account) => {
      const { equityMaintenanceWad, maintenanceWad } = await network.chain(HUB).client.readContract({
        address: network.hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "marginOf",
        args: [account],
      });
      return [equityMaintenanceWad, maintenanceWad] as const;
    }),
  );
}
