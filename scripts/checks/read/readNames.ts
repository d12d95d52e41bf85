import type { Hex } from "viem";
import { spokeVaultAbi } from "../../../chains/abi/index.ts";
import type { CheckedSpoke } from "../types.ts";
import { inBatches } from "./inBatches.ts";

/** The names behind a vault's indices. */
export interface SpokeNames {
  accounts: Map<number, Hex>;
  instruments: Map<number, Hex>;
}

/** Reads all names that a vault has given out; indices start at 1. */
export async function readNames(spoke: CheckedSpoke, blockNumber: bigint): Promise<SpokeNames> {
  const { client } = spoke;
  const at = { address: spoke.vault, abi: spokeVaultAbi, blockNumber } as const;
  const [accountCount, instrumentCount] = await Promise.all([
    client.readContract({ ...at, functionName: "accountCount" }),
    client.readContract({ ...at, functionName: "instrumentCount" }),
  ]);
  const [accounts, instruments] = await Promise.all([
    inBatches(
      indices(accountCount),
      async (index): Promise<[number, Hex]> => [
        index,
        await client.readContract({ ...at, functionName: "accountAt", args: [index] }),
      ],
    ),
    inBatches(
      indices(instrumentCount),
      async (index): Promise<[number, Hex]> => [
        index,
        await client.readContract({ ...at, functionName: "instrumentAt", args: [index] }),
      ],
    ),
  ]);
  return { accounts: new Map(accounts), instruments: new Map(instruments) };
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
