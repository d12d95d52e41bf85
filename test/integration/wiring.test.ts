import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Address,
  createTestClient,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  http,
  pad,
  parseAbi,
  parseEther,
} from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  accessManagerAbi,
  clearingHubAbi,
  signedPriceOracleAbi,
  spokeVaultAbi,
} from "../../chains/abi/index.ts";
import { causewayArtifact, creationCode } from "../../chains/artifacts.ts";
import { causewayErrorAbi, deployCauseway } from "../../chains/deploy/causeway.ts";
import { checkWiring, wiringChecks } from "../../chains/deploy/checks/index.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork, type Network, sentTransactions } from "../../chains/deploy/network.ts";
import { roles } from "../../chains/deploy/roles.ts";
import { wire } from "../../chains/deploy/wire.ts";
import { readWiredNetwork, type WiredChain, type WiredNetwork } from "../../chains/deploy/wiredNetwork.ts";
import { writeDeployment } from "../../chains/deployments.ts";
import { endpointAbi, executorAbi, sendUln302Abi } from "../../chains/layerzero/abi.ts";
import { layerZeroErrorAbi } from "../../chains/layerzero/errorAbi.ts";
import { type LocalNetwork, startLocalNetwork } from "../../chains/local/startLocalNetwork.ts";
import { perpetualOf } from "../../chains/markets.ts";
import { encodeCommand } from "../../clearing/codec/command.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";

/*
 * CLR-24: each thing that can be wired wrongly is made wrong on real chains, one at a time, and must be named.
 */

/** What LayerZero's own owner may do, beyond what we ever do. */
const ownerAbi = parseAbi([
  "function blockedLibrary() view returns (address)",
  "function setDefaultReceiveLibraryTimeout(uint32 eid, address lib, uint256 expiry)",
]);
const NIL_COUNT = 255;
const NIL_CONFIRMATIONS = 2n ** 64n - 1n;
const EVERYBODY = 2n ** 64n - 1n;
const USDC = 1;

let local: LocalNetwork;
let network: Network;
let wired: WiredNetwork;
let hub: WiredNetwork["hub"];
let spoke: WiredChain;
let stranger: Address;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "causeway-wiring-"));
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
      },
    ],
  });
  stranger = local.accounts[0]!.address;
  network = await connectNetwork(local.config, [...causewayErrorAbi, ...layerZeroErrorAbi()]);
  await deployLayerZero(network);
  await deployCauseway(network);
  await wire(network);
  wired = readWiredNetwork(network);
  hub = wired.hub;
  spoke = wired.chains[1]!;
}, 120_000);
afterAll(async () => {
  await local?.stop();
  rmSync(folder, { recursive: true });
});

let snapshots: Hex[];
beforeEach(async () => {
  snapshots = await Promise.all(network.chains.map((_, index) => anvil(index).snapshot()));
});
afterEach(async () => {
  await Promise.all(snapshots.map((id, index) => anvil(index).revert({ id })));
});

/** One way to wire wrongly. */
interface Fault {
  what: string;
  /** The check that must name it. */
  check: string;
  /** A check that must see a consequence; no other may complain. */
  also?: string;
  /** Where, and a part of what it must say. */
  chain: () => WiredChain;
  says: RegExp;
  make: () => Promise<unknown>;
}

/** `wire` refuses these before it connects anything; LayerZero's own defaults it leaves alone, where LayerZero was there already. */
const pathwayFaults: Fault[] = [
  {
    what: "one DVN by default at the sender",
    check: "dvns",
    chain: () => hub,
    says: /number of required DVNs of local-hub to local-a at its sender is 1, expected at least 2/,
    make: () => setDefaultUln(hub, hub.record.layerZero.sendUln302, spoke, { required: [dvn(hub, 0)] }),
  },
  {
    what: "one DVN by default at the receiver",
    check: "dvns",
    chain: () => hub,
    says: /number of required DVNs of local-a to local-hub at its receiver is 1/,
    make: () => setDefaultUln(hub, hub.record.layerZero.receiveUln302, spoke, { required: [dvn(hub, 1)] }),
  },
  {
    what: "one DVN by the vault's own settings at the sender",
    check: "dvns",
    chain: () => spoke,
    says: /number of required DVNs of local-a to local-hub at its sender is 1/,
    make: () => setUln(spoke, "sendUln302", hub, { required: [dvn(spoke, 0)] }),
  },
  {
    what: "one DVN by the vault's own settings at the receiver",
    check: "dvns",
    chain: () => spoke,
    says: /number of required DVNs of local-hub to local-a at its receiver is 1/,
    make: () => setUln(spoke, "receiveUln302", hub, { required: [dvn(spoke, 1)] }),
  },
  {
    what: "no required DVN, but optional ones",
    check: "dvns",
    chain: () => spoke,
    says: /number of required DVNs of local-hub to local-a at its receiver is 0/,
    make: () =>
      setUln(spoke, "receiveUln302", hub, { requiredCount: NIL_COUNT, optional: spokeDvns(), threshold: 2 }),
  },
  {
    what: "a stranger among two DVNs",
    check: "dvns",
    chain: () => spoke,
    says: /the set of required DVNs of local-hub to local-a at its receiver is/,
    make: () => setUln(spoke, "receiveUln302", hub, { required: [dvn(spoke, 0), stranger] }),
  },
  {
    what: "an optional DVN on top",
    also: "receiveGas",
    check: "dvns",
    chain: () => spoke,
    says: /the set of optional DVNs of local-a to local-hub at its sender is 0x\w+, expected none/,
    make: () => setUln(spoke, "sendUln302", hub, { optional: [stranger], threshold: 1 }),
  },
  {
    what: "no confirmations at the receiver",
    check: "confirmations",
    chain: () => spoke,
    says: /number of confirmations of local-hub to local-a at its receiver is 0, expected at least 1/,
    make: () => setUln(spoke, "receiveUln302", hub, { confirmations: NIL_CONFIRMATIONS }),
  },
  {
    what: "no confirmations by default at the sender",
    check: "confirmations",
    chain: () => spoke,
    says: /number of confirmations of local-a to local-hub at its sender is 0, expected at least 1/,
    make: () =>
      setDefaultUln(spoke, spoke.record.layerZero.sendUln302, hub, {
        required: spokeDvns(),
        confirmations: 0n,
      }),
  },
  {
    what: "more confirmations at the receiver than the DVNs are asked for",
    check: "confirmations",
    chain: () => spoke,
    says: /at its receiver is 64, expected at most the sender's 1/,
    make: () => setUln(spoke, "receiveUln302", hub, { confirmations: 64n }),
  },
  {
    what: "another send library",
    also: "receiveGas",
    check: "libraries",
    chain: () => spoke,
    says: /the send library from local-a to local-hub is 0x\w+, expected 0x/,
    make: async () =>
      asDelegate(spoke, "setSendLibrary", [
        spoke.record.causeway.vault,
        hub.definition.eid,
        await blocked(spoke),
      ]),
  },
  {
    what: "another receive library by default",
    check: "libraries",
    chain: () => spoke,
    says: /the receive library from local-hub to local-a is 0x/,
    make: async () =>
      asOwner(
        spoke,
        spoke.record.layerZero.endpoint,
        encodeFunctionData({
          abi: endpointAbi,
          functionName: "setDefaultReceiveLibrary",
          args: [hub.definition.eid, await blocked(spoke), 0n],
        }),
      ),
  },
  {
    what: "a second receive library in its time of grace",
    check: "libraries",
    chain: () => spoke,
    says: /a second receive library from local-hub to local-a is 0x\w+ until block \d+, expected no other/,
    make: async () =>
      asOwner(
        spoke,
        spoke.record.layerZero.endpoint,
        encodeFunctionData({
          abi: ownerAbi,
          functionName: "setDefaultReceiveLibraryTimeout",
          args: [hub.definition.eid, await blocked(spoke), (await spoke.client.getBlockNumber()) + 100_000n],
        }),
      ),
  },
  {
    what: "messages shorter than ours",
    also: "receiveGas",
    check: "executor",
    chain: () => spoke,
    says: /the largest message of local-a to local-hub is 9999 bytes, expected at least 10000/,
    make: () => setExecutor(spoke, hub, 9_999, spoke.record.layerZero.executor),
  },
  {
    what: "another executor",
    also: "receiveGas",
    check: "executor",
    chain: () => spoke,
    says: /the executor of local-a to local-hub is 0x/,
    make: () => setExecutor(spoke, hub, 10_000, spoke.record.layerZero.lzExecutor),
  },
  {
    what: "an executor that does not serve the destination",
    check: "receiveGas",
    chain: () => hub,
    says: /the fee from local-hub to local-a is Executor_EidNotSupported/,
    make: () =>
      asOwner(
        hub,
        hub.record.layerZero.executor,
        encodeFunctionData({
          abi: executorAbi,
          functionName: "setDstConfig",
          args: [
            [
              {
                dstEid: spoke.definition.eid,
                lzReceiveBaseGas: 0n,
                lzComposeBaseGas: 0n,
                multiplierBps: 10_000,
                floorMarginUSD: 0n,
                nativeCap: 10n ** 18n,
              },
            ],
          ],
        }),
      ),
  },
  {
    what: "a delegate that is not the AccessManager",
    check: "authorities",
    chain: () => spoke,
    says: /the delegate of the vault is 0x/,
    make: () =>
      asManager(
        spoke,
        spoke.record.causeway.vault,
        encodeFunctionData({ abi: spokeVaultAbi, functionName: "setDelegate", args: [stranger] }),
      ),
  },
  {
    what: "an owner that is not the AccessManager",
    check: "authorities",
    chain: () => hub,
    says: /the owner of the hub is 0x/,
    make: () =>
      asManager(
        hub,
        hub.contracts.clearingHub,
        encodeFunctionData({ abi: clearingHubAbi, functionName: "transferOwnership", args: [stranger] }),
      ),
  },
];

/** As long as the deployer administers, `wire` mends these: so they are looked for by checking only. */
const contractFaults: Fault[] = [
  {
    what: "a peer that is missing at the hub",
    check: "peers",
    chain: () => hub,
    says: /the hub's peer on local-a is none/,
    make: () => setPeer(hub, hub.contracts.clearingHub, spoke, pad("0x")),
  },
  {
    what: "a wrong peer at the vault",
    check: "peers",
    chain: () => spoke,
    says: /the vault's peer on local-hub is 0x/,
    make: () => setPeer(spoke, spoke.record.causeway.vault, hub, pad(stranger)),
  },
  {
    what: "a wrong peer over the loopback at the hub",
    check: "peers",
    chain: () => hub,
    says: /the hub's peer on local-hub is 0x/,
    make: () => setPeer(hub, hub.contracts.clearingHub, hub, pad(stranger)),
  },
  {
    what: "a missing peer over the loopback at the vault",
    check: "peers",
    chain: () => hub,
    says: /the vault's peer on local-hub is none/,
    make: () => setPeer(hub, hub.record.causeway.vault, hub, pad("0x")),
  },
  {
    what: "a lane to a chain that is not configured",
    check: "lanes",
    chain: () => hub,
    says: /the lane 39999 is listed/,
    make: () => atHub("listLane", [39_999, 600]),
  },
  {
    what: "another lease",
    check: "lanes",
    chain: () => hub,
    says: /the lease of local-a is 600 s, expected 12 s/,
    make: () => atHub("listLane", [spoke.definition.eid, 600]),
  },
  {
    what: "terms that differ from the configured ones",
    check: "settings",
    chain: () => hub,
    says: /listInstrument ETH is not as configured/,
    make: () => atHub("listInstrument", [perpetualOf("ETH"), 140_000, 300, 10n ** 12n]),
  },
  {
    what: "another quorum of price signers",
    check: "settings",
    chain: () => hub,
    says: /setSigners is not as configured/,
    make: () =>
      asOwner(
        hub,
        hub.contracts.oracle,
        encodeFunctionData({ abi: signedPriceOracleAbi, functionName: "setSigners", args: [[stranger], 1n] }),
      ),
  },
  {
    what: "terms that the hub never sent",
    check: "instruments",
    chain: () => hub,
    says: /the vault's terms of ETH is rate 1, .*version 1, expected rate 150000, .*version 1/,
    make: forgeTerms,
  },
  {
    what: "a privileged function that everybody may call",
    check: "roles",
    chain: () => spoke,
    says: /listToken of 0x\w+ is bound to everybody, expected bound to listing/,
    make: () =>
      administer(spoke, "setTargetFunctionRole", [
        spoke.record.causeway.vault,
        [selectorOf("listToken")],
        EVERYBODY,
      ]),
  },
  {
    what: "a function that nobody was to have",
    check: "roles",
    chain: () => spoke,
    says: /of 0x\w+ is bound to guardian, expected bound to admin/,
    make: () =>
      administer(spoke, "setTargetFunctionRole", [
        spoke.record.causeway.vault,
        [selectorOf("transferOwnership")],
        roles.guardian,
      ]),
  },
  {
    what: "a second holder of a role",
    check: "roles",
    chain: () => hub,
    says: /a member of wiring is 0x\w+, expected 0x\w+ alone/,
    make: () => administer(hub, "grantRole", [roles.wiring, stranger, 0]),
  },
  {
    what: "a role of nobody's invention",
    check: "roles",
    chain: () => hub,
    says: /a member of role 77 is 0x\w+, expected nobody alone/,
    make: () => administer(hub, "grantRole", [77n, stranger, 0]),
  },
  {
    what: "a role that another than the admin grants",
    check: "roles",
    chain: () => hub,
    says: /the admin of risk is guardian, expected admin/,
    make: () => administer(hub, "setRoleAdmin", [roles.risk, roles.guardian]),
  },
  {
    what: "a role without its guardian",
    check: "roles",
    chain: () => hub,
    says: /the guardian of wiring is admin, expected guardian/,
    make: () => administer(hub, "setRoleGuardian", [roles.wiring, roles.admin]),
  },
  {
    what: "a contract closed to every role",
    check: "roles",
    chain: () => spoke,
    says: /the target 0x\w+ is closed/,
    make: () => administer(spoke, "setTargetClosed", [spoke.record.causeway.vault, true]),
  },
];

test("CLR-24: a network that was just wired holds every check", async () => {
  expect(await faultsOf(wired)).toEqual([]);
});

describe("CLR-24: refused by wire, sending nothing, and found by the check:", () => {
  test.each(pathwayFaults)("$what", async ({ check, also, chain, says, make }) => {
    await make();
    expectFaults(await faultsOf(wired), says, check, also, chain());
    const before = sentTransactions(network);
    const error: CausewayError = await wire(withForeignLayerZero()).catch((cause) => cause);
    expect(error).toMatchObject({
      kind: "WiringRefused",
      details: { check, chain: chain().definition.name },
      message: expect.stringMatching(says),
    });
    expect(error.hint).not.toBe("");
    expect(sentTransactions(network)).toBe(before);
  });
});

describe("CLR-24: found by the check:", () => {
  test.each(contractFaults)("$what", async ({ check, also, chain, says, make }) => {
    await make();
    expectFaults(await faultsOf(wired), says, check, also, chain());
  });
});

describe("CLR-24: contracts that were deployed otherwise are refused by wire:", () => {
  test("a vault that takes another chain for the hub's", async () => {
    const vault = await deployVault(spoke.definition.eid);
    await expectRefused(vault, "identities", /hubEid of the vault is 39002, expected 39001/);
  });

  test("a vault that counts tokens in another unit", async () => {
    const vault = await deployVault(hub.definition.eid);
    const { tokens, accessManager } = spoke.record.causeway;
    const list = encodeFunctionData({
      abi: accessManagerAbi,
      functionName: "setTargetFunctionRole",
      args: [vault, [selectorOf("listToken")], roles.listing],
    });
    await asOwner(spoke, accessManager, list);
    await asOwner(
      spoke,
      vault,
      encodeFunctionData({
        abi: spokeVaultAbi,
        functionName: "listToken",
        args: [USDC, tokens.USDC!, 2],
      }),
    );
    await expectRefused(vault, "tokens", /token units to a shared unit of USDC is \d+, expected \d+, for/);
  });
});

test("every check is made to fail by one of these tests", () => {
  const made = new Set([
    ...pathwayFaults.map(({ check }) => check),
    ...contractFaults.map(({ check }) => check),
    "identities",
    "tokens",
  ]);
  expect([...made].sort()).toEqual(wiringChecks.map(({ id }) => id).sort());
});

interface FoundFault {
  check: string;
  chain: string;
  text: string;
}

async function faultsOf(of: WiredNetwork): Promise<FoundFault[]> {
  return (await checkWiring(of)).flatMap(({ id, faults }) =>
    faults.map(({ chain, what, found, expected }) => ({
      check: id,
      chain,
      text: `${what} is ${found}, expected ${expected}`,
    })),
  );
}

function expectFaults(
  found: readonly FoundFault[],
  says: RegExp,
  check: string,
  also: string | undefined,
  chain: WiredChain,
): void {
  const named = found.filter((fault) => fault.check !== also);
  expect(named).toEqual([{ check, chain: chain.definition.name, text: expect.stringMatching(says) }]);
  expect(found.length - named.length).toBe(also === undefined ? 0 : 1);
}

/** The network as if its LayerZero had been there before us, so that its defaults are not ours to mend. */
function withForeignLayerZero(): Network {
  return {
    ...network,
    chains: network.chains.map((chain, index) => ({
      ...chain,
      definition: { ...chain.definition, layerZero: wired.chains[index]!.record.layerZero },
    })),
  };
}

/** Records `vault` as the spoke's, in another folder, and expects `wire` to refuse it. */
async function expectRefused(vault: Address, check: string, says: RegExp): Promise<void> {
  const { record } = spoke;
  writeDeployment(folder, hub.record);
  writeDeployment(folder, { ...record, causeway: { ...record.causeway, vault } });
  const other = { ...network, config: { ...network.config, deploymentsFolder: folder } };
  await expect(wire(other)).rejects.toMatchObject({
    kind: "WiringRefused",
    details: { check, chain: "local-a" },
    message: expect.stringMatching(says),
  });
}

async function deployVault(hubEid: number): Promise<Address> {
  const { layerZero, causeway } = spoke.record;
  const data = creationCode({
    artifact: causewayArtifact("spoke/SpokeVault.sol/SpokeVault"),
    args: [layerZero.endpoint, hubEid, causeway.accessManager, "0x0000000000000000000000000000000000000000"],
    libraries: causeway.libraries,
  });
  const [receipt] = await spoke.writer.send([{ what: "a vault", data }]);
  return receipt!.contractAddress!;
}

function anvil(index: number) {
  return createTestClient({ mode: "anvil", transport: http(network.chains[index]!.definition.rpcUrls[0]) });
}

function dvn(chain: WiredChain, index: number): Address {
  return chain.record.layerZero.dvns[index]!.address;
}

function spokeDvns(): Address[] {
  return [dvn(spoke, 0), dvn(spoke, 1)];
}

function blocked(chain: WiredChain): Promise<Address> {
  return chain.client.readContract({
    address: chain.record.layerZero.endpoint,
    abi: ownerAbi,
    functionName: "blockedLibrary",
  });
}

/** A call of the deployer, who owns this LayerZero and administers our contracts. */
async function asOwner(chain: WiredChain, to: Address, data: Hex): Promise<void> {
  await chain.writer.send([{ what: "a fault", to, data }]);
}

function administer(chain: WiredChain, functionName: string, args: readonly unknown[]): Promise<void> {
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName, args } as never);
  return asOwner(chain, chain.record.causeway.accessManager, data);
}

/** A call by the AccessManager, as which the deployer may act. */
async function asManager(chain: WiredChain, target: Address, data: Hex): Promise<void> {
  await administer(chain, "execute", [target, data]);
}

async function atHub(functionName: "listLane" | "listInstrument", args: readonly unknown[]): Promise<void> {
  const data = encodeFunctionData({ abi: clearingHubAbi, functionName, args } as never);
  await asOwner(hub, hub.contracts.clearingHub, data);
}

async function setPeer(chain: WiredChain, oapp: Address, remote: WiredChain, peer: Hex): Promise<void> {
  const data = encodeFunctionData({
    abi: spokeVaultAbi,
    functionName: "setPeer",
    args: [remote.definition.eid, peer],
  });
  await asManager(chain, oapp, data);
}

async function asDelegate(chain: WiredChain, functionName: string, args: readonly unknown[]): Promise<void> {
  const data = encodeFunctionData({ abi: endpointAbi, functionName, args } as never);
  await asManager(chain, chain.record.layerZero.endpoint, data);
}

interface UlnChange {
  required?: readonly Address[];
  requiredCount?: number;
  optional?: readonly Address[];
  threshold?: number;
  confirmations?: bigint;
}

function ulnConfig(change: UlnChange, confirmations: bigint) {
  const { required = [], optional = [], threshold = 0 } = change;
  const ascending = (list: readonly Address[]) => [...list].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return {
    confirmations: change.confirmations ?? confirmations,
    requiredDVNCount: change.requiredCount ?? required.length,
    optionalDVNCount: optional.length,
    optionalDVNThreshold: threshold,
    requiredDVNs: ascending(required),
    optionalDVNs: ascending(optional),
  };
}

async function setDefaultUln(
  chain: WiredChain,
  library: Address,
  remote: WiredChain,
  change: UlnChange,
): Promise<void> {
  const data = encodeFunctionData({
    abi: sendUln302Abi,
    functionName: "setDefaultUlnConfigs",
    args: [[{ eid: remote.definition.eid, config: ulnConfig(change, 1n) }]],
  });
  await asOwner(chain, library, data);
}

const ulnConfigType = [
  {
    type: "tuple",
    components: [
      { name: "confirmations", type: "uint64" },
      { name: "requiredDVNCount", type: "uint8" },
      { name: "optionalDVNCount", type: "uint8" },
      { name: "optionalDVNThreshold", type: "uint8" },
      { name: "requiredDVNs", type: "address[]" },
      { name: "optionalDVNs", type: "address[]" },
    ],
  },
] as const;

/** The vault's own settings; what is not given is LayerZero's default. */
async function setUln(
  chain: WiredChain,
  library: "sendUln302" | "receiveUln302",
  remote: WiredChain,
  change: UlnChange,
): Promise<void> {
  const config = encodeAbiParameters(ulnConfigType, [ulnConfig(change, 0n)]);
  await asDelegate(chain, "setConfig", [
    chain.record.causeway.vault,
    chain.record.layerZero[library],
    [{ eid: remote.definition.eid, configType: 2, config }],
  ]);
}

async function setExecutor(
  chain: WiredChain,
  remote: WiredChain,
  maxMessageSize: number,
  executor: Address,
): Promise<void> {
  const config = encodeAbiParameters(
    [
      {
        type: "tuple",
        components: [
          { name: "maxMessageSize", type: "uint32" },
          { name: "executor", type: "address" },
        ],
      },
    ],
    [{ maxMessageSize, executor }],
  );
  await asDelegate(chain, "setConfig", [
    chain.record.causeway.vault,
    chain.record.layerZero.sendUln302,
    [{ eid: remote.definition.eid, configType: 1, config }],
  ]);
}

/** Terms of the hub's version, but not the hub's: brought by a loopback that lies. */
async function forgeTerms(): Promise<void> {
  const { loopback, clearingHub } = hub.contracts;
  const { vault } = hub.record.causeway;
  const items = [{ instrument: perpetualOf("ETH"), ratePpm: 1, feePpm: 0, maxBase: 1n, version: 1 }];
  const message = encodeCommand({ sections: [{ kind: "instrument", items }] });
  await anvil(0).setBalance({ address: loopback, value: parseEther("1") });
  await anvil(0).impersonateAccount({ address: loopback });
  const hash = await anvil(0).sendUnsignedTransaction({
    from: loopback,
    to: vault,
    data: encodeFunctionData({
      abi: spokeVaultAbi,
      functionName: "receiveLoopback",
      args: [clearingHub, 1n, message],
    }),
  });
  await hub.client.waitForTransactionReceipt({ hash });
}

function selectorOf(name: "listToken" | "transferOwnership"): Hex {
  const args = { listToken: [0, stranger, 0], transferOwnership: [stranger] }[name];
  return encodeFunctionData({ abi: spokeVaultAbi, functionName: name, args } as never).slice(0, 10) as Hex;
}
