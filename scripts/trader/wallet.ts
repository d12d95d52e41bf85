import { type Address, encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { type HubPlace, hubDomain } from "./domains.ts";

const walletTypes = {
  Wallet: [
    { name: "account", type: "bytes32" },
    { name: "eid", type: "uint32" },
    { name: "wallet", type: "address" },
    { name: "rights", type: "uint8" },
    { name: "nonce", type: "uint64" },
  ],
} as const;

/** The rights that an owner gives an address on a chain. */
export interface WalletRegistration {
  account: Hex;
  eid: number;
  wallet: Address;
  /** `walletRights`, added up; zero takes them away. */
  rights: number;
  /** Must rise, per account. */
  nonce: bigint;
}

/** Signs a registration and gives the call with which anyone can bring it to the hub. */
export async function registerWalletData(
  hub: HubPlace,
  owner: LocalAccount,
  registration: WalletRegistration,
): Promise<Hex> {
  const { account, eid, wallet, rights, nonce } = registration;
  const signature = await owner.signTypedData({
    domain: hubDomain(hub),
    types: walletTypes,
    primaryType: "Wallet",
    message: registration,
  });
  return encodeFunctionData({
    abi: clearingHubAbi,
    functionName: "registerWallet",
    args: [account, eid, wallet, rights, nonce, signature],
  });
}
