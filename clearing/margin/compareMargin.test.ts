import { describe, expect, it } from "vitest";
import { WAD } from "../math.ts";
import { compareMargin } from "./compareMargin.ts";
import { defaultUnderlyingParameters } from "./marginParameters.ts";

const BTC = 10n ** 8n;

describe("compareMargin", () => {
  const market = { priceWad: 60_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, rampPpm: 0n };
  const marketOf = () => ({ parameters: defaultUnderlyingParameters("BTC"), market });

  it("asks for the ungrossed scan chain by chain and for the net with a hub", () => {
    const positions = [
      { account: "a", instrument: "BTC-PERP", chain: 0, base: 10n * BTC },
      { account: "a", instrument: "BTC-PERP", chain: 1, base: -8n * BTC },
    ];
    const [only, ...others] = compareMargin({ positions, marketOf });
    expect(others).toEqual([]);
    expect(only?.chainByChainWad).toBe(162_000n * WAD);
    expect(only?.nettedWad).toBe(20_400n * WAD);
  });

  it("never nets one account against another", () => {
    const positions = [
      { account: "a", instrument: "BTC-PERP", chain: 0, base: BTC },
      { account: "b", instrument: "BTC-PERP", chain: 1, base: -BTC },
    ];
    for (const { chainByChainWad, nettedWad } of compareMargin({ positions, marketOf })) {
      expect(nettedWad).toBe(chainByChainWad);
      expect(nettedWad).toBe(9_000n * WAD);
    }
  });
});
