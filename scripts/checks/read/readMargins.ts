import { BaseError, ContractFunctionRevertedError, type Hex, HttpRequestError, TimeoutError } from "viem";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { joinKey, type MarginReading } from "../state.ts";
import type { CheckedHub } from "../types.ts";
import type { HubHistory, Place } from "./hubHistory.ts";
import { inBatches } from "./inBatches.ts";

/** Each costs the node a whole margin computation on an old state. */
const CONCURRENT_READINGS = 100;

/**
 * Reads the margin of each account at the end of each block in which it was granted credit or issued a payout. A node
 * that keeps no old states cannot tell; then the reading says so.
 *
 * @throws what viem throws if the node does not answer
 */
export async function readMargins(hub: CheckedHub, history: HubHistory): Promise<MarginReading[]> {
  return inBatches(
    lastActs(history),
    (act) => readMargin(hub, act, act.transactionIndex < (history.lastChange.get(act.block) ?? 0)),
    CONCURRENT_READINGS,
  );
}

interface Act extends Place {
  account: Hex;
  closes: boolean;
}

/** The last act on an account in a block: it covered the ones before. */
function lastActs(history: HubHistory): Act[] {
  const payouts = history.issued.map(({ pay, ...act }) => ({ ...act, account: pay.account, closes: false }));
  const grants = history.grants.map((act) => ({ ...act, closes: false }));
  const closings = history.closings.map((act) => ({ ...act, closes: true }));
  const last = new Map<string, Act>();
  for (const act of [...grants, ...payouts, ...closings]) {
    const key = joinKey(act.block, act.account);
    const known = last.get(key);
    if (known === undefined || known.transactionIndex <= act.transactionIndex) last.set(key, act);
  }
  return [...last.values()];
}

async function readMargin(
  hub: CheckedHub,
  { account, block, closes }: Act,
  disturbed: boolean,
): Promise<MarginReading> {
  try {
    const margin = await hub.client.readContract({
      address: hub.clearingHub,
      abi: clearingHubAbi,
      functionName: "marginOf",
      args: [account],
      blockNumber: block,
    });
    return { account, block, closes, disturbed, margin };
  } catch (cause) {
    if (!(cause instanceof BaseError)) throw cause;
    // No answer is not the answer that the state is gone.
    if (cause.walk((error) => error instanceof HttpRequestError || error instanceof TimeoutError))
      throw cause;
    const reverted = cause.walk((error) => error instanceof ContractFunctionRevertedError) !== null;
    return { account, block, closes, disturbed, margin: { unavailable: cause.shortMessage, reverted } };
  }
}
