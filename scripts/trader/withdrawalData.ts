import { type Address, encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { type HubPlace, hubDomain } from "./domains.ts";

const withdrawalTypes = {
  WithdrawalOrder: [
    { name: "account", type: "bytes32" },
    { name: "asset", type: "uint16" },
    { name: "amount", type: "uint64" },
    { name: "dstEid", type: "uint32" },
    { name: "recipient", type: "address" },
    { name: "minimum", type: "uint64" },
    { name: "deadline", type: "uint40" },
    { name: "nonce", type: "uint64" },
  ],
} as const;

/** What an owner asks the hub to pay: `IClearingHub.WithdrawalOrder`. */
export interface WithdrawalOrder {
  account: Hex;
  asset: number;
  /** Shared units of the asset. */
  amount: bigint;
  dstEid: number;
  recipient: Address;
  /** Smallest part-payment that is welcome, shared units. */
  minimum: bigint;
  /** Unix seconds, by the hub's clock: from then on it is not paid any more. */
  deadline: number;
  /** Tells two orders apart that are the same otherwise; the digest is the request's id. */
  nonce: bigint;
}

/** Signs a withdrawal and gives the call with which anyone can bring it to the hub. */
export async function withdrawalData(
  hub: HubPlace,
  owner: LocalAccount,
  order: WithdrawalOrder,
): Promise<Hex> {
  const signature = await owner.signTypedData({
    domain: hubDomain(hub),
    types: withdrawalTypes,
    primaryType: "WithdrawalOrder",
    message: order,
  });
  return encodeFunctionData({
    abi: clearingHubAbi,
    functionName: "requestWithdrawal",
    args: [order, signature],
  });
}
