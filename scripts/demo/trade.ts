import { spokeVaultAbi } from "../../chains/abi/index.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import type { PlacedTrade } from "../../clearing/tape/assignChains.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { fillData, signOrder } from "../trader/order.ts";
import type { Actor } from "./actors.ts";
import { type DemoNetwork, untilHolds, venuePlace } from "./network.ts";
import type { DemoPlan } from "./plan.ts";
import type { ReplayPrices } from "./replayPrices.ts";

/** Orders of one chain that are on their way at the same time. */
const WINDOW = 16;
const DAY_SECONDS = 86_400n;
/** How long credit, allowances and prices may take to arrive. */
const READY_SECONDS = 60;
/**
 * A trade refused for one of these may pass once the relayer has caught up. `passesNow`: it was refused, but would pass at
 * the end of the same block, as when the credit came right behind it.
 */
const PASSING = new Set([
  "Vault_InsufficientCredit",
  "Vault_CreditLapsed",
  "Vault_StaleReferencePrice",
  "passesNow",
]);
const MAX_ATTEMPTS = 40;

export interface TradeAllParameters {
  network: DemoNetwork;
  plan: DemoPlan;
  actors: readonly Actor[];
  prices: ReplayPrices;
  progress(line: string): void;
}

/**
 * Replays the tape: for every row the buyer and the seller sign an order, and the courier has the venue match them.
 * Each chain goes through its rows in order, all chains at once.
 */
export async function tradeAll(parameters: TradeAllParameters): Promise<void> {
  const { network, plan, progress } = parameters;
  const byChain = Map.groupBy(
    plan.trades.map((trade, index) => ({ trade, index })),
    ({ trade }) => trade.chain,
  );
  let done = 0;
  const onDone = (): void => {
    done += 1;
    if (done % 100 === 0) progress(`${done} of ${plan.trades.length} trades`);
  };
  await Promise.all(
    [...byChain].map(async ([chain, rows]) => {
      const queue = rows[Symbol.iterator]();
      const worker = async (): Promise<void> => {
        for (const { trade, index } of queue) {
          await tradeOne(parameters, chain, trade, BigInt(index + 1));
          onDone();
        }
      };
      await Promise.all(Array.from({ length: WINDOW }, worker));
    }),
  );
  await Promise.all(Array.from({ length: network.size }, (_, chain) => network.courier(chain).idle()));
}

/** Waits until every actor can trade where it is going to: credit, allowance and prices have arrived from the hub. */
export async function untilReady(
  network: DemoNetwork,
  plan: DemoPlan,
  actors: readonly Actor[],
): Promise<void> {
  await Promise.all(
    Array.from({ length: network.size }, async (_, index) => {
      const chain = network.chain(index);
      const { vault, orderVenue } = chain.deployment.causeway;
      const traders = actors.filter(({ plan: { creditCents } }) => creditCents[index]! > 0n);
      const vaultCall = { address: vault, abi: spokeVaultAbi } as const;
      await untilHolds(chain, "credit, allowances and prices to arrive", READY_SECONDS, async () => {
        const [credits, allowances, prices, terms] = await Promise.all([
          Promise.all(
            traders.map(({ id }) =>
              chain.client.readContract({ ...vaultCall, functionName: "creditOf", args: [id] }),
            ),
          ),
          Promise.all(
            traders.map(({ id }) =>
              chain.client.readContract({
                ...vaultCall,
                functionName: "venueAllowanceOf",
                args: [id, orderVenue],
              }),
            ),
          ),
          Promise.all(
            plan.markets.map(({ underlying }) =>
              chain.client.readContract({
                ...vaultCall,
                functionName: "referencePriceOf",
                args: [underlyingId(underlying)],
              }),
            ),
          ),
          Promise.all(
            plan.markets.map(({ underlying }) =>
              chain.client.readContract({
                ...vaultCall,
                functionName: "termsOf",
                args: [perpetual(underlying)],
              }),
            ),
          ),
        ]);
        return (
          credits.every(({ limit }) => limit > 0n) &&
          allowances.every(({ limit }) => limit > 0n) &&
          prices.every(([priceWad]) => priceWad > 0n) &&
          terms.every(({ version }) => version > 0)
        );
      });
    }),
  );
}

async function tradeOne(
  { network, actors, prices }: TradeAllParameters,
  chain: number,
  trade: PlacedTrade,
  nonce: bigint,
): Promise<void> {
  const { deployment, relayed } = network.chain(chain);
  const expiry = Number(relayed.heads.latest.timestamp + DAY_SECONDS);
  const side = async (name: string, isBuy: boolean) => {
    const actor = actors.find(({ plan }) => plan.name === name)!;
    const order = {
      account: actor.id,
      instrument: perpetual(trade.underlying),
      isBuy,
      base: trade.base,
      priceWad: trade.priceWad,
      nonce,
      expiry,
    };
    return signOrder(venuePlace(network, chain), actor.owner, order);
  };
  const [buy, sell] = await Promise.all([side(trade.buyer, true), side(trade.seller, false)]);
  prices.set(trade.underlying, trade.priceWad);
  const data = fillData(buy, sell, trade.base);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await network
        .courier(chain)
        .submit({ label: `trade of tape line ${trade.line}`, to: deployment.causeway.orderVenue, data });
      return;
    } catch (cause) {
      const refused = cause instanceof CausewayError ? String(cause.details.error) : "";
      if (!PASSING.has(refused) || attempt === MAX_ATTEMPTS) throw cause;
      await relayed.heads.next();
      await relayed.heads.next();
    }
  }
}
