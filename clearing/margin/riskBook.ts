import { absolute, maximum } from "../math.ts";
import { gainedByMove, movedScenarios } from "./epochMove.ts";
import { requireWithin } from "./marginParameters.ts";
import { perpetualArray, type RiskArray, requireRiskArray } from "./riskArray.ts";
import { entries, scenarios, spotShock, THIRD_DOWN, THIRD_UP } from "./scenarios.ts";

/** One instrument of an account, netted over chains. */
export interface PerpetualLeg {
  /** Net, 1e-8, signed: an int88. */
  base: bigint;
  /** What is long on some chains and short on others, min(Σ longs, Σ shorts), 1e-8: a uint96. */
  offset: bigint;
  /** By how much closing allowances may still move `base` towards zero and beyond, 1e-8: a uint88. */
  closing?: bigint;
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

/** Options of one expiry, summed, with what closing allowances could add. */
export interface ExpirySum {
  /** Unix seconds; 0 for perpetuals. */
  expiry: bigint;
  /** Loss at -1/3 and at +1/3 of the price scan range, 1e-17 of the spot, rounding charged. */
  lossDown: bigint;
  lossUp: bigint;
  /** Net, less what may be sold. */
  calls: bigint;
  puts: bigint;
}

/** Holdings on one underlying, summed, with what any part of the closing allowances could add at the worst. Mirror of `RiskBook`. */
export interface RiskBook {
  /** Loss by scenario, not weighted, 1e-17 of the spot (base 1e-8 · entry 1e-9), rounding charged. */
  losses: bigint[];
  expiries: ExpirySum[];
  /** The largest |loss(+1/3) − loss(−1/3)|. */
  delta: bigint;
  /** 1e-8: |net perpetual|; Σ |base| over instruments; Σ of what offsets over chains. */
  perpetual: bigint;
  gross: bigint;
  offset: bigint;
  /** Gained by the options since the epoch, 1e-17 of the epoch's price. */
  gained: bigint;
  /** Whether there are closing allowances. */
  closes: boolean;
}

export interface SumHoldingsParameters {
  holdings: Holdings;
  scanRangePpb: bigint;
  /** Of the price since the epoch of the options' arrays, `relativeMove`; 0 if they are of this price. */
  move: bigint;
}

const INT88 = 2n ** 87n;
const MAX_SIZE = 2n ** 94n;

/**
 * Sums holdings by scenario and by expiry. Each option is charged one unit of its array per unit of base, since entries are rounded;
 * perpetuals, whose arrays are exact, are not.
 *
 * @throws CausewayError `MarginInputOutOfRange`, `RiskArrayMalformed`, `RiskArrayEntryOutOfRange`
 */
export function sumHoldings({ holdings, scanRangePpb, move }: SumHoldingsParameters): RiskBook {
  const { perpetuals, options } = holdings;
  for (const leg of [...perpetuals, ...options]) requireLeg(leg);
  for (const { expiry, array } of options) {
    requireWithin("expiry", expiry, 1n, 2n ** 40n - 1n);
    requireRiskArray(array);
  }
  const net = sum(perpetuals.map(({ base }) => base));
  const size = sum(options.map(({ base }) => absolute(base)));
  const gains = entries.map((s) => sum(options.map(({ base, array }) => base * array[s]!)));
  const now = { gains, move, scanRangePpb, size };
  const held = (move === 0n ? gains : movedScenarios(now)).slice(0, scenarios.length);

  const closings = [
    ...perpetuals.map((leg) => closing(leg, perpetualArray(scanRangePpb))),
    ...options.map((leg) => closing(leg, arrayNow(leg, scanRangePpb, move))),
  ];
  const grownPerpetual = sum(closings.slice(0, perpetuals.length).map(({ grown }) => grown));
  const grownOptions = sum(closings.slice(perpetuals.length).map(({ grown }) => grown));
  const perpetual = absolute(net) + grownPerpetual;
  const gross = perpetual + size + grownOptions;
  requireWithin("size", gross, 0n, MAX_SIZE);

  const before = held.map((gain, s) => size - gain - net * spotShock(scenarios[s]!, scanRangePpb));
  const slope = before[THIRD_UP]! - before[THIRD_DOWN]!;
  const legs = options.map((leg, i) => ({ leg, closing: closings[perpetuals.length + i]! }));
  const third = spotShock(scenarios[THIRD_UP]!, scanRangePpb);
  return {
    losses: before.map((loss, s) => loss + sum(closings.map(({ lost }) => lost[s]!)) + grownOptions),
    expiries: [
      // It loses on one side only.
      { expiry: 0n, lossDown: 0n, lossUp: perpetual * third, calls: 0n, puts: 0n },
      ...Array.from(
        Map.groupBy(legs, ({ leg }) => leg.expiry),
        ([expiry, all]) => expirySum(expiry, all),
      ),
    ],
    delta: maximum(
      absolute(slope + sum(closings.map(({ rise }) => rise))),
      absolute(slope - sum(closings.map(({ fall }) => fall))),
    ),
    perpetual,
    gross,
    offset: sum([...perpetuals, ...options].map(({ offset }) => offset)),
    gained: move === 0n ? 0n : gainedByMove(now),
    closes: closings.some(({ allowed }) => allowed !== 0n),
  };
}

/** Short calls and short puts that no long of the same right and expiry covers, 1e-8. */
export function nakedOptions({ expiries }: RiskBook): bigint {
  return sum(expiries.map(({ calls, puts }) => maximum(0n, -calls) + maximum(0n, -puts)));
}

/** @throws CausewayError `MarginInputOutOfRange` */
export function requireLeg({ base, offset, closing = 0n }: PerpetualLeg): void {
  requireWithin("base", base, -INT88, INT88 - 1n);
  requireWithin("offset", offset, 0n, 2n ** 96n - 1n);
  requireWithin("closing", closing, 0n, 2n ** 88n - 1n);
}

/** What any part of a closing allowance could add at the worst. */
interface Closing {
  allowed: bigint;
  /** Loss by scenario. */
  lost: bigint[];
  /** By how much loss(+1/3) − loss(−1/3) could rise, and fall. */
  rise: bigint;
  fall: bigint;
  /** What may be sold. */
  sold: bigint;
  /** By how much |base| could grow. */
  grown: bigint;
}

/** It sells what is long, buys what is short, and may do either where nothing is held. */
function closing({ base, closing: allowed = 0n }: PerpetualLeg, array: RiskArray): Closing {
  const sold = base < 0n ? 0n : allowed;
  const bought = base > 0n ? 0n : allowed;
  const worst = (entry: bigint): bigint => maximum(0n, maximum(sold * entry, -bought * entry));
  const slope = array[THIRD_UP]! - array[THIRD_DOWN]!;
  return {
    allowed,
    lost: scenarios.map((_, s) => worst(array[s]!)),
    rise: worst(slope),
    fall: maximum(0n, maximum(-sold * slope, bought * slope)),
    sold,
    grown: maximum(0n, allowed - 2n * absolute(base)),
  };
}

function arrayNow({ array }: OptionLeg, scanRangePpb: bigint, move: bigint): RiskArray {
  return move === 0n ? array : movedScenarios({ gains: array, move, scanRangePpb, size: 1n });
}

function expirySum(expiry: bigint, all: readonly { leg: OptionLeg; closing: Closing }[]): ExpirySum {
  const lossAt = (s: number): bigint =>
    sum(
      all.map(
        ({ leg: { base, array }, closing: { lost, grown } }) =>
          absolute(base) - base * array[s]! + lost[s]! + grown,
      ),
    );
  const left = (right: OptionLeg["right"]): bigint =>
    sum(all.map(({ leg, closing: { sold } }) => (leg.right === right ? leg.base - sold : 0n)));
  return {
    expiry,
    lossDown: lossAt(THIRD_DOWN),
    lossUp: lossAt(THIRD_UP),
    calls: left("call"),
    puts: left("put"),
  };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
