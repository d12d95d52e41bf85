import { describe, expect, it } from "vitest";
import { WAD } from "../math.ts";
import {
  accrueInterest,
  indexAt,
  lend,
  openLendingPool,
  owed,
  redeem,
  repay,
  supply,
  worth,
  worthOf,
} from "./lendingPool.ts";

const curve = {
  base: 10_000_000n,
  toKink: 80_000_000n,
  beyondKink: 1_000_000_000n,
  kink: 800_000_000n,
  reserve: 100_000_000n,
};
const YEAR = 31_536_000;
const dollars = (amount: bigint): bigint => amount * 10n ** 6n;

describe("lending pool", () => {
  it("charges half of what is lent by the curve, and keeps a tenth of it", () => {
    const supplied = supply(openLendingPool(curve, 0), dollars(1000n)).pool;
    const { pool: lent, units } = lend(supplied, 0n, dollars(500n));
    // 1 % and half of the 80 % of the kink's 8 %: 6 % of 500 in a year.
    const later = accrueInterest(lent, YEAR);
    expect(owed(units, later.indexWad)).toBe(dollars(530n));
    expect(later.reserve).toBe(dollars(3n));
    expect(worth(later)).toBe(dollars(1027n));
  });

  it("has no interest without a debt, and none beyond a year in one step", () => {
    const supplied = supply(openLendingPool(curve, 0), dollars(1000n)).pool;
    expect(indexAt(supplied, 5 * YEAR).index).toBe(WAD);
    const { pool } = lend(supplied, 0n, dollars(500n));
    expect(indexAt(pool, 5 * YEAR).index).toBe(indexAt(pool, YEAR).index);
  });

  it("gives back no more than was put in when nothing happened between", () => {
    const first = supply(openLendingPool(curve, 0), 12_345_678n);
    const { pool, units } = lend(first.pool, 0n, 7_654_321n);
    const later = accrueInterest(pool, 86_399);
    const second = supply(later, 999_999n);
    expect(worthOf(second.pool, second.shares)).toBeLessThanOrEqual(999_999n);
    const paid = owed(units, later.indexWad);
    const settled = repay(second.pool, units, paid);
    expect(settled.units).toBe(0n);
    const out = redeem(redeem(settled.pool, second.shares).pool, first.shares);
    // What rounding left over is nobody's: never less than nothing.
    expect(out.pool.idle - out.pool.reserve).toBeGreaterThanOrEqual(0n);
    expect(out.pool.shares).toBe(0n);
  });
});
