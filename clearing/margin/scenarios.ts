/** One in the unit of everything relative in the scenario margin (rates, shocks, weights, entries of risk arrays): 1e-9. */
export const PPB = 10n ** 9n;

/** What happens to volatility. `slope` and `smile` are the skew scenarios: by the strike's side of the forward, or by its distance. */
export type VolMove = "flat" | "up" | "down" | "slopeUp" | "slopeDown" | "smileUp" | "smileDown";

/** A scenario. Its spot move is `thirds` of the price scan range, or `tailPpb` where that is not zero. */
export interface Scenario {
  thirds: bigint;
  tailPpb: bigint;
  vol: VolMove;
}

const SPOTS = [-1n, -2n, -3n, 0n, 1n, 2n, 3n];
const range = (vol: VolMove): Scenario[] => SPOTS.map((thirds) => ({ thirds, tailPpb: 0n, vol }));
const tail = (percent: bigint): Scenario => ({ thirds: 0n, tailPpb: (percent * PPB) / 100n, vol: "up" });
const skew = (vol: VolMove): Scenario => ({ thirds: 0n, tailPpb: 0n, vol });

/**
 * The 30 scenarios of the risk model, section 3, in the order of a risk array. The 21 of spot × vol come seven and seven, each
 * followed by a tail: so one word of 32 bytes holds one move of volatility, and the two points that the basis charge reads
 * (-1/3 and +1/3, flat) are four entries apart, which spares the contract a multiplication an option.
 */
export const scenarios: readonly Scenario[] = [
  ...range("flat"),
  tail(-60n),
  ...range("up"),
  tail(-35n),
  ...range("down"),
  tail(50n),
  tail(100n),
  tail(200n),
  skew("slopeUp"),
  skew("slopeDown"),
  skew("smileUp"),
  skew("smileDown"),
];

/** -1/3 and +1/3 of the price scan range, volatility flat. */
export const THIRD_DOWN = 0;
export const THIRD_UP = 4;
/** Nothing moves: the entry of every array is zero. */
export const UNMOVED = 3;

/**
 * An array has two more entries, which are no scenarios and weigh nothing: spot -1/20 and +1/20 of the price scan range, volatility
 * flat. From them come delta and gamma, and the value between epochs.
 */
export const NEAR_DOWN = 30;
export const NEAR_UP = 31;
/** Entries of an array, by place. */
export const entries: readonly number[] = Array.from({ length: 32 }, (_, i) => i);

/** Places of the 21 of spot × vol, on which underlyings are set off against each other. */
export const grid: readonly number[] = scenarios.flatMap((_, i) => (i < 24 && i % 8 !== 7 ? [i] : []));

/** All places, those of the five tails last. */
export const tailsLast: readonly number[] = scenarios
  .map((_, i) => i)
  .sort((a, b) => Number(scenarios[a]!.tailPpb !== 0n) - Number(scenarios[b]!.tailPpb !== 0n));

/** Relative move of the spot, 1e-9; thirds of the price scan range are truncated, which makes them what they are defined to be. */
export function spotShock({ thirds, tailPpb }: Scenario, scanRangePpb: bigint): bigint {
  return tailPpb === 0n ? (scanRangePpb * thirds) / 3n : tailPpb;
}

/** Move of the two near points, 1e-9. */
export function nearShock(scanRangePpb: bigint): bigint {
  return scanRangePpb / 20n;
}

/** Weight of a scenario's loss, 1e-9, rounded up: 1, or min(1, 0.75 · price scan range / |move|) for a tail. */
export function scenarioWeight({ tailPpb }: Scenario, scanRangePpb: bigint): bigint {
  if (tailPpb === 0n) return PPB;
  const fourMoves = 4n * (tailPpb < 0n ? -tailPpb : tailPpb);
  const weight = (3n * scanRangePpb * PPB + fourMoves - 1n) / fourMoves;
  return weight < PPB ? weight : PPB;
}

/** A scenario in words: "spot -15 %, vol up". */
export function describeScenario(scenario: Scenario, scanRangePpb: bigint): string {
  const percent = Number(spotShock(scenario, scanRangePpb)) / 1e7;
  const sign = percent > 0 ? "+" : "";
  return `spot ${sign}${Number(percent.toFixed(4))} %, vol ${volWords[scenario.vol]}`;
}

const volWords: Record<VolMove, string> = {
  flat: "flat",
  up: "up",
  down: "down",
  slopeUp: "steeper",
  slopeDown: "flatter",
  smileUp: "wings up",
  smileDown: "wings down",
};
