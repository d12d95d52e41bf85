import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigFile } from "../../chains/config.ts";
import { type LocalNetwork, startLocalNetwork } from "../../chains/local/startLocalNetwork.ts";
import { buildContracts } from "../../scripts/build.ts";
import { commands } from "../../scripts/commands/list.ts";
import { localOracle } from "../../scripts/devnet/localMarket.ts";
import { failure } from "../../scripts/schema/common.ts";
import { deployResult, wireResult } from "../../scripts/schema/network.ts";
import { type CausewayRun, causeway } from "./support/causeway.ts";

/*
 * The command line as its users run it, in a process of its own: what it deploys and wires, and what it says to bad input.
 */

/** A key that owns nothing. */
const POOR = `0x${"42".repeat(32)}` as const;

let local: LocalNetwork;
/** For the files that the tests write. */
let folder: string;

beforeAll(async () => {
  // Once, rather than in each process of its own.
  await buildContracts(() => undefined);
  folder = await mkdtemp(join(tmpdir(), "causeway-commands-"));
  local = await startLocalNetwork({
    chains: 2,
    markets: [
      {
        underlying: "ETH",
        priceScanRangeWad: 10n ** 17n,
        venueRateWad: 10n ** 15n,
        ratePpm: 150_000n,
        feePpm: 300n,
        maxBase: 10n ** 12n,
        oracle: localOracle(4_000n * 10n ** 18n),
      },
    ],
  });
});
afterAll(async () => {
  await local?.stop();
  await rm(folder, { recursive: true });
});

describe("bad input ends with code 2 and says what to do, on stderr or as JSON on stdout", () => {
  const rows: {
    what: string;
    args: () => Promise<string[]>;
    code: number;
    message: () => string;
    hint: RegExp;
  }[] = [
    {
      what: "an unknown configuration key",
      args: async () => deployWith("key.json", { timings: { reportIntervalsMs: 1 } }),
      code: 1002,
      message: () => "Configuration key timings.reportIntervalsMs is not known",
      hint: /^Remove or rename timings\.reportIntervalsMs in .*key\.json\.$/,
    },
    {
      what: "a wrong configuration value",
      args: async () => deployWith("value.json", { maxPriceAgeSeconds: -1 }),
      code: 1001,
      message: () => "Configuration key maxPriceAgeSeconds: found -1, expected",
      hint: /^Correct maxPriceAgeSeconds in .*value\.json\.$/,
    },
    {
      what: "an unknown chain",
      args: async () => deployWith("chain.json", { chains: { mars: { rpcUrls: ["http://127.0.0.1:1"] } } }),
      code: 2001,
      message: () => "Unknown chain mars: expected one of local-hub, local-a",
      hint: /^Use a known chain's name/,
    },
    {
      what: "an RPC endpoint that does not answer",
      args: async () =>
        deployWith("rpc.json", { chains: { "local-a": { rpcUrls: ["http://127.0.0.1:1/secret"] } } }),
      code: 2002,
      message: () => "The RPC endpoint of local-a does not answer (http://127.0.0.1:1)",
      hint: /^Check that the node runs and that chains\.local-a\.rpcUrls is right\.$/,
    },
    {
      what: "a key without ether",
      args: async () => deployWith("poor.json", { keys: { deployer: { privateKey: POOR } } }),
      code: 2004,
      message: () => `${privateKeyToAddress(POOR)} has 0 wei on local-`,
      hint: /^Send native tokens to 0x\w{40} on local-[a-z]+ and run the command again\.$/,
    },
    {
      what: "wire before deploy",
      args: async () => ["wire", "--config", await configFile("early.json", {})],
      code: 2005,
      message: () => `There is no deployment record for local-hub in ${folder}`,
      hint: /^Run `\.\/causeway deploy` for this configuration first\.$/,
    },
    {
      what: "a malformed line of the tape",
      args: async () => ["demo", "--tape", await badTape()],
      code: 3004,
      message: () => `${join(folder, "tape.csv")}:3, size: found many, expected a positive decimal`,
      hint: /^Correct the line; columns are time,instrument,buyer,seller,size,price\[,chain\]\.$/,
    },
    {
      what: "a number of chains that there are not",
      args: async () => ["demo", "--chains", "9"],
      code: 5001,
      message: () => "Found 9, expected a whole number from 2 to 8.",
      hint: /^See `\.\/causeway demo --help`\.$/,
    },
  ];

  test.each(rows)("$what", async ({ args, code, message, hint }) => {
    const given = await args();
    const [human, json] = await Promise.all([causeway(given), causeway([...given, "--json"])]);
    expect(human).toMatchObject({ code: 2, stdout: "" });
    expect(human.stderr).toMatch(new RegExp(`^error ${code}: `, "m"));
    expect(human.stderr).toContain(message());

    expect(json.code).toBe(2);
    const { error } = failure.parse(JSON.parse(json.stdout));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message());
    expect(error.hint).toMatch(hint);
    expect(/^ {2}hint: (.*)$/m.exec(human.stderr)?.[1]).toMatch(hint);
    expect(`${human.stderr}${json.stdout}${json.stderr}`).not.toMatch(/secret|4242/);
  });
});

describe("./causeway deploy and wire", () => {
  test("do what is left to do: nothing, the second time", async () => {
    const first = deployResult.parse(await result("deploy"));
    expect(first.transactions).toBeGreaterThan(0);
    expect(first.chains.map(({ chain, hub }) => [chain, hub !== undefined])).toEqual([
      ["local-hub", true],
      ["local-a", false],
    ]);
    const before = await causeway(["wire", "--config", local.configFile, "--check"]);
    expect(before, before.stderr).toMatchObject({ code: 1 });
    expect(before.stderr).toBe("");
    expect(before.stdout).toMatch(
      /^FAILED peers: on local-a, the vault's peer on local-hub is none, expected 0x\w+\.\n {2}next: Set it/m,
    );
    expect(before.stdout).toMatch(/: 0 transactions sent, \d+ of \d+ checks hold\n$/);

    const wired = wireResult.parse(await result("wire"));
    expect(wired.transactions).toBeGreaterThan(0);
    expect(wired.chains).toEqual(["local-hub", "local-a"]);
    expect(await result("wire", "--check")).toEqual({ ...wired, transactions: 0 });

    expect(await result("deploy")).toEqual({ ...first, transactions: 0 });
    expect(await result("wire")).toEqual({ ...wired, transactions: 0 });
    const { code, stdout } = await causeway(["wire", "--config", local.configFile]);
    const all = wired.checks.length;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `local-hub, local-a: 0 transactions sent, ${all} of ${all} checks hold\n`,
    });
  });
});

test("every command is listed by --help", async () => {
  const { code, stdout } = await causeway(["--help"]);
  expect(code).toBe(0);
  for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
});

async function result(command: "deploy" | "wire", ...options: string[]): Promise<unknown> {
  const run: CausewayRun = await causeway([command, "--config", local.configFile, "--json", ...options]);
  expect(run).toMatchObject({ code: 0 });
  return JSON.parse(run.stdout);
}

async function deployWith(name: string, changes: Changes): Promise<string[]> {
  return ["deploy", "--config", await configFile(name, changes)];
}

type Changes = { [key in keyof ConfigFile]?: unknown };

/** Writes the local network's configuration with `changes` to its sections; its records go to the tests' folder. */
async function configFile(name: string, changes: Changes): Promise<string> {
  const config: Record<string, unknown> = JSON.parse(await readFile(local.configFile, "utf8"));
  for (const [key, change] of Object.entries(changes)) {
    const section = config[key];
    config[key] = typeof section === "object" ? { ...section, ...(change as object) } : change;
  }
  const file = join(folder, name);
  await writeFile(file, JSON.stringify({ ...config, deployments: `records-of-${name}` }));
  return file;
}

async function badTape(): Promise<string> {
  const file = join(folder, "tape.csv");
  const rows = ["time,instrument,buyer,seller,size,price", "1,BTC-PERP,a,b,1,2", "2,BTC-PERP,a,b,many,2"];
  await writeFile(file, rows.join("\n"));
  return file;
}
