import { type Abi, type Hex, isAddressEqual, type Log, type PublicClient, pad, parseEventLogs } from "viem";
import { clearingHubAbi, loopbackAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import { endpointAbi } from "../../../chains/layerzero/abi.ts";
import { bytes32ToAddress, decodePacket } from "../../../chains/layerzero/packet.ts";
import { readLogs } from "../../../chains/readLogs.ts";
import type { CausewayDeployment, Deployment } from "../../../chains/types.ts";
import { decodeReport } from "../../../clearing/codec/report.ts";
import type { HubEvent, VaultEvent } from "../../../clearing/ledger/events.ts";
import { hubEventNames } from "../../../clearing/ledger/rebuildHub.ts";
import { vaultEventNames } from "../../../clearing/ledger/rebuildVault.ts";

/** A chain's contracts, and what reads its logs. */
export interface LoggedChain {
  client: PublicClient;
  deployment: Deployment & { causeway: CausewayDeployment };
}

/** The hub's events up to a block, as the ledger takes them. */
export async function readHubEvents(
  { client, deployment }: LoggedChain,
  toBlock: bigint,
): Promise<HubEvent[]> {
  const { clearingHub } = deployment.causeway.hub!;
  const logs = await readLogs(client, [clearingHub], BigInt(deployment.fromBlock), toBlock);
  return timed(client, decode(clearingHubAbi, logs, hubEventNames)) as Promise<HubEvent[]>;
}

/** A vault's events up to a block, its reports among them: the message of each from the log of whoever carries it. */
export async function readVaultEvents(
  { client, deployment }: LoggedChain,
  toBlock: bigint,
): Promise<VaultEvent[]> {
  const { vault, hub } = deployment.causeway;
  const carriers = [deployment.layerZero.endpoint, ...(hub ? [hub.loopback] : [])];
  const logs = await readLogs(client, [vault, ...carriers], BigInt(deployment.fromBlock), toBlock);
  const reports = new Map<Hex, Hex>();
  for (const { args } of parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs })) {
    const { guid, sender, message } = decodePacket(args.encodedPayload);
    if (isAddressEqual(bytes32ToAddress(sender), vault)) reports.set(guid, message);
  }
  for (const { args } of parseEventLogs({ abi: loopbackAbi, eventName: "MessageQueued", logs })) {
    if (isAddressEqual(args.from, vault)) reports.set(pad(`0x${args.nonce.toString(16)}`), args.message);
  }
  const own = decode(
    spokeVaultAbi,
    logs.filter(({ address }) => isAddressEqual(address, vault)),
    vaultEventNames,
  );
  const events = await timed(client, own);
  return events.map((event) =>
    event.eventName === "ReportSent"
      ? { ...event, args: { ...event.args, report: decodeReport(reports.get(event.args.guid as Hex)!) } }
      : event,
  ) as VaultEvent[];
}

interface Decoded {
  eventName: string;
  args: Record<string, unknown>;
  blockNumber: bigint;
}

function decode(abi: Abi, logs: Log<bigint, number, false>[], names: readonly string[]): Decoded[] {
  return parseEventLogs({ abi, logs, eventName: [...names] }) as unknown as Decoded[];
}

async function timed(client: PublicClient, events: readonly Decoded[]) {
  const numbers = [...new Set(events.map(({ blockNumber }) => blockNumber))];
  const blocks = await Promise.all(numbers.map((blockNumber) => client.getBlock({ blockNumber })));
  const times = new Map(blocks.map(({ number, timestamp }) => [number, Number(timestamp)]));
  return events.map(({ eventName, args, blockNumber }) => ({
    eventName,
    args,
    time: times.get(blockNumber)!,
  }));
}

/** Names of a contract's events. */
export function eventNames(abi: Abi): string[] {
  return abi.flatMap((item) => (item.type === "event" ? [item.name] : []));
}
