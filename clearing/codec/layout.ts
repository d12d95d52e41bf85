import { type Address, bytesToHex, getAddress, type Hex } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";

/**
 * One packed big-endian field. As in viem, integers of up to 48 bits are numbers and wider ones bigints, so that
 * what viem decodes from an event can be encoded as it is.
 */
export interface Field<T> {
  readonly size: number;
  write(value: T, into: Uint8Array, at: number, name: string): void;
  read(from: Uint8Array, at: number): T;
}

/** The fields of an item, in the order in which they are packed. */
// biome-ignore lint/suspicious/noExplicitAny: each field keeps its own type; `Item` recovers them.
export type Layout = Record<string, Field<any>>;

/** The item that a layout packs. */
export type Item<L extends Layout> = { [K in keyof L]: L[K] extends Field<infer T> ? T : never };

/** Unsigned integer of `size` bytes, at most 6. */
export function small(size: 1 | 2 | 4 | 5 | 6): Field<number> {
  return {
    size,
    write(value, into, at, name) {
      if (!Number.isSafeInteger(value))
        throw outOfRange(name, String(value), `a whole number below 2^${8 * size}`);
      writeUint(BigInt(value), size, into, at, name);
    },
    read: (from, at) => Number(readUint(from, at, size)),
  };
}

/** Two's-complement integer of `size` bytes, at most 6. */
export function smallInt(size: 4): Field<number> {
  const wide = int(size);
  return {
    size,
    write(value, into, at, name) {
      if (!Number.isSafeInteger(value))
        throw outOfRange(name, String(value), `a signed ${8 * size}-bit integer`);
      wide.write(BigInt(value), into, at, name);
    },
    read: (from, at) => Number(wide.read(from, at)),
  };
}

/** One byte: zero is false, anything else true; written as 1. */
export const flag: Field<boolean> = {
  size: 1,
  write: (value, into, at) => {
    into[at] = value ? 1 : 0;
  },
  read: (from, at) => from[at] !== 0,
};

/** Unsigned integer of `size` bytes. */
export function uint(size: number): Field<bigint> {
  return {
    size,
    write: (value, into, at, name) => writeUint(value, size, into, at, name),
    read: (from, at) => readUint(from, at, size),
  };
}

/** Two's-complement integer of `size` bytes. */
export function int(size: number): Field<bigint> {
  const bits = 8 * size;
  return {
    size,
    write(value, into, at, name) {
      if (BigInt.asIntN(bits, value) !== value)
        throw outOfRange(name, String(value), `a signed ${bits}-bit integer`);
      writeUint(BigInt.asUintN(bits, value), size, into, at, name);
    },
    read: (from, at) => BigInt.asIntN(bits, readUint(from, at, size)),
  };
}

/** `size` bytes as they are. */
export function bytes(size: number): Field<Hex> {
  return {
    size,
    write: (value, into, at, name) => writeHex(value, size, into, at, name),
    read: (from, at) => bytesToHex(from.subarray(at, at + size)),
  };
}

/** Address, read back with its checksum. */
export const address: Field<Address> = {
  size: 20,
  write: (value, into, at, name) => writeHex(value, 20, into, at, name),
  read: (from, at) => getAddress(bytesToHex(from.subarray(at, at + 20))),
};

/** Bytes that an item of this layout takes. */
export function sizeOf(layout: Layout): number {
  return Object.values(layout).reduce((total, field) => total + field.size, 0);
}

/**
 * Packs `item` at `at`; returns where the next one goes.
 *
 * @throws CausewayError `CodecValueOutOfRange` if a field does not hold its value.
 */
export function writeItem<L extends Layout>(layout: L, item: Item<L>, into: Uint8Array, at: number): number {
  let next = at;
  for (const [name, field] of Object.entries(layout)) {
    field.write(item[name], into, next, name);
    next += field.size;
  }
  return next;
}

/** Unpacks the item at `at`. The caller has checked the length. */
export function readItem<L extends Layout>(layout: L, from: Uint8Array, at: number): Item<L> {
  const item: Record<string, unknown> = {};
  let next = at;
  for (const [name, field] of Object.entries(layout)) {
    item[name] = field.read(from, next);
    next += field.size;
  }
  return item as Item<L>;
}

function writeUint(value: bigint, size: number, into: Uint8Array, at: number, name: string): void {
  if (value < 0n || value >> BigInt(8 * size) !== 0n)
    throw outOfRange(name, String(value), `an unsigned ${8 * size}-bit integer`);
  let rest = value;
  for (let i = size - 1; i >= 0; i--) {
    into[at + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

function readUint(from: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(from[at + i]!);
  return value;
}

function writeHex(value: string, size: number, into: Uint8Array, at: number, name: string): void {
  if (!/^0x[0-9a-fA-F]*$/.test(value) || value.length !== 2 + 2 * size)
    throw outOfRange(name, value, `${size} bytes in hex`);
  for (let i = 0; i < size; i++) into[at + i] = Number.parseInt(value.slice(2 + 2 * i, 4 + 2 * i), 16);
}

function outOfRange(field: string, found: string, expected: string): CausewayError {
  return new CausewayError("CodecValueOutOfRange", { details: { field, found, expected } });
}
