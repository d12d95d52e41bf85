import { type Address, erc20Abi, type Hex, parseEventLogs } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import { settlementAsset } from "../../../chains/assets.ts";
import type { Pay } from "../../../clearing/codec/command.ts";
import { underlyingOf } from "../../../clearing/codec/instrumentId.ts";
import type { Actor } from "../../../scripts/demo/actors.ts";
import { type DemoChain, hubPlace, untilHolds, venuePlace } from "../../../scripts/demo/network.ts";
import { fillData, signOrder } from "../../../scripts/trader/order.ts";
import { withdrawalData } from "../../../scripts/trader/withdrawalData.ts";
import { type ClearingNetwork, ETH, ETH_PRICE, HUB } from "./clearingNetwork.ts";

const DAY_SECONDS = 86_400;
/** As `MarketLogic.REFERENCE_MAX_AGE`. */
const REFERENCE_MAX_AGE_SECONDS = 300;
/** What must be left of a lease, of twelve seconds, or of a price's age when something is done by it. */
const SPARE_SECONDS = 5n;
let lastNonce = 10_000n;

export interface TradeTerms {
  instrument: Hex;
  priceWad: bigint;
  /** Alice sells. */
  sells?: boolean;
}

const STANDARD_TERMS: TradeTerms = { instrument: ETH, priceWad: ETH_PRICE };

/** Whether a second of a chain's clock is not so near that it may pass before something is done. */
export async function isAhead({ client }: DemoChain, second: number | bigint): Promise<boolean> {
  return BigInt(second) > (await client.getBlock()).timestamp + SPARE_SECONDS;
}

/** Whether an account's credit on a chain does not end at once: leases are short, and renewed when the relayer comes to it. */
export async function hasCredit(place: DemoChain, account: Hex): Promise<boolean> {
  const { validUntil } = await place.client.readContract({
    address: place.deployment.causeway.vault,
    abi: spokeVaultAbi,
    functionName: "creditOf",
    args: [account],
  });
  return isAhead(place, validUntil);
}

/** Resolves when both traders have credit on a chain, and it knows a young price of the underlying. */
export async function untilTradable(
  { network, alice, bob }: ClearingNetwork,
  chain: number,
  instrument: Hex = ETH,
): Promise<void> {
  const place = network.chain(chain);
  const { client, deployment } = place;
  await untilHolds(place, "credit and a young price", 60, async () => {
    const [[, time], ...credits] = await Promise.all([
      client.readContract({
        address: deployment.causeway.vault,
        abi: spokeVaultAbi,
        functionName: "referencePriceOf",
        args: [underlyingOf(instrument)],
      }),
      hasCredit(place, alice.id),
      hasCredit(place, bob.id),
    ]);
    return credits.every((has) => has) && isAhead(place, time + REFERENCE_MAX_AGE_SECONDS);
  });
}

/** Alice buys `base` (1e-8) of bob as soon as they can; ether's perpetual at the price that stays, if nothing else is said. */
export async function trade(
  clearing: ClearingNetwork,
  chain: number,
  base: bigint,
  terms: TradeTerms = STANDARD_TERMS,
): Promise<void> {
  await untilTradable(clearing, chain, terms.instrument);
  await tradeNow(clearing, chain, base, terms);
}

/** The same, whether or not they can. */
export async function tradeNow(
  { network, alice, bob }: ClearingNetwork,
  chain: number,
  base: bigint,
  { instrument, priceWad, sells = false }: TradeTerms = STANDARD_TERMS,
): Promise<void> {
  const { deployment, client } = network.chain(chain);
  const expiry = Number((await client.getBlock()).timestamp) + DAY_SECONDS;
  const sign = (actor: Actor, isBuy: boolean) => {
    lastNonce += 1n;
    const order = {
      account: actor.id,
      instrument,
      isBuy,
      base,
      priceWad,
      nonce: lastNonce,
      expiry,
    };
    return signOrder(venuePlace(network, chain), actor.owner, order);
  };
  const [buyer, seller] = sells ? [bob, alice] : [alice, bob];
  const data = fillData(await sign(buyer, true), await sign(seller, false), base);
  await network.courier(chain).submit({ label: "trade", to: deployment.causeway.orderVenue, data });
}

export interface IssuedPayout {
  payoutId: Hex;
  pay: Pay;
}

export interface Withdrawal {
  /** Shared units of the settlement asset. */
  amount: bigint;
  chain: number;
  recipient: Address;
}

/** Has dollars of an account paid on a chain, by its owner's signature. Resolves when the hub has issued the payout. */
export async function withdraw(
  clearing: ClearingNetwork,
  actor: Actor,
  withdrawal: Withdrawal,
): Promise<IssuedPayout> {
  return untilIssued(clearing, await requestWithdrawal(clearing, actor, withdrawal));
}

/** The owner signs; resolves with the id of the request when it is queued at the hub. */
export async function requestWithdrawal(
  { network }: ClearingNetwork,
  { owner, id }: Actor,
  { amount, chain, recipient }: Withdrawal,
): Promise<Hex> {
  lastNonce += 1n;
  const order = {
    account: id,
    asset: settlementAsset.id,
    amount,
    dstEid: network.chain(chain).definition.eid,
    recipient,
    minimum: amount,
    deadline: Number(await network.hubTime()) + DAY_SECONDS,
    nonce: lastNonce,
  };
  const { logs } = await network.courier(HUB).submit({
    label: "withdrawal",
    to: network.hub.clearingHub,
    data: await withdrawalData(hubPlace(network), owner, order),
  });
  const [queued] = parseEventLogs({ abi: clearingHubAbi, eventName: "WithdrawalQueued", logs });
  return queued!.args.requestId;
}

/** Resolves when the hub has issued the payout of a request. */
export async function untilIssued({ network }: ClearingNetwork, requestId: Hex): Promise<IssuedPayout> {
  const hub = network.chain(HUB);
  for (;;) {
    const [issued] = await hub.client.getContractEvents({
      address: network.hub.clearingHub,
      abi: clearingHubAbi,
      eventName: "PayoutIssued",
      args: { requestId },
      fromBlock: 0n,
      strict: true,
    });
    if (issued) return issued.args;
    await hub.relayed.heads.next();
  }
}

/** Cash of an account at the hub, 1e-6 dollar. */
export function cashOf({ network }: ClearingNetwork, { id }: Actor): Promise<bigint> {
  return network.chain(HUB).client.readContract({
    address: network.hub.clearingHub,
    abi: clearingHubAbi,
    functionName: "balanceOf",
    args: [id, settlementAsset.id],
  });
}

/** Dollar tokens in a pocket on a chain, in shared units. */
export async function pocketOf({ network }: ClearingNetwork, chain: number, owner: Address): Promise<bigint> {
  const { client, deployment, definition } = network.chain(chain);
  const { symbol, sharedDecimals } = settlementAsset;
  const { decimals } = definition.tokens.find((token) => token.symbol === symbol)!;
  const balance = await client.readContract({
    address: deployment.causeway.tokens[symbol]!,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [owner],
  });
  return balance / 10n ** BigInt(decimals - sharedDecimals);
}
