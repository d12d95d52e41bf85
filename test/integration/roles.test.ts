import {
  type Address,
  createTestClient,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  http,
  type LocalAccount,
  pad,
} from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accessManagerAbi, clearingHubAbi, spokeVaultAbi, testTokenAbi } from "../../chains/abi/index.ts";
import type { ConfiguredChain } from "../../chains/config.ts";
import { causewayErrorAbi, deployCauseway } from "../../chains/deploy/causeway.ts";
import { createChainWriter } from "../../chains/deploy/chainWriter.ts";
import { checkWiring } from "../../chains/deploy/checks/index.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork, type Network, sentTransactions } from "../../chains/deploy/network.ts";
import { readScheduled } from "../../chains/deploy/readScheduled.ts";
import { MIN_ROLE_DELAY_SECONDS } from "../../chains/deploy/roleHolders.ts";
import { privileges, type RoleName, roles } from "../../chains/deploy/roles.ts";
import type { Operation } from "../../chains/deploy/sendAsDeployer.ts";
import { wire } from "../../chains/deploy/wire.ts";
import { readWiredNetwork, type WiredNetwork } from "../../chains/deploy/wiredNetwork.ts";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { type LocalNetwork, startLocalNetwork } from "../../chains/local/startLocalNetwork.ts";
import type { MarketParameters } from "../../chains/markets.ts";
import type { RoleHolders } from "../../chains/types.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";
import { localOracle } from "../../scripts/devnet/localMarket.ts";
import { sendCall } from "./support/byHand.ts";
import { depositByHand, withdrawByHand } from "./support/cashByHand.ts";

/*
 * Roles as they are on chains with money on them: the same chains as ever, but configured as if they were not local. One account
 * holds each role; the deployer ends with none.
 */

const USDC = 1;
const DELAY = MIN_ROLE_DELAY_SECONDS;

const market: MarketParameters = {
  underlying: "ETH",
  priceScanRangeWad: 10n ** 17n,
  venueRateWad: 10n ** 15n,
  ratePpm: 150_000n,
  feePpm: 300n,
  maxBase: 10n ** 12n,
  oracle: localOracle(4_000n * 10n ** 18n),
};

let local: LocalNetwork;
/** As it is deployed: local. */
let network: Network;
/** As it is wired: not local. */
let wired: WiredNetwork;
let holders: Record<RoleName, LocalAccount>;
let stranger: LocalAccount;
let trader: LocalAccount;

/** Whose sources are deployed, and which is not listed at first. */
const secondMarket = { ...market, underlying: "BTC" };

beforeAll(async () => {
  local = await startLocalNetwork({ chains: 2, markets: [market, secondMarket] });
  const [admin, listing, wiring, risk, guardian] = local.accounts;
  holders = { admin: admin!, listing: listing!, wiring: wiring!, risk: risk!, guardian: guardian! };
  [stranger, trader] = [local.accounts[5]!, local.accounts[6]!];
  network = await connectNetwork(local.config, causewayErrorAbi);
  await deployLayerZero(network);
  await deployCauseway(network);
}, 120_000);
afterAll(() => local?.stop());

const addressesOf = (): RoleHolders => ({
  delaySeconds: DELAY,
  admin: holders.admin.address,
  listing: holders.listing.address,
  wiring: holders.wiring.address,
  risk: holders.risk.address,
  guardian: holders.guardian.address,
});

/** The network with definitions that are not local, and what `change` makes of the roles of one of them. */
function valuable(
  change: (roles: RoleHolders) => RoleHolders | undefined = (same) => same,
  markets: readonly MarketParameters[] = [market],
): Network {
  const configured = network.config.chains.map((chain, index): ConfiguredChain => {
    const { local: _, roles: __, ...definition } = chain;
    const given = index === 1 ? change(addressesOf()) : addressesOf();
    return { ...definition, ...(given && { roles: given }) };
  });
  return {
    ...network,
    config: { ...network.config, chains: configured, hub: configured[0]!, markets },
    chains: network.chains.map((chain, index) => ({ ...chain, definition: configured[index]! })),
  };
}

describe("CLR-22: wire refuses, before it sends anything,", () => {
  test.each<[string, (roles: RoleHolders) => RoleHolders | undefined, string]>([
    ["roles that nobody but the deployer holds", () => undefined, "chains.local-a.roles"],
    [
      "a delay too short to withdraw in",
      (given) => ({ ...given, delaySeconds: DELAY - 1 }),
      "chains.local-a.roles.delaySeconds",
    ],
    [
      "a role that the deployer keeps",
      (given) => ({ ...given, risk: network.config.accounts.deployer.address }),
      "chains.local-a.roles.risk",
    ],
    [
      "a guardian that can do more than stop",
      (given) => ({ ...given, guardian: given.admin }),
      "chains.local-a.roles.guardian",
    ],
  ])("%s", async (_, change, key) => {
    const before = sentTransactions(network);
    const error: CausewayError = await wire(valuable(change)).catch((cause) => cause);
    expect(error).toMatchObject({ kind: "RolesUnsafe", details: { key, chain: "local-a" } });
    expect(error.hint).toContain("chains.local-a.roles");
    expect(sentTransactions(network)).toBe(before);
  });
});

describe("CLR-22: after the handover", () => {
  beforeAll(async () => {
    await wire(valuable());
    wired = readWiredNetwork(valuable());
  }, 60_000);

  let snapshot: Hex;
  beforeEach(async () => {
    snapshot = await anvil().snapshot();
  });
  afterEach(async () => {
    await anvil().revert({ id: snapshot });
  });

  test("wiring again sends nothing and finds everything as configured", async () => {
    const before = sentTransactions(network);
    await wire(valuable());
    expect(sentTransactions(network)).toBe(before);
    const verdicts = await checkWiring(wired);
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([]);
  });

  test("the deployer and a stranger can call no privileged function, nor schedule one", async () => {
    for (const chain of wired.chains) {
      const { accessManager } = chain.record.causeway;
      for (const account of [network.config.accounts.deployer, stranger]) {
        for (const { target, functions } of privileges(chain.record)) {
          for (const selector of functions.values()) {
            const [immediate, delay] = await chain.client.readContract({
              address: accessManager,
              abi: accessManagerAbi,
              functionName: "canCall",
              args: [account.address, target, selector],
            });
            expect([immediate, delay]).toEqual([false, 0]);
          }
        }
        for (const data of administration(account.address)) {
          await expectReverts(chain, account, accessManager, data, /^AccessManagerUnauthorizedAccount\(/);
          const schedule = encodeFunctionData({
            abi: accessManagerAbi,
            functionName: "schedule",
            args: [accessManager, data, 0],
          });
          await expectReverts(chain, account, accessManager, schedule, /^AccessManagerUnauthorizedCall\(/);
        }
      }
    }
  });

  test("every holder but the guardian waits for the delay, whatever the function", async () => {
    for (const chain of wired.chains) {
      const { accessManager } = chain.record.causeway;
      for (const { role, target, functions } of privileges(chain.record)) {
        for (const selector of functions.values()) {
          const can = await chain.client.readContract({
            address: accessManager,
            abi: accessManagerAbi,
            functionName: "canCall",
            args: [holders[role].address, target, selector],
          });
          expect(can).toEqual(role === "guardian" ? [true, 0] : [false, DELAY]);
        }
      }
      for (const data of administration(stranger.address)) {
        await expectReverts(chain, holders.admin, accessManager, data, /^AccessManagerNotScheduled\(/);
      }
    }
  });

  test("setPeer acts only after the delay, and a withdrawal asked for meanwhile is paid", async () => {
    const chain = wired.hub;
    const { clearingHub } = wired.hub.contracts;
    await depositByHand(chain, trader, 1_000_000n);
    const data = encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "setPeer",
      args: [wired.chains[1]!.definition.eid, pad(stranger.address)],
    });
    await expectReverts(chain, holders.wiring, manager(), execute(clearingHub, data), /NotScheduled/);
    const from = await schedule(holders.wiring, clearingHub, data);
    expect(await readScheduled(chain)).toEqual([
      {
        chain: "local-hub",
        from,
        caller: holders.wiring.address,
        target: clearingHub,
        data: data.toLowerCase(),
        call: `setPeer(${wired.chains[1]!.definition.eid}, ${pad(stranger.address).toLowerCase()})`,
      },
    ]);
    await pass(DELAY - 60);
    await expectReverts(chain, holders.wiring, manager(), execute(clearingHub, data), /NotReady/);

    await withdrawByHand(chain, trader, stranger, 1_000_000n);
    expect(await balanceOf(trader.address)).toBe(1_000_000n);
    expect(await peerOfSpoke()).not.toBe(pad(stranger.address).toLowerCase());

    await pass(60);
    await sendCall(chain, holders.wiring, manager(), accessManagerAbi, "execute", [clearingHub, data]);
    expect(await peerOfSpoke()).toBe(pad(stranger.address).toLowerCase());
    expect(await readScheduled(chain)).toEqual([]);
    const refused = await checkWiring(wired);
    expect(refused.filter(({ holds }) => !holds).map(({ id }) => id)).toEqual(["peers"]);
  });

  test("LayerZero's settings of an OApp act only after the delay", async () => {
    const { endpoint, sendUln302 } = wired.hub.record.layerZero;
    const { clearingHub } = wired.hub.contracts;
    const config = encodeAbiParameters(
      [{ type: "uint32" }, { type: "address" }],
      [10_000, wired.hub.record.layerZero.executor],
    );
    const data = encodeFunctionData({
      abi: endpointAbi,
      functionName: "setConfig",
      args: [clearingHub, sendUln302, [{ eid: wired.chains[1]!.definition.eid, configType: 1, config }]],
    });
    for (const account of [holders.wiring, holders.admin, network.config.accounts.deployer]) {
      await expectReverts(
        wired.hub,
        account,
        manager(),
        execute(endpoint, data),
        account === holders.wiring ? /NotScheduled/ : /UnauthorizedCall/,
      );
    }
    await schedule(holders.wiring, endpoint, data);
    await pass(DELAY);
    await sendCall(wired.hub, holders.wiring, manager(), accessManagerAbi, "execute", [endpoint, data]);
  });

  test("the guardian cancels what was scheduled, and can itself neither list, wire, set nor grant", async () => {
    const { clearingHub } = wired.hub.contracts;
    const { guardian } = holders;
    const calls = {
      listing: encodeFunctionData({
        abi: clearingHubAbi,
        functionName: "listLane",
        args: [39_999, 600, 600],
      }),
      wiring: encodeFunctionData({
        abi: clearingHubAbi,
        functionName: "setDelegate",
        args: [stranger.address],
      }),
      risk: encodeFunctionData({
        abi: clearingHubAbi,
        functionName: "setRiskModules",
        args: [stranger.address, stranger.address, 60],
      }),
    };
    for (const [role, data] of Object.entries(calls)) {
      const holder = holders[role as RoleName];
      await expectReverts(wired.hub, guardian, manager(), execute(clearingHub, data), /UnauthorizedCall/);
      await expectReverts(
        wired.hub,
        guardian,
        manager(),
        scheduleData(clearingHub, data),
        /UnauthorizedCall/,
      );
      await schedule(holder, clearingHub, data);
      await expectReverts(
        wired.hub,
        stranger,
        manager(),
        encodeFunctionData({
          abi: accessManagerAbi,
          functionName: "cancel",
          args: [holder.address, clearingHub, data],
        }),
        /UnauthorizedCancel/,
      );
      await sendCall(wired.hub, guardian, manager(), accessManagerAbi, "cancel", [
        holder.address,
        clearingHub,
        data,
      ]);
    }
    expect(await readScheduled(wired.hub)).toEqual([]);
    await pass(DELAY);
    for (const [role, data] of Object.entries(calls)) {
      await expectReverts(
        wired.hub,
        holders[role as RoleName],
        manager(),
        execute(clearingHub, data),
        /NotScheduled/,
      );
    }
    for (const data of administration(stranger.address)) {
      await expectReverts(wired.hub, guardian, manager(), data, /UnauthorizedAccount/);
    }
  });

  test("the guardian pauses at once, and can undo nothing: that is risk's, after the delay", async () => {
    const { guardian, risk } = holders;
    const { clearingHub } = wired.hub.contracts;
    const { vault } = wired.hub.record.causeway;
    const spokeEid = wired.chains[1]!.definition.eid;
    const hubCall = (name: "pauseLane" | "unpauseLane", eid: number) =>
      encodeFunctionData({ abi: clearingHubAbi, functionName: name, args: [eid] });
    const vaultCall = (name: "pause" | "unpause") =>
      encodeFunctionData({ abi: spokeVaultAbi, functionName: name });
    const tokenCall = (name: "suspendToken" | "resumeToken") =>
      encodeFunctionData({ abi: spokeVaultAbi, functionName: name, args: [USDC] });
    const rows = [
      { target: clearingHub, stop: hubCall("pauseLane", 0), undo: hubCall("unpauseLane", 0) },
      { target: clearingHub, stop: hubCall("pauseLane", spokeEid), undo: hubCall("unpauseLane", spokeEid) },
      { target: vault, stop: vaultCall("pause"), undo: vaultCall("unpause") },
      { target: vault, stop: tokenCall("suspendToken"), undo: tokenCall("resumeToken") },
    ];
    for (const { target, stop, undo } of rows) {
      await expectReverts(wired.hub, stranger, target, stop, /^AccessManagedUnauthorized\(/);
      await expectReverts(wired.hub, risk, target, stop, /^AccessManagedUnauthorized\(/);
      await send(guardian, target, stop);
      await expectReverts(wired.hub, guardian, target, undo, /^AccessManagedUnauthorized\(/);
      await expectReverts(wired.hub, risk, target, undo, /^AccessManagerNotScheduled\(/);
    }
    expect(await standing()).toEqual({ hub: true, lane: true, vault: true, token: true });

    for (const { target, undo } of rows) await schedule(risk, target, undo);
    await pass(DELAY);
    for (const { target, undo } of rows) await send(risk, target, undo);
    expect(await standing()).toEqual({ hub: false, lane: false, vault: false, token: false });
  });

  test("a role that is granted after the delay is found wider than configured", async () => {
    const grant = encodeFunctionData({
      abi: accessManagerAbi,
      functionName: "grantRole",
      args: [roles.risk, stranger.address, 0],
    });
    await schedule(holders.admin, manager(), grant);
    await pass(DELAY);
    await sendCall(wired.hub, holders.admin, manager(), accessManagerAbi, "execute", [manager(), grant]);
    const error: CausewayError = await wire(valuable()).catch((cause) => cause);
    expect(error).toMatchObject({
      kind: "WiringRefused",
      details: { check: "roles", chain: "local-hub", found: stranger.address },
    });
  });

  test("what is left to do is handed to whoever holds the role, as calls to schedule", async () => {
    const wider = () => valuable(undefined, [market, secondMarket]);
    const before = sentTransactions(network);
    const error: CausewayError = await wire(wider()).catch((cause) => cause);
    expect(error).toMatchObject({ kind: "RoleNeeded", details: { chain: "local-hub", left: 4 } });
    expect(sentTransactions(network)).toBe(before);
    const operations = error.details.operations as Operation[];
    expect(operations.map(({ role, holder, delaySeconds }) => ({ role, holder, delaySeconds }))).toEqual([
      { role: "listing", holder: holders.listing.address, delaySeconds: DELAY },
      { role: "risk", holder: holders.risk.address, delaySeconds: DELAY },
      { role: "risk", holder: holders.risk.address, delaySeconds: DELAY },
      { role: "risk", holder: holders.risk.address, delaySeconds: DELAY },
    ]);

    for (const { role, target, data } of operations) await schedule(holders[role], target, data);
    await pass(DELAY);
    for (const { role, target, data } of operations) {
      await sendCall(wired.hub, holders[role], manager(), accessManagerAbi, "execute", [target, data]);
    }
    await wire(wider());
    expect(sentTransactions(network)).toBe(before);
  });
});

/** The AccessManager's own privileged functions. */
function administration(beneficiary: Address): Hex[] {
  const encode = (functionName: string, args: readonly unknown[]) =>
    encodeFunctionData({ abi: accessManagerAbi, functionName, args } as never);
  const { clearingHub } = wired.hub.contracts;
  return [
    encode("grantRole", [roles.admin, beneficiary, 0]),
    encode("grantRole", [roles.wiring, beneficiary, 0]),
    encode("revokeRole", [roles.guardian, holders.guardian.address]),
    encode("setRoleAdmin", [roles.wiring, roles.guardian]),
    encode("setRoleGuardian", [roles.wiring, roles.admin]),
    encode("setGrantDelay", [roles.wiring, 0]),
    encode("setTargetAdminDelay", [clearingHub, 0]),
    encode("setTargetFunctionRole", [clearingHub, ["0x12345678"], roles.guardian]),
    encode("setTargetClosed", [clearingHub, true]),
    encode("updateAuthority", [clearingHub, beneficiary]),
  ];
}

function writerOf({ definition, client }: WiredNetwork["chains"][number], account: LocalAccount) {
  return createChainWriter({
    chain: definition.name,
    client,
    account,
    timeoutMs: 30_000,
    errorAbi: causewayErrorAbi,
  });
}

async function expectReverts(
  chain: WiredNetwork["chains"][number],
  account: LocalAccount,
  to: Address,
  data: Hex,
  reason: RegExp,
): Promise<void> {
  await expect(writerOf(chain, account).send([{ what: "a call", to, data }])).rejects.toMatchObject({
    kind: "TransactionReverted",
    details: { reason: expect.stringMatching(reason) },
  });
}

/** What is stopped. */
async function standing() {
  const { client, contracts, record } = wired.hub;
  const hub = { address: contracts.clearingHub, abi: clearingHubAbi } as const;
  const vault = { address: record.causeway.vault, abi: spokeVaultAbi } as const;
  const [whole, lane, paused, token] = await Promise.all([
    client.readContract({ ...hub, functionName: "laneOf", args: [0] }),
    client.readContract({ ...hub, functionName: "laneOf", args: [wired.chains[1]!.definition.eid] }),
    client.readContract({ ...vault, functionName: "paused" }),
    client.readContract({ ...vault, functionName: "tokenOf", args: [USDC] }),
  ]);
  return { hub: whole.paused, lane: lane.paused, vault: paused, token: token.suspended };
}

async function send(account: LocalAccount, to: Address, data: Hex): Promise<void> {
  await writerOf(wired.hub, account).send([{ what: "a call", to, data }]);
}

const manager = (): Address => wired.hub.record.causeway.accessManager;

function execute(target: Address, data: Hex): Hex {
  return encodeFunctionData({ abi: accessManagerAbi, functionName: "execute", args: [target, data] });
}

function scheduleData(target: Address, data: Hex): Hex {
  return encodeFunctionData({ abi: accessManagerAbi, functionName: "schedule", args: [target, data, 0] });
}

/** Resolves with the second from which the call may be made. */
async function schedule(holder: LocalAccount, target: Address, data: Hex): Promise<number> {
  const { blockNumber } = await sendCall(wired.hub, holder, manager(), accessManagerAbi, "schedule", [
    target,
    data,
    0,
  ]);
  const { timestamp } = await wired.hub.client.getBlock({ blockNumber });
  return Number(timestamp) + DELAY;
}

function anvil() {
  return createTestClient({ mode: "anvil", transport: http(network.chains[0]!.definition.rpcUrls[0]) });
}

/** Lets time pass on the hub's chain. */
async function pass(seconds: number): Promise<void> {
  await anvil().increaseTime({ seconds });
  await anvil().mine({ blocks: 1 });
}

function peerOfSpoke(): Promise<Hex> {
  return wired.hub.client.readContract({
    address: wired.hub.contracts.clearingHub,
    abi: clearingHubAbi,
    functionName: "peers",
    args: [wired.chains[1]!.definition.eid],
  });
}

function balanceOf(owner: Address): Promise<bigint> {
  return wired.hub.client.readContract({
    address: wired.hub.record.causeway.tokens.USDC!,
    abi: testTokenAbi,
    functionName: "balanceOf",
    args: [owner],
  });
}
