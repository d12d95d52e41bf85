import { type Abi, BaseError, decodeErrorResult, type Hex, RawContractError } from "viem";

/**
 * Why a call reverted, as it would be written in Solidity; `undefined` if it did not revert (the node or the network failed).
 *
 * @param abi errors of every contract that may be on the way
 */
export function decodeRevert(cause: unknown, abi: Abi): string | undefined {
  if (!(cause instanceof BaseError)) return undefined;
  const data = revertData(cause);
  if (data === undefined) {
    const reverted = cause.walk((error) => (error as Error).name === "ExecutionRevertedError");
    return reverted ? "no reason given" : undefined;
  }
  if (data === "0x") return "no reason given, as when out of gas";
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi, data });
    return `${errorName}(${args.map(String).join(", ")})`;
  } catch {
    return `unknown error ${data.slice(0, 10)}`;
  }
}

function revertData(cause: BaseError): Hex | undefined {
  const found = cause.walk((error) => {
    const data = (error as { data?: unknown }).data;
    return error instanceof RawContractError || (typeof data === "string" && data.startsWith("0x"));
  }) as { data?: Hex | { data?: Hex } } | null;
  const data = found?.data;
  return typeof data === "object" ? data.data : data;
}
