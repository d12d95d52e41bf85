import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { localMarket } from "./localMarket.ts";
import { localSurfaces } from "./localSurfaces.ts";
import { createFileSurfaces, readSurfaces, writeSurfaces } from "./surfacesFile.ts";

const WAD = 10n ** 18n;
const EXPIRY = "2026-12-25T08:00:00.000Z";
let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "causeway-surfaces-")), "surfaces.json");
});
afterEach(() => rmSync(join(file, ".."), { recursive: true }));

const write = (slice: object) => writeFileSync(file, JSON.stringify({ BTC: [{ expiry: EXPIRY, ...slice }] }));

test("surfaces of any model are read as they were written", () => {
  const expiry = Date.parse(EXPIRY) / 1_000;
  const options = [{ expiry, strikes: [WAD], ratePpm: 1n }];
  const surfaces = new Map(localSurfaces([{ ...localMarket("BTC", 60_000n * WAD), options }]));
  const [slice] = surfaces.get("BTC")!;
  surfaces.set("ETH", [
    { ...slice!, forwardRatioWad: WAD + 1n, parameters: { model: "black76", volWad: WAD / 3n } },
    {
      ...slice!,
      discountWad: WAD - 1n,
      parameters: { model: "gramCharlier", volWad: WAD, skewWad: -WAD / 7n, excessKurtosisWad: -1n },
    },
  ]);
  writeSurfaces(file, surfaces);
  expect(readSurfaces(file)).toEqual(surfaces);
});

test.each([
  [{}, "BTC.0: found {"],
  [{ black76: { vol: "0.5" }, gramCharlier: { vol: "1", skew: "0", excessKurtosis: "0" } }, "one of svi,"],
  [{ black76: { vol: 0.5 } }, "BTC.0.black76.vol: found 0.5, expected string"],
  [{ black76: { vol: "-0.5" } }, 'BTC.0.black76.vol: found "-0.5", expected a decimal'],
  [{ svi: { a: "0", b: "0", rho: "0", m: "0", sigma: "1", years: "0" } }, "BTC.0.svi.years: found"],
  [
    { black76: { vol: "1" }, forwardRatio: "1.2", discount: "0.9" },
    "expected forwardRatio · discount at most 1.07",
  ],
  [{ black76: { vol: "1" }, expiry: "soon" }, 'BTC.0.expiry: found "soon"'],
])("refuses %j", (slice, message) => {
  write(slice);
  expect(() => readSurfaces(file)).toThrow(message);
});

test("a broken edit leaves the last good surfaces, and is complained of once", async () => {
  const complaints: CausewayError[] = [];
  write({ black76: { vol: "0.5" } });
  const source = createFileSurfaces(file, readSurfaces(file), (error) => complaints.push(error));
  for (const text of ["{", "{"]) {
    writeFileSync(file, text);
    expect((await source.latest()).get("BTC")).toHaveLength(1);
  }
  expect(complaints.map(({ kind, details }) => [kind, details.key])).toEqual([["SurfacesInvalid", "(file)"]]);
  writeFileSync(file, "{}");
  expect(await source.latest()).toEqual(new Map());
});
