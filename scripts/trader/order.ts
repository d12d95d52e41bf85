import { encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { orderVenueAbi } from "../../chains/abi/index.ts";
import { type VenuePlace, venueDomain } from "./domains.ts";

const orderTypes = {
  Order: [
    { name: "account", type: "bytes32" },
    { name: "instrument", type: "bytes32" },
    { name: "isBuy", type: "bool" },
    { name: "base", type: "uint88" },
    { name: "priceWad", type: "uint128" },
    { name: "nonce", type: "uint64" },
    { name: "expiry", type: "uint40" },
  ],
} as const;

/** An order of the venue: `OrderVenue.Order`. */
export interface Order {
  account: Hex;
  instrument: Hex;
  isBuy: boolean;
  /** 1e-8. */
  base: bigint;
  /** Limit, 1e18. */
  priceWad: bigint;
  nonce: bigint;
  /** Unix seconds, by the clock of the venue's chain. */
  expiry: number;
}

export interface SignedOrder {
  order: Order;
  signature: Hex;
}

/** Signs for one venue; at any other, or on another chain, the signature is worth nothing. */
export async function signOrder(venue: VenuePlace, owner: LocalAccount, order: Order): Promise<SignedOrder> {
  const signature = await owner.signTypedData({
    domain: venueDomain(venue),
    types: orderTypes,
    primaryType: "Order",
    message: order,
  });
  return { order, signature };
}

/** The call with which anyone has the venue match two orders. */
export function fillData(buy: SignedOrder, sell: SignedOrder, base: bigint): Hex {
  return encodeFunctionData({
    abi: orderVenueAbi,
    functionName: "fill",
    args: [buy.order, buy.signature, sell.order, sell.signature, base],
  });
}
