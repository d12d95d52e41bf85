/** What may still be used of an account's closing allowance in an instrument, 1e-8. */
export interface OpenClosing {
  instrument: string;
  line: { unusedBuys: bigint; unusedSells: bigint };
}

/**
 * A net position with what closing allowances may still do to it, as the hub counts them: what leads away from zero is in `base` and in
 * `closing`, so that any part of it may be undone. Mirror of the contracts' `ClosingBook.addTo`, but for the quote, which no requirement needs.
 */
export function withClosings<T extends { instrument: string; base: bigint }>(
  held: T,
  open: readonly OpenClosing[],
): T & { closing: bigint } {
  const lines = open.filter(({ instrument }) => instrument === held.instrument);
  const buys = lines.reduce((sum, { line }) => sum + line.unusedBuys, 0n);
  const sells = lines.reduce((sum, { line }) => sum + line.unusedSells, 0n);
  const base = held.base < 0n ? held.base - sells : held.base + buys;
  return { ...held, base, closing: buys + sells };
}
