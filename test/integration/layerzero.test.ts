import { createTestClient, encodeFunctionData, http } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../chains/config.ts";
import { createChainWriter } from "../../chains/deploy/chainWriter.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork, type Network, sentTransactions } from "../../chains/deploy/network.ts";
import { wireLayerZero } from "../../chains/deploy/wireLayerZero.ts";
import { readDeployment } from "../../chains/deployments.ts";
import { dvnAbi, endpointAbi, ulnAbi } from "../../chains/layerzero/abi.ts";
import { layerZeroErrorAbi } from "../../chains/layerzero/errorAbi.ts";
import { addressToBytes32, encodeLzReceiveOptions } from "../../chains/layerzero/packet.ts";
import { type LocalNetwork, startLocalNetwork } from "../../chains/local/startLocalNetwork.ts";
import type { Deployment } from "../../chains/types.ts";
import type { CausewayError } from "../../errors/CausewayError.ts";

let local: LocalNetwork;
let network: Network;
let deployments: ReadonlyMap<string, Deployment>;

beforeAll(async () => {
  local = await startLocalNetwork({ chains: 2 });
  network = await connectNetwork(local.config, layerZeroErrorAbi());
  deployments = await deployLayerZero(network);
  await wireLayerZero(network, deployments);
}, 60_000);
afterAll(() => local.stop());

describe("LayerZero V2 on local chains", () => {
  test("a second run sends no transaction and gives the same records", async () => {
    const again = await connectNetwork(local.config, layerZeroErrorAbi());
    const records = await deployLayerZero(again);
    await wireLayerZero(again, records);
    expect(sentTransactions(again)).toBe(0);
    expect(sentTransactions(network)).toBeGreaterThan(50);
    expect(records).toEqual(deployments);
    for (const [chain, record] of deployments) {
      expect(readDeployment(local.config.deploymentsFolder, chain)).toEqual(record);
    }
  });

  test("CLR-24: each pathway requires both DVNs at both ends; each DVN has a signer and a vid of its own", async () => {
    const signers = new Set<string>();
    const vids = new Set<number>();
    for (const { definition, client } of network.chains) {
      const { layerZero } = deployments.get(definition.name)!;
      const remote = network.chains.find((chain) => chain.definition !== definition)!.definition;
      for (const address of [layerZero.sendUln302, layerZero.receiveUln302]) {
        const args = [layerZero.endpoint, remote.eid] as const;
        const config = await client.readContract({
          address,
          abi: ulnAbi,
          functionName: "getUlnConfig",
          args,
        });
        expect(config.confirmations).toBe(1n);
        expect([...config.requiredDVNs].sort()).toEqual(layerZero.dvns.map((dvn) => dvn.address).sort());
      }
      for (const { address, vid } of layerZero.dvns) {
        expect(await client.readContract({ address, abi: dvnAbi, functionName: "vid" })).toBe(vid);
        expect(await client.readContract({ address, abi: dvnAbi, functionName: "quorum" })).toBe(1n);
        vids.add(vid);
        for (const signer of await client.readContract({
          address,
          abi: dvnAbi,
          functionName: "getSigners",
        })) {
          signers.add(signer);
        }
      }
    }
    expect(vids.size).toBe(4);
    expect([...signers].sort()).toEqual(
      local.config.accounts.dvnSigners.map((account) => account.address).sort(),
    );
  });

  test("CLR-24: wiring refuses a chain with one DVN, sending nothing", async () => {
    const [name, record] = [...deployments][1]!;
    const { layerZero } = record;
    for (const dvns of [layerZero.dvns.slice(1), [layerZero.dvns[0]!, layerZero.dvns[0]!]]) {
      const weak = new Map(deployments).set(name, { ...record, layerZero: { ...layerZero, dvns } });
      const again = await connectNetwork(local.config, layerZeroErrorAbi());
      await expect(wireLayerZero(again, weak)).rejects.toMatchObject({
        kind: "TooFewDvns",
        details: { chain: name, found: 1 },
      });
      expect(sentTransactions(again)).toBe(0);
    }
  });

  test("a message can be quoted on every pathway", async () => {
    const [hub, spoke] = network.chains;
    const sender = local.accounts[0]!.address;
    const fee = await hub!.client.readContract({
      address: deployments.get(hub!.definition.name)!.layerZero.endpoint,
      abi: endpointAbi,
      functionName: "quote",
      args: [
        {
          dstEid: spoke!.definition.eid,
          receiver: addressToBytes32(sender),
          message: "0x01",
          options: encodeLzReceiveOptions({ gas: 200_000n }),
          payInLzToken: false,
        },
        sender,
      ],
    });
    expect(fee.nativeFee).toBeGreaterThan(0n);
  });

  test("an unfunded key is refused with what it has and what it needs, before anything is sent", async () => {
    const config = withDeployer(`0x${"42".repeat(32)}`);
    const poor = await connectNetwork(config, layerZeroErrorAbi());
    const error: CausewayError = await deployLayerZero(poor).catch((cause) => cause);
    expect(error).toMatchObject({ kind: "KeyUnfunded", details: { found: 0n } });
    expect(error.message).toContain(config.accounts.deployer.address);
    expect(sentTransactions(poor)).toBe(0);
  });

  test("a record made with other signers is refused, not silently kept", async () => {
    const { accounts } = local.config;
    const config = {
      ...local.config,
      accounts: { ...accounts, dvnSigners: [...accounts.dvnSigners].reverse() },
    };
    const changed = await connectNetwork(config, layerZeroErrorAbi());
    await expect(deployLayerZero(changed)).rejects.toMatchObject({ kind: "DeployedStateDiffers" });
    expect(sentTransactions(changed)).toBe(0);
  });

  test("a call that would revert says why", async () => {
    const { writer, definition } = network.chains[0]!;
    const { endpoint } = deployments.get(definition.name)!.layerZero;
    const data = encodeFunctionData({
      abi: endpointAbi,
      functionName: "setDefaultSendLibrary",
      args: [definition.eid, endpoint],
    });
    await expect(
      writer.send([{ what: "EndpointV2.setDefaultSendLibrary", to: endpoint, data }]),
    ).rejects.toThrow("EndpointV2.setDefaultSendLibrary reverted on local-hub: LZ_OnlyRegisteredLib().");
  });

  test("a transaction that is not mined in time says so", async () => {
    const { client, definition } = network.chains[1]!;
    const hasty = createChainWriter({
      chain: definition.name,
      client,
      account: local.config.accounts.relayer,
      timeoutMs: 100,
      errorAbi: [],
    });
    const anvil = createTestClient({
      mode: "anvil",
      transport: http(definition.rpcUrls[0]),
      chain: client.chain,
    });
    await anvil.setAutomine(false);
    await anvil.setIntervalMining({ interval: 0 });
    const send = hasty.send([{ what: "A transfer", to: hasty.account.address, data: "0x" }]);
    await expect(send).rejects.toMatchObject({
      kind: "TransactionTimeout",
      retryable: true,
      message: "A transfer was not mined on local-a within 100 ms.",
    });
  });
});

/** The local configuration with another deployer and an empty folder for its records. */
function withDeployer(privateKey: string) {
  const { config } = local;
  const key = (digits: string) => ({ privateKey: `0x${digits.repeat(32)}` });
  return parseConfig(
    {
      hub: config.hub.name,
      chains: Object.fromEntries(config.chains.map(({ name, rpcUrls }) => [name, { rpcUrls }])),
      keys: {
        deployer: { privateKey },
        relayer: key("02"),
        dvnSigners: [key("03"), key("04")],
        oracleSigners: [key("05"), key("06")],
        oracleQuorum: 2,
      },
      deployments: "unfunded",
    },
    local.configFile,
    {},
  );
}
