import type { Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";

const PERPETUAL = 1;
const UNDERLYING_SIZE = 16;

/**
 * The `bytes16` of an underlying: its symbol in ASCII, left-aligned, zero-padded.
 *
 * @throws CausewayError `UnderlyingInvalid` unless it is 1 to 16 printable ASCII characters without spaces.
 */
export function underlyingId(symbol: string): Hex {
  if (!isUnderlying(symbol)) throw new CausewayError("UnderlyingInvalid", { details: { found: symbol } });
  const codes = Array.from(symbol, (character) => character.charCodeAt(0).toString(16).padStart(2, "0"));
  return `0x${codes.join("").padEnd(2 * UNDERLYING_SIZE, "0")}`;
}

/** Whether `symbol` can name an underlying. */
export function isUnderlying(symbol: string): boolean {
  return /^[!-~]{1,16}$/.test(symbol);
}

/** The symbol of a `bytes16` underlying. */
export function underlyingSymbol(underlying: Hex): string {
  const codes = underlying.slice(2).match(/../g) ?? [];
  return String.fromCharCode(...codes.map((code) => Number.parseInt(code, 16)).filter((code) => code !== 0));
}

/** Mirror of `InstrumentIdLib.perpetual`: kind (1 byte) ‖ zero (15 bytes) ‖ underlying (16 bytes). */
export function perpetual(symbol: string): Hex {
  const kind = PERPETUAL.toString(16).padStart(2, "0").padEnd(32, "0");
  return `0x${kind}${underlyingId(symbol).slice(2)}`;
}

/** The `bytes16` underlying of an instrument. */
export function underlyingOf(instrument: Hex): Hex {
  return `0x${instrument.slice(-2 * UNDERLYING_SIZE)}`;
}

/** Mirror of `InstrumentIdLib.isPerpetual`: a well-formed perpetual, the only kind so far. */
export function isPerpetual(instrument: Hex): boolean {
  return /^0x010{30}(?!0{32})[0-9a-f]{32}$/i.test(instrument);
}
