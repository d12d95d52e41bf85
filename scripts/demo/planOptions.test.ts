import { expect, test } from "vitest";
import { optionTerms } from "../../clearing/codec/instrumentId.ts";
import { localMarket } from "../devnet/localMarket.ts";
import { demoOptions, optionNeedCents, planOptions } from "./planOptions.ts";

const WAD = 10n ** 18n;
const EXPIRY = 1_800_000_000;
const PRICE = 60_000n * WAD;
const market = { ...localMarket("BTC", PRICE), options: demoOptions(PRICE, EXPIRY) };
const plan = (traders: readonly string[], chains = 2) =>
  planOptions({
    traders,
    chains,
    markets: [market],
    firstPrices: new Map([["BTC", PRICE]]),
    expiry: EXPIRY,
  });

test("a call is bought and sold by one trader on two chains, and some options expire in time", () => {
  const { trades, expiry } = plan(["a", "b", "c"]);
  expect(expiry).toBe(EXPIRY);
  const [first, second] = trades;
  expect(second).toMatchObject({ instrument: first!.instrument, seller: first!.buyer, base: first!.base });
  expect(second!.chain).not.toBe(first!.chain);
  expect(trades.every(({ buyer, seller }) => buyer !== seller)).toBe(true);
  const listed = market.options.flatMap(({ expiry, strikes }) =>
    strikes.map((strike) => `${expiry} ${strike}`),
  );
  for (const { instrument } of trades) {
    const { expiry, strike } = optionTerms(instrument)!;
    expect(listed).toContain(`${expiry} ${strike}`);
  }
  expect(trades.filter(({ instrument }) => optionTerms(instrument)!.expiry === EXPIRY)).toHaveLength(2);
});

test("needs two and a half times the credit of the notional, and nothing with fewer than three traders", () => {
  const [trade] = plan(["a", "b", "c"]).trades;
  // 5,000 dollars, 15.5 %, 2.5 times; the size is rounded down.
  expect(Number(optionNeedCents(trade!, PRICE, market.ratePpm))).toBeCloseTo(193_750, -1);
  expect(plan(["a", "b"])).toEqual({ trades: [], expiry: undefined });
});
