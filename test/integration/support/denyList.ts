import { type Address, createTestClient, encodeFunctionData, http, parseAbi } from "viem";
import { causewayArtifact, creationCode } from "../../../chains/artifacts.ts";
import { settlementAsset } from "../../../chains/assets.ts";
import type { ClearingNetwork } from "./clearingNetwork.ts";

const denyAbi = parseAbi(["function deny(address to, bool denied)"]);

export interface DenyList {
  /** From now on the token is not (or again) transferred to `to`. */
  deny(to: Address, denied: boolean): Promise<void>;
}

/**
 * Upgrades the dollar token of a chain to one with a deny list, as such tokens are: the same address and balances, other code.
 */
export async function giveDenyList({ network, rpcUrl }: ClearingNetwork, chain: number): Promise<DenyList> {
  const { client, definition, deployment } = network.chain(chain);
  const { symbol } = settlementAsset;
  const token = deployment.causeway.tokens[symbol]!;
  const { decimals } = definition.tokens.find((one) => one.symbol === symbol)!;
  const anyone = network.courier(chain);
  const anvil = createTestClient({ mode: "anvil", transport: http(rpcUrl(chain)) });
  const data = creationCode({
    artifact: causewayArtifact("mocks/DenyingToken.sol/DenyingToken"),
    args: [decimals],
  });
  // What a constructor returns is the code that it would leave.
  const { data: code } = await client.call({ data });
  await anvil.setCode({ address: token, bytecode: code! });
  return {
    async deny(to, denied) {
      const call = encodeFunctionData({ abi: denyAbi, functionName: "deny", args: [to, denied] });
      await anyone.submit({ label: "deny", to: token, data: call });
    },
  };
}
