import type { Address, Hex } from "viem";
import { priceRouterAbi } from "../../chains/abi/index.ts";
import { underlyingOf } from "../../clearing/codec/instrumentId.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { grantedClosings, uniqueDeposits } from "./read/collectKeys.ts";
import { readHubHistory } from "./read/hubHistory.ts";
import { inBatches } from "./read/inBatches.ts";
import { readSpokeHistory } from "./read/spokeHistory.ts";
import { joinKey } from "./state.ts";
import type { CheckedNetwork, CheckedSpoke } from "./types.ts";

/** `ISpokeVault.ReportKeys`. */
export interface ReportKeys {
  creditStates: Hex[];
  deposits: { account: Hex; asset: number; purpose: number }[];
  pairs: { account: Hex; instrument: Hex }[];
  withdrawals: bigint[];
  payouts: Hex[];
  balances: number[];
}

/** `IClearingHub.CommandKeys`. */
export interface CommandKeys {
  credits: Hex[];
  venues: { account: Hex; venue: Address }[];
  payouts: Hex[];
  prices: Hex[];
  instruments: Hex[];
  freezes: Hex[];
  optionReferences: Hex[];
  closings: { account: Hex; instrument: Hex }[];
}

/**
 * Every key that the vault on `eid` could report, from its log. More than fits one message: see `splitKeys`.
 *
 * @throws CausewayError `UnknownChain` if the network has no such vault.
 */
export async function allReportKeys(network: CheckedNetwork, eid: number): Promise<ReportKeys> {
  const spoke = spokeAt(network, eid);
  const history = await readSpokeHistory(spoke, await latestBlock(spoke));
  return {
    creditStates: [...history.credits],
    deposits: uniqueDeposits(history.deposits),
    pairs: unique(history.pairs, ({ account, instrument }) => joinKey(account, instrument)),
    withdrawals: history.withdrawals,
    payouts: [...new Set(history.resolutions.map(({ payoutId }) => payoutId))],
    balances: [...history.assets],
  };
}

/**
 * Every key that the hub could push to `eid`, from its log; prices as far as the oracle has any.
 *
 * @throws CausewayError `UnknownChain` if the network has no such vault.
 */
export async function allCommandKeys(network: CheckedNetwork, eid: number): Promise<CommandKeys> {
  const { hub } = network;
  spokeAt(network, eid);
  const history = await readHubHistory(hub, await latestBlock(hub));
  const underlyings = new Set([...history.underlyings, ...[...history.instruments].map(underlyingOf)]);
  const prices = await inBatches([...underlyings], async (underlying) => {
    const [priceWad] = await hub.client.readContract({
      address: hub.oracle,
      abi: priceRouterAbi,
      functionName: "latest",
      args: [underlying],
    });
    return { underlying, priceWad };
  });
  return {
    credits: [...new Set(history.grants.filter((grant) => grant.eid === eid).map(({ account }) => account))],
    venues: unique(
      history.mandates
        .filter((mandate) => mandate.eid === eid)
        .map(({ account, venue }) => ({ account, venue })),
      ({ account, venue }) => joinKey(account, venue),
    ),
    payouts: history.issued.filter(({ dstEid }) => dstEid === eid).map(({ payoutId }) => payoutId),
    prices: prices.filter(({ priceWad }) => priceWad > 0n).map(({ underlying }) => underlying),
    instruments: [...history.instruments],
    freezes: [...history.freezes],
    // What an option is worth is nobody's key: the engine tells the latest, whenever it is asked.
    optionReferences: [],
    closings: grantedClosings(history, eid),
  };
}

/** `keys` in parts of at most `size` items each, none empty: a message is limited in bytes and in gas. */
export function splitKeys<K extends ReportKeys | CommandKeys>(keys: K, size: number): K[] {
  const entries = Object.entries(keys).flatMap(([kind, items]: [string, unknown[]]) =>
    items.map((item) => ({ kind, item })),
  );
  const parts: K[] = [];
  for (let at = 0; at < entries.length; at += size) {
    const part: Record<string, unknown[]> = Object.fromEntries(Object.keys(keys).map((kind) => [kind, []]));
    for (const { kind, item } of entries.slice(at, at + size)) part[kind]!.push(item);
    // Same kinds as `keys`, each with some of its own items.
    parts.push(part as unknown as K);
  }
  return parts;
}

function spokeAt({ spokes }: CheckedNetwork, eid: number): CheckedSpoke {
  const spoke = spokes.find((candidate) => candidate.eid === eid);
  if (spoke) return spoke;
  throw new CausewayError("UnknownChain", {
    details: { found: eid, expected: spokes.map((candidate) => candidate.eid) },
  });
}

async function latestBlock({ client }: Pick<CheckedSpoke, "client">): Promise<bigint> {
  return (await client.getBlock({ blockTag: "latest" })).number;
}

function unique<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
