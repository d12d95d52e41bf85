import { describe, expect, test } from "vitest";
import { CausewayError } from "../../errors/CausewayError.ts";
import { assets, getAsset, settlementAsset } from "../assets.ts";
import { defineChain } from "../defineChain.ts";
import { chains, getChain, localChains } from "./index.ts";

function distinct(values: readonly unknown[]) {
  expect(new Set(values).size).toBe(values.length);
}

describe("chain definitions", () => {
  test("differ in name, chain id, eid and price feed id", () => {
    distinct(chains.map((chain) => chain.name));
    distinct(chains.map((chain) => chain.chainId));
    distinct(chains.map((chain) => chain.eid));
    distinct(chains.map((chain) => chain.eid % 30_000));
  });

  test("list only known assets, with at least the shared decimals", () => {
    for (const chain of chains) {
      for (const token of chain.tokens) {
        expect(token.decimals).toBeGreaterThanOrEqual(getAsset(token.symbol).sharedDecimals);
      }
    }
  });

  test("give the settlement asset different decimals on different local chains", () => {
    const decimals = localChains.map(
      (chain) => chain.tokens.find((t) => t.symbol === settlementAsset.symbol)?.decimals,
    );
    expect(new Set(decimals)).toEqual(new Set([6, 18]));
  });

  test("an unknown chain names the known ones", () => {
    expect(() => getChain("mars")).toThrow(/Unknown chain mars: expected one of local-hub, local-a/);
  });

  test("a wrong definition names chain, key, found and expected", () => {
    expect(() => defineChain({ ...getChain("local-a"), eid: 101 })).toThrow(
      "Definition local-a, eid: found 101, expected at least 30000.",
    );
    const twice = [
      { symbol: "USDC", decimals: 6 },
      { symbol: "USDC", decimals: 6 },
    ];
    expect(() => defineChain({ ...getChain("local-a"), tokens: twice })).toThrow("one token per symbol");
  });
});

describe("assets", () => {
  test("have distinct ids and symbols, and one settlement asset", () => {
    distinct(assets.map((asset) => asset.id));
    distinct(assets.map((asset) => asset.symbol));
    expect(assets.filter((asset) => asset.underlying === null)).toEqual([settlementAsset]);
  });

  test("an unknown asset is an error", () => {
    expect(() => getAsset("DOGE")).toThrow(CausewayError);
  });
});
