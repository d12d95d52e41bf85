/** A deterministic source of numbers. Not for secrets. */
export interface Random {
  /** Whole number in [0, `below`), for `below` up to 2^32. */
  integer(below: number): number;
  /** Unsigned integer of `bits` bits. */
  bits(bits: number): bigint;
}

/** Random numbers that depend on `seed` alone: the 32-bit generator "mulberry32". */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    integer: (below) => Math.floor((next() / 2 ** 32) * below),
    bits(bits) {
      let value = 0n;
      for (let have = 0; have < bits; have += 32) value = (value << 32n) | BigInt(next());
      return BigInt.asUintN(bits, value);
    },
  };
}
