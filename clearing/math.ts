/** One unit of 1e18 fixed point. */
export const WAD = 10n ** 18n;

/** `a / b` rounded up, for `a ≥ 0` and `b > 0`. */
export function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

/** `a / b` rounded towards minus infinity, for `b > 0`. `bigint` division truncates towards zero, as Solidity's does. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** |a|. */
export function absolute(a: bigint): bigint {
  return a < 0n ? -a : a;
}

/** The larger of two. */
export function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The smaller of two. */
export function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The square root, rounded up, of `a ≥ 0`. */
export function ceilSqrt(a: bigint): bigint {
  if (a === 0n) return 0n;
  // Newton from above: it falls until it is the floor.
  let root = 1n << BigInt((a.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + a / root) >> 1n;
    if (next >= root) return root * root === a ? root : root + 1n;
    root = next;
  }
}
