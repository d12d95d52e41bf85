import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, encodeFunctionData, type Hex, pad, parseEther, zeroAddress, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accessManagerAbi,
  clearingHubAbi,
  fundingRatesAbi,
  priceRouterAbi,
  signerQuorumAbi,
  spokeVaultAbi,
  surfaceBookAbi,
} from "../../chains/abi/index.ts";
import { causewayArtifact, creationCode } from "../../chains/artifacts.ts";
import { wiringChecks } from "../../chains/deploy/checks/index.ts";
import { roles } from "../../chains/deploy/roles.ts";
import { wire } from "../../chains/deploy/wire.ts";
import type { WiredChain, WiredNetwork } from "../../chains/deploy/wiredNetwork.ts";
import { writeDeployment } from "../../chains/deployments.ts";
import { bytes16, perpetualOf } from "../../chains/markets.ts";
import { encodeCommand } from "../../clearing/codec/command.ts";
import { anvilOf } from "./support/anvilOf.ts";
import { administer, asOwner, setPeer } from "./support/breakWiring.ts";
import { expectFault, type MadeFault, startWiringBench, type WiringBench } from "./support/wiringBench.ts";

/*
 * CLR-24: what hub and vaults must know of one another, and roles: each is made wrong on real chains, one at a time, and must be named.
 */

const EVERYBODY = 2n ** 64n - 1n;
const USDC = 1;

let bench: WiringBench;
let hub: WiredNetwork["hub"];
let spoke: WiredChain;
let stranger: Address;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "causeway-wiring-"));
  bench = await startWiringBench();
  ({ hub, spoke } = bench);
  stranger = bench.local.accounts[0]!.address;
}, 120_000);
afterAll(async () => {
  await bench?.local.stop();
  rmSync(folder, { recursive: true });
});

/** As long as the deployer administers, `wire` mends these: so they are looked for by checking only. */
const contractFaults: MadeFault[] = [
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
    make: () => atHub("listLane", [39_999, 600, 600]),
  },
  {
    what: "another lease",
    check: "lanes",
    chain: () => hub,
    says: /the lane to local-a is a lease of 600 s and .*, expected a lease of 12 s/,
    make: () => atHub("listLane", [spoke.definition.eid, 600, 60]),
  },
  {
    what: "terms that differ from the configured ones",
    check: "settings",
    chain: () => hub,
    says: /listInstrument ETH is not as configured/,
    make: () => atHub("listInstrument", [perpetualOf("ETH"), 140_000, 300, 10n ** 12n]),
  },
  {
    what: "funding terms that differ from the configured ones",
    check: "settings",
    chain: () => hub,
    says: /setTerms ETH is not as configured/,
    make: () =>
      asOwner(
        hub,
        hub.contracts.fundingRates,
        encodeFunctionData({
          abi: fundingRatesAbi,
          functionName: "setTerms",
          args: [
            bytes16("ETH"),
            { interest: 0, band: 0, hourlyCap: 1, minSamples: 1, poolRate: 0, poolScale: 0n },
            zeroHash,
          ],
        }),
      ),
  },
  {
    what: "another quorum of price signers",
    check: "settings",
    chain: () => hub,
    says: /setSigners is not as configured/,
    make: () =>
      asOwner(
        hub,
        hub.contracts.signers,
        encodeFunctionData({ abi: signerQuorumAbi, functionName: "setSigners", args: [[stranger], 1n] }),
      ),
  },
  {
    what: "another heartbeat of a price source",
    check: "settings",
    chain: () => hub,
    says: /setUnderlying ETH is not as configured/,
    make: async () => {
      const read = { address: hub.contracts.oracle, abi: priceRouterAbi, functionName: "termsOf" } as const;
      const args = [bytes16("ETH")] as const;
      const [parameters, sources, internal] = await hub.client.readContract({ ...read, args });
      const later = sources.map((one, at) => ({ ...one, heartbeatSeconds: one.heartbeatSeconds + at }));
      const functionName = "setUnderlying";
      const set = {
        abi: priceRouterAbi,
        functionName,
        args: [...args, parameters, later, internal],
      } as const;
      await asOwner(hub, hub.contracts.oracle, encodeFunctionData(set));
    },
  },
  {
    what: "a surface's model that is not configured",
    check: "settings",
    chain: () => hub,
    says: /setModel ETH is not as configured/,
    make: () => {
      const { surfaceBook, models } = hub.contracts;
      const args = [bytes16("ETH"), models.black76, 3_600] as const;
      return asOwner(
        hub,
        surfaceBook,
        encodeFunctionData({ abi: surfaceBookAbi, functionName: "setModel", args }),
      );
    },
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

describe("CLR-24: found by the check:", () => {
  test.each(contractFaults)("$what", (fault) =>
    bench.undone(async () => {
      await fault.make();
      await expectFault(bench.wired, fault);
    }),
  );

  test("every check of contracts and roles is among them, but for what only another deployment can break", () => {
    const checks = wiringChecks.filter(({ stage }) => stage !== "pathway").map(({ id }) => id);
    const made = new Set(contractFaults.map(({ check }) => check));
    expect(checks.filter((id) => !made.has(id))).toEqual(["tokens"]);
  });
});

describe("CLR-24: contracts that were deployed otherwise are refused by wire:", () => {
  test("a vault that takes another chain for the hub's", () =>
    bench.undone(async () => {
      const vault = await deployVault(spoke.definition.eid);
      await expectRefused(vault, "identities", /hubEid of the vault is 39002, expected 39001/);
    }));

  test("a vault that counts tokens in another unit", () =>
    bench.undone(async () => {
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
    }));
});

/** Records `vault` as the spoke's, in another folder, and expects `wire` to refuse it. */
async function expectRefused(vault: Address, check: string, says: RegExp): Promise<void> {
  const { record } = spoke;
  writeDeployment(folder, hub.record);
  writeDeployment(folder, { ...record, causeway: { ...record.causeway, vault } });
  const other = { ...bench.network, config: { ...bench.network.config, deploymentsFolder: folder } };
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
    args: [layerZero.endpoint, hubEid, causeway.accessManager, zeroAddress],
    libraries: causeway.libraries,
  });
  const [receipt] = await spoke.writer.send([{ what: "a vault", data }]);
  return receipt!.contractAddress!;
}

async function atHub(functionName: "listLane" | "listInstrument", args: readonly unknown[]): Promise<void> {
  const data = encodeFunctionData({ abi: clearingHubAbi, functionName, args } as never);
  await asOwner(hub, hub.contracts.clearingHub, data);
}

/** Terms of the hub's version, but not the hub's: brought by a loopback that lies. */
async function forgeTerms(): Promise<void> {
  const { loopback, clearingHub } = hub.contracts;
  const { vault } = hub.record.causeway;
  const items = [{ instrument: perpetualOf("ETH"), ratePpm: 1, feePpm: 0, maxBase: 1n, version: 1 }];
  const message = encodeCommand({ sections: [{ kind: "instrument", items }] });
  await anvilOf(hub).setBalance({ address: loopback, value: parseEther("1") });
  await anvilOf(hub).impersonateAccount({ address: loopback });
  const hash = await anvilOf(hub).sendUnsignedTransaction({
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
