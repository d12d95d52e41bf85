import { type Address, type Hex, parseEventLogs } from "viem";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import type { AssetDefinition } from "../../chains/assets.ts";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { WithdrawResult } from "../schema/trader.ts";
import { assetOn, formatShared, parseShared } from "./amounts.ts";
import type { Trader } from "./identity.ts";
import { chainTime, sendCall, type TraderChain, type TraderNetwork } from "./network.ts";
import { waitFor } from "./waitFor.ts";
import { type WithdrawalOrder, withdrawalData } from "./withdrawalData.ts";
import { findObstacle } from "./withdrawalObstacle.ts";

export interface WithdrawParameters {
  network: TraderNetwork;
  /** Where to pay. */
  chain: TraderChain;
  trader: Trader;
  asset: string;
  /** As given. */
  amount: string;
  minimum?: string | undefined;
  to?: Address | undefined;
  seconds: number;
  progress(line: string): void;
}

/** How long a request stays queued. */
const DEADLINE_SECONDS = 3_600;

/**
 * Signs a withdrawal, brings it to the hub, and follows it until it is paid.
 *
 * @throws CausewayError `UsageInvalid`, `UnknownAsset`, `WithdrawalNotCovered`, `LiquidityShort`, `LanePaused`, `WaitedInVain`,
 * `PayoutRefused`, `PayoutCancelled`, and as `sendCall`
 */
export async function withdraw(parameters: WithdrawParameters): Promise<WithdrawResult> {
  const { network, chain, trader, seconds, progress } = parameters;
  const { hub } = network;
  const { name, eid } = chain.definition;
  const { asset } = assetOn(chain, parameters.asset);
  const amount = parseShared("--amount", parameters.amount, asset);
  const order: WithdrawalOrder = {
    account: trader.account,
    asset: asset.id,
    amount,
    dstEid: eid,
    recipient: parameters.to ?? trader.key.address,
    minimum: parameters.minimum === undefined ? amount : parseShared("--minimum", parameters.minimum, asset),
    deadline: Number(await chainTime(hub.chain)) + DEADLINE_SECONDS,
    // Tells two requests apart that are the same otherwise.
    nonce: BigInt(Date.now()),
  };
  const obstacle = await findObstacle({ network, chain, trader, asset, order });
  if (obstacle) throw obstacle;

  const requestId = await hub.contract.read.hashWithdrawalOrder([order]);
  const place = { chainId: hub.chain.definition.chainId, clearingHub: hub.contract.address };
  const requested = await sendCall(network, hub.chain, trader.key, {
    label: "withdrawal",
    to: place.clearingHub,
    data: await withdrawalData(place, trader.key, order),
  });
  progress(`requested at the hub as ${requestId}`);

  const decided = await waitFor({
    chain: hub.chain,
    what: "the withdrawal to be decided",
    seconds,
    look: async () => {
      const issued = await findIssued(network, requestId, requested.blockNumber);
      if (issued) return { found: issued };
      const why = await findObstacle({ network, chain, trader, asset, order });
      return { missing: why?.message ?? "nothing stands in its way, but nobody has called `process`" };
    },
  });
  progress(`decided: ${formatShared(decided.amount, asset)} ${asset.symbol} as payout ${decided.payoutId}`);

  await waitFor({
    chain,
    what: `payout ${decided.payoutId}`,
    seconds,
    look: async () => {
      const rank = await chain.vault.read.payoutRankOf([decided.payoutId]);
      if (rank === payoutRank.paid) return { found: true };
      if (rank === payoutRank.none) return { missing: "the hub's message has not arrived" };
      const { recipient } = order;
      const details = { chain: name, payoutId: decided.payoutId, recipient };
      throw new CausewayError(rank === payoutRank.cancelled ? "PayoutCancelled" : "PayoutRefused", {
        details,
      });
    },
  });
  const paid = await paidBy(chain, decided.payoutId);
  progress(`paid on ${name}, transaction ${paid}`);
  return {
    account: trader.account,
    chain: name,
    asset: asset.symbol,
    recipient: order.recipient,
    requestId,
    payoutId: decided.payoutId,
    amount: formatShared(decided.amount, asset),
    remaining: await remainingOf(network, requestId, asset),
    transactions: { requested: requested.transactionHash, decided: decided.transactionHash, paid },
  };
}

/** The payout that a request has become. */
async function findIssued({ hub }: TraderNetwork, requestId: Hex, fromBlock: bigint) {
  const logs = await hub.contract.getEvents.PayoutIssued({ requestId }, { fromBlock });
  const [issued] = parseEventLogs({ abi: clearingHubAbi, eventName: "PayoutIssued", logs });
  if (issued === undefined) return undefined;
  const { payoutId, pay } = issued.args;
  return { payoutId, amount: pay.amount, transactionHash: issued.transactionHash };
}

async function paidBy({ vault, fromBlock, client }: TraderChain, payoutId: Hex): Promise<Hex> {
  const head = await client.getBlockNumber();
  const recent = head - RECENT_BLOCKS > fromBlock ? head - RECENT_BLOCKS : fromBlock;
  const [paid] = await vault.getEvents.PayoutResolved({ payoutId }, { fromBlock: recent });
  if (paid !== undefined) return paid.transactionHash;
  const what = `payout ${payoutId} is paid, but not by an event of the last ${RECENT_BLOCKS} blocks`;
  throw new CausewayError("InternalInvariant", { details: { what } });
}

/** Far more than pass between a payment and our noticing it. */
const RECENT_BLOCKS = 1_000n;

async function remainingOf({ hub }: TraderNetwork, requestId: Hex, asset: AssetDefinition): Promise<string> {
  const { remaining } = await hub.contract.read.withdrawalOf([requestId]);
  return formatShared(remaining, asset);
}
