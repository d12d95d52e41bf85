import { expect, test } from "vitest";
import { type AccountChange, createAccountBooks } from "./accountBooks.ts";

const [ALICE, BOB] = ["0xa", "0xb"] as const;
const [ETH, BTC] = ["0xe", "0xc"] as const;

/** Gives every position the same, and notes what was asked. */
function reader(base: bigint) {
  const asked: AccountChange[] = [];
  const read = async (changes: readonly AccountChange[]) => {
    asked.push(...changes);
    return changes.map(({ instruments }) => ({
      positions: instruments.map(() => ({ base, quote: 0n, offset: 0n, closing: 0n, hasTurned: false })),
      balances: [base],
    }));
  };
  return { asked, read };
}

test("reads what was noted, once, and keeps the rest", async () => {
  const books = createAccountBooks();
  books.note(ALICE, ETH);
  books.note(ALICE, ETH);
  books.note(ALICE);
  books.note(BOB, BTC);
  const first = reader(1n);
  await books.refresh(first.read);
  expect(first.asked).toEqual([
    { account: ALICE, instruments: [ETH] },
    { account: BOB, instruments: [BTC] },
  ]);
  books.note(ALICE, BTC);
  const second = reader(2n);
  await books.refresh(second.read);
  expect(second.asked).toEqual([{ account: ALICE, instruments: [BTC] }]);
  const { positions, balances } = books.all.get(ALICE)!;
  expect([positions.get(ETH)?.base, positions.get(BTC)?.base, balances]).toEqual([1n, 2n, [2n]]);
  expect(books.all.get(BOB)?.balances).toEqual([1n]);
});

test("reads all who hold an instrument again, and nobody else", async () => {
  const books = createAccountBooks();
  books.note(ALICE, ETH);
  books.note(BOB, BTC);
  await books.refresh(reader(1n).read);
  books.noteHolders(ETH);
  const second = reader(0n);
  await books.refresh(second.read);
  expect(second.asked).toEqual([{ account: ALICE, instruments: [ETH] }]);
  books.noteHolders(ETH);
  const third = reader(1n);
  await books.refresh(third.read);
  expect(third.asked).toEqual([]);
});

test("forgets nothing that was not read, nor what was noted meanwhile", async () => {
  const books = createAccountBooks();
  books.note(ALICE, ETH);
  const failing = async () => {
    books.note(ALICE, BTC);
    throw new Error("no answer");
  };
  await expect(books.refresh(failing)).rejects.toThrow("no answer");
  expect(books.all.size).toBe(0);
  const { asked, read } = reader(1n);
  await books.refresh(read);
  expect(asked.map(({ instruments }) => [...instruments].sort())).toEqual([[BTC, ETH].sort()]);
});
