import { pad, toHex } from "viem";
import { expect, test } from "vitest";
import type { ObservedTrade } from "../price/signTrades.ts";
import { pickTrades } from "./pickTrades.ts";

const account = (number: number) => pad(toHex(number), { size: 32 });
const trade = (buyer: number, seller: number, base: bigint): ObservedTrade => ({
  buyer: account(buyer),
  seller: account(seller),
  base,
  priceWad: 1n,
});

test("each side counts up to its allowance, whoever the other is", () => {
  const [first, second] = [trade(1, 2, 6n), trade(1, 3, 6n)];
  // Nothing is left of 1; of 3 there are six.
  const third = trade(4, 3, 100n);
  expect(pickTrades([first, second, trade(5, 1, 1n), third, trade(3, 6, 1n)], 10n)).toEqual([
    first,
    second,
    third,
  ]);
});

test("a trade with oneself is none", () => {
  expect(pickTrades([trade(1, 1, 5n), trade(1, 2, 0n)], 10n)).toEqual([]);
});

test("who trades much does not crowd out the others", () => {
  const busy = Array.from({ length: 500 }, () => trade(1, 2, 10n));
  expect(pickTrades([...busy, trade(3, 4, 1n)], 10n)).toEqual([busy[0], trade(3, 4, 1n)]);
});

test("there are no more than a batch holds", () => {
  const many = Array.from({ length: 70 }, (_, at) => trade(2 * at, 2 * at + 1, 1n));
  expect(pickTrades(many, 10n)).toEqual(many.slice(0, 64));
});
