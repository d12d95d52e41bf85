import { expect, it } from "vitest";
import { NO_SAMPLES, windowStart } from "../../clearing/oracle/expiryMean.ts";
import { type DecideSampleParameters, decideSample } from "./decideSample.ts";

const expiry = 1_800_000_000n;
const start = windowStart(expiry);
const at = (now: bigint, rest: Partial<DecideSampleParameters> = {}) =>
  decideSample({
    now,
    expiry,
    mean: { ...NO_SAMPLES, isFixed: false },
    latest: { time: now, priceWad: 1n },
    ...rest,
  });
const samples = (count: number, nextMinute = BigInt(count)) => ({
  mean: { priceSumWad: 1n, samples: count, nextMinute, isFixed: false },
});

it("samples a price of a minute that is not taken, once", () => {
  expect(at(start - 1n)).toBe("wait");
  expect(at(start)).toBe("sample");
  expect(at(start + 20n, samples(1))).toBe("wait");
  expect(at(start + 60n, samples(1))).toBe("sample");
});

it("has a price brought to a minute that has none when half of it is over", () => {
  const latest = { time: start - 5n, priceWad: 1n };
  expect(at(start + 29n, { latest })).toBe("wait");
  expect(at(start + 30n, { latest })).toBe("bring");
  // Taken already; and after expiry only what is missing.
  expect(at(start + 45n, samples(1))).toBe("wait");
  expect(at(expiry + 45n, { latest, ...samples(20, 29n) })).not.toBe("bring");
  expect(at(expiry + 45n, { latest, ...samples(19, 29n) })).toBe("bring");
});

it("fixes from a minute after expiry, once there are samples enough", () => {
  expect(at(expiry + 59n, samples(20, 30n))).toBe("wait");
  expect(at(expiry + 60n, samples(20, 30n))).toBe("fix");
  expect(at(expiry + 60n, samples(18, 30n))).toBe("sample");
  // The price that is there is the twentieth.
  expect(at(expiry + 60n, samples(19, 30n))).toBe("fix");
  const { mean } = samples(20);
  expect(at(expiry + 60n, { mean: { ...mean, isFixed: true } })).toBe("done");
});
