import { type Abi, BaseError, decodeErrorResult, type Hex, RawContractError, size } from "viem";

/** Why a call reverted. */
export interface Revert {
  /** The error's name; `Error` or `Panic` for Solidity's own, `empty` without data, `unknown` if no ABI has it. */
  name: string;
  /** As it would be written: `Hub_InsufficientMargin(…)`. */
  text: string;
  data: Hex;
}

/** Decodes revert data by the given ABI (errors of every contract that may be on the way, in one list). */
export function decodeRevert(data: Hex, abi: Abi): Revert {
  if (size(data) === 0) return { name: "empty", text: "reverted without data (as when out of gas)", data };
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return { name: errorName, text: `${errorName}(${(args ?? []).map(String).join(", ")})`, data };
  } catch {
    return { name: "unknown", text: `unknown error ${data.slice(0, 10)}`, data };
  }
}

/** Finds revert data in whatever viem threw; `undefined` if the call did not revert (the node or the network failed). */
export function revertDataOf(cause: unknown): Hex | undefined {
  if (!(cause instanceof BaseError)) return undefined;
  const raw = cause.walk((error) => error instanceof RawContractError) as RawContractError | null;
  const fromRaw = typeof raw?.data === "object" ? raw.data.data : raw?.data;
  if (fromRaw) return fromRaw;
  const withData = cause.walk((error) => typeof (error as { data?: unknown }).data === "string") as {
    data?: Hex;
  } | null;
  if (withData?.data?.startsWith("0x")) return withData.data;
  // JSON-RPC code 3 is "execution reverted"; some nodes leave the data out.
  const reverted = cause.walk((error) => (error as { code?: unknown }).code === 3);
  return reverted || cause.walk((error) => (error as Error).name === "ExecutionRevertedError")
    ? "0x"
    : undefined;
}
