import { type Address, encodeFunctionData, isAddressEqual, keccak256, toHex, zeroAddress } from "viem";
import { layerZeroArtifact } from "../artifacts.ts";
import { findDeployment, type Ledger, readLedger, writeDeployment } from "../deployments.ts";
import {
  dvnAbi,
  endpointAbi,
  endpointViewAbi,
  executorAbi,
  lzExecutorAbi,
  priceFeedAbi,
  receiveUlnViewAbi,
  workerAbi,
} from "../layerzero/abi.ts";
import type { Deployment, LayerZeroDeployment } from "../types.ts";
import { type Ensure, ensure, ensureCall, ensureDeployed } from "./ensure.ts";
import type { Network, NetworkChain } from "./network.ts";

/** Gas and fee caps of a treasury that is not set: LayerZero's own values. */
const TREASURY = { gasLimit: 100_000n, nativeFeeCap: 10n ** 17n } as const;
const NATIVE_DECIMALS_RATE = 10n ** 18n;

/** A `vid` has to differ from every other DVN's that one key might sign for; eids of one version are less than this apart. */
const VID_STEP = 30_000;

const ADMIN_ROLE = keccak256(toHex("ADMIN_ROLE"));

/**
 * Deploys LayerZero V2 on every chain of a network, all chains at once, and writes the deployment records: one DVN for each of the
 * configuration's DVN signers. Running it again sends nothing.
 *
 * The deployer owns everything; the relayer's key may call the DVNs and the executor, but signs for no DVN.
 *
 * @returns records by the chain's name
 * @throws CausewayError as `ensureDeployed` and `ChainWriter.send`
 */
export async function deployLayerZero(network: Network): Promise<ReadonlyMap<string, Deployment>> {
  const deployments = await Promise.all(network.chains.map((chain) => deployOn(network, chain)));
  return new Map(deployments.map((deployment) => [deployment.chain, deployment]));
}

async function deployOn(network: Network, chain: NetworkChain): Promise<Deployment> {
  const { definition, writer } = chain;
  const { deploymentsFolder: folder } = network.config;
  const before = writer.sent;
  const layerZero = definition.layerZero ?? (await deployContracts(network, chain));

  const known = findDeployment(folder, definition.name);
  const deployment: Deployment = {
    ...known,
    chain: definition.name,
    chainId: definition.chainId,
    eid: definition.eid,
    fromBlock:
      firstBlock(readLedger(folder, definition.name)) ??
      known?.fromBlock ??
      String(await chain.client.getBlockNumber()),
    layerZero,
  };
  if (JSON.stringify(known) !== JSON.stringify(deployment)) writeDeployment(folder, deployment);
  network.log(`${definition.name}: LayerZero V2 deployed (${writer.sent - before} transactions)`);
  return deployment;
}

/** Block of the first contract that we deployed. */
function firstBlock(ledger: Ledger): string | undefined {
  const blocks = Object.values(ledger).map((entry) => BigInt(entry.blockNumber));
  return blocks.sort((a, b) => Number(a - b))[0]?.toString();
}

async function deployContracts(network: Network, chain: NetworkChain): Promise<LayerZeroDeployment> {
  const { eid } = chain.definition;
  const { deployer, relayer, dvnSigners } = network.config.accounts;
  const { deploymentsFolder: folder } = network.config;
  const { writer } = chain;

  const first = await ensureDeployed(writer, folder, {
    EndpointV2: { artifact: layerZeroArtifact("EndpointV2"), args: [eid, deployer.address] },
    PriceFeed: { artifact: layerZeroArtifact("PriceFeed") },
    ExecutorFeeLib: { artifact: layerZeroArtifact("ExecutorFeeLib"), args: [eid, NATIVE_DECIMALS_RATE] },
    Executor: { artifact: layerZeroArtifact("Executor") },
    DVNFeeLib: { artifact: layerZeroArtifact("DVNFeeLib"), args: [eid, NATIVE_DECIMALS_RATE] },
    EndpointV2View: { artifact: layerZeroArtifact("EndpointV2View") },
    ReceiveUln302View: { artifact: layerZeroArtifact("ReceiveUln302View") },
    LzExecutor: { artifact: layerZeroArtifact("LzExecutor") },
  });
  const libraries = await ensureDeployed(writer, folder, {
    SendUln302: {
      artifact: layerZeroArtifact("SendUln302"),
      args: [first.EndpointV2, TREASURY.gasLimit, TREASURY.nativeFeeCap],
    },
    ReceiveUln302: { artifact: layerZeroArtifact("ReceiveUln302"), args: [first.EndpointV2] },
  });
  const vids = dvnSigners.map((_, index) => (eid % VID_STEP) + index * VID_STEP);
  const admins =
    relayer.address === deployer.address ? [deployer.address] : [deployer.address, relayer.address];
  const dvns = await ensureDeployed(
    writer,
    folder,
    Object.fromEntries(
      dvnSigners.map((signer, index) => [
        `DVN-${index}`,
        {
          artifact: layerZeroArtifact("DVN"),
          args: [eid, vids[index], [libraries.SendUln302], first.PriceFeed, [signer.address], 1n, admins],
        },
      ]),
    ),
  );
  const layerZero: LayerZeroDeployment = {
    endpoint: first.EndpointV2,
    sendUln302: libraries.SendUln302,
    receiveUln302: libraries.ReceiveUln302,
    priceFeed: first.PriceFeed,
    executor: first.Executor,
    executorFeeLib: first.ExecutorFeeLib,
    dvns: vids.map((vid, index) => ({ address: dvns[`DVN-${index}`]!, vid })),
    dvnFeeLib: first.DVNFeeLib,
    endpointView: first.EndpointV2View,
    receiveUlnView: first.ReceiveUln302View,
    lzExecutor: first.LzExecutor,
  };
  await ensure(writer, initializations(chain, layerZero, deployer.address, admins));
  // Roles come with the initialization, so these are asked for after it.
  await ensure(writer, roles(chain, layerZero, admins));
  return layerZero;
}

function initializations(
  { client }: NetworkChain,
  layerZero: LayerZeroDeployment,
  owner: Address,
  admins: readonly Address[],
): Ensure[] {
  const {
    endpoint,
    sendUln302,
    receiveUln302,
    priceFeed,
    executor,
    endpointView,
    receiveUlnView,
    lzExecutor,
  } = layerZero;
  const isSet = async (value: Promise<Address>) => !isAddressEqual(await value, zeroAddress);
  const registrations = [sendUln302, receiveUln302].map((library) =>
    ensureCall({
      what: "EndpointV2.registerLibrary",
      to: endpoint,
      data: encodeFunctionData({ abi: endpointAbi, functionName: "registerLibrary", args: [library] }),
      isDone: () =>
        client.readContract({
          address: endpoint,
          abi: endpointAbi,
          functionName: "isRegisteredLibrary",
          args: [library],
        }),
    }),
  );
  return [
    ...registrations,
    ensureCall({
      what: "PriceFeed.initialize",
      to: priceFeed,
      data: encodeFunctionData({ abi: priceFeedAbi, functionName: "initialize", args: [owner] }),
      isDone: () =>
        isSet(client.readContract({ address: priceFeed, abi: priceFeedAbi, functionName: "owner" })),
    }),
    ensureCall({
      what: "Executor.initialize",
      to: executor,
      data: encodeFunctionData({
        abi: executorAbi,
        functionName: "initialize",
        args: [endpoint, zeroAddress, [sendUln302], priceFeed, owner, admins],
      }),
      isDone: () =>
        isSet(client.readContract({ address: executor, abi: executorAbi, functionName: "endpoint" })),
    }),
    ensureCall({
      what: "EndpointV2View.initialize",
      to: endpointView,
      data: encodeFunctionData({ abi: endpointViewAbi, functionName: "initialize", args: [endpoint] }),
      isDone: () =>
        isSet(client.readContract({ address: endpointView, abi: endpointViewAbi, functionName: "endpoint" })),
    }),
    ensureCall({
      what: "ReceiveUln302View.initialize",
      to: receiveUlnView,
      data: encodeFunctionData({
        abi: receiveUlnViewAbi,
        functionName: "initialize",
        args: [endpoint, receiveUln302],
      }),
      isDone: () =>
        isSet(
          client.readContract({ address: receiveUlnView, abi: receiveUlnViewAbi, functionName: "endpoint" }),
        ),
    }),
    ensureCall({
      what: "LzExecutor.initialize",
      to: lzExecutor,
      data: encodeFunctionData({
        abi: lzExecutorAbi,
        functionName: "initialize",
        args: [receiveUln302, receiveUlnView, endpoint],
      }),
      isDone: () =>
        isSet(client.readContract({ address: lzExecutor, abi: lzExecutorAbi, functionName: "endpoint" })),
    }),
  ];
}

/** Fee libraries, and the right of the relayer's key (which may change after the deployment) to call the workers. */
function roles(
  { client }: NetworkChain,
  layerZero: LayerZeroDeployment,
  admins: readonly Address[],
): Ensure[] {
  const workers = [
    { name: "Executor", address: layerZero.executor, feeLib: layerZero.executorFeeLib },
    ...layerZero.dvns.map(({ address }) => ({ name: "DVN", address, feeLib: layerZero.dvnFeeLib })),
  ];
  return workers.flatMap(({ name, address, feeLib }) => [
    ensureCall({
      what: `${name}.setWorkerFeeLib`,
      to: address,
      data: encodeFunctionData({ abi: workerAbi, functionName: "setWorkerFeeLib", args: [feeLib] }),
      isDone: async () =>
        isAddressEqual(
          await client.readContract({ address, abi: workerAbi, functionName: "workerFeeLib" }),
          feeLib,
        ),
    }),
    ...admins.map((admin) =>
      ensureCall({
        what: `${name}.grantRole`,
        to: address,
        data: encodeFunctionData({ abi: dvnAbi, functionName: "grantRole", args: [ADMIN_ROLE, admin] }),
        isDone: () =>
          client.readContract({
            address,
            abi: workerAbi,
            functionName: "hasRole",
            args: [ADMIN_ROLE, admin],
          }),
      }),
    ),
  ]);
}
