import { bytesToHex, type Hex, hexToBytes } from "viem";
import { address, bytes, flag, type Item, small, smallInt, uint } from "./layout.ts";
import { type Check, checkMessage, decodeMessage, encodeMessage, type Section } from "./sections.ts";

/** Mirror of `CommandCodec`. Units are those of the Solidity structs. */
export const commandFormat = {
  name: "command",
  version: 1,
  header: {},
  kinds: {
    credit: {
      id: 1,
      gas: 35_000n,
      layout: {
        account: bytes(32),
        limit: uint(8),
        version: small(4),
        validUntil: small(5),
        instrumentLimit: small(2),
      },
    },
    venueAllowance: {
      id: 2,
      gas: 35_000n,
      layout: { account: bytes(32), venue: address, limit: uint(8), version: uint(8) },
    },
    pay: {
      id: 3,
      gas: 250_000n,
      layout: {
        account: bytes(32),
        recipient: address,
        asset: small(2),
        amount: uint(8),
        issuedAt: small(5),
        nonce: uint(8),
      },
    },
    referencePrice: {
      id: 4,
      gas: 35_000n,
      layout: { underlying: bytes(16), priceWad: uint(16), time: small(5) },
    },
    instrument: {
      id: 5,
      gas: 35_000n,
      layout: {
        instrument: bytes(32),
        ratePpm: small(4),
        feePpm: small(4),
        maxBase: uint(11),
        version: small(4),
      },
    },
    freeze: { id: 6, gas: 35_000n, layout: { account: bytes(32), frozen: flag, version: small(4) } },
    optionReference: {
      id: 7,
      gas: 60_000n,
      layout: {
        instrument: bytes(32),
        markWad: uint(16),
        deltaPpb: smallInt(4),
        spotWad: uint(16),
        ratePpm: small(4),
        time: small(5),
      },
    },
    closingAllowance: {
      id: 8,
      gas: 35_000n,
      layout: {
        account: bytes(32),
        instrument: bytes(32),
        isBuy: flag,
        maxBase: uint(11),
        credit: uint(8),
        version: small(4),
        validUntil: small(5),
      },
    },
  },
} as const;

export type CommandSection = Section<typeof commandFormat.kinds>;
/** Preimage of a payout id, with the hub's and the vault's own places. */
export type Pay = Item<typeof commandFormat.kinds.pay.layout>;
/** Hub → spoke message. */
export interface Command {
  sections: readonly CommandSection[];
}

/** Packs a command as the hub does. */
export function encodeCommand({ sections }: Command): Hex {
  return bytesToHex(encodeMessage(commandFormat, {}, sections));
}

/**
 * Unpacks a command.
 *
 * @throws CausewayError `MessageMalformed` if `checkCommand` refuses it.
 */
export function decodeCommand(message: Hex): Command {
  return { sections: decodeMessage(commandFormat, hexToBytes(message)).sections };
}

/** Whether a vault accepts the form of `message`, and the gas it insists on before applying it. */
export function checkCommand(message: Hex): Check {
  return checkMessage(commandFormat, hexToBytes(message));
}
