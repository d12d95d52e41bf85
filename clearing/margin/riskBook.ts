import { absolute, maximum } from "../math.ts";
import { requireWithin } from "./marginParameters.ts";
import { type RiskArray, requireRiskArray } from "./riskArray.ts";
import { scenarios, spotShock, THIRD_DOWN, THIRD_UP } from "./scenarios.ts";

/** One instrument of an account, netted over chains. */
export interface PerpetualLeg {
  /** Net, 1e-8, signed: an int88. */
  base: bigint;
  /** What is long on some chains and short on others, min(Σ longs, Σ shorts), 1e-8: a uint96. */
  offset: bigint;
}

export interface OptionLeg extends PerpetualLeg {
  right: "call" | "put";
  /** Unix seconds, a uint40. One that is past counts as expiring now. */
  expiry: bigint;
  array: RiskArray;
}

/** What an account holds on one underlying. */
export interface Holdings {
  perpetuals: readonly PerpetualLeg[];
  options: readonly OptionLeg[];
}

/** Options of one expiry, summed. */
export interface ExpirySum {
  /** Unix seconds; 0 for perpetuals. */
  expiry: bigint;
  /** Loss at -1/3 and at +1/3 of the price scan range, 1e-17 of the spot, rounding charged. */
  lossDown: bigint;
  lossUp: bigint;
  calls: bigint;
  puts: bigint;
}

/** Holdings on one underlying, summed. Mirror of `RiskBook`. */
export interface RiskBook {
  /** Loss by scenario, not weighted, 1e-17 of the spot (base 1e-8 · entry 1e-9), rounding charged. */
  losses: bigint[];
  expiries: ExpirySum[];
  /** 1e-8: net perpetual; Σ |base| over instruments; Σ of what offsets over chains. */
  perpetual: bigint;
  gross: bigint;
  offset: bigint;
}

const INT88 = 2n ** 87n;

/**
 * Sums holdings by scenario and by expiry. Each option is charged one unit of its array per unit of base, since entries are rounded;
 * perpetuals, whose arrays are exact, are not.
 *
 * @throws CausewayError `MarginInputOutOfRange`, `RiskArrayMalformed`, `RiskArrayEntryOutOfRange`
 */
export function sumHoldings({ perpetuals, options }: Holdings, scanRangePpb: bigint): RiskBook {
  for (const leg of [...perpetuals, ...options]) requireLeg(leg);
  for (const { expiry, array } of options) {
    requireWithin("expiry", expiry, 1n, 2n ** 40n - 1n);
    requireRiskArray(array);
  }
  const perpetual = sum(perpetuals.map(({ base }) => base));
  const shocks = scenarios.map((scenario) => spotShock(scenario, scanRangePpb));
  const lossAt = (legs: readonly OptionLeg[], s: number): bigint =>
    sum(legs.map(({ base, array }) => absolute(base) - base * array[s]!));
  const byExpiry = Map.groupBy(options, ({ expiry }) => expiry);
  const held = (legs: readonly OptionLeg[], right: OptionLeg["right"]): bigint =>
    sum(legs.filter((leg) => leg.right === right).map(({ base }) => base));
  const expiries = Array.from(byExpiry, ([expiry, legs]) => ({
    expiry,
    lossDown: lossAt(legs, THIRD_DOWN),
    lossUp: lossAt(legs, THIRD_UP),
    calls: held(legs, "call"),
    puts: held(legs, "put"),
  }));
  const perpetualSum = {
    expiry: 0n,
    lossDown: -perpetual * shocks[THIRD_DOWN]!,
    lossUp: -perpetual * shocks[THIRD_UP]!,
    calls: 0n,
    puts: 0n,
  };
  return {
    losses: shocks.map((shock, s) => lossAt(options, s) - perpetual * shock),
    expiries: [perpetualSum, ...expiries],
    perpetual,
    gross: absolute(perpetual) + sum(options.map(({ base }) => absolute(base))),
    offset: sum([...perpetuals, ...options].map(({ offset }) => offset)),
  };
}

/** Short calls and short puts that no long of the same right and expiry covers, 1e-8. */
export function nakedOptions({ expiries }: RiskBook): bigint {
  return sum(expiries.map(({ calls, puts }) => maximum(0n, -calls) + maximum(0n, -puts)));
}

export function requireLeg({ base, offset }: PerpetualLeg): void {
  requireWithin("base", base, -INT88, INT88 - 1n);
  requireWithin("offset", offset, 0n, 2n ** 96n - 1n);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
