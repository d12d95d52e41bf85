import { type Address, encodeFunctionData, type Hex, type LocalAccount, parseEther, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi, fundingRatesAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { getAsset, settlementAsset } from "../../chains/assets.ts";
import { accountId } from "../../clearing/codec/accountId.ts";
import { encodeCommand, type Pay } from "../../clearing/codec/command.ts";
import { option, perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { walletRights } from "../../clearing/codec/walletRights.ts";
import type { HubEvent, VaultEvent } from "../../clearing/ledger/events.ts";
import { hubEventNames, rebuildHub } from "../../clearing/ledger/rebuildHub.ts";
import { heartbeatOf, rebuildVault, vaultEventNames } from "../../clearing/ledger/rebuildVault.ts";
import type { BookSource } from "../../relayer/funding/bookSource.ts";
import { settled } from "../../relayer/settled.ts";
import { type DemoNetwork, demoNetwork, hubPlace, untilHolds } from "../../scripts/demo/network.ts";
import { createReplayPrices } from "../../scripts/demo/replayPrices.ts";
import { localOracle } from "../../scripts/devnet/localMarket.ts";
import { type Devnet, startDevnet } from "../../scripts/devnet/startDevnet.ts";
import { depositCalls, mintCall } from "../../scripts/trader/depositCalls.ts";
import { redemptionData, supplyData } from "../../scripts/trader/lendingData.ts";
import { mandateData } from "../../scripts/trader/mandateData.ts";
import { registerWalletData } from "../../scripts/trader/wallet.ts";
import { withdrawalData } from "../../scripts/trader/withdrawalData.ts";
import { anvilOf } from "./support/anvilOf.ts";
import { expectHubLedger, type Universe } from "./support/expectHubLedger.ts";
import { expectVaultLedger } from "./support/expectVaultLedger.ts";
import { eventNames, readHubEvents, readVaultEvents } from "./support/ledgerEvents.ts";

/*
 * Whatever happened, hub and vaults told it: their whole ledger is rebuilt from event logs alone and is, key by key, what they hold.
 * Everything that changes a ledger happens here at least once, on two chains, with the relayer running.
 */

const WAD = 10n ** 18n;
const ETH = perpetual("ETH");
const CALL = option({ underlying: "ETH", expiry: 2_000_000_000, strike: 4_000n * 10n ** 8n, right: "call" });
const HUB = 0;
const SPOKE = 1;
const USDC = settlementAsset.id;
const WETH = getAsset("WETH").id;
const CLAIM = 1;
const CANCELLED = 3;
const CANCEL_TIMEOUT_SECONDS = 3_600;
const prices = createReplayPrices(new Map([["ETH", 4_000n * WAD]]));
/** Above the index by 0.1 %: longs pay. */
const books: BookSource = {
  latest: async () =>
    new Map([[underlyingId("ETH"), { bidWad: 4_004n * WAD, askWad: 4_005n * WAD, indexWad: 4_000n * WAD }]]),
};

let devnet: Devnet;
let network: DemoNetwork;
/** At home on the hub's chain. */
let alice: LocalAccount;
/** At home on the spoke. */
let bob: LocalAccount;
/** An ordinary key may be a venue. */
let venue: LocalAccount;
let universe: Universe;

beforeAll(async () => {
  devnet = await startDevnet({
    chains: 2,
    markets: [
      {
        underlying: "ETH",
        priceScanRangeWad: (15n * WAD) / 100n,
        venueRateWad: WAD / 100n,
        ratePpm: 160_000n,
        feePpm: 300n,
        maxBase: 10n ** 12n,
        oracle: localOracle(4_000n * 10n ** 18n),
      },
    ],
    prices,
    books,
    local: { timings: { fundingIntervalMs: 1_000 } },
    progress: () => undefined,
  });
  network = demoNetwork(devnet, 1);
  [alice, bob, venue] = [devnet.local.accounts[0]!, devnet.local.accounts[1]!, devnet.local.accounts[2]!];
  for (const chain of [HUB, SPOKE]) {
    for (const { address } of [network.courier(chain), alice, bob, venue]) {
      await network.deployer(chain).submit({ label: "gas", to: address, data: "0x", value: parseEther("1") });
    }
  }
}, 120_000);
afterAll(() => devnet?.stop());

describe("the ledger from event logs alone", () => {
  test("is told by every event that could change it", () => {
    const silent = {
      hub: eventNames(clearingHubAbi).filter((name) => !hubEventNames.some((known) => known === name)),
      vault: eventNames(spokeVaultAbi).filter((name) => !vaultEventNames.some((known) => known === name)),
    };
    // What is refused or skipped changes nothing; peers, owners and authorities are the deployment's, not the ledger's.
    const others = ["AuthorityUpdated", "OwnershipTransferred", "PeerSet"];
    expect(silent.hub.sort()).toEqual(
      [
        ...others,
        "ClosingRefused",
        "CreditRefused",
        "EIP712DomainChanged",
        "LaneAlarm",
        "ReportItemSkipped",
        "ReportRejected",
        "VaultBalanceTold",
      ].sort(),
    );
    expect(silent.vault.sort()).toEqual([...others, "CommandItemSkipped", "CommandRejected"].sort());
  });

  test("is what hub and vaults hold after everything that can happen to them", {
    timeout: 240_000,
  }, async () => {
    await live();
    universe = {
      accounts: [idOf(alice), idOf(bob), idOf(venue), ...[HUB, SPOKE].map(feeAccountOf)],
      eids: [HUB, SPOKE].map(eidOf),
      assets: [1, 2, 3],
      instruments: [ETH],
      addresses: [alice.address, bob.address, venue.address],
    };
    const blocks = await Promise.all(
      [HUB, SPOKE].map((chain) => network.chain(chain).client.getBlockNumber()),
    );
    const hubEvents = await readHubEvents(network.chain(HUB), blocks[HUB]!);
    const compared = [
      await expectHubLedger(network.chain(HUB), blocks[HUB]!, rebuildHub(hubEvents), universe),
    ];
    const vaultEvents: VaultEvent[] = [];
    for (const chain of [HUB, SPOKE]) {
      const events = await readVaultEvents(network.chain(chain), blocks[chain]!);
      compared.push(
        await expectVaultLedger(network.chain(chain), blocks[chain]!, rebuildVault(events), {
          ...universe,
          instruments: [ETH, CALL],
        }),
      );
      vaultEvents.push(...events);
    }
    expect(Math.min(...compared)).toBeGreaterThan(40);

    // Nothing that was told is idle: without any one kind of event, another ledger comes out.
    const happened = (events: readonly { eventName: string }[]) =>
      new Set(events.map((one) => one.eventName));
    expect([...happened(hubEvents)].sort()).toEqual(
      [...hubEventNames].filter((name) => !rare.has(name)).sort(),
    );
    expect([...happened(vaultEvents)].sort()).toEqual([...vaultEventNames].sort());
    const hub = snapshotHub(hubEvents);
    for (const name of happened(hubEvents)) {
      expect(snapshotHub(hubEvents.filter(({ eventName }) => eventName !== name)), name).not.toEqual(hub);
    }
    const vault = snapshotVault(vaultEvents);
    for (const name of happened(vaultEvents)) {
      expect(snapshotVault(vaultEvents.filter(({ eventName }) => eventName !== name)), name).not.toEqual(
        vault,
      );
    }
  });
});

/**
 * Need a fault, a vault that lists a token before the hub lists its asset, or an option that has settled: unit tests of `rebuildHub` hold
 * them.
 */
const rare = new Set<string>(["InstrumentMoved", "LaneDiverged", "UnlistedDepositTold"]);

/** What can be rebuilt, or that it cannot. */
function snapshotHub(events: readonly HubEvent[]): unknown {
  try {
    return rebuildHub(events);
  } catch {
    return "impossible";
  }
}

function snapshotVault(events: readonly VaultEvent[]): unknown {
  try {
    const ledger = rebuildVault(events);
    return { ...ledger, heartbeat: heartbeatOf(ledger) };
  } catch {
    return "impossible";
  }
}

/** Everything that can happen. */
async function live(): Promise<void> {
  const { context } = network.relayer;
  await Promise.all([
    deposit(alice, HUB, "USDC", 50_000n),
    deposit(bob, SPOKE, "USDC", 30_000n),
    deposit(alice, SPOKE, "WETH", 2n),
  ]);
  await settled(context);
  let nonce = 0n;
  for (const chain of [HUB, SPOKE]) {
    for (const who of [alice, bob]) await setMandate(who, chain, ++nonce);
  }
  await settled(context);
  for (const chain of [HUB, SPOKE]) await untilPriced(chain);
  for (const who of [alice, bob]) await untilLent(who, HUB);
  await trade(HUB, alice, bob, 100_000_000n);
  for (const who of [alice, bob]) await untilLent(who, SPOKE);
  await trade(SPOKE, bob, alice, 40_000_000n);
  await settled(context);
  prices.set("ETH", 4_100n * WAD);
  await untilHolds(
    network.chain(HUB),
    "settlement",
    60,
    async () => (await cashOf(bob)) < 29_990n * 10n ** 6n,
  );

  await lendAndOwe();
  await registerSpokeWallet();
  await requestAtSpoke(1_000n, 1n, 3_600);
  await requestAtSpoke(1_000n, 2n, -1);
  const claim = await leaveClaim();
  await freezeAndThaw();
  await stopAndGoOn();
  await listAgain();
  await giveUp(claim);
  await settled(context);
  await beFunded();
  await tellReference(HUB);
  await letClose();
  // A trade that nobody has reported yet, or has: whichever, the vault's heartbeat says so.
  for (const who of [alice, bob]) await untilLent(who, HUB);
  await trade(HUB, bob, alice, 10_000_000n);
  await stopSpoke();
}

/** Alice, who has ether too, lends her dollars, owes a loss to the pool a little later, and has all back. */
async function lendAndOwe(): Promise<void> {
  const { client } = network.chain(HUB);
  const hub = { address: network.hub.clearingHub, abi: clearingHubAbi } as const;
  const args = [idOf(alice)] as const;
  const debtOf = () => client.readContract({ ...hub, functionName: "debtOf", args });
  const kept = 10n * 10n ** 6n;
  const order = { account: idOf(alice), nonce: 1n, deadline: await inAnHour() };
  const amount = (await cashOf(alice)) - kept;
  // The settlement before brought fresh prices.
  await bring("supply", await supplyData(hubPlace(network), alice, { ...order, amount }));
  prices.set("ETH", 4_000n * WAD);
  await untilHolds(network.chain(HUB), "a debt", 60, async () => (await debtOf()) > 0n);
  const lent = await debtOf();
  // On fifty dollars at one percent a year: a millionth in a minute.
  for (const chain of [HUB, SPOKE]) await pass(chain, 300);
  expect(await debtOf()).toBeGreaterThan(lent);
  const redeem = async (shares: bigint, nonce: bigint) =>
    bring(
      "redemption",
      await redemptionData(hubPlace(network), alice, { ...order, shares, minimum: 1n, nonce }),
    );
  await redeem(amount / 2n, 2n);
  expect(await debtOf()).toBe(0n);
  const { shares } = await client.readContract({ ...hub, functionName: "lenderOf", args });
  await redeem(shares, 3n);
  const { idle, reserve } = await client.readContract({ ...hub, functionName: "lendingState" });
  // Nothing but what is the reserve's, and rounding.
  expect(idle - reserve).toBeLessThanOrEqual(2n);
  const before = await cashOf(bob);
  prices.set("ETH", 4_100n * WAD);
  await untilHolds(network.chain(HUB), "the old price", 60, async () => (await cashOf(bob)) < before);
}

/** Resolves when the relayer has seen it: who waits for chain time from then on, waits from the new time. */
async function pass(chain: number, seconds: number): Promise<void> {
  const { heads } = network.chain(chain).relayed;
  const end = heads.latest.timestamp + BigInt(seconds);
  const anvil = anvilOf({ definition: devnet.local.config.chains[chain]! });
  await anvil.increaseTime({ seconds });
  await anvil.mine({ blocks: 1 });
  while (heads.latest.timestamp < end) await heads.next();
}

/** Of one sample a rate is made, which the relayer charges in the hour after, and settles: what alice, who is long, pays, bob gets. */
async function beFunded(): Promise<void> {
  const { clearingHub, fundingRates } = network.hub;
  const before = { alice: await cashOf(alice), bob: await cashOf(bob) };
  const parameters = {
    interest: 100_000,
    band: 500_000,
    hourlyCap: 4_000_000,
    minSamples: 1,
    poolRate: 0,
    poolScale: 0n,
  };
  const args = [underlyingId("ETH"), parameters, zeroHash] as const;
  const data = encodeFunctionData({ abi: fundingRatesAbi, functionName: "setTerms", args });
  await operate(HUB, fundingRates, data);
  const { client } = network.chain(HUB);
  const hourNow = async () => (await client.getBlock()).timestamp / 3_600n;
  const countAt = async (hour: bigint) => {
    const samples = await client.readContract({
      address: fundingRates,
      abi: fundingRatesAbi,
      functionName: "samplesOf",
      args: [underlyingId("ETH"), hour],
    });
    return samples[1];
  };
  let sampled = 0n;
  await untilHolds(network.chain(HUB), "a sample", 60, async () => {
    sampled = await hourNow();
    return (await countAt(sampled)) > 0n;
  });
  const anvil = anvilOf({ definition: devnet.local.config.chains[HUB]! });
  // Late in the next hour, so that most of an hour is charged, whenever the test runs.
  await anvil.setNextBlockTimestamp({ timestamp: (sampled + 1n) * 3_600n + 3_500n });
  await anvil.mine({ blocks: 1 });
  // The head that was seen last may be from before the hour passed.
  await untilHolds(network.chain(HUB), "funding", 7_200 + 60, async () => {
    const funding = await client.readContract({
      address: clearingHub,
      abi: clearingHubAbi,
      functionName: "fundingOf",
      args: [ETH],
    });
    return funding.longIndexWad > 0n;
  });
  await untilHolds(network.chain(HUB), "cash for funding", 60, async () => (await cashOf(bob)) > before.bob);
  await settled(network.relayer.context);
  const paid = before.alice - (await cashOf(alice));
  const received = (await cashOf(bob)) - before.bob;
  // 0.00625 % of 0.6 at 4,100 is 0.15375 dollars an hour, of which ten minutes are charged; the part of a millionth is lost on both sides.
  expect(paid).toBeGreaterThanOrEqual(25_625n);
  expect(paid).toBeLessThanOrEqual(25_626n);
  expect(paid - received).toBeGreaterThanOrEqual(0n);
  expect(paid - received).toBeLessThanOrEqual(2n);
  await untilPriced(HUB, (await hourNow()) * 3_600n);
}

/** Alice, who is long, may sell what she holds without credit, and sells a part of it: her mandate leaves room for that beyond what is lent to open. */
async function letClose(): Promise<void> {
  await setMandate(alice, HUB, 100n, 100_000_000n);
  // First, as what lets her close lasts no longer than a lease.
  await untilLent(bob, HUB);
  const { clearingHub } = network.hub;
  const args = [eidOf(HUB), [{ account: idOf(alice), instrument: ETH }], "0x"] as const;
  const data = encodeFunctionData({ abi: clearingHubAbi, functionName: "renewClosing", args });
  await network.courier(HUB).submit({ label: "let close", to: clearingHub, data });
  await settled(network.relayer.context);
  await untilLent(bob, HUB);
  await trade(HUB, bob, alice, 10_000_000n);
  await settled(network.relayer.context);
}

/** An option's reference as if the hub, which lists none, told it. */
async function tellReference(chain: number): Promise<void> {
  const { client } = network.chain(chain);
  const { timestamp } = await client.getBlock();
  const reference = {
    instrument: CALL,
    markWad: 100n * WAD,
    deltaPpb: -400_000_000,
    spotWad: 4_000n * WAD,
    ratePpm: 1,
    time: Number(timestamp),
  };
  const message = encodeCommand({ sections: [{ kind: "optionReference", items: [reference] }] });
  const { loopback, clearingHub } = network.hub;
  const anvil = anvilOf({ definition: devnet.local.config.chains[chain]! });
  await anvil.setBalance({ address: loopback, value: parseEther("1") });
  await anvil.impersonateAccount({ address: loopback });
  const args = [clearingHub, 0n, message] as const;
  const data = encodeFunctionData({ abi: spokeVaultAbi, functionName: "receiveLoopback", args });
  const hash = await anvil.sendUnsignedTransaction({ from: loopback, to: vaultOf(chain), data });
  await client.waitForTransactionReceipt({ hash });
}

async function deposit(who: LocalAccount, chain: number, asset: string, amount: bigint): Promise<void> {
  const { deployment, definition } = network.chain(chain);
  const token = deployment.causeway.tokens[asset]!;
  const { decimals } = definition.tokens.find(({ symbol }) => symbol === asset)!;
  const units = amount * 10n ** BigInt(decimals);
  const calls = depositCalls({ contracts: deployment.causeway, asset, account: idOf(who), amount: units });
  for (const call of [mintCall(token, who.address, units), ...calls]) {
    await network.wallet(chain, who).submit(call);
  }
}

async function setMandate(
  who: LocalAccount,
  chain: number,
  nonce: bigint,
  maxOutstanding = 300_000n,
): Promise<void> {
  const mandate = {
    account: idOf(who),
    eid: eidOf(chain),
    maxOutstanding,
    venue: venue.address,
    venueLimit: 500_000n,
    nonce,
    deadline: await inAnHour(),
  };
  await bring("mandate", await mandateData(hubPlace(network), who, mandate));
}

async function trade(chain: number, buyer: LocalAccount, seller: LocalAccount, base: bigint): Promise<void> {
  const args = [ETH, idOf(buyer), idOf(seller), base, 4_000n * WAD] as const;
  const data = encodeFunctionData({ abi: spokeVaultAbi, functionName: "recordTrade", args });
  await network.wallet(chain, venue).submit({ label: "trade", to: vaultOf(chain), data });
}

/** Alice may ask, and be paid, on the spoke too. */
async function registerSpokeWallet(): Promise<void> {
  const registration = {
    account: idOf(alice),
    eid: eidOf(SPOKE),
    wallet: alice.address,
    rights: walletRights.act | walletRights.bePaid,
    nonce: 1n,
  };
  await bring("wallet", await registerWalletData(hubPlace(network), alice, registration));
}

/** Is paid if its deadline is ahead; else it expires. */
async function requestAtSpoke(dollars: bigint, number: bigint, seconds: number): Promise<void> {
  const amount = dollars * 10n ** 6n;
  const deadline = Number((await network.hubTime()) + BigInt(seconds));
  const args = [idOf(alice), USDC, amount, eidOf(SPOKE), alice.address, amount, deadline] as const;
  await network.wallet(SPOKE, alice).submit({
    label: "request",
    to: vaultOf(SPOKE),
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "requestWithdrawal", args }),
  });
  const { client } = network.chain(HUB);
  const hub = { address: network.hub.clearingHub, abi: clearingHubAbi } as const;
  const requestId = await client.readContract({
    ...hub,
    functionName: "requestIdOf",
    args: [eidOf(SPOKE), number],
  });
  await untilHolds(network.chain(HUB), `withdrawal ${number}`, 60, async () => {
    const { state } = await client.readContract({ ...hub, functionName: "withdrawalOf", args: [requestId] });
    return state === 2;
  });
}

/** Bob has himself paid at the vault's own address, to which its tokens cannot go: a claim. */
async function leaveClaim(): Promise<Pay & { payoutId: Hex }> {
  const order = {
    account: idOf(bob),
    asset: USDC,
    amount: 500n * 10n ** 6n,
    dstEid: eidOf(SPOKE),
    recipient: vaultOf(SPOKE),
    minimum: 0n,
    deadline: await inAnHour(),
    nonce: 1n,
  };
  await bring("order", await withdrawalData(hubPlace(network), bob, order));
  let payoutId: Hex | undefined;
  await untilHolds(network.chain(SPOKE), "a claim", 60, async () => {
    const logs = await network.chain(SPOKE).client.getContractEvents({
      address: vaultOf(SPOKE),
      abi: spokeVaultAbi,
      eventName: "PayoutResolved",
      args: { recipient: vaultOf(SPOKE) },
      fromBlock: 0n,
      strict: true,
    });
    payoutId = logs.find(({ args }) => args.rank === CLAIM)?.args.payoutId;
    return payoutId !== undefined;
  });
  const { client } = network.chain(HUB);
  const [issued] = await client.getContractEvents({
    address: network.hub.clearingHub,
    abi: clearingHubAbi,
    eventName: "PayoutIssued",
    args: { payoutId: payoutId! },
    fromBlock: 0n,
    strict: true,
  });
  return { ...issued!.args.pay, payoutId: payoutId! };
}

async function giveUp({ payoutId, ...pay }: Pay & { payoutId: Hex }): Promise<void> {
  const anvil = anvilOf({ definition: devnet.local.config.chains[SPOKE]! });
  await anvil.increaseTime({ seconds: CANCEL_TIMEOUT_SECONDS });
  await anvil.mine({ blocks: 1 });
  await network.wallet(SPOKE, bob).submit({
    label: "cancel",
    to: vaultOf(SPOKE),
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "cancel", args: [pay, "0x"] }),
  });
  await untilHolds(network.chain(HUB), "the refund", 60, async () => {
    const { rank } = await network.chain(HUB).client.readContract({
      address: network.hub.clearingHub,
      abi: clearingHubAbi,
      functionName: "payoutOf",
      args: [payoutId],
    });
    return rank === CANCELLED;
  });
}

/** Alice freezes, sees it arrive, has it told to the hub, and thaws again. */
async function freezeAndThaw(): Promise<void> {
  for (const [frozen, nonce] of [
    [true, 1n],
    [false, 2n],
  ] as const) {
    await network.wallet(HUB, alice).submit({
      label: "freeze",
      to: network.hub.clearingHub,
      data: encodeFunctionData({
        abi: clearingHubAbi,
        functionName: "setFreeze",
        args: [idOf(alice), frozen, nonce, "0x"],
      }),
    });
    await settled(network.relayer.context);
    await tellCredit(alice);
  }
}

/** Anyone may have a vault tell of an account's credit; over the loopback it costs no fee. */
async function tellCredit(who: LocalAccount): Promise<void> {
  const keys = {
    creditStates: [idOf(who)],
    deposits: [],
    pairs: [],
    withdrawals: [],
    payouts: [],
    balances: [],
  };
  await network.courier(HUB).submit({
    label: "report",
    to: vaultOf(HUB),
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "report", args: [keys, false] }),
  });
  await settled(network.relayer.context);
}

/** The guardian's calls, and what undoes them. */
async function stopAndGoOn(): Promise<void> {
  await hubCall("pauseLane", 0);
  await stopSpoke();
  await hubCall("unpauseLane", 0);
  await hubCall("unpauseLane", eidOf(SPOKE));
  await vaultCall("unpause");
  await tokenCall("resumeToken", WETH);
}

async function stopSpoke(): Promise<void> {
  await hubCall("pauseLane", eidOf(SPOKE));
  await vaultCall("pause");
  await tokenCall("suspendToken", WETH);
}

function hubCall(functionName: "pauseLane" | "unpauseLane", eid: number): Promise<void> {
  const data = encodeFunctionData({ abi: clearingHubAbi, functionName, args: [eid] });
  return operate(HUB, network.hub.clearingHub, data);
}

function vaultCall(functionName: "pause" | "unpause"): Promise<void> {
  return operate(SPOKE, vaultOf(SPOKE), encodeFunctionData({ abi: spokeVaultAbi, functionName }));
}

function tokenCall(functionName: "suspendToken" | "resumeToken", asset: number): Promise<void> {
  const data = encodeFunctionData({ abi: spokeVaultAbi, functionName, args: [asset] });
  return operate(SPOKE, vaultOf(SPOKE), data);
}

/** Other terms and another lease: both are told to those whom they concern. */
async function listAgain(): Promise<void> {
  const { clearingHub } = network.hub;
  await operate(
    HUB,
    clearingHub,
    encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "listInstrument",
      args: [ETH, 160_000, 400, 10n ** 12n],
    }),
  );
  await operate(
    HUB,
    clearingHub,
    encodeFunctionData({ abi: clearingHubAbi, functionName: "listLane", args: [eidOf(HUB), 20, 100] }),
  );
}

/** On local chains the deployer has every role. */
async function operate(chain: number, to: Address, data: Hex): Promise<void> {
  await network.deployer(chain).submit({ label: "operate", to, data });
}

/** Signed calls may come from anyone. */
async function bring(label: string, data: Hex): Promise<void> {
  await network.courier(HUB).submit({ label, to: network.hub.clearingHub, data });
}

/** Until the account has credit that does not end at once. */
async function untilLent(who: LocalAccount, chain: number): Promise<void> {
  const { client } = network.chain(chain);
  await untilHolds(network.chain(chain), "credit", 120, async () => {
    const [{ validUntil, limit, used }, { timestamp }] = await Promise.all([
      client.readContract({
        address: vaultOf(chain),
        abi: spokeVaultAbi,
        functionName: "creditOf",
        args: [idOf(who)],
      }),
      client.getBlock(),
    ]);
    return BigInt(validUntil) > timestamp + 5n && limit - used > 20_000n;
  });
}

async function untilPriced(chain: number, after = 0n): Promise<void> {
  await untilHolds(network.chain(chain), "a reference price", 60, async () => {
    const [, time] = await network.chain(chain).client.readContract({
      address: vaultOf(chain),
      abi: spokeVaultAbi,
      functionName: "referencePriceOf",
      args: [`0x${ETH.slice(-32)}`],
    });
    return time > after;
  });
}

const eidOf = (chain: number): number => network.chain(chain).definition.eid;
const vaultOf = (chain: number): Address => network.chain(chain).deployment.causeway.vault;
const feeAccountOf = (chain: number): Hex => accountId(vaultOf(chain), eidOf(chain));
const idOf = (who: LocalAccount): Hex => accountId(who.address, eidOf(who === bob ? SPOKE : HUB));
const inAnHour = async (): Promise<number> => Number((await network.hubTime()) + 3_600n);

function cashOf(who: LocalAccount): Promise<bigint> {
  return network.chain(HUB).client.readContract({
    address: network.hub.clearingHub,
    abi: clearingHubAbi,
    functionName: "balanceOf",
    args: [idOf(who), USDC],
  });
}
