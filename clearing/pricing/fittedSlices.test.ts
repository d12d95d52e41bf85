import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { wadNumber } from "../../scripts/options.ts";
import { readChain } from "../../scripts/volatility/readChain.ts";
import { fitChain } from "../volatility/fitChain.ts";
import { sviRefusal } from "./sviRefusal.ts";
import type { SviSlice } from "./sviSlice.ts";

// Where they come from: test/fixtures/README.md.
it.each(["deribit_btc_20200521.csv", "deribit_btc_20251230.csv"])(
  "every slice that is fitted to %s can be posted between its neighbours",
  async (file) => {
    const quotes = await readChain(fileURLToPath(new URL(`../../test/fixtures/${file}`, import.meta.url)));
    const slices = fitChain({ quotes }).flatMap(({ slice, refused, years }) =>
      slice === null || refused !== null ? [] : [fixed({ ...slice, yearsWad: years })],
    );
    expect(slices.length).toBeGreaterThan(1);
    slices.forEach((slice, i) => {
      const [before, later] = [slices[i - 1], slices[i + 1]];
      expect(sviRefusal(slice, { ...(before && { before }), ...(later && { later }) })).toBeNull();
    });
  },
);

function fixed(slice: Record<keyof SviSlice, number>): SviSlice {
  return Object.fromEntries(
    Object.entries(slice).map(([name, value]) => [name, wadNumber(String(value))]),
  ) as unknown as SviSlice;
}
