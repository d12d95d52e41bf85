import { bytesToHex, type Hex, hexToBytes } from "viem";
import { address, bytes, flag, type Item, int, small, uint } from "./layout.ts";
import { type Check, checkMessage, decodeMessage, encodeMessage, type Section } from "./sections.ts";

/** Mirror of `ReportCodec`. Units are those of the Solidity structs. */
export const reportFormat = {
  name: "report",
  version: 1,
  header: { sequence: uint(8), chainTime: small(5) },
  kinds: {
    account: { id: 1, gas: 60_000n, layout: { index: small(4), account: bytes(32) } },
    instrument: { id: 2, gas: 60_000n, layout: { index: small(2), instrument: bytes(32) } },
    deposit: {
      id: 3,
      gas: 80_000n,
      layout: { account: bytes(32), asset: small(2), purpose: small(1), total: uint(8) },
    },
    pair: {
      id: 4,
      gas: 50_000n,
      layout: {
        account: small(4),
        instrument: small(2),
        base: int(11),
        quote: int(11),
        used: small(6),
        version: small(4),
      },
    },
    creditState: {
      id: 5,
      gas: 30_000n,
      layout: {
        account: small(4),
        version: small(4),
        freezeVersion: small(4),
        frozen: flag,
        usedTotal: uint(8),
      },
    },
    withdrawal: {
      id: 6,
      gas: 180_000n,
      layout: {
        account: bytes(32),
        number: uint(8),
        requester: address,
        asset: small(2),
        amount: uint(8),
        dstEid: small(4),
        recipient: address,
        minimum: uint(8),
        deadline: small(5),
      },
    },
    payoutResult: { id: 7, gas: 45_000n, layout: { payoutId: bytes(32), rank: small(1) } },
    heartbeat: {
      id: 8,
      gas: 60_000n,
      layout: { dirtyPairs: small(4), oldestDirty: small(5), digest: uint(32) },
    },
    vaultBalance: { id: 9, gas: 5_000n, layout: { asset: small(2), amount: uint(8) } },
    closingState: {
      id: 10,
      gas: 80_000n,
      layout: {
        account: small(4),
        instrument: small(2),
        version: small(4),
        pairVersion: small(4),
        usedBuys: uint(11),
        usedSells: uint(11),
        usedCredit: uint(8),
      },
    },
  },
} as const;

export type ReportHeader = Item<typeof reportFormat.header>;
export type ReportSection = Section<typeof reportFormat.kinds>;
/** Spoke → hub message. */
export type Report = ReportHeader & { sections: readonly ReportSection[] };

/** Packs a report as a vault does. */
export function encodeReport({ sections, ...header }: Report): Hex {
  return bytesToHex(encodeMessage(reportFormat, header, sections));
}

/**
 * Unpacks a report.
 *
 * @throws CausewayError `MessageMalformed` if `checkReport` refuses it.
 */
export function decodeReport(message: Hex): Report {
  const { header, sections } = decodeMessage(reportFormat, hexToBytes(message));
  return { ...header, sections };
}

/** Whether the hub accepts the form of `message`, and the gas it insists on before applying it. */
export function checkReport(message: Hex): Check {
  return checkMessage(reportFormat, hexToBytes(message));
}
