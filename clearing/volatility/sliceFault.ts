import { butterfly, lowestVariance, type SviSlice, totalVariance } from "./svi.ts";

/** Why a slice is refused, and where: `k` is ln(strike / forward), `null` where it is of the whole slice. */
export interface SliceFault {
  rule: "not finite" | "variance" | "slope" | "butterfly" | "calendar";
  k: number | null;
  /** One clause with the figure found. */
  text: string;
}

/** How far out a slice is looked at, in deviations √w(0). */
const REACH = 8;
const STEPS_PER_DEVIATION = 10;
/** Around the bend at m, which may be narrower than a step, in units of σ. */
const BEND = [-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4];

/**
 * The first rule of the risk model (§6) that a slice breaks, or `null`: total variance above 0, b(1 + |ρ|) ≤ 2, g(k) ≥ 0, and nowhere
 * below the slice of the expiry before it. The contract looks at k = z·√w(0) for nine z up to ±8; this looks at every tenth of a deviation
 * and at the bend, so whatever passes here passes there too.
 */
export function sliceFault(slice: SviSlice, previous: SviSlice | null = null): SliceFault | null {
  const { a, b, rho, m, sigma } = slice;
  if (![a, b, rho, m, sigma].every(Number.isFinite) || b < 0 || sigma <= 0 || Math.abs(rho) >= 1)
    return { rule: "not finite", k: null, text: "b < 0, σ ≤ 0, |ρ| ≥ 1 or no numbers" };
  const lowest = lowestVariance(slice);
  if (!(lowest > 0)) return { rule: "variance", k: null, text: `lowest variance ${show(lowest)}` };
  const slope = b * (1 + Math.abs(rho));
  if (slope > 2) return { rule: "slope", k: null, text: `b(1 + |ρ|) = ${show(slope)}, above 2` };
  for (const k of placesToLookAt(slice)) {
    const g = butterfly(slice, k);
    if (!(g >= 0)) return { rule: "butterfly", k, text: `g = ${show(g)} at k = ${show(k)}` };
  }
  return previous === null ? null : crossing(slice, previous);
}

function crossing(slice: SviSlice, previous: SviSlice): SliceFault | null {
  for (const k of [...placesToLookAt(slice), ...placesToLookAt(previous)]) {
    const [now, before] = [totalVariance(slice, k), totalVariance(previous, k)];
    if (!(now >= before))
      return {
        rule: "calendar",
        k,
        text: `w = ${show(now)} at k = ${show(k)}, but ${show(before)} at the expiry before`,
      };
  }
  return null;
}

/** Log-moneynesses at which a slice is looked at. */
function placesToLookAt(slice: SviSlice): number[] {
  const deviation = Math.sqrt(totalVariance(slice, 0));
  const count = REACH * STEPS_PER_DEVIATION;
  const even = Array.from(
    { length: 2 * count + 1 },
    (_, i) => ((i - count) / STEPS_PER_DEVIATION) * deviation,
  );
  const bend = BEND.map((z) => slice.m + z * slice.sigma).filter((k) => Math.abs(k) <= REACH * deviation);
  return [...even, ...bend];
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}
