import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { erc20Abi } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { causewayErrorAbi } from "../../chains/deploy/causeway.ts";
import { causewayJobs } from "../../relayer/causewayJobs.ts";
import { type Relayer, startRelayer } from "../../relayer/main.ts";
import { settled } from "../../relayer/settled.ts";
import type { FaultPoint } from "../../relayer/submit/faults.ts";
import { checkRequirements, countInFlight, readNetwork, snapshotLedger } from "../../scripts/checks/index.ts";
import { tokenAmount } from "../../scripts/demo/deposit.ts";
import { type DemoNetwork, demoNetwork, hubPlace } from "../../scripts/demo/network.ts";
import { createReplayPrices } from "../../scripts/demo/replayPrices.ts";
import { resendEverything } from "../../scripts/demo/resend.ts";
import { writePrices } from "../../scripts/devnet/pricesFile.ts";
import { depositCalls, mintCall } from "../../scripts/trader/depositCalls.ts";
import { withdrawalData } from "../../scripts/trader/withdrawalData.ts";
import {
  type ClearingNetwork,
  ETH_PRICE,
  HUB,
  SPOKE,
  startClearingNetwork,
} from "./support/clearingNetwork.ts";
import { expectIntents, type IntentRecord, isPending, movesMoney, readIntents } from "./support/intents.ts";
import { queueKinds, startTestQueue, type TestQueue } from "./support/queues.ts";

/*
 * A relayer on real chains is killed at the worst moments, with deposits and withdrawals under way. Started again, it has to go on as if
 * nothing had been: nothing lost, nothing twice.
 */

const script = fileURLToPath(new URL("./support/crashingRelayer.ts", import.meta.url));
const DEPOSIT_CENTS = 10_000n;
/** When it is killed: the how-manieth time that it gets there. */
const points = [
  { point: "afterNonceClaimed", times: 2 },
  { point: "afterSigned", times: 2 },
  { point: "afterBroadcast", times: 3 },
  { point: "beforeReceipt", times: 2 },
] as const;
/** Shared units of the settlement asset. */
const WITHDRAWN = 25_000_000n;

let clearing: ClearingNetwork;
let redis: TestQueue | undefined;
let pricesFile: string;
/** Reads, and gives the wallets heads; sends nothing, and has a database of its own. */
let spectator: Relayer;
let running: Relayer | undefined;
let child: ChildProcess | undefined;
let rounds = 0;
/** What each relayer that was killed left unfinished. */
let leftBehind: { point: FaultPoint; left: readonly IntentRecord[] }[] = [];

/** What the relayers keep their jobs in: the one given, or, empty, the embedded database. */
const environment = () => ({ REDIS_URL: redis?.redisUrl ?? "", DATABASE_URL: "" });
const log = () => clearing.network.relayer.context.log;
const networkOf = (relayer: Relayer): DemoNetwork => demoNetwork({ ...clearing.devnet, relayer }, 1);

/** A relayer that kills itself the `times`-th time it comes to `point`. Resolves when it runs. */
async function startCrashing(point: FaultPoint, times: number): Promise<ChildProcess> {
  const args = [script, clearing.devnet.local.configFile, pricesFile, point, String(times)];
  const started = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment() },
  });
  child = started;
  await once(createInterface({ input: started.stdout }), "line");
  return started;
}

async function restart(): Promise<Relayer> {
  const { local, deployments } = clearing.devnet;
  running = await startRelayer({
    config: local.config,
    deployments,
    log: log(),
    jobs: causewayJobs({ prices: createReplayPrices(new Map([["ETH", ETH_PRICE]])) }),
    errorAbi: causewayErrorAbi,
  });
  return running;
}

/** Bob deposits on the spoke. */
async function deposit(network: DemoNetwork): Promise<void> {
  const { bob } = clearing;
  const { deployment, definition } = network.chain(SPOKE);
  const { symbol } = settlementAsset;
  const { decimals } = definition.tokens.find((token) => token.symbol === symbol)!;
  const amount = tokenAmount(DEPOSIT_CENTS, decimals, 10n ** 18n);
  const contracts = deployment.causeway;
  await network.deployer(SPOKE).submit(mintCall(contracts.tokens[symbol]!, bob.owner.address, amount));
  for (const call of depositCalls({ contracts, asset: symbol, account: bob.id, amount }))
    await network.wallet(SPOKE, bob.owner).submit(call);
}

/** Alice asks to be paid on the spoke, by a signature. */
async function withdraw(network: DemoNetwork, nonce: bigint): Promise<void> {
  const { alice } = clearing;
  const order = {
    account: alice.id,
    asset: settlementAsset.id,
    amount: WITHDRAWN,
    dstEid: network.chain(SPOKE).definition.eid,
    recipient: alice.owner.address,
    minimum: WITHDRAWN,
    deadline: Number(await network.hubTime()) + 86_400,
    nonce,
  };
  const data = await withdrawalData(hubPlace(network), alice.owner, order);
  await network.courier(HUB).submit({ label: "withdrawal", to: network.hub.clearingHub, data });
}

/** What Bob has at the hub, and what Alice has in her pocket on the spoke, in shared units. */
async function readMoney(network: DemoNetwork) {
  const { alice, bob } = clearing;
  const { deployment, definition, client } = network.chain(SPOKE);
  const { symbol, id, sharedDecimals } = settlementAsset;
  const { decimals } = definition.tokens.find((token) => token.symbol === symbol)!;
  const [bobs, alices] = await Promise.all([
    network.chain(HUB).client.readContract({
      address: network.hub.clearingHub,
      abi: clearingHubAbi,
      functionName: "balanceOf",
      args: [bob.id, id],
    }),
    client.readContract({
      address: deployment.causeway.tokens[symbol]!,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [alice.owner.address],
    }),
  ]);
  return { bobs, alices: alices / 10n ** BigInt(decimals - sharedDecimals) };
}

describe.each(queueKinds)("with the queue on %s", (kind) => {
  beforeAll(async () => {
    rounds = 0;
    leftBehind = [];
    if (kind === "redis") redis = await startTestQueue(kind);
    clearing = await startClearingNetwork({ local: { environment: environment() } });
    const { local, deployments } = clearing.devnet;
    // Everything once, with names: sending it again teaches nobody anything from then on.
    await resendEverything(clearing.network, clearing.checked);
    await clearing.devnet.relayer.stop();
    pricesFile = join(local.config.dataFolder, "prices.json");
    writePrices(pricesFile, new Map([["ETH", ETH_PRICE]]));
    const dataFolder = join(local.config.dataFolder, "spectator");
    const config = { ...local.config, dataFolder, redisUrl: undefined };
    spectator = await startRelayer({ config, deployments, log: log(), jobs: [] });
  });
  afterEach(async () => {
    child?.kill("SIGKILL");
    await running?.stop();
    running = undefined;
  });
  afterAll(async () => {
    await spectator?.stop();
    await clearing?.devnet.stop();
    await redis?.stop();
    redis = undefined;
  });

  test.each(points)(
    "killed $point and started again, it loses nothing and does nothing twice (CLR-01, CLR-02, CLR-03, CLR-04, CLR-10)",
    async ({ point, times }) => {
      rounds += 1;
      const before = await readMoney(networkOf(spectator));
      const crashing = await startCrashing(point, times);
      const killed = once(crashing, "exit");
      const watching = networkOf(spectator);
      await Promise.all([deposit(watching), withdraw(watching, BigInt(rounds))]);
      expect(await killed).toEqual([null, "SIGKILL"]);

      const left = (await readIntents(clearing.devnet.local.config)).filter(isPending);
      // Nothing that a kill left is still there at the next.
      const earlier = leftBehind.flatMap((kill) => kill.left.map(({ id }) => id));
      expect(left.map(({ id }) => id).filter((id) => earlier.includes(id))).toEqual([]);
      leftBehind.push({ point, left });
      expect(left.map(({ label }) => label).filter(movesMoney)).not.toEqual([]);
      const relayer = await restart();
      const network = networkOf(relayer);
      await relayer.drain();
      await settled(relayer.context);
      expect(countInFlight(await readNetwork(clearing.checked))).toEqual({
        deposits: 0,
        pairs: 0,
        payouts: 0,
        payoutResults: 0,
      });
      expect(await readMoney(network)).toEqual({
        bobs: before.bobs + DEPOSIT_CENTS * 10_000n,
        alices: before.alices + WITHDRAWN,
      });

      const snapshot = await snapshotLedger(clearing.checked);
      await resendEverything(network, clearing.checked);
      const checks = await checkRequirements(clearing.checked, { before: snapshot });
      const ids = checks.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(["CLR-01", "CLR-02", "CLR-03", "CLR-04", "CLR-10"]));
      expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    },
  );

  test("what was signed before a kill was sent as it was, and what was not was given up", async () => {
    const intents = await expectIntents(clearing.devnet.local.config);
    expect(leftBehind).toHaveLength(points.length);
    for (const { point, left } of leftBehind) {
      for (const { id, hashes } of left) {
        const ended = intents.find((intent) => intent.id === id)!;
        // A transaction that does nothing has its nonce.
        if (hashes.length === 0) expect(ended.state).toBe("cancelled");
        else expect(ended.hashes.slice(0, hashes.length)).toEqual(hashes);
        expect(isPending(ended)).toBe(false);
      }
      if (point === "afterNonceClaimed") expect(left.some(({ hashes }) => hashes.length === 0)).toBe(true);
    }
  });
});
