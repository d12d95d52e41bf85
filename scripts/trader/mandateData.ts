import { type Address, encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { type HubPlace, hubDomain } from "./domains.ts";

const mandateTypes = {
  Mandate: [
    { name: "account", type: "bytes32" },
    { name: "eid", type: "uint32" },
    { name: "maxOutstanding", type: "uint64" },
    { name: "venue", type: "address" },
    { name: "venueLimit", type: "uint64" },
    { name: "nonce", type: "uint64" },
    { name: "deadline", type: "uint40" },
  ],
} as const;

/** The owner's permission to be lent credit on one chain and to trade there through one venue: `IClearingHub.Mandate`. */
export interface Mandate {
  account: Hex;
  eid: number;
  /** Cents that may be outstanding at any time. */
  maxOutstanding: bigint;
  venue: Address;
  /** Cents, cumulative: the most that the venue can ever cost the account. */
  venueLimit: bigint;
  /** Must rise, per account and chain. */
  nonce: bigint;
  /** Unix seconds, by the hub's clock. */
  deadline: number;
}

/** Signs a mandate and gives the call with which anyone can bring it to the hub. */
export async function mandateData(hub: HubPlace, owner: LocalAccount, mandate: Mandate): Promise<Hex> {
  const signature = await owner.signTypedData({
    domain: hubDomain(hub),
    types: mandateTypes,
    primaryType: "Mandate",
    message: mandate,
  });
  return encodeFunctionData({ abi: clearingHubAbi, functionName: "setMandate", args: [mandate, signature] });
}
