import { type Address, decodeAbiParameters, type Hex, isAddressEqual } from "viem";
import { formatDecimal } from "../../clearing/decimal.ts";
import { absolute, WAD } from "../../clearing/math.ts";
import {
  encodeParameters,
  type Surface,
  type SurfaceSlice,
  surfaceYearsWad,
  sviParameters,
} from "../../clearing/oracle/surface.ts";
import { squareRootWad } from "../../clearing/pricing/fixedPoint.ts";
import { sviRefusal } from "../../clearing/pricing/sviRefusal.ts";
import { isSliceInRange, type SviSlice, sviVariance, sviVol } from "../../clearing/pricing/sviSlice.ts";
import type { QuotedSlice } from "../price/surfaceSource.ts";

/** How far a surface may be from the signer's own. */
export interface SurfaceLimits {
  /** Volatility, 1e18 = 100 %. */
  maxVolGapWad: bigint;
  /** Forward and discount, as a share of the signer's own, 1e18. */
  maxRatioGapWad: bigint;
}

/** Where volatilities are compared: k = z·√w(0) of the signer's own slice. */
const PLACES = [0n, 1n, -1n, 2n, -2n];

/**
 * Why a signer who knows `own` slices does not sign `surface`, or null: it has none, one of them is another's model, has arbitrage by itself or beside the others, is far from
 * the signer's, or is of an expiry that the signer does not know or still has. SVI only.
 *
 * @param model the contract of SVI
 */
export function surfaceObjection(
  surface: Surface,
  own: readonly QuotedSlice[],
  { model, limits }: { model: Address; limits: SurfaceLimits },
): string | null {
  if (!isAddressEqual(surface.model, model)) return `its model is ${surface.model}, I know ${model}`;
  // It would only raise the time that others have to beat.
  if (surface.slices.length === 0) return "it has no slices";
  const expiries = new Set(surface.slices.map(({ expiry }) => expiry));
  if (expiries.size < surface.slices.length) return "an expiry is there twice";
  let before: SviSlice | undefined;
  for (const slice of surface.slices.toSorted((one, other) => one.expiry - other.expiry)) {
    const mine = own.find(({ expiry }) => expiry === slice.expiry);
    if (slice.parameters === "0x") {
      if (mine) return `it removes ${slice.expiry}, of which I have a slice`;
      continue;
    }
    if (!mine) return `I have no slice of ${slice.expiry}`;
    const yearsWad = surfaceYearsWad(surface.time, slice.expiry);
    const svi = decoded(slice.parameters);
    if (svi === null || svi.yearsWad !== yearsWad) return `${slice.expiry} has not the parameters of SVI`;
    const refusal = sviRefusal(svi, before === undefined ? {} : { before });
    if (refusal !== null) return `${slice.expiry} has arbitrage: ${refusal.kind}`;
    const far = distance(slice, svi, mine, limits);
    if (far !== null) return `${slice.expiry} is far from mine: ${far}`;
    before = svi;
  }
  return null;
}

function distance(
  slice: SurfaceSlice,
  svi: SviSlice,
  mine: QuotedSlice,
  limits: SurfaceLimits,
): string | null {
  for (const name of ["forwardRatioWad", "discountWad"] as const)
    if (absolute(slice[name] - mine[name]) * WAD > mine[name] * limits.maxRatioGapWad)
      return `${name} ${formatDecimal(slice[name], 18)}, mine ${formatDecimal(mine[name], 18)}`;
  const ownSlice = decoded(encodeParameters(mine.parameters, svi.yearsWad));
  if (mine.parameters.model !== "svi" || ownSlice === null || !isSliceInRange(ownSlice))
    return "mine is none of SVI";
  const scale = squareRootWad(sviVariance(ownSlice, 0n));
  for (const place of PLACES) {
    const kWad = place * scale;
    const [found, expected] = [sviVol(svi, kWad), sviVol(ownSlice, kWad)];
    if (absolute(found - expected) > limits.maxVolGapWad)
      return `volatility ${formatDecimal(found, 18)} at k = ${formatDecimal(kWad, 18)}, mine ${formatDecimal(expected, 18)}`;
  }
  return null;
}

function decoded(parameters: Hex): SviSlice | null {
  try {
    const [a, b, rho, m, sigma, yearsWad] = decodeAbiParameters(sviParameters, parameters);
    return { a, b, rho, m, sigma, yearsWad };
  } catch {
    return null;
  }
}
