import { minimum } from "../../clearing/math.ts";
import type { AccountChange, AccountReading } from "./accountBooks.ts";
import { readHub } from "./calls.ts";
import type { ClosingHolder } from "./clearingBook.ts";
import type { HubPlace } from "./places.ts";

/** Accounts read at once. */
const AT_ONCE = 500;

type Line = Awaited<ReturnType<typeof readHub<"closingOf">>>[number];

/**
 * Reads what changed of accounts, in order. Not all in the same block: what changes in between makes a log, and is read again.
 *
 * @param assets whose balances are wanted
 * @param closings all closing allowances of which something may still be used
 */
export async function readBooks(
  hub: HubPlace,
  assets: readonly number[],
  changes: readonly AccountChange[],
  closings: readonly ClosingHolder[],
): Promise<AccountReading[]> {
  const readings: AccountReading[] = [];
  for (let from = 0; from < changes.length; from += AT_ONCE)
    readings.push(...(await readSome(hub, assets, changes.slice(from, from + AT_ONCE), closings)));
  return readings;
}

async function readSome(
  hub: HubPlace,
  assets: readonly number[],
  changes: readonly AccountChange[],
  closings: readonly ClosingHolder[],
): Promise<AccountReading[]> {
  const accounts = new Set(changes.map(({ account }) => account));
  const open = closings.filter(({ account }) => accounts.has(account));
  const [balances, positions, lines] = await Promise.all([
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
    readHub(
      hub,
      "closingOf",
      open.map(({ account, eid, instrument }) => [account, eid, instrument] as const),
    ),
  ]);
  let next = 0;
  return changes.map(({ account, instruments }, i) => ({
    positions: instruments.map((instrument) => {
      const { base, quote, longs, shorts } = positions[next++]!;
      const mine = lines.filter(
        (_, at) => open[at]!.account === account && open[at]!.instrument === instrument,
      );
      return { base, quote, offset: minimum(longs, shorts), ...closingOf(mine, base) };
    }),
    balances: balances.slice(i * assets.length, (i + 1) * assets.length),
  }));
}

/** What closing allowances may still do to a net of `base`. */
function closingOf(lines: readonly Line[], base: bigint): { closing: bigint; hasTurned: boolean } {
  const buys = lines.reduce((total, { unusedBuys }) => total + unusedBuys, 0n);
  const sells = lines.reduce((total, { unusedSells }) => total + unusedSells, 0n);
  const [towards, away] = base < 0n ? [buys, sells] : [sells, buys];
  return { closing: towards + away, hasTurned: away > 0n };
}
