import { describe, expect, it } from "vitest";
import { assetFreshness, FRESH, laneFreshness } from "./freshness.ts";

describe("freshness", () => {
  const lagSeconds = 600n;

  it("is whole up to the lane's lag, and nothing 28 minutes later", () => {
    expect(laneFreshness({ ageSeconds: 600n, lagSeconds })).toBe(FRESH);
    expect(laneFreshness({ ageSeconds: 601n, lagSeconds })).toBe(999_404_761n);
    expect(laneFreshness({ ageSeconds: 600n + 840n, lagSeconds })).toBe(FRESH / 2n);
    expect(laneFreshness({ ageSeconds: 600n + 1_680n, lagSeconds })).toBe(0n);
    expect(laneFreshness({ ageSeconds: 10n ** 9n, lagSeconds })).toBe(0n);
  });

  it("is weighed by where an asset's tokens are, and whole where there are none", () => {
    const fresh = { ageSeconds: 0n, lagSeconds, liquidity: 1n };
    const silent = { ageSeconds: 10n ** 6n, lagSeconds, liquidity: 2n };
    expect(assetFreshness([fresh, silent])).toBe(333_333_333n);
    expect(assetFreshness([silent])).toBe(0n);
    expect(assetFreshness([{ ...silent, liquidity: 0n }])).toBe(FRESH);
    expect(assetFreshness([])).toBe(FRESH);
  });
});
