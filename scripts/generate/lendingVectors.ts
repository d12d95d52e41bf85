import {
  accrueInterest,
  type LendingPool,
  lend,
  openLendingPool,
  owed,
  redeem,
  repay,
  supply,
  worthOf,
} from "../../clearing/funding/lendingPool.ts";
import { minimum } from "../../clearing/math.ts";
import { type Random, random } from "../../clearing/random.ts";

const ACTS = 500;
const ACCOUNTS = 4;
const SUPPLY = 0;
const REDEEM = 1;
const LEND = 2;
const REPAY = 3;
const START = 1_800_000_000;
const curve = {
  base: 10_000_000n,
  toKink: 80_000_000n,
  beyondKink: 1_000_000_000n,
  kink: 800_000_000n,
  reserve: 100_000_000n,
};

/** What lenders and debtors do one after the other, and the pool after each act, as the hub and `clearing/funding` must both have it (CLR-20). */
export function lendingVectors(): Record<string, unknown> {
  const draw = random(91);
  let pool = openLendingPool(curve, START);
  const debts = Array.from({ length: ACCOUNTS }, () => 0n);
  const shares = Array.from({ length: ACCOUNTS }, () => 0n);
  const acts = Array.from({ length: ACTS }, (_, i) => {
    const elapsed = draw.integer(20) === 0 ? draw.integer(40_000_000) : draw.integer(100_000);
    pool = accrueInterest(pool, pool.accruedAt + elapsed);
    const account = draw.integer(ACCOUNTS);
    const kind = i === 0 ? SUPPLY : draw.integer(5);
    const { amount, ...after } = act(draw, pool, kind, debts[account]!, shares[account]!);
    pool = after.pool;
    debts[account] = after.debt;
    shares[account] = after.shares;
    const { indexWad, debt, idle, reserve } = pool;
    return {
      kind,
      account,
      elapsed,
      amount,
      owned: shares[account]!,
      owes: debts[account]!,
      ...{ indexWad, debt, idle, reserve, shares: pool.shares },
    };
  });
  return { curve: [curve], acts };
}

function act(draw: Random, pool: LendingPool, kind: number, debt: bigint, shares: bigint) {
  const part = (most: bigint): bigint =>
    draw.integer(6) === 0 ? most : (most * BigInt(draw.integer(1_000_001))) / 1_000_000n;
  switch (kind) {
    case SUPPLY: {
      const amount = 1n + draw.bits(40);
      const after = supply(pool, amount);
      return { amount, debt, pool: after.pool, shares: shares + after.shares };
    }
    case REDEEM: {
      const amount = part(shares);
      if (amount === 0n || worthOf(pool, amount) > pool.idle) break;
      return { amount, debt, pool: redeem(pool, amount).pool, shares: shares - amount };
    }
    case LEND: {
      const amount = minimum(pool.idle, 1n + draw.bits(42));
      if (amount === 0n) break;
      const after = lend(pool, debt, amount);
      return { amount, debt: after.units, pool: after.pool, shares };
    }
    case REPAY: {
      const amount = part(owed(debt, pool.indexWad));
      if (amount === 0n) break;
      const after = repay(pool, debt, amount);
      return { amount, debt: after.units, pool: after.pool, shares };
    }
  }
  // Nothing to do but time.
  return { amount: 0n, debt, pool, shares };
}
