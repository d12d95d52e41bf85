import { pino } from "pino";
import { type Abi, type Account, createTestClient, getAbiItem, type Hash, http } from "viem";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createChainWallet } from "../../chains/clients.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork } from "../../chains/deploy/network.ts";
import { wireLayerZero } from "../../chains/deploy/wireLayerZero.ts";
import { dvnAbi, endpointAbi, executorAbi } from "../../chains/layerzero/abi.ts";
import { type LocalNetwork, startLocalNetwork } from "../../chains/local/startLocalNetwork.ts";
import type { Deployment } from "../../chains/types.ts";
import type { RelayerSettings } from "../../relayer/context.ts";
import { openDatabase } from "../../relayer/database/connect.ts";
import { type Relayer, startRelayer } from "../../relayer/main.ts";
import { hashCallData } from "../../relayer/sign/signVerification.ts";
import {
  connectPings,
  deployPing,
  type PingChain,
  ping,
  pingAbi,
  timesReceived,
  writePing,
} from "./pingOApp.ts";

const ADMIN_ROLE = "0xa49807205ce4d355092ef5a8a18f56e8913cf4a201fbe287825b095693c21775";

let network: LocalNetwork;
let deployments: readonly Deployment[];
let chains: PingChain[];
let running: Relayer[] = [];

beforeAll(async () => {
  network = await startLocalNetwork({ chains: 3 });
  const { config } = network;
  const connected = await connectNetwork(config, [...endpointAbi, ...dvnAbi, ...executorAbi]);
  const records = await deployLayerZero(connected);
  await wireLayerZero(connected, records);
  deployments = [...records.values()];
  chains = await Promise.all(
    connected.chains.map(({ definition, client }) =>
      deployPing({
        eid: definition.eid,
        client,
        wallet: createChainWallet(definition, config.accounts.deployer, config.timings.rpcTimeoutMs),
        endpoint: records.get(definition.name)!.layerZero.endpoint,
      }),
    ),
  );
  await connectPings(chains);
}, 120_000);

afterEach(async () => {
  await Promise.all(running.map((relayer) => relayer.stop()));
  running = [];
  await writePing(chains[1]!, { functionName: "setRefusing", args: [false] });
});

afterAll(() => network?.stop());

async function start(
  options: { account?: Account; settings?: Partial<RelayerSettings>; databaseUrl?: string } = {},
): Promise<Relayer> {
  const { config } = network;
  const accounts = options.account ? { ...config.accounts, relayer: options.account } : config.accounts;
  const relayer = await startRelayer({
    config: { ...config, accounts, databaseUrl: options.databaseUrl } as typeof config,
    deployments,
    log: pino({ level: process.env.LOG_LEVEL ?? "silent" }, pino.destination(2)),
    errorAbi: pingAbi as Abi,
    // No sweep: everything must be delivered by what happens, not by looking again.
    settings: { sweepMs: 3_600_000, ...options.settings },
  });
  running.push(relayer);
  return relayer;
}

/** Reads at every new head until there is something. */
async function eventually<T>(
  relayer: Relayer,
  chain: PingChain,
  read: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    await relayer.context.chains.get(chain.eid)!.heads.next();
  }
}

/** The alerts that the endpoint logged for a message. */
async function alertsOf(chain: PingChain, guid: Hash) {
  const event = getAbiItem({ abi: endpointAbi, name: "LzReceiveAlert" });
  const logs = await chain.client.getLogs({ address: chain.endpoint, event, fromBlock: 0n, strict: true });
  return logs.filter(({ args }) => args.guid === guid);
}

async function expectReceivedOnce(chain: PingChain, guids: readonly Hash[]) {
  expect(await Promise.all(guids.map((guid) => timesReceived(chain, guid)))).toEqual(guids.map(() => 1n));
}

test("delivers messages between all pairs of chains, many at a time", async () => {
  const [a, b, c] = chains as [PingChain, PingChain, PingChain];
  const relayer = await start();
  const sent: [PingChain, Hash[]][] = [];
  for (const [from, to, times] of [
    [a, b, 25],
    [b, a, 25],
    [a, c, 1],
    [c, a, 10],
    [b, c, 2],
    [c, b, 1],
  ] as const) {
    sent.push([to, await ping(from, to, { times })]);
  }
  await relayer.drain();
  for (const [to, guids] of sent) await expectReceivedOnce(to, guids);
  const { sent: seen, delivered, latencyMs, queues } = relayer.stats();
  expect({ seen, delivered, samples: latencyMs.length }).toEqual({ seen: 64, delivered: 64, samples: 64 });
  expect(queues.verify).toMatchObject({ failed: 0 });
  expect(Math.min(...latencyMs)).toBeGreaterThan(0);
}, 60_000);

test("takes up what was sent while it did not run", async () => {
  const [a, b] = chains as [PingChain, PingChain];
  const guids = await ping(a, b, { times: 3 });
  const relayer = await start();
  await relayer.drain();
  await expectReceivedOnce(b, guids);
  expect(relayer.stats().latencyMs).toEqual([]);
}, 60_000);

test("a receive that reverts is put on record with its reason, and delivered once it can be", async () => {
  const [a, b] = chains as [PingChain, PingChain];
  const relayer = await start();
  await writePing(b, { functionName: "setRefusing", args: [true] });
  const [guid] = await ping(a, b);
  const alert = await eventually(relayer, b, async () => (await alertsOf(b, guid!))[0]);
  expect(alert.args.gas).toBe(150_000n);
  const failure = await eventually(relayer, b, () => relayer.context.packets.get(guid!)?.lastFailure);
  expect(failure.error).toBe("PingOApp_Refused");
  expect(await timesReceived(b, guid!)).toBe(0n);
  await writePing(b, { functionName: "setRefusing", args: [false] });
  expect(await relayer.whenDelivered(guid!)).toMatchObject({ guid, dstEid: b.eid });
  await expectReceivedOnce(b, [guid!]);
}, 60_000);

test("a message that fails does not hold up the later ones of its path", async () => {
  const [a, b] = chains as [PingChain, PingChain];
  const relayer = await start({ settings: { maxReceiveGas: 400_000n } });
  const [tooExpensive] = await ping(a, b, { burn: 1_000_000n });
  const [next] = await ping(a, b);
  await relayer.whenDelivered(next!);
  await expectReceivedOnce(b, [next!]);
  expect(await timesReceived(b, tooExpensive!)).toBe(0n);
  await relayer.stop();
  const generous = await start();
  await generous.whenDelivered(tooExpensive!);
  await expectReceivedOnce(b, [tooExpensive!]);
}, 60_000);

test("a receive that runs out of gas gets more", async () => {
  const [a, , c] = chains as [PingChain, PingChain, PingChain];
  const relayer = await start();
  const [guid] = await ping(c, a, { burn: 700_000n, gas: 60_000n });
  await relayer.whenDelivered(guid!);
  await expectReceivedOnce(a, [guid!]);
  const [alert] = await alertsOf(a, guid!);
  expect(alert?.args).toMatchObject({ gas: 60_000n, reason: "0x" });
}, 60_000);

test("two relayers at once do each message once", async () => {
  const [a, b] = chains as [PingChain, PingChain];
  const other = network.accounts[0]!;
  for (const [index, chain] of chains.entries()) {
    const { dvns, executor } = deployments[index]!.layerZero;
    for (const address of [...dvns.map((dvn) => dvn.address), executor]) {
      const hash = await chain.wallet.writeContract({
        address,
        abi: executorAbi,
        functionName: "grantRole",
        args: [ADMIN_ROLE, other.address],
      });
      await chain.client.waitForTransactionReceipt({ hash });
    }
  }
  const { url, close } = await openDatabase({ ...network.config, log: pino({ level: "silent" }) });
  const relayers = [await start({ databaseUrl: url }), await start({ account: other, databaseUrl: url })];
  const there = await ping(a, b, { times: 20 });
  const back = await ping(b, a, { times: 20 });
  await Promise.all(relayers.map((relayer) => relayer.drain()));
  await expectReceivedOnce(b, there);
  await expectReceivedOnce(a, back);
  await Promise.all(relayers.map((relayer) => relayer.stop()));
  await close();
}, 60_000);

test("a verification that expires is noticed, though DVN.execute succeeds", async () => {
  const [a, b] = chains as [PingChain, PingChain];
  const late = await start({ settings: { expirationMarginSeconds: -60n } });
  const [guid] = await ping(a, b);
  await eventually(late, b, () => late.stats().queues.verify?.retried || undefined);
  expect(late.context.packets.get(guid!)?.verifiedBy.size).toBe(0);
  await late.stop();
  const relayer = await start();
  await relayer.whenDelivered(guid!);
}, 60_000);

test("a DVN signs only what is final, where it is", async () => {
  const [a, b] = chains as [PingChain, PingChain];
  const relayer = await start();
  // What was delivered is forgotten: it must not be before it was looked at.
  await writePing(b, { functionName: "setRefusing", args: [true] });
  const [guid] = await ping(a, b, { gas: 150_000n });
  const packet = await eventually(relayer, a, () => relayer.context.packets.get(guid!));
  const { location } = packet;
  // No block comes that would make the last one final before it is looked at.
  const anvil = createTestClient({ mode: "anvil", transport: http(network.config.hub.rpcUrls[0]) });
  await anvil.setIntervalMining({ interval: 0 });
  const tip = await a.client.getBlock();
  const { receiveUln302, dvns } = deployments[1]!.layerZero;
  const attest = (locations: (typeof location)[], dstEid = b.eid) =>
    relayer.context.dvns[0]!.attest({
      srcEid: a.eid,
      dstEid,
      locations,
      vid: dvns[0]!.vid,
      target: receiveUln302,
      expiration: 10n ** 10n,
    });
  const [good, notFinal, noSuchLog, notCanonical] = await attest([
    location,
    { ...location, blockNumber: tip.number, blockHash: tip.hash },
    { ...location, logIndex: 99 },
    { ...location, blockHash: `0x${"ab".repeat(32)}` },
  ]);
  expect(notFinal).toMatchObject({ kind: "BlockNotFinal", retryable: true });
  expect(noSuchLog).toMatchObject({ kind: "PacketNotCanonical", retryable: false });
  expect(notCanonical).toMatchObject({ kind: "PacketNotCanonical", retryable: false });
  expect(await attest([location], 1)).toMatchObject([{ kind: "PacketNotAttestable" }]);
  await anvil.setIntervalMining({ interval: 1 });

  const param = good as Exclude<typeof good, Error | undefined>;
  const onChain = await b.client.readContract({
    address: dvns[0]!.address,
    abi: dvnAbi,
    functionName: "hashCallData",
    args: [param.vid, param.target, param.callData, param.expiration],
  });
  expect(hashCallData(param)).toBe(onChain);
  await writePing(b, { functionName: "setRefusing", args: [false] });
  await relayer.whenDelivered(guid!);
}, 60_000);

test("does not start with a DVN key that the contract does not know", async () => {
  const { config } = network;
  const dvnSigners = [...config.accounts.dvnSigners].reverse();
  const log = pino({ level: "silent" });
  await expect(
    startRelayer({ config: { ...config, accounts: { ...config.accounts, dvnSigners } }, deployments, log }),
  ).rejects.toMatchObject({ kind: "DvnMisconfigured" });
});
