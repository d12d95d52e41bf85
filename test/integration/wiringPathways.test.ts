import { type Address, encodeFunctionData, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { wiringChecks } from "../../chains/deploy/checks/index.ts";
import { type Network, sentTransactions } from "../../chains/deploy/network.ts";
import { wire } from "../../chains/deploy/wire.ts";
import type { WiredChain, WiredNetwork } from "../../chains/deploy/wiredNetwork.ts";
import { endpointAbi, executorAbi } from "../../chains/layerzero/abi.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";
import {
  asDelegate,
  asManager,
  asOwner,
  blocked,
  dvn,
  dvnsOf,
  setCodec,
  setDefaultUln,
  setExecutor,
  setUln,
} from "./support/breakWiring.ts";
import {
  expectFault,
  findFaults,
  type MadeFault,
  startWiringBench,
  type WiringBench,
} from "./support/wiringBench.ts";

/*
 * CLR-24: each thing that makes a pathway unsafe is made so on real chains, one at a time, and must be named before anything is connected.
 */

const NIL_COUNT = 255;
const NIL_CONFIRMATIONS = 2n ** 64n - 1n;

let bench: WiringBench;
let hub: WiredNetwork["hub"];
let spoke: WiredChain;
let stranger: Address;

beforeAll(async () => {
  bench = await startWiringBench();
  ({ hub, spoke } = bench);
  stranger = bench.local.accounts[0]!.address;
}, 120_000);
afterAll(() => bench?.local.stop());

const pathwayFaults: MadeFault[] = [
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
      setUln(spoke, "receiveUln302", hub, {
        required: [],
        requiredCount: NIL_COUNT,
        optional: dvnsOf(spoke),
        threshold: 2,
      }),
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
    what: "a second receive library in its time of grace",
    check: "libraries",
    chain: () => spoke,
    says: /a second receive library from local-hub to local-a is 0x\w+ until block \d+, expected no other/,
    make: async () =>
      asDelegate(spoke, "setReceiveLibraryTimeout", [
        spoke.record.causeway.vault,
        hub.definition.eid,
        await blocked(spoke),
        (await spoke.client.getBlockNumber()) + 100_000n,
      ]),
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
    what: "a vault that packs messages otherwise",
    check: "codecs",
    chain: () => spoke,
    says: /the vault's codec is 0x0{63}1, expected 0x\w+, the hub's/,
    make: () => setCodec(spoke, spoke.record.causeway.vault),
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

/** What LayerZero's owner may do at once, to everybody who has no settings of their own. */
const defaultChanges: Pick<MadeFault, "what" | "make">[] = [
  {
    what: "one DVN by default at the sender",
    make: () => setDefaultUln(hub, hub.record.layerZero.sendUln302, spoke, { required: [dvn(hub, 0)] }),
  },
  {
    what: "one DVN by default at the receiver",
    make: () => setDefaultUln(hub, hub.record.layerZero.receiveUln302, spoke, { required: [dvn(hub, 1)] }),
  },
  {
    what: "no confirmations by default at the sender",
    make: () =>
      setDefaultUln(spoke, spoke.record.layerZero.sendUln302, hub, {
        required: dvnsOf(spoke),
        confirmations: 0n,
      }),
  },
  {
    what: "another receive library by default",
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
];

/** Own settings that were taken away: as long as the deployer administers, `wire` gives them back. */
const lostPins: Pick<MadeFault, "what" | "make">[] = [
  {
    what: "setSendLibrary",
    make: () =>
      asDelegate(spoke, "setSendLibrary", [spoke.record.causeway.vault, hub.definition.eid, zeroAddress]),
  },
  {
    what: "setReceiveLibrary",
    make: () =>
      asDelegate(spoke, "setReceiveLibrary", [
        spoke.record.causeway.vault,
        hub.definition.eid,
        zeroAddress,
        0n,
      ]),
  },
  {
    what: "setConfig of the DVNs",
    make: () => setUln(spoke, "receiveUln302", hub, { required: [], requiredCount: 0 }),
  },
  {
    what: "setConfig of the executor",
    make: () => setExecutor(spoke, hub, 0, zeroAddress),
  },
];

test("CLR-24: a network that was just wired holds every check", async () => {
  expect(await findFaults(bench.wired)).toEqual([]);
});

describe("CLR-24: refused by wire, sending nothing, and found by the check:", () => {
  test.each(pathwayFaults)("$what", (fault) =>
    bench.undone(async () => {
      const { check, chain, says, make } = fault;
      await make();
      await expectFault(bench.wired, fault);
      const before = sentTransactions(bench.network);
      const error: CausewayError = await wire(withForeignLayerZero()).catch((cause) => cause);
      expect(error).toMatchObject({
        kind: "WiringRefused",
        details: { check, chain: chain().definition.name },
        message: expect.stringMatching(says),
      });
      expect(error.hint).not.toBe("");
      expect(sentTransactions(bench.network)).toBe(before);
    }),
  );

  test("every check of a pathway is among them, but for what only another deployment can break", () => {
    const checks = wiringChecks.filter(({ stage }) => stage === "pathway").map(({ id }) => id);
    const made = new Set(pathwayFaults.map(({ check }) => check));
    expect(checks.filter((id) => !made.has(id))).toEqual(["pins", "identities"]);
  });
});

describe("CLR-22: LayerZero's owner, who waits for nobody, changes nothing of ours:", () => {
  test.each(defaultChanges)("$what", ({ make }) =>
    bench.undone(async () => {
      await make();
      expect(await findFaults(bench.wired)).toEqual([]);
    }),
  );
});

describe("CLR-24: a setting that is left to LayerZero's owner is found, and set again:", () => {
  test.each(lostPins)("$what", ({ what, make }) =>
    bench.undone(async () => {
      await make();
      const text = `${what} is LayerZero's default, at least in part, expected the contract's own`;
      expect(await findFaults(bench.wired)).toEqual([{ check: "pins", chain: "local-a", text }]);
      await wire(bench.network);
      expect(await findFaults(bench.wired)).toEqual([]);
    }),
  );
});

/** The network as if its LayerZero had been there before us, so that its defaults are not ours to mend. */
function withForeignLayerZero(): Network {
  return {
    ...bench.network,
    chains: bench.wired.chains.map(({ record, ...chain }) => ({
      ...chain,
      definition: { ...chain.definition, layerZero: record.layerZero },
    })),
  };
}
