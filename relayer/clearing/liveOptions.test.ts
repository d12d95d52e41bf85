import { expect, test } from "vitest";
import { option, perpetual } from "../../clearing/codec/instrumentId.ts";
import { liveOptions } from "./liveOptions.ts";

const expiring = (expiry: number) => option({ underlying: "BTC", expiry, strike: 1n, right: "put" });

test("liveOptions are the listed ones from before their expiry", () => {
  const keys = [
    { kind: "instrument", instrument: perpetual("BTC") },
    { kind: "instrument", instrument: expiring(1_000) },
    { kind: "instrument", instrument: expiring(1_001) },
    { kind: "optionReference", instrument: expiring(2_000) },
  ] as const;
  expect(liveOptions(keys, 999n)).toEqual([expiring(1_000), expiring(1_001)]);
  expect(liveOptions(keys, 1_000n)).toEqual([expiring(1_001)]);
});
