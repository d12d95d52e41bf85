import { WAD } from "../math.ts";
import { requireRange } from "./limits.ts";

/*
 * exp, ln and square root to the bit as Solady's FixedPointMathLib 0.1.26, on which the contracts rely (CLR-20). The
 * rational approximations and their numbers are Remco Bloemen's ("exp" and "ln" of https://xn--2-umb.com/22). `>>` of
 * bigint is Solidity's arithmetic shift, `/` truncates as sdiv does. Nothing here reaches 2^255, so nothing wraps.
 */

/** exp(x) rounds to nothing below, and does not fit an int256 from the other on. */
const LEAST_EXPONENT = -41_446_531_673_892_822_313n;
const EXPONENT_LIMIT = 135_305_999_368_893_231_589n;
const LN2_96 = 54_916_777_467_707_473_351_141_471_128n;
const HALF_96 = 1n << 95n;

/**
 * e^x, both 1e18.
 *
 * @throws CausewayError `PricingInputOutOfRange` from 135.3 on
 */
export function expWad(exponentWad: bigint): bigint {
  if (exponentWad <= LEAST_EXPONENT) return 0n;
  requireRange("exponent", exponentWad, LEAST_EXPONENT, EXPONENT_LIMIT - 1n);
  // To binary, then x = k·ln 2 + r with |r| ≤ ½·ln 2.
  const binary = (exponentWad << 78n) / 5n ** 18n;
  const k = ((binary << 96n) / LN2_96 + HALF_96) >> 96n;
  const r = binary - k * LN2_96;

  const y =
    (((r + 1_346_386_616_545_796_478_920_950_773_328n) * r) >> 96n) + 57155421227552351082224309758442n;
  let p = y + r - 94201549194550492254356042504812n;
  p = ((p * y) >> 96n) + 28719021644029726153956944680412240n;
  p = p * r + (4385272521454847904659076985693276n << 96n);

  let q = r - 2855989394907223263936484059900n;
  for (const coefficient of EXP_DENOMINATOR) q = ((q * r) >> 96n) + coefficient;
  // The scale of the approximation times 1e18, at 2^195; 2^k undoes the reduction.
  return ((p / q) * 3822833074963236453042738258902158003155416615667n) >> (195n - k);
}

const EXP_DENOMINATOR = [
  50020603652535783019961831881945n,
  -533845033583426703283633433725380n,
  3604857256930695427073651918091429n,
  -14423608567350463180887372962807573n,
  26449188498355588339934803723976023n,
];

/**
 * ln(x), both 1e18.
 *
 * @throws CausewayError `PricingInputOutOfRange` unless x is above 0
 */
export function lnWad(valueWad: bigint): bigint {
  requireRange("argument of a logarithm", valueWad, 1n, (1n << 255n) - 1n);
  const exponent = BigInt(valueWad.toString(2).length - 1);
  // To [1, 2) at 2^96.
  const x = exponent > 96n ? valueWad >> (exponent - 96n) : valueWad << (96n - exponent);

  let p = x + 3273285459638523848632254066296n;
  p = ((p * x) >> 96n) + 24828157081833163892658089445524n;
  p = ((p * x) >> 96n) + 43456485725739037958740375743393n;
  p = ((p * x) >> 96n) - 11111509109440967052023855526967n;
  p = ((p * x) >> 96n) - 45023709667254063763336534515857n;
  p = ((p * x) >> 96n) - 14706773417378608786704636184526n;
  p = p * x - (795164235651350426258249787498n << 96n);

  let q = x + 5573035233440673466300451813936n;
  for (const coefficient of LN_DENOMINATOR) q = ((q * x) >> 96n) + coefficient;
  // At 5^18 · 2^192: the scale of the approximation, k·ln 2, and ln(2^96/1e18).
  const scaled =
    1677202110996718588342820967067443963516166n * (p / q) +
    16597577552685614221487285958193947469193820559219878177908093499208371n * (exponent - 96n) +
    600920179829731861736702779321621459595472258049074101567377883020018308n;
  return scaled >> 174n;
}

const LN_DENOMINATOR = [
  71694874799317883764090561454958n,
  283447036172924575727196451306956n,
  401686690394027663651624208769553n,
  204048457590392012362485061816622n,
  31853899698501571402653359427138n,
  909429971244387300277376558375n,
];

/** Square root, rounded down; of what is not negative. */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  // Newton's steps fall towards the root from any start at or above it.
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** √x, both 1e18, rounded down. */
export function squareRootWad(valueWad: bigint): bigint {
  return squareRoot(valueWad * WAD);
}
