import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, zeroAddress } from "viem";
import { accessManagerAbi } from "../abi/index.ts";
import { endpointAbi, sendUln302Abi, ulnAbi } from "../layerzero/abi.ts";
import { LARGEST_MESSAGE } from "../layerzero/limits.ts";
import type { ChainDefinition } from "../types.ts";
import { bindRoles } from "./bindRoles.ts";
import { type Ensure, ensureCall, findNeeded } from "./ensure.ts";
import { orReverted } from "./orReverted.ts";
import { type PathwayEnd, pathwaysOf } from "./pathways.ts";
import { sendAsDeployer } from "./sendAsDeployer.ts";
import type { WiredChain, WiredNetwork } from "./wiredNetwork.ts";
import { confirmationsOf } from "./wireLayerZero.ts";

/** `SetConfigParam.configType` of the libraries. */
const EXECUTOR_CONFIG = 1;
const ULN_CONFIG = 2;
/** "None of them", where zero would mean LayerZero's default. */
const NONE = 255;

const ulnConfigType = {
  type: "tuple",
  components: [
    { name: "confirmations", type: "uint64" },
    { name: "requiredDVNCount", type: "uint8" },
    { name: "optionalDVNCount", type: "uint8" },
    { name: "optionalDVNThreshold", type: "uint8" },
    { name: "requiredDVNs", type: "address[]" },
    { name: "optionalDVNs", type: "address[]" },
  ],
} as const;

const executorConfigType = {
  type: "tuple",
  components: [
    { name: "maxMessageSize", type: "uint32" },
    { name: "executor", type: "address" },
  ],
} as const;

/**
 * Gives our contracts settings of their own on every pathway: libraries, DVNs, confirmations, executor. Where there are none LayerZero's
 * defaults count, and those its owner may change at once, without any of our roles (CLR-22). What was set otherwise is left for the checks.
 *
 * @throws as `sendAsDeployer`
 */
export async function pinPathways(network: WiredNetwork): Promise<void> {
  await Promise.all(
    network.chains.map(async (chain) =>
      sendAsDeployer(chain, await findNeeded(bindRoles(chain)), await findNeeded(pinsOf(network, chain))),
    ),
  );
}

/** The settings that a chain's contracts need of their own. */
export function pinsOf(network: WiredNetwork, { definition }: WiredChain): Ensure[] {
  const isHere = ({ chain }: PathwayEnd) => chain.definition.eid === definition.eid;
  return pathwaysOf(network).flatMap(({ from, to }) => [
    ...(isHere(from) ? sendPins(from) : []),
    ...(isHere(to) ? receivePins(to) : []),
  ]);
}

function sendPins(end: PathwayEnd): Ensure[] {
  const { chain, oapp, remote } = end;
  const { client } = chain;
  const { endpoint, sendUln302, executor } = chain.record.layerZero;
  const { eid } = remote.definition;
  return [
    asDelegate(chain, {
      what: "setSendLibrary",
      data: encodeFunctionData({
        abi: endpointAbi,
        functionName: "setSendLibrary",
        args: [oapp, eid, sendUln302],
      }),
      isDone: async () =>
        !(await client.readContract({
          address: endpoint,
          abi: endpointAbi,
          functionName: "isDefaultSendLibrary",
          args: [oapp, eid],
        })),
    }),
    pinUln(end, sendUln302, chain.definition),
    asDelegate(chain, {
      what: "setConfig of the executor",
      data: setConfig(
        oapp,
        sendUln302,
        eid,
        EXECUTOR_CONFIG,
        encodeAbiParameters([executorConfigType], [{ maxMessageSize: LARGEST_MESSAGE.bytes, executor }]),
      ),
      isDone: async () => {
        const [maxMessageSize, own] = await client.readContract({
          address: sendUln302,
          abi: sendUln302Abi,
          functionName: "executorConfigs",
          args: [oapp, eid],
        });
        return maxMessageSize !== 0 && own !== zeroAddress;
      },
    }),
  ];
}

function receivePins(end: PathwayEnd): Ensure[] {
  const { chain, oapp, remote } = end;
  const { endpoint, receiveUln302 } = chain.record.layerZero;
  const { eid } = remote.definition;
  return [
    asDelegate(chain, {
      what: "setReceiveLibrary",
      data: encodeFunctionData({
        abi: endpointAbi,
        functionName: "setReceiveLibrary",
        args: [oapp, eid, receiveUln302, 0n],
      }),
      isDone: async () => {
        // Without a default either, there is none at all.
        const [, isDefault] = await orReverted(
          chain.client.readContract({
            address: endpoint,
            abi: endpointAbi,
            functionName: "getReceiveLibrary",
            args: [oapp, eid],
          }),
          [zeroAddress, true] as const,
        );
        return !isDefault;
      },
    }),
    pinUln(end, receiveUln302, remote.definition),
  ];
}

/** All of a library's settings or none: those that are there already are of no use while others are defaults. */
function pinUln({ chain, oapp, remote }: PathwayEnd, library: Address, source: ChainDefinition): Ensure {
  const dvns = chain.record.layerZero.dvns.map(({ address }) => address);
  const config = {
    confirmations: confirmationsOf(source),
    requiredDVNCount: dvns.length,
    optionalDVNCount: NONE,
    optionalDVNThreshold: 0,
    requiredDVNs: dvns.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
    optionalDVNs: [],
  };
  const { eid } = remote.definition;
  return asDelegate(chain, {
    what: "setConfig of the DVNs",
    data: setConfig(oapp, library, eid, ULN_CONFIG, encodeAbiParameters([ulnConfigType], [config])),
    isDone: async () => {
      const own = await chain.client.readContract({
        address: library,
        abi: ulnAbi,
        functionName: "getAppUlnConfig",
        args: [oapp, eid],
      });
      return own.confirmations !== 0n && own.requiredDVNCount !== 0 && own.optionalDVNCount !== 0;
    },
  });
}

function setConfig(oapp: Address, library: Address, eid: number, configType: number, config: Hex): Hex {
  return encodeFunctionData({
    abi: endpointAbi,
    functionName: "setConfig",
    args: [oapp, library, [{ eid, configType, config }]],
  });
}

/** A call of the endpoint by the AccessManager, which is our contracts' delegate. */
function asDelegate(
  { record }: WiredChain,
  { what, data, isDone }: { what: string; data: Hex; isDone(): Promise<boolean> },
): Ensure {
  return ensureCall({
    what,
    to: record.causeway.accessManager,
    data: encodeFunctionData({
      abi: accessManagerAbi,
      functionName: "execute",
      args: [record.layerZero.endpoint, data],
    }),
    isDone,
  });
}
