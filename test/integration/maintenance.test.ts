import { afterAll, beforeAll, expect, test } from "vitest";
import { settled } from "../../relayer/settled.ts";
import { untilHolds } from "../../scripts/demo/network.ts";
import {
  type ClearingNetwork,
  ETH,
  ETH_PRICE,
  HUB,
  SPOKE,
  startClearingNetwork,
} from "./support/clearingNetwork.ts";
import { expectBatchAgrees } from "./support/expectBatchAgrees.ts";
import { trade } from "./support/traders.ts";

/** On each chain: at 5 % most of the credit of 10,000 dollars there. In all 392,000 dollars, against which each trader has 50,000. */
const BASE = 49n * 10n ** 8n;
const WITHIN = 60;

let clearing: ClearingNetwork;

beforeAll(async () => {
  // Maintenance is 4 %.
  clearing = await startClearingNetwork({
    market: { priceScanRangeWad: 5n * 10n ** 16n, venueRateWad: 0n, ratePpm: 50_000n },
    logLevel: "fatal",
  });
});
afterAll(() => clearing?.devnet.stop());

const standingOf = (account: `0x${string}`) =>
  clearing.network.relayer.context.clearing.standings.get(account) ?? "covered";

function untilStandings(alice: string, bob: string): Promise<void> {
  return untilHolds(clearing.network.chain(HUB), `alice ${alice}, bob ${bob}`, WITHIN, async () => {
    return standingOf(clearing.alice.id) === alice && standingOf(clearing.bob.id) === bob;
  });
}

test("the relayer watches all accounts, and tells who comes near maintenance, falls below it and recovers", async () => {
  const { network, prices, alice, bob } = clearing;
  const { context } = network.relayer;
  expect([standingOf(alice.id), standingOf(bob.id)]).toEqual(["covered", "covered"]);

  for (const chain of [HUB, SPOKE]) await trade(clearing, chain, BASE);
  await settled(context);
  // Equity 14,720, maintenance 14,269 dollars.
  prices.set("ETH", (ETH_PRICE * 91n) / 100n);
  await untilStandings("near", "covered");
  prices.set("ETH", (ETH_PRICE * 85n) / 100n);
  await untilStandings("below", "covered");
  await expectBatchAgrees(clearing, ETH);

  prices.set("ETH", ETH_PRICE);
  await untilStandings("covered", "covered");
});
