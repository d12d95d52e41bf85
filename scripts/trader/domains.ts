import type { Address, TypedDataDomain } from "viem";

/** The hub that a signature is for. */
export interface HubPlace {
  chainId: number;
  clearingHub: Address;
}

/** The venue that an order is for. */
export interface VenuePlace {
  chainId: number;
  orderVenue: Address;
}

/** EIP-712 domain of the hub. */
export function hubDomain({ chainId, clearingHub }: HubPlace): TypedDataDomain {
  return { name: "Causeway", version: "1", chainId, verifyingContract: clearingHub };
}

/** EIP-712 domain of an order venue. */
export function venueDomain({ chainId, orderVenue }: VenuePlace): TypedDataDomain {
  return { name: "CausewayOrderVenue", version: "1", chainId, verifyingContract: orderVenue };
}
