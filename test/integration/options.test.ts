import { afterAll, beforeAll, expect, test } from "vitest";
import {
  expiryPricesAbi,
  instrumentRegistryAbi,
  spokeVaultAbi,
  surfaceBookAbi,
} from "../../chains/abi/index.ts";
import type { MarketParameters } from "../../chains/markets.ts";
import { option, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { DEFAULT_CLEARING_SETTINGS } from "../../relayer/clearing/settings.ts";
import { untilHolds } from "../../scripts/demo/network.ts";
import { localSurfaces } from "../../scripts/devnet/localSurfaces.ts";
import {
  type ClearingNetwork,
  ETH_PRICE,
  HUB,
  SPOKE,
  startClearingNetwork,
} from "./support/clearingNetwork.ts";

/*
 * Options from listing to settlement, by a relayer that does by itself all that the other tests do by hand: surfaces, samples of the settlement price.
 */

const ETHER = underlyingId("ETH");
const STRIKE = 3_500n * 10n ** 8n;
const MINUTE = 60;
/** Two thirds of the window are over when it is listed: what is missing comes after expiry. */
const LIFE_SECONDS = 600;
const MAX_SLICE_AGE = 900;
const SAMPLES = 20;

let clearing: ClearingNetwork;
let expiry: number;
let surfaces: ReturnType<typeof localSurfaces>;

beforeAll(async () => {
  expiry = Math.floor(Date.now() / 1_000) + LIFE_SECONDS;
  const market = {
    surface: { model: "svi", maxAgeSeconds: MAX_SLICE_AGE },
    options: [{ expiry, strikes: [STRIKE], ratePpm: 10_000n }],
  } satisfies Partial<MarketParameters>;
  surfaces = localSurfaces([{ underlying: "ETH", ...market } as unknown as MarketParameters]);
  clearing = await startClearingNetwork({
    market,
    surfaces: { latest: async () => surfaces },
    local: { timings: { priceIntervalMs: 500, surfaceIntervalMs: 500 } },
    relayer: { settings: { clearing: { ...DEFAULT_CLEARING_SETTINGS, sampleEveryMs: 250 } } },
  });
});
afterAll(() => clearing?.devnet.stop());

const hub = () => clearing.network.chain(HUB);
const call = () => option({ underlying: "ETH", expiry, strike: STRIKE, right: "call" });

function readSlice() {
  return hub().client.readContract({
    address: clearing.network.hub.surfaceBook,
    abi: surfaceBookAbi,
    functionName: "sliceOf",
    args: [ETHER, expiry],
  });
}

function readMean() {
  return hub().client.readContract({
    address: clearing.network.hub.expiryPrices,
    abi: expiryPricesAbi,
    functionName: "meanOf",
    args: [ETHER, expiry],
  });
}

test("options of the configuration are listed, and every vault is told", async () => {
  for (const chain of [HUB, SPOKE]) {
    const place = clearing.network.chain(chain);
    await untilHolds(place, "terms of the option", 60, async () => {
      const { ratePpm } = await place.client.readContract({
        address: place.deployment.causeway.vault,
        abi: spokeVaultAbi,
        functionName: "termsOf",
        args: [call()],
      });
      return ratePpm === 10_000;
    });
  }
});

test("a surface is posted, again when it changes, and before it is too old", async () => {
  const { models } = clearing.network.hub;
  await untilHolds(hub(), "a surface", 60, async () => (await readSlice())[0] === models.svi);
  const [, ratio, , first] = await readSlice();
  expect(ratio).toBe(10n ** 18n);

  const [slice] = surfaces.get("ETH")!;
  surfaces = new Map([["ETH", [{ ...slice!, forwardRatioWad: 101n * 10n ** 16n }]]]);
  await untilHolds(hub(), "the changed surface", 60, async () => (await readSlice())[1] > 10n ** 18n);
  const [, , , second] = await readSlice();
  expect(second).toBeGreaterThan(first);

  await clearing.warp(MAX_SLICE_AGE / 3 + 1);
  await untilHolds(hub(), "the same surface, newer", 60, async () => (await readSlice())[3] > second);
});

test("a surface with a negative variance is refused, and the one that is there stays", async () => {
  const [slice] = surfaces.get("ETH")!;
  const { parameters } = slice!;
  if (parameters.model !== "svi") throw new Error("not SVI");
  const negative = { ...parameters.slice, a: -(10n ** 18n) };
  const good = surfaces;
  const [, , , before] = await readSlice();
  surfaces = new Map([["ETH", [{ ...slice!, parameters: { model: "svi", slice: negative } }]]]);
  const { stats } = clearing.network.relayer;
  await untilHolds(hub(), "a refusal", 60, async () => stats().queues.surface!.failed > 0);
  expect((await readSlice())[3]).toBe(before);
  surfaces = good;
});

test("its settlement price is sampled minute by minute, and fixed once there are enough", async () => {
  const { heads } = hub().relayed;
  const late = heads.latest.timestamp;
  while (!(await readMean()).isFixed) {
    const { nextMinute } = await readMean();
    await clearing.warp(MINUTE);
    await untilHolds(hub(), "a sample", MINUTE, async () => {
      const mean = await readMean();
      return mean.isFixed || mean.nextMinute > nextMinute || heads.latest.timestamp < expiry - 30 * MINUTE;
    });
  }
  expect(heads.latest.timestamp - late).toBeLessThan(30n * 60n);
  const { samples, priceSumWad } = await readMean();
  expect(samples).toBe(SAMPLES);
  expect(priceSumWad / BigInt(samples)).toBe(ETH_PRICE);
  expect(
    await hub().client.readContract({
      address: clearing.network.hub.instrumentRegistry,
      abi: instrumentRegistryAbi,
      functionName: "isFinal",
      args: [call()],
    }),
  ).toBe(true);
});
