import { WAD } from "../math.ts";
import { requireRange } from "./limits.ts";

/** e^41, 1e18: what lies beyond counts for less than 1e-18 of the forward. */
const MAX_RATIO = 639_843_493_530_054_949_222_663_403_515_570_818n;
/** √2 with 127 places; ln 2 at 1e18 with 128; what a ratio of 2^59 · √2 wei has for a logarithm, and half a unit. */
const ROOT_2 = 240615969168004511545033772477625056927n;
const LN2 = 235865763225513294137944142764154484399253711888205176847n;
const OFFSET = -69510986737854201118275010734391604560437460418706641423n;

/** Of atanh(t)/t as a polynomial in t², the highest first: with 64 places, then pairs with 128 and 192, then with 128. */
const FIRST = 1365954829145105886n;
const PAIRS = [
  [26052916353574694157588088697748700257n, 570702530054174564204193598389002491116328282290586180823n],
  [37809109063055668120495188922934385667n, 896728825279534364416486353924262590647129407003421515882n],
  [68056473383000675253081030451780163334n, 2092367245128924314319723087789728540662383189973114763934n],
] as const;
const LAST = 340282366920938463080224633329424787310n;

/**
 * ln(a/b), 1e18, within 2 wei, to the bit as `LogRatio.ln` (CLR-20), which says how. Of the larger over the smaller, so that no
 * digits are lost.
 *
 * @throws CausewayError `PricingInputOutOfRange` beyond 41 either way
 */
export function logRatio(a: bigint, b: bigint): bigint {
  const ratio = a < b ? (b * WAD) / a : (a * WAD) / b;
  requireRange("ratio of forward and strike", ratio, WAD, MAX_RATIO);
  return a < b ? -lnOfRatio(ratio) : lnOfRatio(ratio);
}

function lnOfRatio(ratio: bigint): bigint {
  const n = BigInt(ratio.toString(2).length - 60);
  const m = ratio << (68n - n);
  const t = ((m - ROOT_2) << 64n) / (m + ROOT_2);
  const u = (t * t) >> 64n;
  let p = FIRST << 128n;
  for (const [outer, inner] of PAIRS) p = ((p >> 128n) * u + outer) * u + inner;
  p = ((p >> 128n) * u + LAST) >> 64n;
  return (t * p * 2n * WAD + n * LN2 + OFFSET) >> 128n;
}
