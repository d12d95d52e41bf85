import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Hex } from "viem";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { causewayErrorAbi, deployCauseway } from "../../chains/deploy/causeway.ts";
import { createChainWriter } from "../../chains/deploy/chainWriter.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork, type Network } from "../../chains/deploy/network.ts";
import { wire } from "../../chains/deploy/wire.ts";
import { type LocalNetwork, startLocalNetwork } from "../../chains/local/startLocalNetwork.ts";
import type { Deployment } from "../../chains/types.ts";
import { accountId } from "../../clearing/codec/accountId.ts";
import { openDatabase, type RelayerDatabase } from "../../relayer/database/connect.ts";
import { buildContracts } from "../../scripts/build.ts";
import { depositCalls, mintCall } from "../../scripts/trader/depositCalls.ts";
import { type RunningCauseway, startCauseway } from "./support/causeway.ts";
import { expectIntents } from "./support/intents.ts";

/* `./causeway relayer` as its operators run it, two of them with one key on one database. */

const HUB = 0;
const SPOKE = 1;
const TOKENS = 1_000n;

let local: LocalNetwork;
let network: Network;
let deployments: readonly Deployment[];
let database: RelayerDatabase;
const folder = mkdtempSync(join(tmpdir(), "causeway-standby-"));

beforeAll(async () => {
  await buildContracts(() => undefined);
  local = await startLocalNetwork({ chains: 2 });
  network = await connectNetwork(local.config, causewayErrorAbi);
  await deployLayerZero(network);
  deployments = await deployCauseway(network);
  await wire(network);
  database = await openDatabase({
    databaseUrl: undefined,
    dataFolder: folder,
    log: pino({ level: "silent" }),
  });
});
afterAll(async () => {
  await database?.close();
  await local?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let running: RunningCauseway[] = [];
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
});

function startRelaying(): RunningCauseway {
  const args = ["relayer", "--config", local.configFile, "--verbose", "--json"];
  const started = startCauseway(args, { DATABASE_URL: database.url });
  running.push(started);
  return started;
}

const depositor = () => local.accounts[0]!;
const account = (): Hex => accountId(depositor().address, deployments[HUB]!.eid);

/** Deposits on the spoke, and resolves when the hub has it. */
async function deposit(): Promise<void> {
  const { definition, client } = network.chains[SPOKE]!;
  const contracts = deployments[SPOKE]!.causeway!;
  const { symbol, id } = settlementAsset;
  const { decimals } = definition.tokens.find((token) => token.symbol === symbol)!;
  const amount = TOKENS * 10n ** BigInt(decimals);
  const writer = createChainWriter({
    chain: definition.name,
    client,
    account: depositor(),
    timeoutMs: 30_000,
    errorAbi: causewayErrorAbi,
  });
  const before = await balance(id);
  const token = contracts.tokens[symbol]!;
  const calls = [
    mintCall(token, depositor().address, amount),
    ...depositCalls({ contracts, asset: symbol, account: account(), amount }),
  ];
  for (const { label, to, data } of calls) await writer.send([{ what: label, to, data }]);
  while ((await balance(id)) === before) await new Promise((resolve) => setTimeout(resolve, 100));
}

function balance(asset: number): Promise<bigint> {
  return network.chains[HUB]!.client.readContract({
    address: deployments[HUB]!.causeway!.hub!.clearingHub,
    abi: clearingHubAbi,
    functionName: "balanceOf",
    args: [account(), asset],
  });
}

test("the second stands by, takes over when the first is killed, and stops in order", async () => {
  const first = startRelaying();
  await first.says('"msg":"relaying"');
  const second = startRelaying();
  await second.says("standing by");
  await deposit();
  first.child.kill("SIGKILL");
  await second.says('"msg":"relaying"');
  await deposit();
  second.child.kill("SIGTERM");
  const { code, stdout, stderr } = await second.ended;
  expect(code).toBe(143);
  expect(stderr).toContain('"msg":"stopped"');
  const [ready] = stdout.split("\n}\n");
  expect(JSON.parse(`${ready}\n}`)).toMatchObject({
    address: local.config.accounts.relayer.address,
    chains: deployments.map(({ chain, eid }) => ({ name: chain, eid })),
    database: "DATABASE_URL",
  });
  await expectIntents({ ...local.config, databaseUrl: database.url });
});

test("one that waits can be stopped", async () => {
  const first = startRelaying();
  await first.says('"msg":"relaying"');
  const second = startRelaying();
  await second.says("standing by");
  second.child.kill("SIGINT");
  expect((await second.ended).code).toBe(130);
  first.child.kill("SIGTERM");
  expect((await first.ended).code).toBe(143);
});
