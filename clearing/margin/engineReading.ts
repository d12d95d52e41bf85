import { CausewayError } from "../../errors/CausewayError.ts";
import { absolute, maximum, minimum } from "../math.ts";
import {
  type EngineMarket,
  type EngineUnderlying,
  type Epoch,
  MAX_PRICE,
  numberParts,
  settlementKey,
} from "./engineMarket.ts";
import { relativeMove } from "./epochMove.ts";
import { optionPayoff } from "./optionArray.ts";
import type { RiskEntry } from "./riskEntry.ts";
import { PPB } from "./scenarios.ts";
import type { UnderlyingMarket } from "./underlyingRequirement.ts";

/** For display and liquidation: the latest price and epoch, however old. */
export const ANY_AGE = 2n ** 256n - 1n;

const UINT128_MAX = 2n ** 128n - 1n;
const UINT40_MAX = 2n ** 40n - 1n;
const STRIKE_WAD = 10n ** 10n;

/**
 * An underlying with parameters.
 *
 * @param index its place in numbers
 * @throws CausewayError `MarginNoParameters`
 */
export function knownUnderlying(market: EngineMarket, index: number): EngineUnderlying {
  const known = market.underlyings.get(index);
  if (known === undefined) throw new CausewayError("MarginNoParameters", { details: { found: index } });
  return known;
}

/**
 * What the market of an underlying says.
 *
 * @throws CausewayError `MarginNoParameters`, `MarginStalePrice`, `MarginPriceOutOfRange`
 */
export function spotOf(market: EngineMarket, index: number, maxPriceAge: bigint): UnderlyingMarket {
  const { underlying, price, rampPpm } = knownUnderlying(market, index);
  const { priceWad, confidenceWad, ageSeconds } = price;
  if (priceWad === 0n || ageSeconds > maxPriceAge)
    throw new CausewayError("MarginStalePrice", {
      details: { underlying, found: priceWad === 0n ? "no price" : ageSeconds, expected: maxPriceAge },
    });
  if (priceWad > MAX_PRICE)
    throw new CausewayError("MarginPriceOutOfRange", {
      details: { underlying, found: priceWad, expected: MAX_PRICE },
    });
  return {
    priceWad,
    confidenceWad: minimum(confidenceWad, UINT128_MAX),
    ageSeconds: minimum(ageSeconds, UINT40_MAX),
    rampPpm,
  };
}

/** The entry of an option in the live epoch, if it has one. */
export function entryOf(market: EngineMarket, number: number): RiskEntry | undefined {
  const { underlying, place, generation } = numberParts(number);
  const entry = market.underlyings.get(underlying)?.epoch?.entries[place - 1];
  return entry?.generation === BigInt(generation) ? entry : undefined;
}

/** An epoch that carries options, and how far the price has moved since. */
export interface UsableEpoch {
  epoch: Epoch;
  /** `relativeMove`. */
  move: bigint;
  spot: UnderlyingMarket;
}

/**
 * The epoch of an underlying that has an entry: of any age and any distance if prices may be of any age, else young and near.
 *
 * @throws CausewayError as `spotOf`; `MarginStaleEpoch`, `MarginMovedTooFar`
 */
export function epochOf(market: EngineMarket, index: number, maxPriceAge: bigint): UsableEpoch {
  const spot = spotOf(market, index, maxPriceAge);
  const { underlying, limits, epoch } = knownUnderlying(market, index);
  if (epoch === undefined) throw new CausewayError("MarginNoArray", { details: { found: index } });
  if (maxPriceAge !== ANY_AGE) {
    const age = maximum(0n, market.time - epoch.time);
    if (age > limits.maxEpochAge)
      throw new CausewayError("MarginStaleEpoch", {
        details: { underlying, found: age, expected: limits.maxEpochAge },
      });
    if (!isNear(spot.priceWad, epoch, limits.maxMove))
      throw new CausewayError("MarginMovedTooFar", {
        details: { underlying, found: spot.priceWad, expected: epoch.priceWad },
      });
  }
  return { epoch, move: relativeMove(spot.priceWad, epoch.priceWad), spot };
}

/**
 * What an option pays, dollars per unit, 1e18, if its settlement price is fixed.
 *
 * @throws CausewayError `MarginUnknownNumber`
 */
export function settledPayoff(market: EngineMarket, number: number): bigint | undefined {
  const terms = market.options.get(number);
  if (terms === undefined) throw new CausewayError("MarginUnknownNumber", { details: { found: number } });
  if (BigInt(terms.expiry) > market.time) return undefined;
  const priceWad = market.settlements.get(settlementKey(terms));
  if (priceWad === undefined) return undefined;
  return optionPayoff({ strikeWad: terms.strike * STRIKE_WAD, isCall: terms.right === "call", priceWad });
}

/** Whether a price is within the share `maxMove` of the price scan range from an epoch's. */
function isNear(priceWad: bigint, { priceWad: epochWad, scanRange }: Epoch, maxMove: bigint): boolean {
  return priceWad <= MAX_PRICE && absolute(priceWad - epochWad) * PPB * PPB <= epochWad * scanRange * maxMove;
}
