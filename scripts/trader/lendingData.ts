import { encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { type HubPlace, hubDomain } from "./domains.ts";

const common = [
  { name: "nonce", type: "uint64" },
  { name: "deadline", type: "uint40" },
] as const;
const account = { name: "account", type: "bytes32" } as const;
const supplyTypes = { SupplyOrder: [account, { name: "amount", type: "uint128" }, ...common] } as const;
const redemptionTypes = {
  RedemptionOrder: [
    account,
    { name: "shares", type: "uint128" },
    { name: "minimum", type: "uint128" },
    ...common,
  ],
} as const;

interface LenderOrder {
  account: Hex;
  /** The lender's last plus one. */
  nonce: bigint;
  /** Unix seconds, by the hub's clock. */
  deadline: number;
}

/** Cash that is to be lent, 1e-6 dollar: `IClearingHub.SupplyOrder`. */
export interface SupplyOrder extends LenderOrder {
  amount: bigint;
}

/** Shares that are to be cash again: `IClearingHub.RedemptionOrder`. */
export interface RedemptionOrder extends LenderOrder {
  shares: bigint;
  /** The least that is welcome, 1e-6 dollar. */
  minimum: bigint;
}

/** Signs an order to lend and gives the call with which anyone can bring it to the hub. Its prices are those that the hub has. */
export async function supplyData(hub: HubPlace, owner: LocalAccount, order: SupplyOrder): Promise<Hex> {
  const signature = await owner.signTypedData({
    domain: hubDomain(hub),
    types: supplyTypes,
    primaryType: "SupplyOrder",
    message: order,
  });
  return encodeFunctionData({ abi: clearingHubAbi, functionName: "supply", args: [order, signature, "0x"] });
}

/** Likewise an order to have it back. */
export async function redemptionData(
  hub: HubPlace,
  owner: LocalAccount,
  order: RedemptionOrder,
): Promise<Hex> {
  const signature = await owner.signTypedData({
    domain: hubDomain(hub),
    types: redemptionTypes,
    primaryType: "RedemptionOrder",
    message: order,
  });
  return encodeFunctionData({ abi: clearingHubAbi, functionName: "redeem", args: [order, signature] });
}
