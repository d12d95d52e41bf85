import {
  type Abi,
  type Address,
  type Hash,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { ChainClient } from "../clients.ts";
import { decodeRevert, revertDataOf } from "../decodeRevert.ts";

/** A transaction to send: a call, or a creation if it has no `to`. */
export interface WriteRequest {
  /** For people: `EndpointV2.registerLibrary`. */
  what: string;
  to?: Address;
  data: Hex;
}

/** Sends the operator's transactions on one chain, in the order given, not waiting for one before the next. */
export interface ChainWriter {
  readonly chain: string;
  readonly client: ChainClient;
  readonly account: LocalAccount;
  /** How many transactions it has sent. */
  readonly sent: number;
  /**
   * Sends transactions that do not depend on one another, and waits until all are mined.
   *
   * @throws CausewayError `KeyUnfunded`, `TransactionReverted` with the decoded reason, `TransactionTimeout` or `CallFailed`
   */
  send(requests: readonly WriteRequest[]): Promise<TransactionReceipt[]>;
}

export interface CreateChainWriterParameters {
  chain: string;
  client: ChainClient;
  account: LocalAccount;
  timeoutMs: number;
  /** Errors of every contract that it may call. */
  errorAbi: Abi;
}

/** Above the estimate, against states that differ a little from the one it was made in. */
const GAS_MARGIN_PERCENT = 20n;

/**
 * Makes a writer for an operator's command. One command at a time may use a key: its nonces come from the chain at every `send`.
 * (The relayer, which must survive a crash between two transactions, has a submitter of its own.)
 */
export function createChainWriter(parameters: CreateChainWriterParameters): ChainWriter {
  const { chain, client, account, timeoutMs, errorAbi } = parameters;
  let sent = 0;

  async function send(requests: readonly WriteRequest[]): Promise<TransactionReceipt[]> {
    if (requests.length === 0) return [];
    const [nonce, fees, balance, ...estimates] = await Promise.all([
      client.getTransactionCount({ address: account.address, blockTag: "pending" }),
      client.estimateFeesPerGas(),
      client.getBalance({ address: account.address }),
      ...requests.map((request) => estimate(request)),
    ]);
    const gas = estimates.map((amount) => amount + (amount * GAS_MARGIN_PERCENT) / 100n);
    const cost = gas.reduce((sum, amount) => sum + amount, 0n) * fees.maxFeePerGas;
    if (balance < cost) throw unfunded(balance, cost);

    const signed = await Promise.all(
      requests.map(({ to, data }, index) =>
        account.signTransaction({
          type: "eip1559",
          chainId: client.chain.id,
          nonce: nonce + index,
          gas: gas[index]!,
          maxFeePerGas: fees.maxFeePerGas,
          maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
          data,
          ...(to && { to }),
        }),
      ),
    );
    // One after the other: a node that takes several at once may see a later nonce first and leave it waiting.
    const hashes: Hash[] = [];
    for (const [index, serializedTransaction] of signed.entries()) {
      const hash = await client.sendRawTransaction({ serializedTransaction }).catch((cause) => {
        throw explain(requests[index]!, cause);
      });
      hashes.push(hash);
    }
    sent += hashes.length;
    return Promise.all(hashes.map((hash, index) => receiptOf(hash, requests[index]!)));
  }

  /** Also finds out, before anything is sent, that a call would revert. */
  async function estimate(request: WriteRequest): Promise<bigint> {
    try {
      return await client.estimateGas({ account, data: request.data, ...(request.to && { to: request.to }) });
    } catch (cause) {
      throw explain(request, cause);
    }
  }

  async function receiptOf(hash: Hash, request: WriteRequest): Promise<TransactionReceipt> {
    let receipt: TransactionReceipt;
    try {
      receipt = await client.waitForTransactionReceipt({ hash, timeout: timeoutMs });
    } catch (cause) {
      if (!(cause instanceof WaitForTransactionReceiptTimeoutError)) throw explain(request, cause);
      throw new CausewayError("TransactionTimeout", {
        details: { what: request.what, chain, timeoutMs, hash },
        cause,
      });
    }
    if (receipt.status === "success") return receipt;
    // The state may have moved on since; then the same call now says why, or at least that it would not revert any more.
    const cause = await client
      .call({ account, data: request.data, ...(request.to && { to: request.to }) })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    throw reverted(request, reasonOf(cause) ?? "no reason given", cause, { hash });
  }

  /** `undefined` if it did not revert. */
  function reasonOf(cause: unknown): string | undefined {
    const data = revertDataOf(cause);
    return data === undefined ? undefined : decodeRevert(data, errorAbi).text;
  }

  function explain(request: WriteRequest, cause: unknown): CausewayError {
    const reason = reasonOf(cause);
    if (reason !== undefined) return reverted(request, reason, cause);
    const short = (cause as { shortMessage?: unknown }).shortMessage;
    const details = {
      what: request.what,
      chain,
      reason: typeof short === "string" ? short : "the node did not answer",
    };
    return new CausewayError("CallFailed", { details, cause });
  }

  function reverted(request: WriteRequest, reason: string, cause: unknown, more: object = {}): CausewayError {
    return new CausewayError("TransactionReverted", {
      details: { what: request.what, chain, reason, ...more },
      cause,
    });
  }

  function unfunded(found: bigint, expected: bigint): CausewayError {
    return new CausewayError("KeyUnfunded", {
      details: { account: account.address, chain, found, expected },
    });
  }

  return {
    chain,
    client,
    account,
    get sent() {
      return sent;
    },
    send,
  };
}
