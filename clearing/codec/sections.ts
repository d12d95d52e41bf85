import { CausewayError } from "../../errors/CausewayError.ts";
import { type Item, type Layout, readItem, sizeOf, small, writeItem } from "./layout.ts";

/** One kind of item of a message format, mirrored from `ReportCodec` or `CommandCodec`. */
export interface Kind {
  /** The byte that opens its sections. */
  readonly id: number;
  /** The least gas that the receiver needs for one item. */
  readonly gas: bigint;
  readonly layout: Layout;
}

/** A message format: header, then sections of `kind (1) ‖ count (2) ‖ items`. */
export interface Format<K extends Record<string, Kind>, H extends Layout> {
  readonly name: string;
  readonly version: number;
  readonly header: H;
  readonly kinds: K;
}

/** The items of one section, by name of the kind. */
export type Section<K extends Record<string, Kind>> = {
  [N in keyof K]: { kind: N; items: readonly Item<K[N]["layout"]>[] };
}[keyof K];

/** Whether a message fills its format exactly, and the least gas that applying it takes. */
export interface Check {
  valid: boolean;
  gasBound: bigint;
}

const BASE_GAS = 100_000n;
const VERSION_SIZE = 1;
const sectionHeader = { kind: small(1), count: small(2) };
const SECTION_HEADER_SIZE = sizeOf(sectionHeader);

/** Packs a message. Empty sections are left out: a section of no items is not valid. */
export function encodeMessage<K extends Record<string, Kind>, H extends Layout>(
  format: Format<K, H>,
  header: Item<H>,
  sections: readonly Section<K>[],
): Uint8Array {
  const filled = sections.filter((section) => section.items.length > 0);
  const start = VERSION_SIZE + sizeOf(format.header);
  const length = filled.reduce(
    (total, { kind, items }) =>
      total + SECTION_HEADER_SIZE + items.length * sizeOf(format.kinds[kind]!.layout),
    start,
  );
  const message = new Uint8Array(length);
  message[0] = format.version;
  let at = writeItem(format.header, header, message, VERSION_SIZE);
  for (const { kind, items } of filled) {
    const { id, layout } = format.kinds[kind]!;
    at = writeItem(sectionHeader, { kind: id, count: items.length }, message, at);
    for (const item of items) at = writeItem(layout, item, message, at);
  }
  return message;
}

/** Mirror of the contracts' `check`: never throws, whatever the bytes. */
export function checkMessage<K extends Record<string, Kind>, H extends Layout>(
  format: Format<K, H>,
  message: Uint8Array,
): Check {
  let at = VERSION_SIZE + sizeOf(format.header);
  let gasBound = BASE_GAS;
  if (message.length < at || message[0] !== format.version) return { valid: false, gasBound };
  const kinds = Object.values(format.kinds);
  while (at < message.length) {
    if (at + SECTION_HEADER_SIZE > message.length) return { valid: false, gasBound };
    const { kind, count } = readItem(sectionHeader, message, at);
    const known = kinds.find(({ id }) => id === kind);
    if (known === undefined || count === 0) return { valid: false, gasBound };
    at += SECTION_HEADER_SIZE + count * sizeOf(known.layout);
    // A count that the message does not hold must not become a need of gas that no block has (CLR-11).
    if (at > message.length) return { valid: false, gasBound };
    gasBound += BigInt(count) * known.gas;
  }
  return { valid: true, gasBound };
}

/**
 * Unpacks a message, section by section in the order of the bytes.
 *
 * @throws CausewayError `MessageMalformed` if `checkMessage` refuses it.
 */
export function decodeMessage<K extends Record<string, Kind>, H extends Layout>(
  format: Format<K, H>,
  message: Uint8Array,
): { header: Item<H>; sections: Section<K>[] } {
  if (!checkMessage(format, message).valid)
    throw new CausewayError("MessageMalformed", { details: { format: format.name, length: message.length } });
  const header = readItem(format.header, message, VERSION_SIZE);
  const sections: Section<K>[] = [];
  let at = VERSION_SIZE + sizeOf(format.header);
  while (at < message.length) {
    const { kind: id, count } = readItem(sectionHeader, message, at);
    const [name, { layout }] = Object.entries(format.kinds).find(([, kind]) => kind.id === id)!;
    const size = sizeOf(layout);
    const first = at + SECTION_HEADER_SIZE;
    const items = Array.from({ length: count }, (_, i) => readItem(layout, message, first + i * size));
    // The name was found among the format's kinds and the items were read by its layout.
    sections.push({ kind: name, items } as Section<K>);
    at = first + count * size;
  }
  return { header, sections };
}
