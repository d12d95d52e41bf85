import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSampleTapeStale, sampleTapeFile } from "../generate/sampleTape.ts";
import { failure } from "../schema/common.ts";
import { netResult } from "../schema/net.ts";
import { runHere } from "./runHere.ts";

const realTape = fileURLToPath(
  new URL("../../../shared/data/tape_hyperliquid_20251027.csv.gz", import.meta.url),
);
const HEADER = "time,instrument,buyer,seller,size,price";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-net-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function tapeFile(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe("./causeway net", () => {
  const golden = [
    `${HEADER},chain`,
    "1,BTC-PERP,alice,bob,10,59000,arbitrum",
    "2.5,BTC-PERP,carol,alice,8,60000,base",
  ].join("\n");

  it("reports the golden row of the risk model, plain or gzip", async () => {
    const files = [await tapeFile("golden.csv", golden), await tapeFile("golden.gz", gzipSync(golden))];
    for (const file of files) {
      const { code, stdout, stderr } = await runHere("net", "--tape", file, "--json");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const report = netResult.parse(JSON.parse(stdout));
      expect(report).toMatchObject({ trades: 2, skipped: 0, accounts: 3, instruments: 1, chains: 2 });
      // Gross: 18 of alice, 10 of bob, 8 of carol; net: 2, 10, 8.
      expect(report.netting).toEqual({ grossUsd: "2160000", netUsd: "1200000", efficiency: 0.444444 });
      // Alice 162,000 chain by chain, 20,400 netted; bob 90,000 and carol 72,000 either way.
      expect(report.margin).toEqual({ grossUsd: "324000", netUsd: "182400", savedUsd: "141600" });
      expect(report.perInstrument).toEqual([
        { instrument: "BTC-PERP", trades: 2, volumeUsd: "1070000", mark: "60000", ...report.netting },
      ]);
    }
  });

  it("reports the sample tape as a table and with its traders only", async () => {
    const all = await runHere("net", "--tape", sampleTapeFile);
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/640 trades \(0 skipped\)/);
    expect(all.stdout).toMatch(/initial margin +[\d,]+\.\d\d/);
    const few = await runHere("net", "--tape", sampleTapeFile, "--traders", "12", "--chains", "5", "--json");
    const report = netResult.parse(JSON.parse(few.stdout));
    expect(report).toMatchObject({ accounts: 16, instruments: 8, chains: 5 });
    expect(report.trades).toBeGreaterThanOrEqual(300);
    expect(report.trades + report.skipped).toBe(640);
    expect(report.netting.efficiency).toBeGreaterThan(0.2);
  });

  it.skipIf(!existsSync(realTape))("reports the real tape (skipped without ../shared/data)", async () => {
    const { stdout } = await runHere("net", "--tape", realTape, "--json");
    expect(netResult.parse(JSON.parse(stdout))).toMatchObject({ trades: 3641, accounts: 899, skipped: 0 });
  });

  it.each([
    ["a missing file", ["--tape", "/nowhere/tape.csv"], "TapeUnreadable", 3008],
    ["no file", [], "required option '--tape <file>' not given", 5001],
    ["a wrong number of chains", ["--tape", "x", "--chains", "none"], "Found none", 5001],
    ["no chains", ["--tape", "x", "--chains", "0"], "Found 0", 5001],
    ["an unknown option", ["--frobnicate"], "unknown option '--frobnicate'", 5001],
  ])("exits 2 for %s", async (_, args, text, errorCode) => {
    const { code, stdout } = await runHere("net", ...args, "--json");
    expect(code).toBe(2);
    const { error } = failure.parse(JSON.parse(stdout));
    expect(error.code).toBe(errorCode);
    if (errorCode === 5001) expect(error.message).toContain(text);
  });

  it("names file, line, found and expected of a malformed line, on stderr", async () => {
    const file = await tapeFile(
      "bad.csv",
      [HEADER, "1,BTC-PERP,a,b,1,2", "2,BTC-PERP,a,b,many,2"].join("\n"),
    );
    const { code, stdout, stderr } = await runHere("net", "--tape", file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`${file}:3, size: found many, expected a positive decimal`);
  });

  it("prints its schema", async () => {
    const { code, stdout } = await runHere("net", "--schema");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      properties: { netting: {}, margin: {}, perInstrument: {} },
      $defs: { input: { properties: { tape: {} } } },
    });
  });
});

describe("./causeway", () => {
  it("exits 2 without a command and for an unknown one", async () => {
    expect((await runHere()).code).toBe(2);
    const unknown = await runHere("nett");
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toContain("unknown command 'nett'");
  });
});

describe("the sample tape", () => {
  it("is what its generator gives", async () => {
    expect(await isSampleTapeStale()).toBe(false);
  });
});
