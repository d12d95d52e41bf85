import { afterAll, beforeAll, expect, test } from "vitest";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { underlyingOf } from "../../clearing/codec/instrumentId.ts";
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
import { hasCredit, isAhead, trade, tradeNow } from "./support/traders.ts";

/** On each chain: at 5 % most of the credit of 10,000 dollars there. In all 392,000 dollars, against which each trader has 50,000. */
const BASE = 49n * 10n ** 8n;
const SOLD = 10n ** 8n;
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
  await expectAliceCloses((ETH_PRICE * 91n) / 100n);
  prices.set("ETH", (ETH_PRICE * 85n) / 100n);
  await untilStandings("below", "covered");
  await expectBatchAgrees(clearing, ETH);

  prices.set("ETH", ETH_PRICE);
  await untilStandings("covered", "covered");
});

/** Between initial and maintenance margin nothing is lent to her any more, but what she holds can be sold, on the chain that lets her. */
async function expectAliceCloses(priceWad: bigint): Promise<void> {
  const { network, alice, bob } = clearing;
  const read = (chain: number) => {
    const { client, deployment } = network.chain(chain);
    const call = { address: deployment.causeway.vault, abi: spokeVaultAbi } as const;
    return {
      allowance: () =>
        client.readContract({ ...call, functionName: "closingAllowanceOf", args: [alice.id, ETH] }),
      credit: () => client.readContract({ ...call, functionName: "creditOf", args: [alice.id] }),
      reference: () =>
        client.readContract({ ...call, functionName: "referencePriceOf", args: [underlyingOf(ETH)] }),
    };
  };
  const hub = { address: network.hub.clearingHub, abi: clearingHubAbi } as const;
  let chain: number | undefined;
  // Where the vault has heard of the price, too: what hers is worse than it is charged. And who buys needs credit.
  await untilHolds(network.chain(HUB), "a closing allowance", 2 * WITHIN, async () => {
    for (const one of [HUB, SPOKE]) {
      const place = network.chain(one);
      const [{ maxBase, validUntil }, [reference], buyerHasCredit] = await Promise.all([
        read(one).allowance(),
        read(one).reference(),
        hasCredit(place, bob.id),
      ]);
      const isGiven = maxBase >= SOLD && (await isAhead(place, validUntil));
      if (isGiven && buyerHasCredit && reference === priceWad) chain = one;
    }
    return chain !== undefined;
  });
  const before = await read(chain!).credit();
  await tradeNow(clearing, chain!, SOLD, { instrument: ETH, priceWad, sells: true });
  expect(await read(chain!).allowance()).toMatchObject({ isBuy: false, usedSells: SOLD });
  expect((await read(chain!).credit()).used).toBe(before.used);
  await settled(network.relayer.context);
  const { client } = network.chain(HUB);
  const [line, position] = await Promise.all([
    client.readContract({
      ...hub,
      functionName: "closingOf",
      args: [alice.id, network.chain(chain!).definition.eid, ETH],
    }),
    client.readContract({ ...hub, functionName: "positionOf", args: [alice.id, ETH] }),
  ]);
  expect(line).toMatchObject({ isBuy: false, usedSells: SOLD });
  expect(position.base).toBe(2n * BASE - SOLD);
}
