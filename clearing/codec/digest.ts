import { concat, type Hex, keccak256, numberToHex, pad } from "viem";
import type { Item } from "./layout.ts";
import { writeItem } from "./layout.ts";
import { reportFormat } from "./report.ts";

type Pair = Omit<Item<typeof reportFormat.kinds.pair.layout>, "account" | "instrument">;

const { base, quote, used, version } = reportFormat.kinds.pair.layout;
const packedPair = { base, quote, used, version };
const WORD = 2n ** 256n;

/** Mirror of `Digest.deposit`: term of an account's total of deposits, in shared units; zero for what was never reported. */
export function depositTerm(account: Hex, asset: number, purpose: number, total: bigint): bigint {
  if (total === 0n) return 0n;
  return term(account, numberToHex((BigInt(asset) << 8n) | BigInt(purpose), { size: 32 }), total << 32n);
}

/** Mirror of `Digest.pair`: term of a pair, by the full ids of its account and instrument; zero for what was never reported. */
export function pairTerm(account: Hex, instrument: Hex, pair: Pair): bigint {
  const packed = new Uint8Array(32);
  writeItem(packedPair, pair, packed, 0);
  const word = packed.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return word === 0n ? 0n : term(account, instrument, word);
}

/** The digest of everything reported: the terms' sum modulo 2^256, in any order. */
export function digestOf(terms: readonly bigint[]): bigint {
  return terms.reduce((sum, one) => (sum + one) % WORD, 0n);
}

function term(account: Hex, key: Hex, value: bigint): bigint {
  return BigInt(keccak256(concat([pad(account), pad(key), numberToHex(value, { size: 32 })])));
}
