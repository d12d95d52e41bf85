import { type Address, bytesToHex, getAddress, type Hex, hexToBytes } from "viem";
import { accountId, parseAccountId } from "../../clearing/codec/accountId.ts";
import { checkCommand, commandFormat, type Pay } from "../../clearing/codec/command.ts";
import { depositTerm, pairTerm } from "../../clearing/codec/digest.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { bytes as fixed, type Layout, readItem, sizeOf, writeItem } from "../../clearing/codec/layout.ts";
import { payoutId } from "../../clearing/codec/payoutId.ts";
import { checkReport, reportFormat } from "../../clearing/codec/report.ts";
import { type Random, random } from "../../clearing/random.ts";

const RANDOM_ITEMS = 32;
const RANDOM_MESSAGES = 40;
/** Every bit clear, every bit set, the smallest and the largest signed number in each byte's place. */
const EXTREMES = [0x00, 0xff, 0x80, 0x7f];

const words = fixed(32);

type Values = Record<string, unknown>;
type Kinds = Record<string, { id: number; layout: Layout }>;

/** What Solidity and TypeScript must agree on about messages and identifiers (CLR-20). */
export function codecVectors(): Values {
  const draw = random(20);
  return {
    report: { header: items(draw, reportFormat.header), ...kinds(draw, reportFormat.kinds) },
    command: kinds(draw, commandFormat.kinds),
    accountIds: accountIds(draw),
    instruments: ["BTC", "ETH", "kPEPE", "@107", "xyz:XYZ100", "SIXTEENBYTESLONG"].map((symbol) => ({
      symbol,
      underlying: underlyingId(symbol),
      id: perpetual(symbol),
    })),
    payoutIds: payoutIds(draw),
    digest: { deposits: depositTerms(draw), pairs: pairTerms(draw) },
    messages: [
      ...messages(draw, "report", reportFormat.kinds, sizeOf(reportFormat.header)).map((message) => ({
        ...message,
        ...checkReport(message.encoded),
      })),
      ...messages(draw, "command", commandFormat.kinds, 0).map((message) => ({
        ...message,
        ...checkCommand(message.encoded),
      })),
    ],
  };
}

function kinds(draw: Random, all: Kinds): Values {
  return Object.fromEntries(Object.entries(all).map(([name, { layout }]) => [name, items(draw, layout)]));
}

function items(draw: Random, layout: Layout): Values[] {
  const size = sizeOf(layout);
  return sampled(draw, size).map((bytes) => {
    const item = readItem(layout, bytes, 0);
    const encoded = new Uint8Array(size);
    writeItem(layout, item, encoded, 0);
    return { ...item, encoded: bytesToHex(encoded) };
  });
}

/** `size` bytes each: the extremes, then random ones. */
function sampled(draw: Random, size: number): Uint8Array[] {
  return [
    ...EXTREMES.map((byte) => new Uint8Array(size).fill(byte)),
    ...Array.from({ length: RANDOM_ITEMS }, () => randomBytes(draw, size)),
  ];
}

function accountIds(draw: Random): Values[] {
  return Array.from({ length: 12 }, (_, i) => {
    const { owner, homeEid, subAccount } = parseAccountId(
      bytesToHex(i < EXTREMES.length ? new Uint8Array(32).fill(EXTREMES[i]!) : randomBytes(draw, 32)),
    );
    return { owner, homeEid, subAccount, id: accountId(owner, homeEid, subAccount) };
  });
}

function payoutIds(draw: Random): Values[] {
  return Array.from({ length: 12 }, () => {
    const places = {
      hubEid: draw.integer(2 ** 32),
      hub: randomAddress(draw),
      dstEid: draw.integer(2 ** 32),
      vault: randomAddress(draw),
    };
    const { layout } = commandFormat.kinds.pay;
    const pay: Pay = readItem(layout, randomBytes(draw, sizeOf(layout)), 0);
    return { ...places, ...pay, id: payoutId(places, pay) };
  });
}

function depositTerms(draw: Random): Values[] {
  const { layout } = reportFormat.kinds.deposit;
  return sampled(draw, sizeOf(layout)).map((bytes) => {
    const d = readItem(layout, bytes, 0);
    return { ...d, term: depositTerm(d.account, d.asset, d.purpose, d.total) };
  });
}

function pairTerms(draw: Random): Values[] {
  const { account: _account, instrument: _instrument, ...pair } = reportFormat.kinds.pair.layout;
  const layout = { accountId: words, instrumentId: words, ...pair };
  return sampled(draw, sizeOf(layout)).map((bytes) => {
    const { accountId, instrumentId, ...values } = readItem(layout, bytes, 0);
    return { accountId, instrumentId, ...values, term: pairTerm(accountId, instrumentId, values) };
  });
}

interface Message {
  format: string;
  name: string;
  encoded: Hex;
}

/** Valid messages of every kind and mix, and each way in which one can be malformed. */
function messages(draw: Random, format: string, all: Kinds, headerSize: number): Message[] {
  const list = Object.entries(all);
  const header = (): Uint8Array => concat([Uint8Array.of(1), randomBytes(draw, headerSize)]);
  const section = ({ id, layout }: { id: number; layout: Layout }, count: number): Uint8Array =>
    concat([sectionHeader(id, count), ...Array.from({ length: count }, () => canonical(draw, layout))]);
  const first = list[0]![1];
  const whole = concat([header(), ...list.map(([, kind]) => section(kind, 2))]);
  const named: [string, Uint8Array][] = [
    ...list.map(([name, kind]): [string, Uint8Array] => [
      `one ${name}`,
      concat([header(), section(kind, 1)]),
    ]),
    ["every kind", whole],
    ["the same kind twice", concat([header(), section(first, 1), section(first, 3)])],
    ["300 items", concat([header(), section(list.at(-1)![1], 300)])],
    ["header only", header()],
    ["empty", new Uint8Array(0)],
    ["shorter than the header", header().subarray(0, headerSize)],
    ["version 0", concat([Uint8Array.of(0), whole.subarray(1)])],
    ["version 2", concat([Uint8Array.of(2), whole.subarray(1)])],
    ["truncated by one byte", whole.subarray(0, -1)],
    ["truncated in a section header", concat([whole, Uint8Array.of(first.id, 0)])],
    ["one byte too long", concat([whole, Uint8Array.of(0)])],
    ["three zero bytes too long", concat([whole, new Uint8Array(3)])],
    ["kind 0", concat([whole, sectionHeader(0, 1)])],
    ["kind one above the last", concat([whole, sectionHeader(list.length + 1, 1), randomBytes(draw, 64)])],
    ["kind 31", concat([whole, sectionHeader(31, 1)])],
    ["kind 32", concat([whole, sectionHeader(32, 1)])],
    ["kind 255", concat([whole, sectionHeader(255, 1)])],
    ["count 0", concat([whole, sectionHeader(first.id, 0)])],
    [
      "count above what follows",
      concat([header(), sectionHeader(first.id, 2), randomBytes(draw, sizeOf(first.layout))]),
    ],
    ["count 65535 without items", concat([header(), sectionHeader(first.id, 65_535)])],
    ...Array.from({ length: RANDOM_MESSAGES }, (_, i): [string, Uint8Array] => [
      `random ${i}`,
      concat([
        header(),
        ...Array.from({ length: 1 + draw.integer(4) }, () =>
          section(list[draw.integer(list.length)]![1], 1 + draw.integer(3)),
        ),
      ]),
    ]),
    ...Array.from({ length: RANDOM_MESSAGES }, (_, i): [string, Uint8Array] => {
      const broken = whole.slice(0, 1 + draw.integer(whole.length));
      broken[draw.integer(broken.length)] = draw.integer(256);
      return [`broken ${i}`, broken];
    }),
  ];
  return named.map(([name, bytes]) => ({ format, name, encoded: bytesToHex(bytes) }));
}

function sectionHeader(kind: number, count: number): Uint8Array {
  return Uint8Array.of(kind, count >> 8, count & 0xff);
}

/** A random item as it is packed: a flag is 0 or 1. */
function canonical(draw: Random, layout: Layout): Uint8Array {
  const packed = randomBytes(draw, sizeOf(layout));
  writeItem(layout, readItem(layout, packed, 0), packed, 0);
  return packed;
}

function randomBytes(draw: Random, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => draw.integer(256));
}

function randomAddress(draw: Random): Address {
  return getAddress(bytesToHex(randomBytes(draw, 20)));
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return hexToBytes(`0x${pieces.map((piece) => bytesToHex(piece).slice(2)).join("")}`);
}
