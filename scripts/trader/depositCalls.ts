import { type Address, encodeFunctionData, erc20Abi, type Hex } from "viem";
import { spokeVaultAbi, testTokenAbi } from "../../chains/abi/index.ts";
import { getAsset } from "../../chains/assets.ts";
import type { CausewayDeployment } from "../../chains/types.ts";

/** A transaction to be sent by whoever acts. */
export interface Call {
  /** For people. */
  label: string;
  to: Address;
  data: Hex;
}

export interface DepositParameters {
  contracts: CausewayDeployment;
  /** Symbol of the asset. */
  asset: string;
  /** The account that gets it. */
  account: Hex;
  /** Units of the token on this chain. */
  amount: bigint;
}

/** The two calls of a deposit, to be sent one after the other by whoever holds the tokens. */
export function depositCalls({
  contracts,
  asset,
  account,
  amount,
}: DepositParameters): readonly [Call, Call] {
  const { vault, tokens } = contracts;
  return [
    {
      label: "approve",
      to: tokens[asset]!,
      data: encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [vault, amount] }),
    },
    {
      label: "deposit",
      to: vault,
      data: encodeFunctionData({
        abi: spokeVaultAbi,
        functionName: "deposit",
        args: [account, getAsset(asset).id, amount],
      }),
    },
  ];
}

/** Makes test tokens; only those of local chains have it. */
export function mintCall(token: Address, to: Address, amount: bigint): Call {
  return {
    label: "mint",
    to: token,
    data: encodeFunctionData({ abi: testTokenAbi, functionName: "mint", args: [to, amount] }),
  };
}
