import { describe, expect, it } from "vitest";
import { sliceFault } from "./sliceFault.ts";
import { butterfly, lowestVariance, type SviSlice, totalVariance } from "./svi.ts";

const slice: SviSlice = { a: 0.04, b: 0.4, rho: -0.4, m: 0.05, sigma: 0.1 };
/** Axel Vogt's, from Gatheral and Jacquier (2014), 3.1: its density is negative on the right. */
const vogt: SviSlice = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };

describe("totalVariance and butterfly", () => {
  // mpmath at 60 digits, derivatives by differences.
  it.each([
    [-1, 0.6299004621945797, 0.16872082980787506],
    [-0.2, 0.18770329614269007, 0.2226540636104057],
    [0, 0.09272135954999579, 2.1142593982569315],
    [0.05, 0.08, 3.0209],
    [0.7, 0.1990589287593181, 0.27762804383262574],
  ])("at k = %f", (k, variance, g) => {
    expect(totalVariance(slice, k)).toBeCloseTo(variance, 14);
    expect(butterfly(slice, k)).toBeCloseTo(g, 13);
  });

  it("are lowest at m − ρσ/√(1 − ρ²)", () => {
    const at = slice.m - (slice.rho * slice.sigma) / Math.sqrt(1 - slice.rho ** 2);
    expect(lowestVariance(slice)).toBeCloseTo(totalVariance(slice, at), 15);
    expect(totalVariance(slice, at + 0.01)).toBeGreaterThan(lowestVariance(slice));
  });
});

describe("sliceFault", () => {
  it("accepts a sane slice, alone and above an earlier one", () => {
    expect(sliceFault(slice)).toBeNull();
    expect(sliceFault({ ...slice, a: 0.05 }, slice)).toBeNull();
    expect(sliceFault(slice, slice)).toBeNull();
  });

  it("refuses Vogt's slice, which is fine at 0, ±1, ±2 and ±4 deviations", () => {
    const deviation = Math.sqrt(totalVariance(vogt, 0));
    for (const z of [0, 1, 2, 4, -1, -2, -4]) expect(butterfly(vogt, z * deviation)).toBeGreaterThan(0);
    expect(sliceFault(vogt)).toMatchObject({ rule: "butterfly", k: expect.closeTo(0.66, 1) });
  });

  it.each([
    ["variance", { a: -0.4 * 0.1 * Math.sqrt(0.84) - 1e-12 }],
    ["slope", { b: 1.43 }],
    ["butterfly", { rho: -0.9, b: 1 }],
    ["not finite", { sigma: 0 }],
    ["not finite", { b: -0.1 }],
    ["not finite", { rho: 1 }],
    ["not finite", { a: Number.NaN }],
  ] as const)("refuses by %s: %j", (rule, change) => {
    const fault = sliceFault({ ...slice, ...change });
    expect(fault).toMatchObject({ rule });
    expect(fault?.text).not.toBe("");
  });

  it("refuses what falls below the expiry before, on either wing", () => {
    expect(sliceFault({ ...slice, a: 0.0399 }, slice)).toMatchObject({ rule: "calendar" });
    const steeper = { ...slice, b: 0.41, a: 0.03 };
    expect(sliceFault(slice, steeper)).toMatchObject({ rule: "calendar", k: expect.any(Number) });
  });
});
