import { encodeFunctionData, getContractAddress, type Hex, parseEther } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  clearingHubAbi,
  priceRouterAbi,
  pythSourceAbi,
  spokeVaultAbi,
  testTokenAbi,
  tradeSourceAbi,
} from "../../chains/abi/index.ts";
import { causewayArtifact, creationCode } from "../../chains/artifacts.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { createChainWallet } from "../../chains/clients.ts";
import { causewayErrorAbi } from "../../chains/deploy/causeway.ts";
import { MNEMONIC } from "../../chains/local/startLocalNetwork.ts";
import { accountId } from "../../clearing/codec/accountId.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { NO_PRICE } from "../../clearing/oracle/decidePrice.ts";
import { causewayJobs } from "../../relayer/causewayJobs.ts";
import { readHub } from "../../relayer/clearing/calls.ts";
import { hubOf } from "../../relayer/clearing/places.ts";
import { startRelayer } from "../../relayer/main.ts";
import { settled } from "../../relayer/settled.ts";
import { type DemoNetwork, demoNetwork, untilHolds } from "../../scripts/demo/network.ts";
import { createReplayPrices } from "../../scripts/demo/replayPrices.ts";
import { localOracle } from "../../scripts/devnet/localMarket.ts";
import { type Devnet, startDevnet } from "../../scripts/devnet/startDevnet.ts";
import { type PullService, startPullService } from "./support/pullService.ts";
import { hasCredit } from "./support/traders.ts";

const WAD = 10n ** 18n;
const ETH = perpetual("ETH");
const HUB = 0;
const SPOKE = 1;
const USDC = settlementAsset.id;
const prices = createReplayPrices(
  new Map([
    ["ETH", 4_000n * WAD],
    ["BTC", 100_000n * WAD],
  ]),
);

/** Asks a fee, unlike what local networks deploy by themselves. */
const PULL_FEE = 1_000n;
const PULL_HEARTBEAT_SECONDS = 90;
const startedAtMs = Date.now();
const feedOwner = mnemonicToAccount(MNEMONIC, { addressIndex: 10 });
const pullFeed = getContractAddress({ from: feedOwner.address, nonce: 0n });

let service: PullService;
let devnet: Devnet;
let network: DemoNetwork;

beforeAll(async () => {
  service = await startPullService(async () => (await prices.latest()).get(underlyingId("ETH"))!);
  devnet = await startDevnet({
    chains: 2,
    markets: [
      {
        underlying: "ETH",
        priceScanRangeWad: (15n * WAD) / 100n,
        venueRateWad: WAD / 100n,
        ratePpm: 160_000n,
        feePpm: 0n,
        maxBase: 10n ** 12n,
        oracle: {
          ...localOracle(4_000n * 10n ** 18n),
          feeds: [
            {
              kind: "pyth",
              address: pullFeed,
              feedId: service.feedId,
              heartbeatSeconds: PULL_HEARTBEAT_SECONDS,
            },
            { kind: "aggregator", thresholdBps: 50, heartbeatSeconds: 3_600 },
          ],
          trades: { bandBps: 100, periodSeconds: 60, allowanceBase: 1_000_000_000n, heartbeatSeconds: 300 },
        },
      },
    ],
    prices,
    local: {
      timings: { priceIntervalMs: 1_000, settleIntervalMs: 500 },
      pullFeeds: { url: service.url, intervalMs: 1_000 },
      environment: { PULL_FEEDS_API_KEY: service.apiKey },
    },
    progress: () => undefined,
  });
  const { config } = devnet.local;
  const code = { artifact: causewayArtifact("mocks/TestPyth.sol/TestPyth"), args: [PULL_FEE] };
  await createChainWallet(config.hub, feedOwner, config.timings.rpcTimeoutMs).sendTransaction({
    data: creationCode(code),
  });
  network = demoNetwork(devnet, 1);
  for (const chain of [HUB, SPOKE]) {
    for (const { address } of [...people(), venueOwner()]) {
      await network.deployer(chain).submit({ label: "gas", to: address, data: "0x", value: parseEther("1") });
    }
  }
});

afterAll(async () => {
  await devnet?.stop();
  service?.stop();
});

const people = () => devnet.local.accounts.slice(0, 2);
/** A venue is whoever an account allows: here, an ordinary key. */
const venueOwner = () => devnet.local.accounts[2]!;
const eidOf = (chain: number) => network.chain(chain).definition.eid;
/** Both are at home on the hub's chain, so that they act there by calling. */
const idOf = (who: number): Hex => accountId(people()[who]!.address, eidOf(HUB));
const context = () => network.relayer.context;
const dollars = (amount: bigint) => amount * 10n ** 6n;

function hubCall() {
  return { address: network.hub.clearingHub, abi: clearingHubAbi } as const;
}

function vaultCall(chain: number) {
  return { address: network.chain(chain).deployment.causeway.vault, abi: spokeVaultAbi } as const;
}

const cashOf = (who: number) =>
  network.chain(HUB).client.readContract({
    ...hubCall(),
    functionName: "balanceOf",
    args: [idOf(who), USDC],
  });

const positionOf = (who: number) =>
  network
    .chain(HUB)
    .client.readContract({ ...hubCall(), functionName: "positionOf", args: [idOf(who), ETH] });

/** Cash and quote of one block, which settling moves from one to the other, whenever it does. */
async function paidIn(who: number): Promise<bigint> {
  const { client } = network.chain(HUB);
  const at = { ...hubCall(), blockNumber: await client.getBlockNumber() };
  const [cash, { quote }] = await Promise.all([
    client.readContract({ ...at, functionName: "balanceOf", args: [idOf(who), USDC] }),
    client.readContract({ ...at, functionName: "positionOf", args: [idOf(who), ETH] }),
  ]);
  return cash + quote;
}

/** Mints and deposits whole dollars. */
async function deposit(who: number, chain: number, amount: bigint) {
  const { deployment, definition } = network.chain(chain);
  const token = deployment.causeway.tokens.USDC!;
  const { decimals } = definition.tokens.find(({ symbol }) => symbol === "USDC")!;
  const units = amount * 10n ** BigInt(decimals);
  const wallet = network.wallet(chain, people()[who]!);
  const { address: vault, abi } = vaultCall(chain);
  const calls = [
    [token, encodeFunctionData({ abi: testTokenAbi, functionName: "mint", args: [wallet.address, units] })],
    [token, encodeFunctionData({ abi: testTokenAbi, functionName: "approve", args: [vault, units] })],
    [vault, encodeFunctionData({ abi, functionName: "deposit", args: [idOf(who), USDC, units] })],
  ] as const;
  for (const [to, data] of calls) await wallet.submit({ label: "deposit", to, data });
}

async function setMandate(who: number, chain: number, nonce: bigint) {
  const mandate = {
    account: idOf(who),
    eid: eidOf(chain),
    maxOutstanding: 500_000n,
    venue: venueOwner().address,
    venueLimit: 500_000n,
    nonce,
    deadline: Number((await network.hubTime()) + 3_600n),
  };
  const data = encodeFunctionData({
    abi: clearingHubAbi,
    functionName: "setMandate",
    args: [mandate, "0x"],
  });
  await network.wallet(HUB, people()[who]!).submit({ label: "mandate", to: network.hub.clearingHub, data });
}

/** Until both have credit that does not end at once. */
async function untilLent(chain: number): Promise<void> {
  const place = network.chain(chain);
  await untilHolds(place, "credit", 60, async () => {
    const have = await Promise.all([0, 1].map((who) => hasCredit(place, idOf(who))));
    return have.every((has) => has);
  });
}

async function trade(chain: number, buyer: number, seller: number, base: bigint) {
  const { address: to, abi } = vaultCall(chain);
  const args = [ETH, idOf(buyer), idOf(seller), base, 4_000n * WAD] as const;
  const data = encodeFunctionData({ abi, functionName: "recordTrade", args });
  await network.wallet(chain, venueOwner()).submit({ label: "trade", to, data });
}

test("deposits on two chains are credited at the hub", async () => {
  await Promise.all([deposit(0, HUB, 50_000n), deposit(1, SPOKE, 30_000n)]);
  await settled(context());
  expect([await cashOf(0), await cashOf(1)]).toEqual([dollars(50_000n), dollars(30_000n)]);
});

test("reads more at once than one call may answer", async () => {
  const each = Array.from({ length: 300 }, () => [idOf(0), eidOf(HUB)] as const);
  expect(await readHub(hubOf(context()), "creditLineOf", each)).toHaveLength(300);
});

test("mandates become credit, allowances and prices on both chains", async () => {
  for (const chain of [HUB, SPOKE]) for (const who of [0, 1]) await setMandate(who, chain, 1n);
  await settled(context());
  for (const chain of [HUB, SPOKE]) {
    const { client } = network.chain(chain);
    // One who was asked for before there was a price gets it with the first.
    await untilLent(chain);
    for (const who of [0, 1]) {
      const [credit, allowance] = await Promise.all([
        client.readContract({ ...vaultCall(chain), functionName: "creditOf", args: [idOf(who)] }),
        client.readContract({
          ...vaultCall(chain),
          functionName: "venueAllowanceOf",
          args: [idOf(who), venueOwner().address],
        }),
      ]);
      expect([credit.limit, allowance.limit]).toEqual([500_000n, 500_000n]);
    }
    await untilHolds(network.chain(chain), "a reference price", 60, async () => {
      const [price] = await client.readContract({
        ...vaultCall(chain),
        functionName: "referencePriceOf",
        args: [underlyingId("ETH")],
      });
      return price === 4_000n * WAD;
    });
  }
});

test("opposite trades on two chains are netted at the hub", async () => {
  await Promise.all([untilLent(HUB), untilLent(SPOKE)]);
  await Promise.all([trade(HUB, 0, 1, 100_000_000n), trade(SPOKE, 1, 0, 40_000_000n)]);
  await settled(context());
  const [long, short] = [await positionOf(0), await positionOf(1)];
  expect(long).toMatchObject({ base: 60_000_000n, longs: 100_000_000n, shorts: 40_000_000n });
  expect(short).toMatchObject({ base: -60_000_000n, quote: -long.quote });
});

test("updates of a pull feed are fetched and paid for, and the router counts its price", async () => {
  const { client } = network.chain(HUB);
  const source = network.hub.sources.ETH!.find(({ kind }) => kind === "pyth")!.source;
  const read = { address: source, abi: pythSourceAbi, functionName: "read" } as const;
  await untilHolds(network.chain(HUB), "an update", 60, async () => {
    return (await client.getBalance({ address: pullFeed })) >= PULL_FEE;
  });
  const [priceWad, , time] = await client.readContract(read);
  expect(priceWad).toBe(4_000n * WAD);
  // It is looked at each second; while the price stays, one update is enough for a third of the heartbeat.
  await untilHolds(network.chain(HUB), "a few looks", 60, async () => (await network.hubTime()) > time + 3n);
  const paid = await client.getBalance({ address: pullFeed });
  const most = 1 + (Date.now() - startedAtMs) / (PULL_HEARTBEAT_SECONDS / 3) / 1_000;
  expect(paid % PULL_FEE).toBe(0n);
  expect(Number(paid / PULL_FEE)).toBeLessThanOrEqual(most);
});

test("trades on both chains are told to the internal source, which is thin and says no price", async () => {
  const { sources, oracle } = network.hub;
  const { client } = network.chain(HUB);
  const source = sources.ETH!.find(({ kind }) => kind === "trades")!.source;
  const readCounted = async () => {
    const logs = await client.getContractEvents({
      address: source,
      abi: tradeSourceAbi,
      eventName: "TradeCounted",
      fromBlock: 0n,
      strict: true,
    });
    return logs.map(({ args }) => args).sort((one, other) => Number(one.base - other.base));
  };
  await untilHolds(network.chain(HUB), "both trades", 60, async () => (await readCounted()).length === 2);
  const [small, large] = await readCounted();
  expect(small).toEqual({ buyer: idOf(1), seller: idOf(0), base: 40_000_000n, priceWad: 4_000n * WAD });
  expect(large).toEqual({ buyer: idOf(0), seller: idOf(1), base: 100_000_000n, priceWad: 4_000n * WAD });
  const [, reasons] = await client.readContract({
    address: oracle,
    abi: priceRouterAbi,
    functionName: "preview",
    args: [underlyingId("ETH")],
  });
  expect(reasons.map((reason) => NO_PRICE[reason])).toEqual(["none", "none", "none", "thin"]);
});

test("gains become cash when the price moves, and what losers pay is what gainers get", async () => {
  prices.set("ETH", 4_100n * WAD);
  await untilHolds(network.chain(HUB), "settlement", 60, async () => (await cashOf(0)) > dollars(50_000n));
  expect([await cashOf(0), await cashOf(1)]).toEqual([dollars(50_060n), dollars(29_940n)]);
});

test("a withdrawal is paid on a chain where the account never deposited", async () => {
  const owner = people()[0]!;
  const { deployment, definition, client } = network.chain(SPOKE);
  const wallet = network.wallet(HUB, owner);
  await wallet.submit({
    label: "wallet",
    to: network.hub.clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "registerWallet",
      args: [idOf(0), eidOf(SPOKE), owner.address, 1, 1n, "0x"],
    }),
  });
  const deadline = Number((await network.hubTime()) + 3_600n);
  const amount = dollars(1_000n);
  const args = [idOf(0), USDC, amount, eidOf(SPOKE), owner.address, amount, deadline] as const;
  await wallet.submit({
    label: "withdrawal",
    to: vaultCall(HUB).address,
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "requestWithdrawal", args }),
  });
  const balance = () =>
    client.readContract({
      address: deployment.causeway.tokens.USDC!,
      abi: testTokenAbi,
      functionName: "balanceOf",
      args: [owner.address],
    });
  // A first attempt to process it may be refused (a price that turned stale meanwhile) and is made again.
  await untilHolds(network.chain(SPOKE), "the payout", 60, async () => (await balance()) > 0n);
  await settled(context());
  const { decimals } = definition.tokens.find(({ symbol }) => symbol === "USDC")!;
  expect(await balance()).toBe(1_000n * 10n ** BigInt(decimals));
  expect(await cashOf(0)).toBe(dollars(49_060n));
});

test("a service of pull feeds that gives other updates than it says is paid once, not each second", async () => {
  const { client } = network.chain(HUB);
  const { empty } = context().clearing;
  const source = network.hub.sources.ETH!.find(({ kind }) => kind === "pyth")!.source;
  service.lie();
  const now = (await prices.latest()).get(underlyingId("ETH"))!;
  prices.set("ETH", (now * 101n) / 100n);
  await untilHolds(network.chain(HUB), "an empty update", 60, async () => empty.failures(source) > 0);
  const paid = await client.getBalance({ address: pullFeed });
  const time = await network.hubTime();
  await untilHolds(network.chain(HUB), "a few looks", 60, async () => (await network.hubTime()) > time + 3n);
  expect(empty.failures(source)).toBe(1);
  expect(await client.getBalance({ address: pullFeed })).toBe(paid);
});

test("a relayer that starts later finds what happened without one", async () => {
  const before = await paidIn(1);
  await network.relayer.stop();
  // The wallets look for receipts at the stopped relayer's heads; the deployer of the second network has its own.
  const second = await startRelayer({
    config: devnet.local.config,
    deployments: devnet.deployments,
    log: context().log,
    jobs: [],
  });
  network = demoNetwork({ ...devnet, relayer: second }, 1);
  await deposit(1, SPOKE, 500n);
  await second.stop();

  const third = await startRelayer({
    config: devnet.local.config,
    deployments: devnet.deployments,
    log: context().log,
    jobs: causewayJobs({ prices }),
    errorAbi: causewayErrorAbi,
  });
  try {
    network = demoNetwork({ ...devnet, relayer: third }, 1);
    await untilHolds(
      network.chain(HUB),
      "the deposit",
      60,
      async () => (await paidIn(1)) === before + dollars(500n),
    );
  } finally {
    await third.stop();
  }
});
