import { absolute, WAD } from "../math.ts";
import { squareRoot, squareRootWad } from "./fixedPoint.ts";
import { isSliceInRange, type SviSlice, sviRadius, sviVariance } from "./sviSlice.ts";

const MIN_VARIANCE = 1_000_000n;
const MAX_WING = 2n * WAD;
const STEPS = [0n, 1n, -1n, 2n, -2n, 4n, -4n, 8n, -8n];

/**
 * Why a slice is refused, named as the contract's `Refusal`. `range`: a parameter is out of it. `variance`: its minimum
 * a + bσ√(1−ρ²), the value, is not positive. `wings`: their slope b(1+|ρ|), the value, exceeds 2. `butterfly`: the density is negative
 * at k, g(k) the value. `years`: a neighbour does not expire before, or after. `calendarBefore`, `calendarLater`: at k the total
 * variance, the value, is below the earlier expiry's or above the later one's.
 */
export interface SviRefusal {
  kind: "range" | "variance" | "wings" | "butterfly" | "years" | "calendarBefore" | "calendarLater";
  kWad: bigint;
  valueWad: bigint;
}

/** The expiries beside a slice. */
export interface Neighbours {
  before?: SviSlice;
  later?: SviSlice;
}

/**
 * The first reason against a slice, or null: what `SviModel.check` refuses, to the bit (CLR-20). Arbitrage is looked for at k = z·√w(0),
 * z in {0, ±1, ±2, ±4, ±8} (Gatheral and Jacquier, arXiv:1204.0646): a sample, not a proof.
 *
 * Neighbours count only as far as they are accepted by themselves; the first reason against one of them is given as its own.
 */
export function sviRefusal(slice: SviSlice, { before, later }: Neighbours = {}): SviRefusal | null {
  const own = refusalAlone(slice);
  if (own !== null) return own;
  if (before !== undefined) {
    const refusal = refusalAlone(before) ?? falls(before, slice, slice, "calendarBefore");
    if (refusal !== null) return refusal;
  }
  if (later === undefined) return null;
  return refusalAlone(later) ?? falls(slice, later, slice, "calendarLater");
}

function refusalAlone(slice: SviSlice): SviRefusal | null {
  if (!isSliceInRange(slice)) return { kind: "range", kWad: 0n, valueWad: 0n };
  const { a, b, rho, sigma } = slice;
  const least = a + (((b * sigma) / WAD) * squareRoot(WAD * WAD - rho * rho)) / WAD;
  if (least < MIN_VARIANCE) return { kind: "variance", kWad: 0n, valueWad: least };
  const wing = (b * (WAD + absolute(rho))) / WAD;
  if (wing > MAX_WING) return { kind: "wings", kWad: 0n, valueWad: wing };
  for (const kWad of strikes(slice)) {
    const valueWad = sviDensity(slice, kWad);
    if (valueWad < 0n) return { kind: "butterfly", kWad, valueWad };
  }
  return null;
}

/** The first strike, of those of both, at which total variance falls with time. `own` is the slice in question. */
function falls(
  before: SviSlice,
  later: SviSlice,
  own: SviSlice,
  kind: SviRefusal["kind"],
): SviRefusal | null {
  if (before.yearsWad >= later.yearsWad) return { kind: "years", kWad: 0n, valueWad: 0n };
  for (const kWad of [...strikes(before), ...strikes(later)])
    if (sviVariance(later, kWad) < sviVariance(before, kWad))
      return { kind, kWad, valueWad: sviVariance(own, kWad) };
  return null;
}

/** g(k), 1e18: the sign of the density that the slice implies, as `SviAcceptance.density`. */
export function sviDensity(slice: SviSlice, kWad: bigint): bigint {
  const { b, rho, m, sigma } = slice;
  const y = kWad - m;
  const root = sviRadius(slice, y);
  const variance = sviVariance(slice, kWad);
  const slope = (b * (rho + (y * WAD) / root)) / WAD;
  const bend = (sigma * WAD) / root;
  const curvature = (b * bend * bend) / (WAD * root);
  const level = WAD - (kWad * slope) / (2n * variance);
  const spread = (slope * slope * (10n ** 36n / variance + WAD / 4n)) / (4n * 10n ** 36n);
  return (level * level) / WAD - spread + curvature / 2n;
}

function strikes(slice: SviSlice): bigint[] {
  const unit = squareRootWad(sviVariance(slice, 0n));
  return STEPS.map((step) => step * unit);
}
