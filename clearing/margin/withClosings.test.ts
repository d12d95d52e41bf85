import { describe, expect, it } from "vitest";
import { withClosings } from "./withClosings.ts";

describe("withClosings", () => {
  const open = [
    { instrument: "0x01", line: { unusedBuys: 3n, unusedSells: 5n } },
    { instrument: "0x01", line: { unusedBuys: 0n, unusedSells: 2n } },
    { instrument: "0x02", line: { unusedBuys: 1n, unusedSells: 1n } },
  ] as const;

  it("counts sells of a long towards zero, and starts where its buys would end", () => {
    expect(withClosings({ instrument: "0x01", base: 10n }, open)).toMatchObject({ base: 13n, closing: 10n });
  });

  it("counts buys of a short towards zero, and starts where its sells would end", () => {
    expect(withClosings({ instrument: "0x01", base: -10n }, open)).toMatchObject({
      base: -17n,
      closing: 10n,
    });
  });

  it("leaves what has no allowance as it is", () => {
    expect(withClosings({ instrument: "0x03", base: -1n }, open)).toMatchObject({ base: -1n, closing: 0n });
  });
});
