import { type Address, bytesToHex, type Hex, hexToBytes } from "viem";
import { address, type Item, readItem, small, uint, writeItem } from "./layout.ts";

const layout = { owner: address, homeEid: small(4), subAccount: uint(8) };

/** An account of the hub. Its home is `owner` on the chain `homeEid`; sub-accounts are margined apart. */
export type AccountIdParts = Item<typeof layout>;

/** Mirror of `AccountIdLib.pack`: owner (20 bytes) ‖ home eid (4) ‖ sub-account (8). */
export function accountId(owner: Address, homeEid: number, subAccount = 0n): Hex {
  const id = new Uint8Array(32);
  writeItem(layout, { owner, homeEid, subAccount }, id, 0);
  return bytesToHex(id);
}

/** The parts of an account id. */
export function parseAccountId(id: Hex): AccountIdParts {
  return readItem(layout, hexToBytes(id, { size: 32 }), 0);
}
