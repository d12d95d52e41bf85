import { decodeAbiParameters, parseAbiParameters } from "viem";
import { expect, test } from "vitest";
import { WAD } from "../math.ts";
import { sviRefusal } from "../pricing/sviRefusal.ts";
import type { SviSlice } from "../pricing/sviSlice.ts";
import { encodeParameters } from "./surface.ts";

const fitted: SviSlice = {
  a: WAD / 50n,
  b: WAD / 10n,
  rho: -WAD / 3n,
  m: WAD / 50n,
  sigma: WAD / 5n,
  yearsWad: WAD / 4n,
};

function decoded(yearsWad: bigint): SviSlice {
  const data = encodeParameters({ model: "svi", slice: fitted }, yearsWad);
  const [a, b, rho, m, sigma, years] = decodeAbiParameters(
    parseAbiParameters("int256, int256, int256, int256, int256, uint256"),
    data,
  );
  return { a, b, rho, m, sigma, yearsWad: years };
}

test("an SVI slice keeps its volatilities as less time is left, and stays acceptable", () => {
  expect(decoded(fitted.yearsWad)).toEqual(fitted);
  expect(sviRefusal(fitted)).toBeNull();
  for (const share of [2n, 10n, 1_000n, 100_000n]) {
    const slice = decoded(fitted.yearsWad / share);
    expect(slice.a).toBe(fitted.a / share);
    expect(sviRefusal(slice)).toBeNull();
  }
});

test("other models get their parameters as they are", () => {
  const words = (data: `0x${string}`) => (data.length - 2) / 64;
  expect(words(encodeParameters({ model: "black76", volWad: WAD }, WAD))).toBe(1);
  const { skewWad, excessKurtosisWad } = { skewWad: -1n, excessKurtosisWad: -2n };
  const data = encodeParameters({ model: "gramCharlier", volWad: WAD, skewWad, excessKurtosisWad }, WAD);
  expect(decodeAbiParameters(parseAbiParameters("uint256, int256, int256"), data)).toEqual([WAD, -1n, -2n]);
});
