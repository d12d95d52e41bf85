import { describe, expect, it } from "vitest";
import { failure } from "../schema/common.ts";
import { quoteResult } from "../schema/quote.ts";
import { runHere } from "./runHere.ts";

const quote = (...args: string[]) => runHere("quote", ...args);

const HAUG = "--model black76 --forward 19 --strike 19 --vol 0.28 --years 0.75 --rate 0.1 --right call".split(
  " ",
);
const AT_100 = ["--forward", "100", "--strike", "100", "--right", "put"];
const VOGT = ["--model", "svi", ...AT_100, "--years", "1", "--svi", "-.0410,.1331,.3060,.3586,.4153"];
const SKEWED = ["--model", "gram-charlier", ...AT_100, "--years", "0.0821917808219178", "--vol", "0.8"];

async function quoted(...args: string[]) {
  const { code, stdout, stderr } = await quote(...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return quoteResult.parse(JSON.parse(stdout));
}

describe("./causeway quote", () => {
  it("prices Haug's option, with greeks", async () => {
    const result = await quoted(...HAUG);
    expect(result).toMatchObject({ model: "black76", vol: "0.28", accepted: true, reason: null });
    expect(Number(result.price)).toBeCloseTo(1.701050725236267, 14);
    // Black's closed forms in double precision.
    expect(Number(result.delta)).toBeCloseTo(0.508636235933652, 12);
    expect(Number(result.gamma)).toBeCloseTo(0.0797450346791211, 12);
    expect(Number(result.vega)).toBeCloseTo(6.04547107902417, 12);
    expect(Number(result.theta)).toBeCloseTo(-0.95838286222755, 12);
  });

  it("prices on a slice, by its volatility at the strike", async () => {
    const slice =
      "0.027616438356164386,0.041424657534246574,0.003452054794520548,0.001726027397260274,0.000345205479452055";
    const terms = [
      "--forward",
      "1805",
      "--strike",
      "1500",
      "--right",
      "put",
      "--years",
      "0.038356164383561646",
    ];
    const result = await quoted("--model", "svi", ...terms, "--svi", slice);
    expect(Number(result.vol)).toBeCloseTo(0.959724473412013, 14);
    const black = await quoted("--model", "black76", ...terms, "--vol", result.vol!);
    expect(black.price).toBe(result.price);
  });

  it("refuses Vogt's slice: no price, a reason, exit code 1", async () => {
    const { code, stdout } = await quote(...VOGT, "--json");
    expect(code).toBe(1);
    const result = quoteResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ price: null, vol: null, accepted: false });
    expect(result.reason).toMatch(/^Butterfly arbitrage: at ln\(strike\/forward\) = 1\.056068 /);
    expect((await quote(...VOGT)).stdout).toMatch(/^refused by svi: Butterfly/);
  });

  it("prices with skew and kurtosis; its greeks are those of its own prices", async () => {
    const moments = ["--skew", "-0.4", "--excess-kurtosis", "1.2"];
    const result = await quoted(...SKEWED, ...moments);
    expect(Number(result.price)).toBeCloseTo(8.509621641136667, 13);
    const black = await quoted("--model", "black76", ...SKEWED.slice(2, -1), result.vol!);
    expect(Number(black.price)).toBeCloseTo(Number(result.price), 12);
    const up = await quoted(...SKEWED, ...moments, "--forward", "100.01");
    const down = await quoted(...SKEWED, ...moments, "--forward", "99.99");
    const slope = (Number(up.price) - Number(down.price)) / 0.02;
    expect(Number(result.delta)).toBeCloseTo(slope, 6);
  });

  it("says when it moved skew and kurtosis", async () => {
    const { reason, accepted } = await quoted(...SKEWED, "--skew", "-0.2", "--excess-kurtosis", "3");
    expect({ reason, accepted }).toEqual({
      reason: "No density has this skew and kurtosis: used -0.2 and 2.4.",
      accepted: true,
    });
  });

  it("reads numbers as programs print them, and prices an expired option", async () => {
    const terms = ["--model", "black76", "--strike", "1e2", "--right", "call", "--vol", "+.5"];
    const short = await quoted(...terms, "--forward", "100", "--years", "0.00011415525114155251");
    expect(Number(short.price)).toBeGreaterThan(0);
    expect(short.price).toBe(
      (await quoted(...terms, "--forward", "100.", "--years", "1.1415525114155251e-4")).price,
    );
    expect(await quoted(...terms, "--forward", "120", "--years", "0")).toMatchObject({
      price: "20",
      delta: null,
      gamma: null,
      vega: null,
      theta: null,
    });
  });

  it.each([
    ["no model", ["--vol", "1"], 5001, "required option '--model' not given"],
    ["an unknown model", ["--model", "heston"], 5001, "black76, svi, gram-charlier"],
    ["no volatility", ["--model", "black76", ...AT_100, "--years", "1"], 5001, "'--vol' not given"],
    ["no slice", ["--model", "svi", ...AT_100, "--years", "1"], 5001, "'--svi' not given"],
    ["a slice cut short", [...VOGT.slice(0, -1), "1,2"], 5001, "expected a,b,rho,m,sigma"],
    ["an option of another model", [...HAUG, "--skew", "1"], 5001, "'--skew' is not one of model black76"],
    ["what is no number", [...HAUG, "--strike", "many"], 5001, "Found many"],
    ["what is no right", [...HAUG, "--right", "straddle"], 5001, "call, put"],
    ["a strike of nothing", [...HAUG, "--strike", "0"], 3020, "strike: found 0"],
    ["a negative forward", [...HAUG, "--forward", "-1"], 3020, "forward: found -1"],
    ["no volatility at all", [...HAUG, "--vol", "0"], 3020, "vol: found 0"],
    ["a past expiry", [...HAUG, "--years", "-1"], 3020, "years: found -1"],
    ["a rate beyond sense", [...HAUG, "--rate", "11"], 3020, "rate: found 11"],
  ])("exits 2 for %s", async (_, args, code, text) => {
    const result = await quote(...args, "--json");
    expect(result.code).toBe(2);
    const { error } = failure.parse(JSON.parse(result.stdout));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });

  it("prints a table and its schema", async () => {
    expect((await quote(...HAUG)).stdout).toMatch(/^price +1\.7010507252362671/m);
    const { code, stdout } = await quote("--schema");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ properties: { price: {}, vol: {} }, $defs: { input: {} } });
  });
});
