import { WAD } from "../math.ts";

/*
 * The tail of the standard normal distribution, N(−x) = e^(−x²/2)·M(x), to the bit as `contracts/pricing/NormalTail.sol`
 * (CLR-20), which says how both are approximated. Distances and results are fixed point with 64 binary places.
 */

/** 9.25. */
const FAR = 170_632_382_681_813_352_448n;
/** 1/ln 2 with 64 places, ln 2 with 128. */
const PER_LN2 = 26_613_026_195_688_644_983n;
const LN2 = 235_865_763_225_513_294_137_944_142_764_154_484_399n;

/** Coefficients of M's numerator and denominator from the highest power down: one with 64 places, then pairs with 128 and 192. */
const NUMERATOR_FIRST = 7359186284118180345n;
const NUMERATOR = [
  [3544624727689979250578454662306336329172n, 813705118574678796857913815249670598351545654161630463586637n],
  [
    338880101750650608967291014066767644743640n,
    32317991744769843024415749656256295974631062855928693448720856n,
  ],
  [
    6246500168688308527826205407348551152045249n,
    278340831907605179636221943540766439399424076869180397749032640n,
  ],
  [
    22884595100735699891891099691702746288688516n,
    319352309507854971552081429789115822759814457807863822295891808n,
  ],
] as const;
const DENOMINATOR_FIRST = 481659911074734845346n;
const DENOMINATOR = [
  [
    110910247364248836760006708978670466393848n,
    15833432232241268910418437153265787173012703362049143402390142n,
  ],
  [
    4501395706986179228766382546191486017939304n,
    304177291084928665316298634589230765064887131370084798490590176n,
  ],
  [
    41994276143966605914253580871848238106782286n,
    1317589324432258630197472946664998005984142381866230501947963008n,
  ],
  [
    73395342133205287254246389589996721202204262n,
    638704619015709940548222645817264512661386914645092852984125440n,
  ],
] as const;

/** Whether e^(−d²/2) is as good as nothing. `d` 2^64. */
export function isFar(d: bigint): boolean {
  return d > FAR || d < -FAR;
}

/** e^(−d²/2), 2^64. `d` 2^64, not far. */
export function bell(d: bigint): bigint {
  const half = (d * d) >> 1n;
  const n = (half * PER_LN2 + (1n << 191n)) >> 192n;
  const z = (half - n * LN2) >> 64n;
  const z2 = (z * z) >> 64n;
  const even = ((((z2 + (840n << 64n)) * z2 + (75_600n << 128n)) * z2) >> 128n) + (665_280n << 64n);
  const odd = (((42n * z2 + (10_080n << 64n)) * z2 + (332_640n << 128n)) * z) >> 128n;
  return (((even - odd) << 64n) / (even + odd)) >> n;
}

/** M(x) = N(−x)·e^(x²/2), 2^64. `x` 2^64, 0 to 13.5. */
export function scaledTail(x: bigint): bigint {
  const p = evaluate(NUMERATOR_FIRST, NUMERATOR, x);
  const q = evaluate(x + DENOMINATOR_FIRST, DENOMINATOR, x);
  return p / (q >> 64n);
}

/** Horner's scheme, two steps to a shift. With 192 places. */
function evaluate(first: bigint, pairs: readonly (readonly [bigint, bigint])[], x: bigint): bigint {
  let value = first << 128n;
  for (const [outer, inner] of pairs) value = ((value >> 128n) * x + outer) * x + inner;
  return value;
}

/** N(d), 1e18. `d` 2^64. */
export function cumulative(d: bigint): bigint {
  if (isFar(d)) return d < 0n ? 0n : WAD;
  const tail = (WAD * bell(d) * scaledTail(d < 0n ? -d : d)) >> 128n;
  return d < 0n ? tail : WAD - tail;
}
