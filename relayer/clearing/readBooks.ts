import { minimum } from "../../clearing/math.ts";
import type { AccountChange, AccountReading } from "./accountBooks.ts";
import { readHub } from "./calls.ts";
import type { HubPlace } from "./places.ts";

/** Accounts read at once. */
const AT_ONCE = 500;

/**
 * Reads what changed of accounts, in order. Not all in the same block: what changes in between makes a log, and is read again.
 *
 * @param assets whose balances are wanted
 */
export async function readBooks(
  hub: HubPlace,
  assets: readonly number[],
  changes: readonly AccountChange[],
): Promise<AccountReading[]> {
  const readings: AccountReading[] = [];
  for (let from = 0; from < changes.length; from += AT_ONCE)
    readings.push(...(await readSome(hub, assets, changes.slice(from, from + AT_ONCE))));
  return readings;
}

async function readSome(
  hub: HubPlace,
  assets: readonly number[],
  changes: readonly AccountChange[],
): Promise<AccountReading[]> {
  const [balances, positions] = await Promise.all([
    readHub(
      hub,
      "balanceOf",
      changes.flatMap(({ account }) => assets.map((asset) => [account, asset] as const)),
    ),
    readHub(
      hub,
      "positionOf",
      changes.flatMap(({ account, instruments }) =>
        instruments.map((instrument) => [account, instrument] as const),
      ),
    ),
  ]);
  const held = positions.map(({ base, quote, longs, shorts }) => ({
    base,
    quote,
    offset: minimum(longs, shorts),
  }));
  return changes.map(({ instruments }, i) => ({
    positions: held.splice(0, instruments.length),
    balances: balances.slice(i * assets.length, (i + 1) * assets.length),
  }));
}
