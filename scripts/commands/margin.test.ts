import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../schema/common.ts";
import { marginResult } from "../schema/margin.ts";
import { runHere } from "./runHere.ts";

const example = fileURLToPath(new URL("../../docs/examples/portfolio.json", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-margin-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function report(portfolio: unknown) {
  const file = join(folder, "portfolio.json");
  await writeFile(file, typeof portfolio === "string" ? portfolio : JSON.stringify(portfolio));
  const { code, stdout } = await runHere("margin", "--portfolio", file, "--json");
  return { code, json: JSON.parse(stdout) };
}

const btc = { BTC: { price: "60000" } };
const perp = (base: string) => ({ instrument: "BTC-PERP", base });

describe("./causeway margin", () => {
  it("reports the golden row of the risk model, netted and chain by chain", async () => {
    const { code, json } = await report({
      markets: btc,
      positions: { arbitrum: [perp("10")], base: [perp("-8")] },
      collateral: { arbitrum: [{ asset: "USDC", amount: "20000" }] },
    });
    expect(code).toBe(0);
    const found = marginResult.parse(json);
    expect(found).toMatchObject({
      equity: "20000",
      initial: "20400",
      maintenance: "16320",
      // 20,000 less 1.15 times 16,320.
      buffer: "1232",
      initialCovered: false,
      maintenanceCovered: true,
      chainByChain: { initial: "162000", maintenance: "129600" },
      chains: [
        { chain: "arbitrum", initial: "90000" },
        { chain: "base", initial: "72000" },
      ],
    });
    // One scenario proves all of it: the perpetual's own worst.
    expect(found.certificate).toEqual({
      joint: 2,
      jointName: "spot -1 of the price scan range, vol flat",
      scenarios: [2],
      names: ["spot -15 %, vol flat"],
      maintenance: "16320",
      band: "0",
    });
    expect(found.underlyings).toMatchObject([
      {
        underlying: "BTC",
        scan: "18000",
        venue: "2400",
        concentration: "1",
        worstScenario: "spot -15 %, vol flat",
      },
    ]);
  });

  it("values positions, cash and collateral after haircuts", async () => {
    const { json } = await report({
      markets: { ...btc, ETH: { price: "3000" } },
      positions: { base: [{ ...perp("1"), quote: "-59000" }] },
      collateral: {
        base: [{ asset: "WETH", amount: "2" }],
        arbitrum: [{ asset: "USDC", amount: "-100.5" }],
      },
    });
    expect(json).toMatchObject({ equityInitial: "6299.5", equity: "6479.5" });
  });

  it("reports the example of the documentation, with an option", async () => {
    const { code, stdout } = await runHere("margin", "--portfolio", example, "--json");
    expect(code).toBe(0);
    const found = marginResult.parse(JSON.parse(stdout));
    // Five short calls on 60,000: 1 %.
    expect(found.underlyings[0]).toMatchObject({
      underlying: "BTC",
      shortOptionMinimum: "3000",
      venue: "2400",
    });
    expect(Number(found.crossCredit)).toBeGreaterThan(0);
    const text = await runHere("margin", "--portfolio", example);
    expect(text.stdout).toMatch(/initial +[\d,.]+ +26,495\.90 +164,823\.22 +covered/);
  });

  it("nets an instrument however its name is written, and finds its expiry's volatility", async () => {
    const call = (name: string, base: string) => ({ instrument: `BTC-${name}-C`, base });
    const of = async (first: string, second: string, date: string) => {
      const { json } = await report({
        time: 1764000000,
        markets: { BTC: { price: "60000", expiries: { [date]: { vol: "0.5" } } } },
        positions: { arbitrum: [call(first, "2")], base: [call(second, "-2")] },
      });
      return marginResult.parse(json);
    };
    const same = await of("1DEC25-60000", "1DEC25-60000", "1DEC25");
    // What one chain owes the other can only be closed apart.
    expect(same).toMatchObject({ equity: "0", initial: "600", underlyings: [{ venue: "600" }] });
    expect(await of("01DEC25-60000", "1DEC25T0800-60000.0", "1DEC25T080000")).toEqual(same);
  });

  it("values what has expired by its payoff at the spot, without volatility, forward or discount", async () => {
    const option = { instrument: "BTC-1NOV25-50000-C", base: "-1", quote: "0" };
    const of = async (market: object) =>
      (
        await report({
          time: 1764000000,
          markets: { BTC: { price: "60000", ...market } },
          positions: { a: [option] },
        })
      ).json;
    const plain = await of({});
    expect(plain).toMatchObject({ equity: "-10000", initial: "9000.00006" });
    const svi = ["0.02", "0.04", "0", "0", "0.1"];
    expect(await of({ expiries: { "1NOV25": { svi, forward: "70000", discount: "0.5" } } })).toEqual(plain);
  });

  it("counts unrealised gains for initial margin up to the cap of the underlying", async () => {
    const of = async (market: object) =>
      (
        await report({
          markets: { BTC: { price: "60000", ...market } },
          positions: { a: [{ ...perp("100"), quote: "-4000000" }] },
        })
      ).json;
    expect(await of({})).toMatchObject({ equity: "2000000", equityInitial: "1000000" });
    expect(await of({ gainsCapUsd: "1500000" })).toMatchObject({
      equity: "2000000",
      equityInitial: "1500000",
    });
  });

  it("says that what was opened now is worth nothing yet, to the last digit", async () => {
    const market = { price: "0.3333333" };
    const { json } = await report({
      markets: { DOGE: market },
      positions: {
        a: [
          { instrument: "DOGE-PERP", base: "0.00000001" },
          { instrument: "DOGE-PERP", base: "-0.00000001" },
        ],
      },
    });
    expect(json).toMatchObject({ equity: "0", equityInitial: "0" });
  });

  it.each([
    ["an underlying without a market", { markets: {}, positions: { a: [perp("1")] } }, "markets.BTC"],
    [
      "a price of zero",
      { markets: { BTC: { price: "0" } }, positions: { a: [perp("1")] } },
      "markets.BTC.price",
    ],
    ["too many decimals", { markets: btc, positions: { a: [perp("0.000000001")] } }, "positions.a.0.base"],
    [
      "an unknown instrument",
      { markets: btc, positions: { a: [{ instrument: "BTC", base: "1" }] } },
      "positions.a.0.instrument",
    ],
    [
      "a date that is none",
      { markets: btc, positions: { a: [{ instrument: "BTC-31FEB26-1-C", base: "1" }] } },
      "positions.a.0.instrument",
    ],
    [
      "an option without a volatility",
      {
        time: 1764000000,
        markets: btc,
        positions: { a: [{ instrument: "BTC-26DEC25-60000-C", base: "1" }] },
      },
      "markets.BTC.expiries.26DEC25",
    ],
    [
      "an instrument named as what every object has",
      { markets: btc, positions: { a: [{ instrument: "constructor-PERP", base: "1" }] } },
      "markets.constructor",
    ],
    [
      "a strike finer than contracts have",
      { markets: btc, positions: { a: [{ instrument: "BTC-26DEC25-60000.000000001-C", base: "1" }] } },
      "positions.a.0.instrument",
    ],
    [
      "an expiry that is no date",
      { markets: { BTC: { price: "1", expiries: { "31FEB26": {} } } }, positions: { a: [perp("1")] } },
      "markets.BTC.expiries.31FEB26",
    ],
    [
      "an expiry at an hour of five digits",
      {
        markets: { BTC: { price: "1", expiries: { "26DEC25T08000": {} } } },
        positions: { a: [perp("1")] },
      },
      "markets.BTC.expiries.26DEC25T08000",
    ],
    [
      "an expiry given twice",
      {
        markets: { BTC: { price: "1", expiries: { "1DEC25": {}, "01DEC25": {} } } },
        positions: { a: [perp("1")] },
      },
      "markets.BTC.expiries.01DEC25",
    ],
    ["an unknown key", { markets: btc, positions: {}, cash: "1" }, "cash"],
    [
      "a chain that objects would lose",
      '{"markets":{"BTC":{"price":"1"}},"positions":{"__proto__":[{"instrument":"BTC-PERP","base":"1"}]}}',
      "__proto__",
    ],
    [
      "a chain given twice",
      '{"markets":{"BTC":{"price":"1"}},"positions":{"a":[{"instrument":"BTC-PERP","base":"1"}],"a":[]}}',
      "(file)",
    ],
    ["what is not JSON", "{", "(file)"],
  ])("exits 2 for %s", async (_, portfolio, key) => {
    const { code, json } = await report(portfolio);
    expect(code).toBe(2);
    expect(failure.parse(json).error).toMatchObject({ code: 5037, details: { key } });
  });

  it("exits 2 without a file, and for parameters out of range", async () => {
    expect((await runHere("margin")).code).toBe(2);
    expect((await runHere("margin", "--portfolio", "/nowhere")).stderr).toContain("error 5036");
    const parameters = { scanRange: "2" };
    const { code, json } = await report({
      markets: { BTC: { price: "1", parameters } },
      positions: { a: [perp("1")] },
    });
    expect(code).toBe(2);
    expect(json.error.details).toMatchObject({ field: "scanRange", found: "2000000000" });
    const caps = { price: "1", openInterestCapsUsd: ["5", "5"], openInterestUsd: "6" };
    expect(await report({ markets: { BTC: caps }, positions: { a: [perp("1")] } })).toMatchObject({
      code: 2,
      json: { error: { details: { field: "openInterestFrom", found: "5" } } },
    });
  });

  it("says what a value should be in words", async () => {
    const { json } = await report({ markets: btc, positions: { a: [perp("1e5")] } });
    expect(json.error.message).toBe(
      'The portfolio, positions.a.0.base: found "1e5", expected a plain decimal.',
    );
    const named = await report({ markets: { "B TC": { price: "1" } }, positions: {} });
    expect(named.json.error.message).toMatch(/markets\.B TC: .* expected a symbol such as BTC\.$/);
  });

  it("prints its schema", async () => {
    const { code, stdout } = await runHere("margin", "--schema");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ properties: { chainByChain: {} }, $defs: { input: {} } });
  });
});
