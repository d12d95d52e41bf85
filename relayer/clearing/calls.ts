import type {
  Abi,
  Address,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionParameters,
  ContractFunctionReturnType,
} from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { decodeRevert, revertDataOf } from "../../chains/decodeRevert.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";
import { toRelayerError } from "../toRelayerError.ts";
import type { HubPlace, VaultPlace } from "./places.ts";

type View<abi extends Abi> = ContractFunctionName<abi, "view" | "pure">;
type Args<abi extends Abi, name extends View<abi>> = readonly ContractFunctionArgs<
  abi,
  "view" | "pure",
  name
>[];
type Results<abi extends Abi, name extends View<abi>> = Promise<
  ContractFunctionReturnType<abi, "view" | "pure", name>[]
>;
type HubAbi = typeof clearingHubAbi;
type VaultAbi = typeof spokeVaultAbi;

/**
 * Calls that share one `eth_call`. A multicall that is not deployed answers from a constructor, whose answer may have 24,576 bytes; the widest
 * struct read here takes 416 in it.
 */
const CALLS_PER_REQUEST = 48;

/**
 * Reads one of the hub's views with many arguments, in as few requests as can be.
 * @throws what viem throws if any of them reverts
 */
export function readHub<name extends View<HubAbi>>(
  { chain, clearingHub }: HubPlace,
  functionName: name,
  each: Args<HubAbi, name>,
): Results<HubAbi, name> {
  return readMany(chain, clearingHubAbi, clearingHub, functionName, each);
}

/** As {@link readHub}, of a vault. */
export function readVault<name extends View<VaultAbi>>(
  { chain, vault }: VaultPlace,
  functionName: name,
  each: Args<VaultAbi, name>,
): Results<VaultAbi, name> {
  return readMany(chain, spokeVaultAbi, vault, functionName, each);
}

/** As {@link readHub}, of any contract. No deployed multicall is needed. */
export async function readMany<const abi extends Abi, name extends View<abi>>(
  { client }: Pick<RelayerChain, "client">,
  abi: abi,
  address: Address,
  functionName: name,
  each: Args<abi, name>,
): Results<abi, name> {
  const contracts: ContractFunctionParameters[] = each.map((args) => ({
    address,
    abi,
    functionName,
    args: args as unknown[],
  }));
  const chunks = Array.from({ length: Math.ceil(contracts.length / CALLS_PER_REQUEST) }, (_, at) =>
    contracts.slice(at * CALLS_PER_REQUEST, (at + 1) * CALLS_PER_REQUEST),
  );
  // All at once: the transport makes one HTTP request of them.
  const results = await Promise.all(
    chunks.map((chunk) =>
      client.multicall({ deployless: true, batchSize: 0, allowFailure: false, contracts: chunk }),
    ),
  );
  // The types of a list whose length is not known are beyond viem's inference.
  return results.flat() as ContractFunctionReturnType<abi, "view" | "pure", name>[];
}

/**
 * Native value to send along for a message: what was quoted, and a tenth more in case the price changes before it is mined. What is too
 * much comes back in the same transaction.
 * @throws CausewayError `CallFailed` with the decoded reason if quoting reverts: sending would
 */
export async function valueFor(
  context: RelayerContext,
  chain: RelayerChain,
  what: string,
  quote: Promise<{ nativeFee: bigint }>,
): Promise<bigint> {
  try {
    const { nativeFee } = await quote;
    return (nativeFee * 11n) / 10n;
  } catch (cause) {
    const data = revertDataOf(cause);
    if (data === undefined) throw toRelayerError(cause);
    const { name, text } = decodeRevert(data, context.errorAbi);
    const details = { what, chain: chain.definition.name, reason: text, error: name };
    throw new CausewayError("CallFailed", { details, cause });
  }
}

/** Whether a call of ours failed with one of these errors of the contracts. */
export function revertedWith(error: unknown, ...names: string[]): boolean {
  return error instanceof CausewayError && names.includes(String(error.details.error));
}
