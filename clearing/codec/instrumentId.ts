import { bytesToHex, type Hex, hexToBytes } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { bytes, readItem, small, uint, writeItem } from "./layout.ts";

const PERPETUAL = 1;
const OPTION = 2;
const UNDERLYING_SIZE = 16;

const optionLayout = {
  kind: small(1),
  right: small(1),
  expiry: small(5),
  strike: uint(9),
  underlying: bytes(UNDERLYING_SIZE),
};

/** Terms of a European option, settled in cash. */
export interface OptionTerms {
  /** Symbol of the underlying. */
  underlying: string;
  /** Unix seconds. */
  expiry: number;
  /** 1e-8 dollar, below 2^72. */
  strike: bigint;
  right: "call" | "put";
}

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

/**
 * Mirror of `InstrumentIdLib.option`: kind (1 byte) ‖ right (1, 0 call, 1 put) ‖ expiry (5) ‖ strike (9) ‖ underlying (16).
 *
 * @throws CausewayError `CodecValueOutOfRange`, `UnderlyingInvalid`
 */
export function option({ underlying, expiry, strike, right }: OptionTerms): Hex {
  const id = new Uint8Array(32);
  const item = {
    kind: OPTION,
    right: right === "put" ? 1 : 0,
    expiry,
    strike,
    underlying: underlyingId(underlying),
  };
  writeItem(optionLayout, item, id, 0);
  return bytesToHex(id);
}

/** Terms of an instrument if it is a well-formed option (mirror of `InstrumentIdLib.isOption`), else null. */
export function optionTerms(instrument: Hex): OptionTerms | null {
  const { kind, right, expiry, strike, underlying } = readItem(
    optionLayout,
    hexToBytes(instrument, { size: 32 }),
    0,
  );
  const isOption =
    kind === OPTION && right < 2 && expiry !== 0 && strike !== 0n && !/^0x0+$/.test(underlying);
  if (!isOption) return null;
  return {
    underlying: underlyingSymbol(underlying),
    expiry,
    strike,
    right: right === 1 ? "put" : "call",
  };
}

/** The `bytes16` underlying of an instrument. */
export function underlyingOf(instrument: Hex): Hex {
  return `0x${instrument.slice(-2 * UNDERLYING_SIZE)}`;
}

/** Mirror of `InstrumentIdLib.isPerpetual`: a well-formed perpetual. */
export function isPerpetual(instrument: Hex): boolean {
  return /^0x010{30}(?!0{32})[0-9a-f]{32}$/i.test(instrument);
}
