import { numberToHex } from "viem";
import { expect, test } from "vitest";
import { defaultAccountParameters } from "../../clearing/margin/marginParameters.ts";
import { bufferMargin, portfolioMargin } from "../../clearing/margin/portfolioMargin.ts";
import {
  drawMarket,
  drawPayoffArray,
  list,
  signed,
  usualParameters,
} from "../../clearing/margin/randomMargin.ts";
import { absolute, floorDiv } from "../../clearing/math.ts";
import { random } from "../../clearing/random.ts";
import type { AccountBook, HeldPosition } from "./accountBooks.ts";
import { findSuspects } from "./findSuspects.ts";
import type { MarginMarket } from "./marginMarket.ts";

const NOW = 1_764_000_000n;
const MICRO = 10n ** 12n;
const id = (place: number) => numberToHex(place + 1, { size: 32 });

const draw = random(11);
const underlyings = list(3, (u) => ({ parameters: usualParameters[u]!, market: drawMarket(draw, false) }));
const instruments = underlyings.flatMap((_, underlying) => [
  { underlying },
  ...list(8, (i) => ({
    underlying,
    option: {
      mark: 50_000_000n,
      right: i % 2 === 0 ? ("call" as const) : ("put" as const),
      expiry: NOW + BigInt(i) * 864_000n,
      array: drawPayoffArray(draw, i % 2 === 1),
    },
  })),
]);
const market: MarginMarket = {
  underlyings,
  instruments,
  parameters: defaultAccountParameters,
  time: NOW,
  places: new Map(instruments.map((_, place) => [id(place), place])),
  collateralWad: ([cash]) => cash! * MICRO,
};

const noClosing = { closing: 0n, hasTurned: false };

function positionsOf(): Map<`0x${string}`, HeldPosition> {
  const held = list(
    1 + draw.integer(6),
    () =>
      [
        id(draw.integer(instruments.length)),
        {
          base: signed(draw, 40),
          quote: signed(draw, 45),
          offset: absolute(signed(draw, 30)),
          closing: draw.integer(3) === 0 ? absolute(signed(draw, 40)) : 0n,
          hasTurned: false,
        },
      ] as const,
  );
  return new Map(held);
}

/** Equity without cash, and maintenance. */
function exact({ positions }: Pick<AccountBook, "positions">): { value: bigint; maintenance: bigint } {
  const legs = [...positions].map(([instrument, held]) => ({
    ...held,
    ...instruments[market.places.get(instrument)!]!,
  }));
  const held = underlyings.map((each, u) => ({
    ...each,
    holdings: {
      perpetuals: legs.filter((leg) => leg.underlying === u && !("option" in leg)),
      options: legs.flatMap((leg) =>
        leg.underlying === u && "option" in leg ? [{ ...leg, ...leg.option }] : [],
      ),
    },
  }));
  const { maintenance } = portfolioMargin({ underlyings: held, parameters: market.parameters, time: NOW });
  const value = legs.reduce((total, { base, quote, underlying, ...leg }) => {
    const { priceWad } = underlyings[underlying]!.market;
    const mark = "option" in leg ? (priceWad * leg.option.mark) / 10n ** 9n : priceWad;
    return total + quote * MICRO + floorDiv(base * mark, 10n ** 8n);
  }, 0n);
  return { value, maintenance };
}

test("finds all who are below maintenance or within the buffer, and hardly anybody else", () => {
  const books = new Map<`0x${string}`, AccountBook>();
  const expected = new Map<string, boolean>();
  for (let account = 0; account < 600; account++) {
    const positions = positionsOf();
    const { value, maintenance } = exact({ positions });
    // Cash that leaves it at maintenance to the cent, a little below, in the buffer, or far from both.
    const percent = [100n, 100n, 99n, 105n, 130n, 60n][account % 6]!;
    const cash = ((maintenance * percent) / 100n - value) / MICRO + BigInt(draw.integer(3)) - 1n;
    books.set(id(account), { positions, balances: [cash] });
    const equity = cash * MICRO + value;
    const isBelow = equity < maintenance;
    if (bufferMargin(equity, maintenance, market.parameters.bufferRatio) < 0n)
      expected.set(id(account), isBelow);
  }
  const found = new Map(findSuspects({ market, books }).map((one) => [one.account, one]));
  for (const [account, isBelow] of expected) {
    expect(found.get(account as `0x${string}`)).toBeDefined();
    if (!isBelow) expect(found.get(account as `0x${string}`)!.isBelow).toBe(false);
  }
  expect(expected.size).toBeGreaterThan(300);
  expect(found.size - expected.size).toBeLessThan(10);
  expect([...found.values()].filter(({ isBelow }) => isBelow).length).toBeGreaterThan(100);
});

test("those that miss most come first", () => {
  const positions = new Map([[id(0), { base: 10n ** 8n, quote: 0n, offset: 0n, ...noClosing }]]);
  const { value, maintenance } = exact({ positions });
  const book = (percent: bigint) => ({
    positions,
    balances: [((maintenance * percent) / 100n - value) / MICRO],
  });
  const books = new Map([
    [id(1), book(110n)],
    [id(2), book(20n)],
    [id(3), book(90n)],
    [id(4), book(200n)],
  ]);
  expect(findSuspects({ market, books }).map(({ account }) => account)).toEqual([id(2), id(3), id(1)]);
});

test("cannot tell of what is not in the market, may be traded away from zero, or of more than 128 instruments; who has nothing is fine, who owes is not", () => {
  const some = { base: 1n, quote: 0n, offset: 0n, ...noClosing };
  const none = { base: 0n, quote: 0n, offset: 0n, ...noClosing };
  const books = new Map<`0x${string}`, AccountBook>([
    [id(1), { positions: new Map([[id(999), some]]), balances: [10n ** 15n] }],
    [id(2), { positions: new Map([[id(999), none]]), balances: [0n] }],
    [id(3), { positions: new Map(), balances: [-1n] }],
    [id(5), { positions: new Map([[id(0), { ...some, hasTurned: true }]]), balances: [10n ** 15n] }],
    [id(4), { positions: new Map(list(129, (i) => [id(i), some] as const)), balances: [10n ** 15n] }],
  ]);
  const unknown = { isBelow: false, missing: Number.POSITIVE_INFINITY };
  expect(findSuspects({ market, books })).toEqual(
    expect.arrayContaining([
      { account: id(1), ...unknown },
      { account: id(4), ...unknown },
      { account: id(5), ...unknown },
      { account: id(3), isBelow: true, missing: Number.POSITIVE_INFINITY },
    ]),
  );
  expect(findSuspects({ market, books })).toHaveLength(4);
});
