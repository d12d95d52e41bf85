import { type Abi, type Address, decodeFunctionData, type Hex, parseEventLogs } from "viem";
import {
  accessManagerAbi,
  clearingHubAbi,
  fundingRatesAbi,
  priceRouterAbi,
  scenarioMarginEngineAbi,
  signerQuorumAbi,
  spokeVaultAbi,
  surfaceBookAbi,
} from "../abi/index.ts";
import { endpointAbi } from "../layerzero/abi.ts";
import { readLogs } from "../readLogs.ts";
import type { WiredChain } from "./wiredNetwork.ts";

/** A privileged call that somebody announced and that was neither made nor cancelled, nor has expired. */
export interface ScheduledOperation {
  chain: string;
  /** Unix seconds from which it may be made. */
  from: number;
  caller: Address;
  target: Address;
  data: Hex;
  /** The call as it would be written, or its selector if we have no such function. */
  call: string;
}

const callable: Abi = [
  accessManagerAbi,
  clearingHubAbi,
  fundingRatesAbi,
  priceRouterAbi,
  scenarioMarginEngineAbi,
  signerQuorumAbi,
  spokeVaultAbi,
  surfaceBookAbi,
  endpointAbi,
].flatMap((abi: Abi) => abi.filter((item) => item.type === "function"));

/** What is to come on a chain: whoever does not like it has until then to leave. */
export async function readScheduled({
  client,
  definition,
  record,
}: WiredChain): Promise<ScheduledOperation[]> {
  const { accessManager } = record.causeway;
  const blockNumber = await client.getBlockNumber();
  const logs = parseEventLogs({
    abi: accessManagerAbi,
    eventName: "OperationScheduled",
    logs: await readLogs(client, [accessManager], BigInt(record.fromBlock), blockNumber),
  });
  // The same call may have been scheduled before: the latest is the one that counts.
  const latest = new Map(logs.map(({ args }) => [args.operationId, args]));
  const operations = await Promise.all(
    [...latest.values()].map(async ({ operationId, caller, target, data }) => ({
      chain: definition.name,
      from: await client.readContract({
        address: accessManager,
        abi: accessManagerAbi,
        functionName: "getSchedule",
        args: [operationId],
        blockNumber,
      }),
      caller,
      target,
      data,
      call: describeCall(data),
    })),
  );
  return operations.filter(({ from }) => from !== 0).sort((a, b) => a.from - b.from);
}

function describeCall(data: Hex): string {
  try {
    const { functionName, args } = decodeFunctionData({ abi: callable, data });
    return `${functionName}(${(args ?? []).map(show).join(", ")})`;
  } catch {
    return data.slice(0, 10);
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `(${Object.values(value).map(show).join(", ")})`;
}
