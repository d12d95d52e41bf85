import type { Address, Hex } from "viem";

/** A transaction to be sent. */
export interface SubmitRequest {
  /** For the log. */
  label: string;
  to: Address;
  data: Hex;
  /** In wei. */
  value?: bigint;
  /** Explicit gas limit. Needed wherever the called contract swallows failures: an estimate then finds too little. */
  gas?: bigint;
  /** Without `gas`: the estimate plus a quarter, at least this. */
  minGas?: bigint;
}
