import { type Address, encodeAbiParameters, type Hex, keccak256, parseAbiParameters } from "viem";
import type { Pay } from "./command.ts";

/** Results of a payout: none < claim < { paid, cancelled }; the last two are terminal and exclude each other. */
export const payoutRank = { none: 0, claim: 1, paid: 2, cancelled: 3 } as const;

/** Whether nothing can follow `rank`. */
export function isTerminalRank(rank: number): boolean {
  return rank === payoutRank.paid || rank === payoutRank.cancelled;
}

/** What binds a payout to one hub and one destination vault. */
export interface PayoutPlaces {
  hubEid: number;
  hub: Address;
  dstEid: number;
  vault: Address;
}

const preimage = parseAbiParameters(
  "uint32, address, uint32, address, bytes32, address, uint16, uint64, uint40, uint64",
);

/** Mirror of `PayoutId.compute`. */
export function payoutId({ hubEid, hub, dstEid, vault }: PayoutPlaces, pay: Pay): Hex {
  return keccak256(
    encodeAbiParameters(preimage, [
      hubEid,
      hub,
      dstEid,
      vault,
      pay.account,
      pay.recipient,
      pay.asset,
      pay.amount,
      pay.issuedAt,
      pay.nonce,
    ]),
  );
}
