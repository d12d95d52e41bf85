import { describe, expect, it } from "vitest";
import { readItem, smallInt, writeItem } from "./layout.ts";

const layout = { delta: smallInt(4) };

describe("smallInt", () => {
  it.each([0, 1, -1, 2 ** 31 - 1, -(2 ** 31)])("holds %i", (delta) => {
    const packed = new Uint8Array(4);
    writeItem(layout, { delta }, packed, 0);
    expect(readItem(layout, packed, 0)).toEqual({ delta });
  });

  it.each([2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN])("refuses %d", (delta) => {
    expect(() => writeItem(layout, { delta }, new Uint8Array(4), 0)).toThrow(
      expect.objectContaining({ kind: "CodecValueOutOfRange" }),
    );
  });
});
