import { describe, expect, test } from "vitest";
import { type DecideRenewalParameters, decideRenewal } from "./decideRenewal.ts";

type Line = DecideRenewalParameters["line"];

/** A lease of 600 s granted at 1,000, nothing used. */
function situation(
  line: Partial<Line> = {},
  rest: Partial<Omit<DecideRenewalParameters, "line">> = {},
): DecideRenewalParameters {
  return {
    line: {
      limit: 100_000n,
      ceiling: 100_000n,
      usedApplied: 0n,
      maxOutstanding: 100_000n,
      validUntil: 1_600,
      version: 1,
      ...line,
    },
    spoke: { used: 0n, version: 1 },
    spokeTime: 1_000n,
    leaseSeconds: 600,
    isRefused: false,
    isTopUpHeld: false,
    ...rest,
  };
}

describe("renewing", () => {
  test("grants what was never granted", () => {
    const never = { limit: 0n, ceiling: 0n, version: 0, validUntil: 0 };
    expect(decideRenewal(situation(never, { spoke: { used: 0n, version: 0 } }))).toBe("renew");
  });

  test("renews by the spoke's clock when less than half of the lease is left", () => {
    expect(decideRenewal(situation({}, { spokeTime: 1_300n }))).toBe("none");
    expect(decideRenewal(situation({}, { spokeTime: 1_301n }))).toBe("renew");
    expect(decideRenewal(situation({}, { spokeTime: 2_000n }))).toBe("renew");
  });

  test("leaves alone who was refused, or has no mandate any more", () => {
    expect(decideRenewal(situation({}, { spokeTime: 1_301n, isRefused: true }))).toBe("none");
    expect(decideRenewal(situation({ maxOutstanding: 0n }, { spokeTime: 1_301n }))).toBe("none");
  });
});

describe("topping up", () => {
  const spoke = { used: 60_000n, version: 1 };

  test("adds when little is unused and the hub knows that it was used", () => {
    expect(decideRenewal(situation({ usedApplied: 60_000n }, { spoke }))).toBe("topUp");
  });

  test("adds nothing before the use was reported: a renewal would not raise the limit", () => {
    expect(decideRenewal(situation({ usedApplied: 0n }, { spoke }))).toBe("none");
  });

  test("waits while adding gave little lately", () => {
    expect(decideRenewal(situation({ usedApplied: 60_000n }, { spoke, isTopUpHeld: true }))).toBe("none");
  });

  test("adds nothing while enough is unused", () => {
    const used = { used: 50_000n, version: 1 };
    expect(decideRenewal(situation({ usedApplied: 50_000n }, { spoke: used }))).toBe("none");
  });
});

describe("releasing", () => {
  const ended = { maxOutstanding: 0n };

  test("releases what a lapsed lease left, at its end and not before", () => {
    expect(decideRenewal(situation(ended, { spokeTime: 1_599n }))).toBe("none");
    expect(decideRenewal(situation(ended, { spokeTime: 1_600n }))).toBe("release");
    expect(decideRenewal(situation({}, { spokeTime: 1_600n, isRefused: true }))).toBe("release");
  });

  test("has nothing to release once the ceiling is what was used", () => {
    const line = { ...ended, ceiling: 60_000n };
    const spoke = { used: 60_000n, version: 1 };
    expect(decideRenewal(situation(line, { spokeTime: 1_600n, spoke }))).toBe("none");
  });

  test("never before the vault knows of the lease", () => {
    const spoke = { used: 0n, version: 0 };
    expect(decideRenewal(situation(ended, { spokeTime: 1_600n, spoke }))).toBe("none");
  });
});
