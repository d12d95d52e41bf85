import { type Abi, type Address, decodeEventLog, type Log, type PublicClient } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { readLogs } from "../../chains/readLogs.ts";
import type { CheckedNetwork } from "../checks/index.ts";
import { inBatches } from "../checks/read/inBatches.ts";
import { percentile } from "./percentile.ts";

/** What a transaction was for, by an event that it caused. The first that fits counts. */
const hubOperations: Readonly<Record<string, string>> = {
  MandateSet: "mandate",
  CreditGranted: "renew credit and send",
  PositionSettled: "settle",
  PayoutIssued: "process a withdrawal and send",
  ReportApplied: "receive a report",
};
const vaultOperations: Readonly<Record<string, string>> = {
  Deposited: "deposit",
  TradeRecorded: "trade (two signatures)",
  ReportSent: "report",
  PayoutResolved: "receive and pay",
  CreditSet: "receive credit",
  ReferencePriceSet: "receive prices",
};

/** A receipt carries all its logs: too many in one answer and it exceeds viem's limit. */
const CONCURRENT_RECEIPTS = 50;

export type GasByOperation = Record<string, { count: number; median: number }>;

/** Gas of every transaction that did something at the hub or a vault, whoever sent it: median and count by operation. */
export async function readGas({ hub, spokes }: CheckedNetwork): Promise<GasByOperation> {
  const samples = await Promise.all([
    ...spokes.map((spoke) => sample(spoke, spoke.vault, spokeVaultAbi, vaultOperations)),
    sample(hub, hub.clearingHub, clearingHubAbi, hubOperations),
  ]);
  const names = [...Object.values(vaultOperations), ...Object.values(hubOperations)];
  return Object.fromEntries(
    names.flatMap((operation) => {
      const values = samples.flat().flatMap((one) => (one.operation === operation ? [one.gas] : []));
      return values.length === 0
        ? []
        : [[operation, { count: values.length, median: percentile(values, 50) }] as const];
    }),
  );
}

async function sample(
  place: { client: PublicClient; fromBlock: bigint },
  address: Address,
  abi: Abi,
  operations: Readonly<Record<string, string>>,
): Promise<{ operation: string; gas: number }[]> {
  const { client, fromBlock } = place;
  const { number } = await client.getBlock({ blockTag: "latest" });
  const events = new Map<string, Set<string>>();
  for (const log of await readLogs(client, [address], fromBlock, number)) {
    const name = nameOf(log, abi);
    const known = events.get(log.transactionHash) ?? new Set();
    events.set(log.transactionHash, known.add(name));
  }
  const wanted = [...events].flatMap(([hash, names]) => {
    const event = Object.keys(operations).find((name) => names.has(name));
    return event === undefined ? [] : [{ hash: hash as `0x${string}`, operation: operations[event]! }];
  });
  return inBatches(
    wanted,
    async ({ hash, operation }) => {
      const { gasUsed } = await client.getTransactionReceipt({ hash });
      return { operation, gas: Number(gasUsed) };
    },
    CONCURRENT_RECEIPTS,
  );
}

function nameOf(log: Log<bigint, number, false>, abi: Abi): string {
  try {
    return decodeEventLog({ abi, data: log.data, topics: log.topics }).eventName ?? "";
  } catch {
    return "";
  }
}
