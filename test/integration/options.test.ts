import type { Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  clearingHubAbi,
  expiryPricesAbi,
  scenarioMarginEngineAbi,
  spokeVaultAbi,
  surfaceBookAbi,
} from "../../chains/abi/index.ts";
import type { MarketParameters } from "../../chains/markets.ts";
import { option, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { positionValue } from "../../clearing/positionValue.ts";
import { hubOf } from "../../relayer/clearing/places.ts";
import { createEngineMarketReader } from "../../relayer/clearing/readEngineMarket.ts";
import { DEFAULT_CLEARING_SETTINGS } from "../../relayer/clearing/settings.ts";
import type { Surfaces } from "../../relayer/price/surfaceSource.ts";
import { settled } from "../../relayer/settled.ts";
import { checkRequirements } from "../../scripts/checks/index.ts";
import { untilHolds } from "../../scripts/demo/network.ts";
import { localSurfaces } from "../../scripts/devnet/localSurfaces.ts";
import {
  type ClearingNetwork,
  ETH_PRICE,
  HUB,
  SPOKE,
  startClearingNetwork,
} from "./support/clearingNetwork.ts";
import { expectBatchAgrees } from "./support/expectBatchAgrees.ts";
import { cashOf, trade } from "./support/traders.ts";

/*
 * An option from its listing to its end. Surfaces, risk arrays, references at the vaults, samples of the settlement price, settlement: all by the relayer
 * alone.
 */

const WAD = 10n ** 18n;
const ONE = 10n ** 8n;
const ETHER = underlyingId("ETH");
const STRIKE = 3_500n * 10n ** 8n;
const MINUTE = 60;
/** Two thirds of the window are over when it is listed: what is missing comes after expiry. */
const LIFE_SECONDS = 900;
const MAX_SLICE_AGE = 900;
const SAMPLES = 20;

let clearing: ClearingNetwork;
let expiry: number;
let surfaces: Surfaces;
/** What it was traded at. */
let premiumWad: bigint;

beforeAll(async () => {
  expiry = Math.floor(Date.now() / 1_000) + LIFE_SECONDS;
  const market = {
    // Two thousand dollars, and a hundredth of the way are four hundred more; a second, and the ramp may charge it.
    margin: { openInterestFrom: 2_000n, openInterestTo: 42_000n, rampPerDay: 1_000n * 10n ** 9n },
    surface: { model: "svi", maxAgeSeconds: MAX_SLICE_AGE },
    options: [{ expiry, strikes: [STRIKE], ratePpm: 10_000n }],
  } satisfies Partial<MarketParameters>;
  surfaces = localSurfaces([{ underlying: "ETH", ...market }]);
  clearing = await startClearingNetwork({
    market,
    surfaces: { latest: async () => surfaces },
    local: { timings: { priceIntervalMs: 500, surfaceIntervalMs: 500, settleIntervalMs: 500 } },
    // An option a transaction, so that each refresh goes on with a draft.
    relayer: {
      settings: {
        clearing: {
          ...DEFAULT_CLEARING_SETTINGS,
          sampleEveryMs: 250,
          refreshEveryMs: 1_000,
          maxRefreshed: 1,
        },
      },
    },
  });
});
afterAll(() => clearing?.devnet.stop());

const hub = () => clearing.network.chain(HUB);
const call = () => option({ underlying: "ETH", expiry, strike: STRIKE, right: "call" });

const hubCall = () => ({ address: clearing.network.hub.clearingHub, abi: clearingHubAbi }) as const;
const readMargin = (account: Hex) =>
  hub().client.readContract({ ...hubCall(), functionName: "marginOf", args: [account] });
const readList = (account: Hex) =>
  hub().client.readContract({ ...hubCall(), functionName: "instrumentsOf", args: [account] });
const readPosition = (account: Hex) =>
  hub().client.readContract({ ...hubCall(), functionName: "positionOf", args: [account, call()] });

function readSlice() {
  return hub().client.readContract({
    address: clearing.network.hub.surfaceBook,
    abi: surfaceBookAbi,
    functionName: "sliceOf",
    args: [ETHER, expiry],
  });
}

async function readEpoch() {
  const { marginEngine } = clearing.network.hub;
  const engine = { address: marginEngine, abi: scenarioMarginEngineAbi } as const;
  const [epoch] = await hub().client.readContract({ ...engine, functionName: "epochOf", args: [ETHER] });
  return epoch;
}

function readMean() {
  return hub().client.readContract({
    address: clearing.network.hub.expiryPrices,
    abi: expiryPricesAbi,
    functionName: "meanOf",
    args: [ETHER, expiry],
  });
}

function readReference(chain: number) {
  const { client, deployment } = clearing.network.chain(chain);
  return client.readContract({
    address: deployment.causeway.vault,
    abi: spokeVaultAbi,
    functionName: "optionReferenceOf",
    args: [call()],
  });
}

test("a surface is posted, and again at once when it changes", async () => {
  const { models } = clearing.network.hub;
  await untilHolds(hub(), "a surface", 60, async () => (await readSlice())[0] === models.svi);
  const [, ratio, , first] = await readSlice();
  expect(ratio).toBe(WAD);
  const [slice] = surfaces.get("ETH")!;
  surfaces = new Map([["ETH", [{ ...slice!, forwardRatioWad: (101n * WAD) / 100n }]]]);
  await untilHolds(hub(), "the changed surface", 60, async () => (await readSlice())[1] > WAD);
  expect((await readSlice())[3]).toBeGreaterThan(first);
});

test("risk arrays follow list, surface and price, and vaults are told what the option is worth", async () => {
  const [, , , surfaceTime] = await readSlice();
  await untilHolds(hub(), "arrays of the surface", 60, async () => (await readEpoch()).time >= surfaceTime);
  expect(await readEpoch()).toMatchObject({ places: 2, done: 2, perChunk: 1, priceWad: ETH_PRICE });

  const moved = (ETH_PRICE * 103n) / 100n;
  for (const priceWad of [moved, ETH_PRICE]) {
    clearing.prices.set("ETH", priceWad);
    await untilHolds(hub(), "arrays at the price", 60, async () => (await readEpoch()).priceWad === priceWad);
    for (const chain of [HUB, SPOKE]) {
      const place = clearing.network.chain(chain);
      await untilHolds(
        place,
        "the reference",
        60,
        async () => (await readReference(chain)).spotWad === priceWad,
      );
    }
  }
  const { markWad, deltaPpb, ratePpm } = await readReference(SPOKE);
  // Forward 4,040, strike 3,500, minutes to go.
  expect(Number(markWad) / 1e18).toBeCloseTo(540, 0);
  expect(deltaPpb / 1e9).toBeCloseTo(1.01, 1);
  expect(ratePpm).toBeGreaterThan(100_000);
});

test("CLR-02: opposite trades of it on two chains are one position, margined by its scenarios", async () => {
  const { network, alice, bob } = clearing;
  premiumWad = ((await readReference(SPOKE)).markWad / WAD) * WAD;
  const terms = { instrument: call(), priceWad: premiumWad };
  await trade(clearing, SPOKE, ONE, terms);
  await trade(clearing, HUB, (4n * ONE) / 10n, { ...terms, sells: true });
  await settled(network.relayer.context);
  expect(await readPosition(alice.id)).toMatchObject({
    base: (6n * ONE) / 10n,
    longs: ONE,
    shorts: (4n * ONE) / 10n,
  });
  expect(await readPosition(bob.id)).toMatchObject({ base: (-6n * ONE) / 10n });
  const [long, short] = [await readMargin(alice.id), await readMargin(bob.id)];
  // What it is worth is all that a long can lose; a short call this deep loses what the underlying gains.
  expect(long.initialWad).toBeGreaterThan(0n);
  expect(long.initialWad).toBeLessThan(premiumWad);
  expect(short.initialWad).toBeGreaterThan((6n * 15n * ETH_PRICE) / 1_000n);
  await expectBatchAgrees(clearing, call());
});

test("the engine is told of its open interest, and the relayer margins by the share that it has", async () => {
  const { marginEngine } = clearing.network.hub;
  const { context } = clearing.network.relayer;
  const open = { ...hubCall(), functionName: "openInterestOf", args: [ETHER] } as const;
  // At 4,000 dollars.
  expect(await hub().client.readContract(open)).toBe((6n * ONE) / 10n);
  const engine = { address: marginEngine, abi: scenarioMarginEngineAbi } as const;
  await untilHolds(hub(), "the share of open interest", 60, async () => {
    const { rampPpm } = await hub().client.readContract({
      ...engine,
      functionName: "underlyingParametersOf",
      args: [ETHER],
    });
    return rampPpm === 10_000;
  });
  const { market } = await createEngineMarketReader()(hubOf(context), [call()]);
  expect([...market.underlyings.values()]).toMatchObject([{ underlying: "ETH", rampPpm: 10_000n }]);
});

test("the same surface is posted again before it is too old; one that contradicts itself is not", async () => {
  const [, , , before] = await readSlice();
  await clearing.warp(MAX_SLICE_AGE / 3 + 1);
  await untilHolds(hub(), "the same surface, newer", 60, async () => (await readSlice())[3] > before);

  const [slice] = surfaces.get("ETH")!;
  const { parameters } = slice!;
  if (parameters.model !== "svi") throw new Error("not SVI");
  const negative = { ...parameters.slice, a: -WAD };
  const good = surfaces;
  const [, , , last] = await readSlice();
  const { stats } = clearing.network.relayer;
  expect(stats().queues.surface!.failed).toBe(0);
  surfaces = new Map([["ETH", [{ ...slice!, parameters: { model: "svi", slice: negative } }]]]);
  await untilHolds(hub(), "a refusal", 60, async () => stats().queues.surface!.failed > 0);
  expect((await readSlice())[3]).toBe(last);
  surfaces = good;
});

test("its settlement price is sampled minute by minute and fixed, it settles at it, and leaves the accounts", async () => {
  const { network, alice, bob } = clearing;
  const { heads } = hub().relayed;
  while (!(await readMean()).isFixed) {
    const { nextMinute } = await readMean();
    await clearing.warp(MINUTE);
    await untilHolds(hub(), "a sample", MINUTE, async () => {
      const mean = await readMean();
      return mean.isFixed || mean.nextMinute > nextMinute || heads.latest.timestamp < expiry - 30 * MINUTE;
    });
  }
  const { samples, priceSumWad } = await readMean();
  expect(samples).toBe(SAMPLES);
  const settlementWad = priceSumWad / BigInt(samples);
  expect(settlementWad).toBeGreaterThanOrEqual(ETH_PRICE);
  expect(settlementWad).toBeLessThan((ETH_PRICE * 103n) / 100n);

  for (const { id } of [alice, bob])
    await untilHolds(hub(), "the option to leave", 60, async () => {
      return !(await readList(id)).includes(call());
    });
  const payoffWad = settlementWad - STRIKE * 10n ** 10n;
  const gain = positionValue({
    base: (6n * ONE) / 10n,
    quote: (-6n * premiumWad) / 10n ** 13n,
    markWad: payoffWad,
  });
  const deposit = 50_000n * 10n ** 6n;
  expect(await cashOf(clearing, alice)).toBe(deposit + gain);
  expect(await readMargin(alice.id)).toMatchObject({
    initialWad: 0n,
    outstandingWad: expect.anything(),
  });
  await settled(network.relayer.context);
  const checks = await checkRequirements(clearing.checked);
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
});
