/**
 * Exact fixed-point value of a plain decimal such as `0.3565`: digits, at most one point, no sign and no exponent.
 *
 * @returns null if it is not one, or if it has more than `decimals` decimals (trailing zeros aside).
 */
export function parseDecimal(text: string, decimals: number): bigint | null {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, whole, fraction = ""] = match;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > decimals) return null;
  return BigInt(whole + significant.padEnd(decimals, "0"));
}

/**
 * Plain decimal of a fixed-point value, without trailing zeros. With `places` fewer than `decimals`, rounded towards
 * zero to so many.
 */
export function formatDecimal(value: bigint, decimals: number, places = decimals): string {
  const magnitude = (value < 0n ? -value : value) / 10n ** BigInt(decimals - places);
  const digits = magnitude.toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  const sign = value < 0n && magnitude !== 0n ? "-" : "";
  return sign + (fraction === "" ? whole : `${whole}.${fraction}`);
}
