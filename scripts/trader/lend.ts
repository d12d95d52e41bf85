import { settlementAsset } from "../../chains/assets.ts";
import { orReverted } from "../../chains/deploy/orReverted.ts";
import { maximum, minimum } from "../../clearing/math.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { LendResult } from "../schema/trader.ts";
import { formatShared, parseShared } from "./amounts.ts";
import type { Trader } from "./identity.ts";
import { redemptionData, supplyData } from "./lendingData.ts";
import { formatWad } from "./margin.ts";
import { chainTime, sendCall, type TraderNetwork } from "./network.ts";
import { waitFor } from "./waitFor.ts";

export interface LendParameters {
  network: TraderNetwork;
  trader: Trader;
  /** Dollars to lend, or to have back, as given; all that can be had back without it. */
  amount: string | undefined;
  back: boolean;
  /** The least dollars to have back: less is not taken. What there is as the order is signed without it. */
  minimum: string | undefined;
  /** Longest wait for fresh prices. */
  seconds: number;
}

const WAD_PER_MICRO = 10n ** 12n;
/** How long the signature may be brought to the hub. */
const DEADLINE_SECONDS = 3_600;

/**
 * Lends cash of an account at the hub, or turns what it has lent into cash again: all of it, or as much as is not lent on, without an amount.
 *
 * @throws CausewayError `UsageInvalid`, `LendingNotCovered`, `NothingToHaveBack`, `WaitedInVain`, and as `sendCall`, as where more is asked back than is idle
 */
export async function lend(parameters: LendParameters): Promise<LendResult> {
  const { network, trader, amount, back } = parameters;
  const { hub } = network;
  const { account, key } = trader;
  const [lender, pool, time] = await Promise.all([
    hub.contract.read.lenderOf([account]),
    hub.contract.read.lendingState(),
    chainTime(hub.chain),
  ]);
  const place = { chainId: hub.chain.definition.chainId, clearingHub: hub.contract.address };
  const order = { account, nonce: lender.nonce + 1n, deadline: Number(time) + DEADLINE_SECONDS };
  const dollars = amount === undefined ? undefined : parseShared("--amount", amount, settlementAsset);
  if (!back) await requireFree(parameters, dollars!);
  const data = back
    ? await redemptionData(place, key, {
        ...order,
        ...redemptionOf(parameters, dollars, lender.shares, pool),
      })
    : await supplyData(place, key, { ...order, amount: dollars! });
  const { transactionHash } = await sendCall(network, hub.chain, key, {
    label: back ? "redemption" : "supply",
    to: place.clearingHub,
    data,
  });
  const after = await readLent(network, account);
  return { account, ...after, transaction: transactionHash };
}

/**
 * The hub lets margin go at fresh prices only; a relayer brings them each minute.
 *
 * @throws CausewayError `LendingNotCovered`, `WaitedInVain`
 */
async function requireFree(
  { network: { hub }, trader, seconds }: LendParameters,
  amount: bigint,
): Promise<void> {
  const args = [trader.account] as const;
  const margin = await waitFor({
    chain: hub.chain,
    what: "fresh prices at the hub",
    seconds,
    look: async () => {
      const found = await orReverted(hub.contract.read.freshMarginOf(args), undefined);
      return found ? { found } : { missing: "prices are too old to decide on; a relayer brings newer ones" };
    },
  });
  const cash = await hub.contract.read.balanceOf([trader.account, settlementAsset.id]);
  const spared = (margin.equityInitialWad - margin.initialWad - margin.outstandingWad) / WAD_PER_MICRO;
  const free = maximum(0n, minimum(cash, spared));
  if (amount <= free) return;
  const told = {
    account: trader.name,
    amount: formatShared(amount, settlementAsset),
    found: formatShared(free, settlementAsset),
  };
  throw new CausewayError("LendingNotCovered", { details: told });
}

/** What to have back. */
function redemptionOf(
  { trader, minimum: least }: LendParameters,
  dollars: bigint | undefined,
  owned: bigint,
  pool: { worth: bigint; shares: bigint; idle: bigint },
): { shares: bigint; minimum: bigint } {
  const shares = sharesFor(trader, dollars, owned, pool);
  // As `LendingPool.worthOf`; interest only makes it more.
  const payable = minimum((shares * (pool.worth + 1n)) / (pool.shares + 1n), pool.idle);
  return {
    shares,
    minimum: least === undefined ? payable : parseShared("--minimum", least, settlementAsset),
  };
}

/** As many shares as are worth so much, or without an amount as are idle, of those that one has. */
function sharesFor(
  trader: Trader,
  dollars: bigint | undefined,
  owned: bigint,
  { worth, shares, idle }: { worth: bigint; shares: bigint; idle: bigint },
): bigint {
  const wanted = minimum(owned, ((dollars ?? idle) * (shares + 1n)) / (worth + 1n));
  if (wanted > 0n) return wanted;
  const found = formatShared((owned * (worth + 1n)) / (shares + 1n), settlementAsset);
  const details = { account: trader.name, found, idle: formatShared(idle, settlementAsset) };
  throw new CausewayError("NothingToHaveBack", { details });
}

/** What an account has lent and owes, and what lending earns now. */
export async function readLent({ hub }: TraderNetwork, account: Trader["account"]) {
  const [lender, pool, debt] = await Promise.all([
    hub.contract.read.lenderOf([account]),
    hub.contract.read.lendingState(),
    hub.contract.read.debtOf([account]),
  ]);
  const lent = (lender.shares * (pool.worth + 1n)) / (pool.shares + 1n);
  return {
    lentUsd: formatShared(lent, settlementAsset),
    owedUsd: formatShared(debt, settlementAsset),
    idleUsd: formatShared(pool.idle, settlementAsset),
    borrowRate: formatWad(pool.rateWad),
  };
}
