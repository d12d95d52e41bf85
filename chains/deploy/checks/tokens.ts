import { erc20Abi, isAddressEqual, zeroAddress } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../abi/index.ts";
import { assets } from "../../assets.ts";
import type { WiredChain, WiredNetwork } from "../wiredNetwork.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const tokens: WiringCheck = {
  id: "tokens",
  rule: "each vault has the recorded tokens and no other, and counts them in the hub's shared unit",
  stage: "contracts",
  find: async (network) => (await Promise.all(network.chains.map((chain) => findOn(network, chain)))).flat(),
};

async function findOn(network: WiredNetwork, chain: WiredChain): Promise<WiringFault[]> {
  return (await Promise.all(assets.map((asset) => findOf(network, chain, asset)))).flat();
}

async function findOf(
  { hub }: WiredNetwork,
  { client, definition, record }: WiredChain,
  { id, symbol }: (typeof assets)[number],
): Promise<WiringFault[]> {
  const expected = record.causeway.tokens[symbol] ?? zeroAddress;
  const [{ token, scale }, { listed, sharedDecimals }] = await Promise.all([
    client.readContract({
      address: record.causeway.vault,
      abi: spokeVaultAbi,
      functionName: "tokenOf",
      args: [id],
    }),
    hub.client.readContract({
      address: hub.contracts.clearingHub,
      abi: clearingHubAbi,
      functionName: "assetOf",
      args: [id],
    }),
  ]);
  const fault = (what: string, found: string, wanted: string, next: string): WiringFault[] => [
    { chain: definition.name, what: `${what} of ${symbol}`, found, expected: wanted, next },
  ];
  const forGood = "A listing is for good: deploy the vault afresh, or list the asset under another id.";
  if (!isAddressEqual(token, expected)) return fault("the token", token, expected, forGood);
  if (token === zeroAddress) return [];
  if (!listed) {
    return fault("the hub's listing", "none", "a listed asset", "List it, with the listing role: listAsset.");
  }
  const decimals = await client.readContract({ address: token, abi: erc20Abi, functionName: "decimals" });
  const unit = `${10n ** BigInt(Math.max(0, decimals - sharedDecimals))}`;
  return decimals >= sharedDecimals && String(scale) === unit
    ? []
    : fault(
        "token units to a shared unit",
        String(scale),
        `${unit}, for ${decimals} decimals and ${sharedDecimals} shared ones`,
        forGood,
      );
}
