import { type Address, erc20Abi } from "viem";
import { spokeVaultAbi } from "../../../chains/abi/index.ts";
import { joinKey, type SpokeState, type TokenState } from "../state.ts";
import type { CheckedNetwork, CheckedSpoke } from "../types.ts";
import type { NetworkKeys, SpokeKeys } from "./collectKeys.ts";
import { combine, inBatches } from "./inBatches.ts";
import { readVaultCommands } from "./readCommands.ts";

export interface ReadSpokeParameters {
  network: CheckedNetwork;
  spoke: CheckedSpoke;
  block: bigint;
  laterTime: bigint;
  keys: NetworkKeys;
  spokeKeys: SpokeKeys;
}

/** Reads everything that a vault holds under `keys` at `block`. */
export async function readSpoke(parameters: ReadSpokeParameters): Promise<SpokeState> {
  const { network, spoke, block, keys, spokeKeys } = parameters;
  const { client } = spoke;
  const at = { address: spoke.vault, abi: spokeVaultAbi, blockNumber: block } as const;

  const [
    hubEid,
    peer,
    loopback,
    tokens,
    deposits,
    pairs,
    credit,
    closings,
    withdrawals,
    ranks,
    { dirtyPairs, digest },
    commands,
  ] = await Promise.all([
    client.readContract({ ...at, functionName: "hubEid" }),
    client.readContract({ ...at, functionName: "peers", args: [network.hub.eid] }),
    client.readContract({ ...at, functionName: "loopback" }),
    readTokens(spoke, block, keys.assets),
    inBatches(keys.deposits.get(spoke.eid) ?? [], async (key) => ({
      ...key,
      total: await client.readContract({
        ...at,
        functionName: "depositTotalOf",
        args: [key.account, key.asset, key.purpose],
      }),
    })),
    inBatches(
      combine([...spokeKeys.names.accounts.values()], [...spokeKeys.names.instruments.values()]),
      async ([account, instrument]) => ({
        account,
        instrument,
        ...(await client.readContract({ ...at, functionName: "pairOf", args: [account, instrument] })),
      }),
    ),
    inBatches(
      keys.accounts,
      async (account) =>
        [account, await client.readContract({ ...at, functionName: "creditOf", args: [account] })] as const,
    ),
    inBatches(
      keys.closings.get(spoke.eid) ?? [],
      async ({ account, instrument }) =>
        [
          joinKey(account, instrument),
          await client.readContract({
            ...at,
            functionName: "closingAllowanceOf",
            args: [account, instrument],
          }),
        ] as const,
    ),
    readWithdrawals(spoke, block),
    inBatches(
      keys.payouts,
      async (id) =>
        [id, await client.readContract({ ...at, functionName: "payoutRankOf", args: [id] })] as const,
    ),
    client.readContract({ ...at, functionName: "heartbeat" }),
    readVaultCommands(spoke, keys.commands.get(spoke.eid)!, block),
  ]);

  return {
    name: spoke.name,
    eid: spoke.eid,
    vault: spoke.vault,
    block,
    laterTime: parameters.laterTime,
    hubEid,
    peer,
    loopback,
    tokens,
    deposits,
    pairs: pairs.filter(({ version }) => version !== 0),
    accountNames: spokeKeys.names.accounts,
    instrumentNames: spokeKeys.names.instruments,
    credit: new Map(credit.filter(([, { version }]) => version !== 0)),
    closings: new Map(closings),
    withdrawals,
    resolutions: spokeKeys.history.resolutions,
    ranks: new Map(ranks),
    dirtyPairs,
    digest,
    commands,
  };
}

/** @returns the tokens that the vault lists, under the symbols of its deployment record */
async function readTokens(spoke: CheckedSpoke, blockNumber: bigint, assets: number[]): Promise<TokenState[]> {
  const { client, vault } = spoke;
  const tokens = await inBatches(assets, async (asset) => {
    const { token, scale } = await client.readContract({
      address: vault,
      abi: spokeVaultAbi,
      functionName: "tokenOf",
      args: [asset],
      blockNumber,
    });
    // The vault lists no token of this asset.
    if (scale === 0n) return undefined;
    const balance = await client.readContract({
      address: token,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [vault],
      blockNumber,
    });
    return { asset, symbol: symbolOf(spoke.tokens, token) ?? `asset ${asset}`, token, scale, balance };
  });
  return tokens.filter((token) => token !== undefined);
}

async function readWithdrawals(spoke: CheckedSpoke, blockNumber: bigint): Promise<SpokeState["withdrawals"]> {
  const at = { address: spoke.vault, abi: spokeVaultAbi, blockNumber } as const;
  const count = await spoke.client.readContract({ ...at, functionName: "withdrawalCount" });
  const numbers = Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1));
  return inBatches(numbers, (number) =>
    spoke.client.readContract({ ...at, functionName: "withdrawalOf", args: [number] }),
  );
}

function symbolOf(tokens: Record<string, Address>, token: Address): string | undefined {
  return Object.keys(tokens).find((symbol) => tokens[symbol]!.toLowerCase() === token.toLowerCase());
}
