import { describe, expect, it } from "vitest";
import { assignChains } from "./assignChains.ts";
import { parseTape, type TapeTrade } from "./parseTape.ts";
import { selectTraders } from "./selectTraders.ts";
import { lastPrices, tapePositions } from "./tapePositions.ts";

const HEADER = "time,instrument,buyer,seller,size,price";
const parse = (...lines: string[]) => parseTape({ file: "tape.csv", text: lines.join("\n") });

describe("parseTape", () => {
  it("reads exact values, by time", () => {
    const trades = parse(HEADER, "2.5,ETH-PERP,alice,bob,0.3565,4215.9", "1.25,BTC-PERP,bob,carol,2,60000");
    expect(trades).toEqual([
      {
        line: 3,
        timeNanos: 1_250_000_000n,
        instrument: "BTC-PERP",
        underlying: "BTC",
        buyer: "bob",
        seller: "carol",
        base: 200_000_000n,
        priceWad: 60_000n * 10n ** 18n,
        chainName: null,
      },
      expect.objectContaining({ line: 2, base: 35_650_000n, priceWad: 42_159n * 10n ** 17n }),
    ]);
  });

  it("reads chains, Windows line ends, a byte order mark and addresses in any case", () => {
    const address = "0xAbCdEf0123456789aBcDeF0123456789abcdef01";
    const [trade] = parse(`\uFEFF${HEADER},chain\r`, `1,BTC-PERP,${address},bob,1,2,base\r`, "");
    expect(trade).toMatchObject({ buyer: address.toLowerCase(), chainName: "base" });
  });

  it.each([
    ["time", "yesterday,BTC-PERP,a,b,1,2", "yesterday"],
    ["time", "-1,BTC-PERP,a,b,1,2", "-1"],
    ["instrument", "1,BTC,a,b,1,2", "BTC"],
    ["instrument", "1,-PERP,a,b,1,2", "-PERP"],
    ["buyer", "1,BTC-PERP,,b,1,2", ""],
    ["seller", "1,BTC-PERP,a,,1,2", ""],
    ["seller", "1,BTC-PERP,a,a,1,2", "a"],
    ["size", "1,BTC-PERP,a,b,abc,2", "abc"],
    ["size", "1,BTC-PERP,a,b,0,2", "0"],
    ["size", "1,BTC-PERP,a,b,-1,2", "-1"],
    ["size", "1,BTC-PERP,a,b,0.000000001,2", "0.000000001"],
    ["size", `1,BTC-PERP,a,b,1${"0".repeat(20)},2`, `1${"0".repeat(20)}`],
    ["price", "1,BTC-PERP,a,b,1,1e3", "1e3"],
    ["price", "1,BTC-PERP,a,b,1,0.0", "0.0"],
    ["row", "1,BTC-PERP,a,b,1", "5 values"],
    ["row", "1,BTC-PERP,a,b,1,2,base", "7 values"],
  ])("refuses a wrong %s with file, line, found and expected: %s", (column, line, found) => {
    expect(() => parse(HEADER, "1,BTC-PERP,a,b,1,2", line)).toThrow(
      expect.objectContaining({
        kind: "TapeLineMalformed",
        details: { file: "tape.csv", line: 3, column, found, expected: expect.any(String) },
      }),
    );
  });

  it.each([
    ["an empty file", []],
    ["no header", ["1,BTC-PERP,a,b,1,2"]],
    ["columns in another order", ["instrument,time,buyer,seller,size,price", "BTC-PERP,1,a,b,1,2"]],
    ["no trades", [HEADER]],
    ["an open quote", [HEADER, '1,"BTC-PERP,a,b,1,2']],
    ["an empty chain", [`${HEADER},chain`, "1,BTC-PERP,a,b,1,2,"]],
  ])("refuses %s", (_, lines) => {
    expect(() => parse(...lines)).toThrow(expect.objectContaining({ kind: "TapeLineMalformed" }));
  });
});

/** Trades among `accounts`, the first trading most, in rising prices. */
function tape(count: number, accounts: number, underlyings = 1): TapeTrade[] {
  const rows = Array.from({ length: count }, (_, i) => {
    const buyer = i % (1 + (i % accounts));
    const seller = (buyer + 1 + (i % (accounts - 1))) % accounts;
    return `${i},U${i % underlyings}-PERP,a${buyer},a${seller},1,${100 + i}`;
  });
  return parse(HEADER, ...rows);
}

describe("selectTraders", () => {
  it("keeps the busiest, replaces the others by makers, and counts what it skips", () => {
    const trades = tape(1_000, 40, 10);
    const selection = selectTraders({ trades, traders: 5, underlyings: 8 });
    const { skipped } = selection;
    expect(selection.traders).toHaveLength(5);
    expect(selection.traders).toContain("a0");
    expect(selection.underlyings).toHaveLength(8);
    expect(skipped.otherUnderlying).toBe(200);
    expect(skipped.noTrader).toBeGreaterThan(0);
    expect(selection.trades.length + skipped.otherUnderlying + skipped.noTrader).toBe(1_000);
    const known = new Set([...selection.traders, ...selection.makers]);
    for (const { buyer, seller } of selection.trades) {
      expect(known).toContain(buyer);
      expect(known).toContain(seller);
      expect(buyer).not.toBe(seller);
      expect(selection.traders.includes(buyer) || selection.traders.includes(seller)).toBe(true);
    }
  });

  it("is the same for the same seed", () => {
    const trades = tape(600, 40);
    expect(selectTraders({ trades, seed: 3 })).toEqual(selectTraders({ trades, seed: 3 }));
    expect(selectTraders({ trades, seed: 3 })).not.toEqual(selectTraders({ trades, seed: 4 }));
  });

  it("says how many trades there are when they are too few", () => {
    expect(() => selectTraders({ trades: tape(299, 5) })).toThrow(
      expect.objectContaining({
        kind: "TapeTooShort",
        details: expect.objectContaining({ found: 299, expected: 300 }),
      }),
    );
  });
});

describe("assignChains", () => {
  it("takes the chains that the tape names", () => {
    const trades = parse(`${HEADER},chain`, "1,BTC-PERP,a,b,1,2,polygon", "2,BTC-PERP,a,b,1,2,base");
    const placement = assignChains({ trades });
    expect(placement.trades.map(({ chain }) => chain)).toEqual([1, 0]);
    expect(placement).toMatchObject({ chains: 2, named: true });
    expect(() => assignChains({ trades, chains: 1 })).toThrow(
      expect.objectContaining({ kind: "TapeTooManyChains", details: expect.objectContaining({ found: 2 }) }),
    );
  });

  it("lets every trader trade on every chain, partly offsetting", () => {
    const selection = selectTraders({ trades: tape(1_000, 40, 8) });
    const spread = new Set(selection.traders);
    const placement = assignChains({ trades: selection.trades, chains: 4, spread });
    for (const trader of selection.traders) {
      const own = placement.trades.filter(({ buyer, seller }) => buyer === trader || seller === trader);
      expect(new Set(own.map(({ chain }) => chain)).size).toBe(4);
    }
    const held = tapePositions(placement.trades).filter(({ account }) => spread.has(account));
    const offsetting = selection.traders.filter((trader) => {
      const own = Map.groupBy(
        held.filter(({ account }) => account === trader),
        ({ instrument }) => instrument,
      );
      return [...own.values()].some(
        (legs) => legs.some(({ base }) => base > 0n) && legs.some(({ base }) => base < 0n),
      );
    });
    expect(offsetting.length).toBeGreaterThan(selection.traders.length / 2);
  });

  it("is the same for the same seed", () => {
    const trades = tape(200, 10);
    expect(assignChains({ trades, seed: 9 })).toEqual(assignChains({ trades, seed: 9 }));
    expect(assignChains({ trades, seed: 9 })).not.toEqual(assignChains({ trades, seed: 10 }));
  });
});

describe("tapePositions", () => {
  it("CLR-02: sums to zero per instrument and chain", () => {
    const placement = assignChains({ trades: tape(300, 12, 3) });
    const sums = Map.groupBy(
      tapePositions(placement.trades),
      ({ instrument, chain }) => `${instrument} ${chain}`,
    );
    expect(sums.size).toBe(9);
    for (const held of sums.values()) expect(held.reduce((total, { base }) => total + base, 0n)).toBe(0n);
  });

  it("marks at the last price", () => {
    expect(lastPrices(tape(10, 3)).get("U0-PERP")).toBe(109n * 10n ** 18n);
  });
});
