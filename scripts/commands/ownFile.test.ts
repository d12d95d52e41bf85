import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPrices } from "../devnet/pricesFile.ts";
import { readOwnFile } from "./ownFile.ts";

const WRITTEN = 1_800_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-own-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function own(text: string, ageSeconds: number) {
  const file = join(folder, "prices.json");
  writeFileSync(file, text);
  utimesSync(file, WRITTEN, WRITTEN);
  const complaints: string[] = [];
  const read = () =>
    readOwnFile({
      what: "prices",
      file,
      maxAgeSeconds: 300,
      read: readPrices,
      complain: ({ message }) => complaints.push(message),
      now: () => (WRITTEN + ageSeconds) * 1_000,
    });
  return { read, complaints, file };
}

test("a file is good up to its greatest age", () => {
  expect(own('{"BTC": "60000"}', 300).read()).toEqual(new Map([["BTC", 60_000n * 10n ** 18n]]));
  expect(own('{"BTC": "60000"}', 301).read).toThrow(
    expect.objectContaining({
      kind: "SignerFileUnusable",
      message: "My prices cannot be used: 301 s old, at most 300 s.",
    }),
  );
});

test("a file from the future is no good, nor one that is gone", () => {
  expect(own('{"BTC": "60000"}', -5).read).not.toThrow();
  expect(own('{"BTC": "60000"}', -6).read).toThrow(
    expect.objectContaining({ message: "My prices cannot be used: written 6 s ahead of the clock." }),
  );
  const { read, file } = own("{}", 0);
  rmSync(file);
  expect(read).toThrow(expect.objectContaining({ kind: "SignerFileUnusable" }));
});

test("a broken file is no good, and who asks is not told its name", () => {
  const { read, complaints, file } = own("{", 0);
  expect(read).toThrow(
    expect.objectContaining({ message: "My prices cannot be used: their file cannot be read." }),
  );
  expect(complaints).toEqual([expect.stringContaining(file)]);
});
