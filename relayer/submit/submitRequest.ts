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
  /** Without `gas`: added to that, for what an estimate does not see because it has no effect yet, or any more. */
  extraGas?: bigint;
  /**
   * Names what it does, where that is done once: while one is in flight, another with the same name is not sent but gets the first one's
   * receipt, over restarts too.
   */
  dedupeId?: string;
}
