import { type Address, encodeAbiParameters, type Hex, keccak256, parseAbiParameters } from "viem";
import type { Pay } from "./command.ts";

/** Results of a payout; a higher one never goes back to a lower one. */
export const payoutRank = { none: 0, claim: 1, paid: 2 } as const;

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
