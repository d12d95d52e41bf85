import { absolute } from "../../clearing/math.ts";

/** Arrays of all options of an underlying at one price, as `Epoch` of `IRiskArrays`. */
export interface EpochState {
  /** Dollars, 1e18. */
  priceWad: bigint;
  /** Unix seconds at which that price was published; 0 if there never was an epoch. */
  time: number;
  /** Options that there was room for. */
  places: number;
}

/** When an epoch is good for new risk, as `underlyingParametersOf` says it. */
export interface EpochLimits {
  /** Price scan range, 1e-9. */
  scanRange: number;
  maxEpochAge: number;
  /** Share of the price scan range, 1e-9. */
  maxMove: number;
}

export interface DecideRefreshParameters {
  /** Chain time, unix seconds. */
  now: number;
  /** What the oracle has, dollars, 1e18. */
  priceWad: bigint;
  epoch: EpochState;
  limits: EpochLimits;
  /** What arrays are to be made of now; and what those of the live epoch were made of, if that is known. */
  made: EpochInputs;
  before: EpochInputs | undefined;
}

/** What an epoch is made of besides a price. */
export interface EpochInputs {
  /** Numbers of the underlying's options, in order of place. */
  numbers: readonly number[];
  /** Unix seconds of the last surface; 0 if there never was one. */
  surfaceTime: number;
}

export type RefreshReason = "first" | "listed" | "surface" | "old" | "moved";

const PPB_SQUARED = 10n ** 18n;
/** Of the greatest age and the farthest move, the share at which arrays are made anew: the other half is for doing it, and for a failure. */
const HALF = 2;

/** Why an underlying's risk arrays are to be computed anew; undefined if they are good. */
export function decideRefresh(parameters: DecideRefreshParameters): RefreshReason | undefined {
  const { now, priceWad, epoch, limits, made, before } = parameters;
  const { numbers, surfaceTime } = made;
  // Nothing could be priced.
  if (surfaceTime === 0) return undefined;
  if (epoch.time === 0) return "first";
  const isSame = numbers.every((number, at) => number === (before?.numbers[at] ?? number));
  if (numbers.length !== epoch.places || !isSame) return "listed";
  // Of the same second, it may have come after: then once more.
  if (before === undefined ? surfaceTime >= epoch.time : surfaceTime > before.surfaceTime) return "surface";
  if ((now - epoch.time) * HALF > limits.maxEpochAge) return "old";
  const moved = absolute(priceWad - epoch.priceWad) * BigInt(HALF) * PPB_SQUARED;
  const most = epoch.priceWad * BigInt(limits.scanRange) * BigInt(limits.maxMove);
  return moved > most ? "moved" : undefined;
}
