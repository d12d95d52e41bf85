import type { Address, Hex } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import { type CommandState, joinKey } from "../state.ts";
import type { CheckedHub, CheckedSpoke } from "../types.ts";
import { inBatches } from "./inBatches.ts";

/** What the hub commands a vault besides credit, payouts and prices. */
export interface CommandKeys {
  venues: { account: Hex; venue: Address }[];
  instruments: Hex[];
  freezes: Hex[];
}

/** Reads what the hub commands the vault on `eid`. */
export async function readHubCommands(
  { client, clearingHub }: CheckedHub,
  eid: number,
  keys: CommandKeys,
  blockNumber: bigint,
): Promise<CommandState[]> {
  const at = { address: clearingHub, abi: clearingHubAbi, blockNumber } as const;
  return collect(keys, {
    venue: ({ account, venue }) =>
      client.readContract({ ...at, functionName: "venueAllowanceOf", args: [account, eid, venue] }),
    terms: (instrument) => client.readContract({ ...at, functionName: "termsOf", args: [instrument] }),
    freeze: (account) => client.readContract({ ...at, functionName: "freezeOf", args: [account] }),
  });
}

/** Reads the same at the vault. */
export async function readVaultCommands(
  { client, vault }: CheckedSpoke,
  keys: CommandKeys,
  blockNumber: bigint,
): Promise<CommandState[]> {
  const at = { address: vault, abi: spokeVaultAbi, blockNumber } as const;
  return collect(keys, {
    venue: ({ account, venue }) =>
      client.readContract({ ...at, functionName: "venueAllowanceOf", args: [account, venue] }),
    terms: (instrument) => client.readContract({ ...at, functionName: "termsOf", args: [instrument] }),
    freeze: (account) => client.readContract({ ...at, functionName: "freezeOf", args: [account] }),
  });
}

interface Readers {
  venue(key: CommandKeys["venues"][number]): Promise<{ version: bigint; limit: bigint }>;
  terms(instrument: Hex): Promise<{ version: number; ratePpm: number; feePpm: number; maxBase: bigint }>;
  freeze(account: Hex): Promise<{ version: number; frozen: boolean }>;
}

async function collect(
  { venues, instruments, freezes }: CommandKeys,
  readers: Readers,
): Promise<CommandState[]> {
  const [allowances, terms, frozen] = await Promise.all([
    inBatches(venues, async (key) => {
      const { version, limit } = await readers.venue(key);
      return command(["venue allowance", key.account, key.venue], version, limit);
    }),
    inBatches(instruments, async (instrument) => {
      const { version, ratePpm, feePpm, maxBase } = await readers.terms(instrument);
      return command(["terms", instrument], version, ratePpm, feePpm, maxBase);
    }),
    inBatches(freezes, async (account) => {
      const { version, frozen: isFrozen } = await readers.freeze(account);
      return command(["freeze", account], version, String(isFrozen));
    }),
  ]);
  return [...allowances, ...terms, ...frozen].filter(({ version }) => version > 0n);
}

function command(
  key: readonly string[],
  version: number | bigint,
  ...values: (string | number | bigint)[]
): CommandState {
  return { key: joinKey(...key), version: BigInt(version), value: values.join(", ") };
}
