import { encodeFunctionData, type Hash, parseEventLogs, type TransactionReceipt } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { decodePacket } from "../../chains/layerzero/packet.ts";
import { settled } from "../../relayer/settled.ts";
import { allCommandKeys, allReportKeys, type CheckedNetwork, splitKeys } from "../checks/index.ts";
import type { DemoNetwork } from "./network.ts";

/** Keys in one message: well within its size and its gas. */
const KEYS_PER_MESSAGE = 40;

/**
 * Sends everything once more, both ways: every vault reports all its totals with names, the hub pushes all its state.
 * Resolves when all of it was delivered: of these messages, as the relayer goes on to renew credit, and on a slow machine there may be no
 * moment at which it does nothing. Nothing may change by it (CLR-03).
 *
 * @returns how many messages that were
 */
export async function resendEverything(network: DemoNetwork, checked: CheckedNetwork): Promise<number> {
  let count = 0;
  const sent: Hash[] = [];
  // One chain after the other: all their histories at once would be a very long answer.
  for (const [index, { eid }] of checked.spokes.entries()) {
    const reports = splitKeys(await allReportKeys(checked, eid), KEYS_PER_MESSAGE);
    const commands = splitKeys(await allCommandKeys(checked, eid), KEYS_PER_MESSAGE);
    const guids = await Promise.all([
      ...reports.map((keys) => report(network, index, keys)),
      ...commands.map((keys) => push(network, eid, keys)),
    ]);
    count += guids.length;
    sent.push(...guids.flat());
  }
  await Promise.all(sent.map((guid) => network.relayer.whenDelivered(guid)));
  // What went over the loopback, too.
  await settled(network.relayer.context);
  return count;
}

async function report(
  network: DemoNetwork,
  chain: number,
  keys: Awaited<ReturnType<typeof allReportKeys>>,
): Promise<Hash[]> {
  const { client, deployment } = network.chain(chain);
  const call = {
    abi: spokeVaultAbi,
    args: [keys, true],
  } as const;
  const { vault } = deployment.causeway;
  const { nativeFee } = await client.readContract({ ...call, address: vault, functionName: "quoteReport" });
  const receipt = await network.courier(chain).submit({
    label: "report of everything",
    to: vault,
    data: encodeFunctionData({ ...call, functionName: "report" }),
    value: nativeFee,
  });
  return guidsIn(receipt);
}

async function push(
  network: DemoNetwork,
  eid: number,
  keys: Awaited<ReturnType<typeof allCommandKeys>>,
): Promise<Hash[]> {
  const call = { abi: clearingHubAbi, args: [eid, keys] } as const;
  const to = network.hub.clearingHub;
  const { nativeFee } = await network
    .chain(0)
    .client.readContract({ ...call, address: to, functionName: "quotePush" });
  const receipt = await network.courier(0).submit({
    label: "push of everything",
    to,
    data: encodeFunctionData({ ...call, functionName: "push" }),
    value: nativeFee,
  });
  return guidsIn(receipt);
}

/** Of the messages that left by the endpoint; none of the loopback's. */
function guidsIn({ logs }: TransactionReceipt): Hash[] {
  const sent = parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs });
  return sent.map(({ args }) => decodePacket(args.encodedPayload).guid);
}
