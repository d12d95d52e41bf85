import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectChain } from "../../chains/clients.ts";
import type { ConfigFile } from "../../chains/config.ts";
import { getChain } from "../../chains/definitions/index.ts";
import { buildContracts } from "../../scripts/build.ts";
import { failure } from "../../scripts/schema/common.ts";
import { demoResult } from "../../scripts/schema/demo.ts";
import { type RunningCauseway, startCauseway } from "./support/causeway.ts";

/*
 * The main job as a newcomer runs it: the command line in a process of its own, real LayerZero on real local chains.
 */

const tape = fileURLToPath(new URL("../../scripts/demo/sampleTape.csv", import.meta.url));
const STOP_MS = 8_000;

/** The run's own folder for temporary files: what is in it at the end, the run left behind. */
let temporary: string;
// Once, rather than while the demo is timed.
beforeAll(() => buildContracts(() => undefined));
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "causeway-demo-test-"));
});
afterEach(() => rm(temporary, { recursive: true }));

describe("./causeway demo", () => {
  test("clears the sample tape over two chains and leaves nothing behind", async () => {
    const demo = startDemo("--json");
    await demo.says("local chains");
    await demo.says("Causeway deployed");
    const chains = await runningChains();
    const { code, stdout, stderr } = await demo.ended;
    // What failed is on stdout.
    expect({ code, stderr, failed: code === 0 ? "" : stdout }).toEqual({
      code: 0,
      stderr: expect.stringContaining("trades recorded"),
      failed: "",
    });

    const result = demoResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ chains: 2, traders: 12, tape: "sampleTape.csv" });
    expect(result.trades).toBeGreaterThanOrEqual(300);
    expect(result.trades + result.skipped).toBe(640);
    expect(result.messages.sent).toBeGreaterThan(0);
    expect(result.messages.delivered).toBe(result.messages.sent);
    expect(result.withdrawals).toEqual({ requested: 12, paid: 12 });
    expect(result.invariants.filter(({ holds }) => !holds)).toEqual([]);
    expect(result.invariants.map(({ id }) => id)).toEqual([
      "CLR-01",
      "CLR-02",
      "CLR-03",
      "CLR-04",
      "CLR-05",
      "CLR-06",
      "CLR-09",
      "CLR-10",
    ]);
    expect(Number(result.margin.savedUsd)).toBeGreaterThan(0);
    expect(Number(result.margin.grossUsd) - Number(result.margin.netUsd)).toBeCloseTo(
      Number(result.margin.savedUsd),
      4,
    );
    expect(result.perTrader).toHaveLength(12);
    for (const { home, paidOn } of result.perTrader) expect(paidOn).not.toBe(home);
    await expectGone(chains);
  });

  test.each([
    ["SIGINT", "Causeway deployed", 130],
    ["SIGTERM", "deposits credited at the hub", 143],
  ] as const)('ends in order at %s after "%s"', async (signal, when, exitCode) => {
    const demo = startDemo("--json");
    await demo.says(when);
    const chains = await runningChains();
    const sentAt = performance.now();
    demo.child.kill(signal);
    const { code, stdout, stderr } = await demo.ended;
    expect({ code, stderr }).toEqual({
      code: exitCode,
      stderr: expect.stringContaining(`${signal}: stopping`),
    });
    expect(performance.now() - sentAt).toBeLessThan(STOP_MS);
    expect(failure.parse(JSON.parse(stdout)).error).toMatchObject({ code: 5012, details: { signal } });
    await expectGone(chains);
  });
});

function startDemo(...more: string[]): RunningCauseway {
  return startCauseway(["demo", "--chains", "2", "--tape", tape, ...more], { TMPDIR: temporary });
}

interface RunningChain {
  name: string;
  rpcUrl: string;
}

/** The chains of the run, as the configuration in its temporary folder tells them. */
async function runningChains(): Promise<RunningChain[]> {
  const [folder] = await readdir(temporary);
  const config: ConfigFile = JSON.parse(await readFile(join(temporary, folder!, "causeway.json"), "utf8"));
  const chains = Object.entries(config.chains).map(([name, { rpcUrls }]) => ({ name, rpcUrl: rpcUrls[0]! }));
  expect(chains).toHaveLength(2);
  for (const chain of chains) await connect(chain);
  return chains;
}

async function expectGone(chains: readonly RunningChain[]): Promise<void> {
  expect(await readdir(temporary)).toEqual([]);
  for (const chain of chains) await expect(connect(chain)).rejects.toMatchObject({ kind: "RpcUnreachable" });
}

function connect({ name, rpcUrl }: RunningChain) {
  return connectChain({ ...getChain(name), rpcUrls: [rpcUrl] }, 1_000);
}
