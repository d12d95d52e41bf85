import {
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  parseAbi,
  toFunctionSelector,
} from "viem";
import { accessManagerAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import type { WiredChain } from "../../../chains/deploy/wiredNetwork.ts";
import { endpointAbi, sendUln302Abi, ulnAbi } from "../../../chains/layerzero/abi.ts";
import { anvilOf } from "./anvilOf.ts";

/*
 * Calls with which the deployer of local chains, who owns their LayerZero and administers our contracts, wires them wrongly.
 */

/** What LayerZero's own owner may do, beyond what we ever do. */
export const ownerAbi = parseAbi(["function blockedLibrary() view returns (address)"]);
export function dvn(chain: WiredChain, index: number): Address {
  return chain.record.layerZero.dvns[index]!.address;
}

export function dvnsOf(chain: WiredChain): Address[] {
  return chain.record.layerZero.dvns.map(({ address }) => address);
}

export function blocked(chain: WiredChain): Promise<Address> {
  return chain.client.readContract({
    address: chain.record.layerZero.endpoint,
    abi: ownerAbi,
    functionName: "blockedLibrary",
  });
}

/** A call of the deployer, who owns this LayerZero and administers our contracts. */
export async function asOwner(chain: WiredChain, to: Address, data: Hex): Promise<void> {
  await chain.writer.send([{ what: "a fault", to, data }]);
}

export function administer(chain: WiredChain, functionName: string, args: readonly unknown[]): Promise<void> {
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName, args } as never);
  return asOwner(chain, chain.record.causeway.accessManager, data);
}

/** A call by the AccessManager, as which the deployer may act. */
export async function asManager(chain: WiredChain, target: Address, data: Hex): Promise<void> {
  await administer(chain, "execute", [target, data]);
}

export async function setPeer(
  chain: WiredChain,
  oapp: Address,
  remote: WiredChain,
  peer: Hex,
): Promise<void> {
  const data = encodeFunctionData({
    abi: spokeVaultAbi,
    functionName: "setPeer",
    args: [remote.definition.eid, peer],
  });
  await asManager(chain, oapp, data);
}

export async function asDelegate(
  chain: WiredChain,
  functionName: string,
  args: readonly unknown[],
): Promise<void> {
  const data = encodeFunctionData({ abi: endpointAbi, functionName, args } as never);
  await asManager(chain, chain.record.layerZero.endpoint, data);
}

export interface UlnChange {
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

export async function setDefaultUln(
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

/** The vault's own settings, with `change` made to them. */
export async function setUln(
  chain: WiredChain,
  library: "sendUln302" | "receiveUln302",
  remote: WiredChain,
  change: UlnChange,
): Promise<void> {
  const { vault } = chain.record.causeway;
  const own = await chain.client.readContract({
    address: chain.record.layerZero[library],
    abi: ulnAbi,
    functionName: "getAppUlnConfig",
    args: [vault, remote.definition.eid],
  });
  const changed = ulnConfig({ required: own.requiredDVNs, ...change }, own.confirmations);
  // None is told apart from "as by default".
  const config = { ...changed, optionalDVNCount: changed.optionalDVNCount || own.optionalDVNCount };
  await asDelegate(chain, "setConfig", [
    vault,
    chain.record.layerZero[library],
    [
      {
        eid: remote.definition.eid,
        configType: 2,
        config: encodeAbiParameters(ulnConfigType, [config]),
      },
    ],
  ]);
}

export async function setExecutor(
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

/** Puts before a contract's code a few bytes that answer 1 to `codec()` and leave everything else to it. */
export async function setCodec(chain: WiredChain, contract: Address): Promise<void> {
  const behind: Address = "0x00000000000000000000000000000000c0dec000";
  const selector = toFunctionSelector("codec()").slice(2);
  const delegate = `365f5f375f5f365f73${behind.slice(2)}5af43d5f5f3e6037573d5ffd5b3d5ff3`;
  const anvil = anvilOf(chain);
  await anvil.setCode({ address: behind, bytecode: (await chain.client.getCode({ address: contract }))! });
  await anvil.setCode({
    address: contract,
    bytecode: `0x5f3560e01c63${selector}14603b57${delegate}5b60015f5260205ff3`,
  });
}
