import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDecimal } from "../../clearing/decimal.ts";
import { sviRefusal } from "../../clearing/pricing/sviRefusal.ts";
import type { SviSlice as ExactSlice } from "../../clearing/pricing/sviSlice.ts";
import { sliceFault } from "../../clearing/volatility/sliceFault.ts";
import type { SviSlice } from "../../clearing/volatility/svi.ts";
import { readSurfaces } from "../devnet/surfacesFile.ts";
import { failure } from "../schema/common.ts";
import { type FitResult, fitResult } from "../schema/fit.ts";
import { runHere } from "./runHere.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const CHAIN_2025 = path("../../test/fixtures/deribit_btc_20251230.csv");
const CHAIN_2020 = path("../../test/fixtures/deribit_btc_20200521.csv");
const SHARED = path("../../../shared/data");
const HEADER =
  "timestamp,instrument_name,option_type,strike,expiry_datetime,underlying_price,bid_price,ask_price,mark_price,mark_iv";
const ROW =
  "2026-02-05T15:51:32+00:00,BTC-27MAR26-90000-C,call,90000.0,2026-03-27T08:00:00+00:00,68210.4,0.01,0.011,0.0105,0.6";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-fit-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function chainFile(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

async function fitted(...args: string[]): Promise<FitResult> {
  const { stdout } = await runHere("fit", ...args, "--json");
  return fitResult.parse(JSON.parse(stdout));
}

/** Each accepted slice by the rules of the fit, and by the exact ones that the contract refuses by. */
function expectAdmissible({ expiries }: FitResult): void {
  let previous: SviSlice | null = null;
  let before: ExactSlice | undefined;
  for (const { accepted, slice, years } of expiries) {
    if (!accepted) continue;
    expect(sliceFault(slice!, previous)).toBeNull();
    const exact = exactSlice(slice!, years);
    expect(sviRefusal(exact, before === undefined ? {} : { before })).toBeNull();
    [previous, before] = [slice, exact];
  }
}

function exactSlice({ a, b, rho, m, sigma }: SviSlice, years: number): ExactSlice {
  const wad = (value: number): bigint => parseSignedWad(value.toFixed(18));
  return { a: wad(a), b: wad(b), rho: wad(rho), m: wad(m), sigma: wad(sigma), yearsWad: wad(years) };
}

function parseSignedWad(text: string): bigint {
  return text.startsWith("-") ? -parseDecimal(text.slice(1), 18)! : parseDecimal(text, 18)!;
}

describe("./causeway fit", () => {
  it("fits real quotes of 2025 to a fraction of their spread, as admissible slices", async () => {
    const result = await fitted("--chain", CHAIN_2025);
    expect(result).toMatchObject({ accepted: 3, plot: null, quotedAt: "2025-12-30T17:31:15.944Z" });
    expectAdmissible(result);
    for (const [i, row] of result.expiries.entries()) {
      // Seen: 0.34, 0.49 and 0.71 points, with 94 of 101 between bid and ask.
      expect(row.rmseVolPoints).toBeLessThan([0.4, 0.55, 0.75][i]!);
      expect(row.insideSpread! / row.used).toBeGreaterThan(0.9);
      expect(row).toMatchObject({
        underlying: "BTC",
        forwardSource: "quoted",
        accepted: true,
        refused: null,
      });
      expect(row.used + Object.values(row.leftOut).reduce((sum, quotes) => sum + quotes, 0)).toBe(row.quotes);
      // Our volatility of the venue's prices is the venue's: forwards, years and units are understood.
      expect(row.markGapVolPoints).toBeLessThan(0.5);
      expect(Math.abs(row.parityGapBps!)).toBeLessThan(5);
    }
  });

  it("fits real quotes of 2020, in the venue's own columns", async () => {
    const result = await fitted("--chain", CHAIN_2020);
    expect(result).toMatchObject({ accepted: 2 });
    expectAdmissible(result);
    for (const { markGapVolPoints, rmseVolPoints } of result.expiries) {
      expect(markGapVolPoints).toBeLessThan(0.5);
      expect(rmseVolPoints).toBeLessThan(2);
    }
  });

  it.skipIf(!existsSync(SHARED)).each([
    ["deribit_options_20251230T173115Z.csv.gz", "BTC", 12],
    ["deribit_options_20251230T173115Z.csv.gz", "ETH", 12],
    ["deribit_options_20260205T155132Z.csv.gz", "BTC", 12],
    ["deribit_options_20260205T155132Z.csv.gz", "ETH", 12],
    ["deribit_btc_options_20200522.csv", "BTC", 7],
  ])(
    "fits the whole of %s, %s (skipped without ../shared/data)",
    async (name, underlying, expiries) => {
      const result = await fitted("--chain", join(SHARED, name), "--underlying", underlying);
      expectAdmissible(result);
      expect(result).toMatchObject({ accepted: expiries });
      // One to two seconds on a quiet machine.
    },
    30_000,
  );

  it("reads gzip, and prints the same table for the same file", async () => {
    const text = await readFile(CHAIN_2025, "utf8");
    const file = await chainFile("chain.gz", gzipSync(text));
    const [first, second] = [await runHere("fit", "--chain", file), await runHere("fit", "--chain", file)];
    expect(first.code).toBe(0);
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout).toMatch(/^BTC 2026-01-30 +30\.60 +88911\.04/m);
    expect(first.stdout).toContain("accepted: 3 of 3");
    expect(first.stderr).toContain("BTC 2026-03-27: ");
  });

  it("plots every expiry", async () => {
    const file = join(folder, "smiles.svg");
    const { expiries, plot } = await fitted("--chain", CHAIN_2025, "--plot", file);
    expect(plot).toBe(file);
    const svg = await readFile(file, "utf8");
    const used = expiries.reduce((sum, row) => sum + row.used, 0);
    expect(svg.match(/<circle/g)).toHaveLength(used + 1);
    // One line an expiry and two of the legend.
    expect(svg.match(/<polyline/g)).toHaveLength(expiries.length + 2);
    expect(svg).toContain("BTC 2026-01-02, 2.6 days");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("writes the surfaces that the relayer takes, each slice acceptable between its neighbours", async () => {
    const file = join(folder, "surfaces.json");
    const { surfaces, expiries } = await fitted("--chain", CHAIN_2025, "--surfaces", file);
    expect(surfaces).toBe(file);
    const slices = readSurfaces(file).get("BTC")!;
    expect(slices.map(({ expiry }) => expiry)).toEqual(
      expiries.map(({ expiry }) => Date.parse(expiry) / 1_000),
    );
    let before: ExactSlice | undefined;
    slices.forEach(({ parameters, forwardRatioWad, discountWad }, i) => {
      if (parameters.model !== "svi") throw new Error(`a slice of ${parameters.model}`);
      const { slice, years, forward } = expiries[i]!;
      for (const [name, value] of Object.entries({ ...slice!, yearsWad: years }))
        expect(Number(parameters.slice[name as keyof ExactSlice]) / 1e18).toBeCloseTo(value, 15);
      expect(sviRefusal(parameters.slice, before === undefined ? {} : { before })).toBeNull();
      before = parameters.slice;
      // The index stood between 88,520 and 88,530.
      expect(Number(forwardRatioWad) / 1e18).toBeCloseTo(forward! / 88_525, 4);
      expect(Number(forwardRatioWad * discountWad) / 1e36).toBeCloseTo(1, 15);
    });
    expect(Number(slices[2]!.forwardRatioWad)).toBeGreaterThan(Number(slices[0]!.forwardRatioWad));
  });

  it("writes no surfaces without spots", async () => {
    const chain = await chainFile(
      "spotless.csv",
      (await readFile(CHAIN_2025, "utf8")).replace("index_price", "x"),
    );
    const file = join(folder, "none.json");
    const { code, stderr } = await runHere("fit", "--chain", chain, "--surfaces", file);
    expect({ code, written: existsSync(file) }).toEqual({ code: 2, written: false });
    expect(stderr).toContain("found no spot, expected a column index_price");
  });

  it("exits 1 when an expiry has no accepted slice, and says why", async () => {
    const file = await chainFile("few.csv", `${HEADER}\n${ROW}\n`);
    const { code, stdout } = await runHere("fit", "--chain", file, "--plot", join(folder, "few.svg"));
    expect(code).toBe(1);
    expect(stdout).toContain("BTC 2026-03-27: too few quotes: 1 of the 5");
  });

  it.each([
    ["a missing file", ["--chain", "/nowhere/chain.csv"], 3070, "/nowhere/chain.csv"],
    ["no file", [], 5001, "required option '--chain <file>' not given"],
    [
      "an underlying that is not there",
      ["--chain", CHAIN_2025, "--underlying", "ETH"],
      3072,
      "expected one of BTC",
    ],
    [
      "a plot that cannot be written",
      ["--chain", CHAIN_2020, "--plot", "/nowhere/plot.svg"],
      5050,
      "/nowhere/plot.svg",
    ],
  ])("exits 2 for %s", async (_, args, errorCode, text) => {
    const { code, stdout } = await runHere("fit", ...args, "--json");
    const { error } = failure.parse(JSON.parse(stdout));
    expect({ code, error: error.code }).toEqual({ code: 2, error: errorCode });
    expect(error.message).toContain(text);
  });

  const change = (from: string, to: string): string => `${HEADER}\n${ROW}\n${ROW.replace(from, to)}\n`;
  it.each([
    [
      "a price",
      change("0.011", "cheap"),
      "3, ask_price: found cheap, expected a decimal of at least 0, or nothing",
    ],
    [
      "a negative price",
      change("0.011", "-1"),
      "3, ask_price: found -1, expected a decimal of at least 0, or nothing",
    ],
    ["a strike", change("90000.0", "0"), "3, strike: found 0, expected a decimal above 0"],
    [
      "another strike",
      change("90000.0", "91000"),
      "3, strike: found 91000, expected 90000, as in the instrument's name",
    ],
    [
      "another right",
      change(",call,", ",put,"),
      "3, option_type: found put, expected call, as in the instrument's name",
    ],
    ["no right", change(",call,", ",straddle,"), "3, option_type: found straddle, expected call or put"],
    [
      "a time",
      change("2026-02-05T15:51:32+00:00", "noon"),
      "3, timestamp: found noon, expected an instant such as",
    ],
    [
      "no name",
      change("BTC-27MAR26-90000-C", "BTC"),
      "3, instrument_name: found BTC, expected an option settled in coin",
    ],
    [
      "a linear option",
      change("BTC-27MAR26", "BTC_USDC-27MAR26"),
      "3, instrument_name: found BTC_USDC-27MAR26",
    ],
    ["a short line", `${HEADER}\n${ROW}\n1,2\n`, "3, row: found 2 values, expected 10, as the header has"],
    ["an open quote", `${HEADER}\n"${ROW}\n`, ", row: found"],
    ["no strikes", `${HEADER.replace("strike,", "")}\n`, "1, header: found timestamp,instrument_name"],
    ["no options", `${HEADER}\n`, "1, row: found no options, expected at least one option after the header"],
    ["nothing", "", "1, header: found an empty file, expected a header"],
  ])("names file, line, column, found and expected: %s", async (_, content, text) => {
    const file = await chainFile("bad.csv", content);
    const { code, stdout, stderr } = await runHere("fit", "--chain", file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`error 3071: ${file}:`);
    expect(stderr).toContain(text);
  });

  it("prints its schema", async () => {
    const { code, stdout } = await runHere("fit", "--schema");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      properties: { expiries: {}, accepted: {} },
      $defs: { input: { properties: { chain: {}, underlying: {}, plot: {}, surfaces: {} } } },
    });
  });
});
