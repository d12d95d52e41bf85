import type { Logger } from "pino";
import {
  type Abi,
  type Account,
  type Address,
  type Hash,
  type Hex,
  keccak256,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { toRelayerError } from "../toRelayerError.ts";
import type { HeadTracker } from "../watch/trackHeads.ts";
import { bumpFees, createFeeReader, type Fees } from "./fees.ts";
import { isKnown } from "./isKnown.ts";
import { isAmbiguous, isNonceTaken, revertError, toSubmitError } from "./submitErrors.ts";
import type { SubmitRequest } from "./submitRequest.ts";

/** Sends transactions of one key on one chain. */
export interface Submitter {
  readonly address: Address;
  readonly inFlight: number;
  /**
   * Sends and waits for the receipt. Calls made in order get nonces in order, and need not wait for each other.
   * @throws CausewayError `SubmissionReverted` if it reverts (before or after it was mined), with the decoded reason
   * @throws CausewayError `SubmissionTimeout` (retryable) if it is not mined in time; it may still be mined later
   */
  submit(request: SubmitRequest): Promise<TransactionReceipt>;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

export interface CreateSubmitterParameters {
  client: PublicClient;
  chainId: number;
  /** Nobody else may send with this key: its nonces are kept here. */
  account: Account;
  heads: HeadTracker;
  /** Errors of every contract that may revert, for decoding. */
  errorAbi: Abi;
  log: Logger;
  /** Blocks without inclusion after which it is sent again with higher fees. Default 8. */
  stallBlocks?: bigint;
  /** Blocks may come faster than usual; a stall also takes so many usual block times. */
  blockTimeMs: number;
  /** Times that is done before {@link Submitter.submit} gives up. Default 5. */
  maxBumps?: number;
}

interface Moment {
  block: bigint;
  ms: number;
}

interface InFlight {
  request: SubmitRequest;
  nonce: number;
  gas: bigint;
  fees: Fees;
  /** Every version that was broadcast: any of them may be mined. */
  hashes: Hash[];
  raw: Hex;
  /** Of the newest broadcast. */
  sentAt: Moment;
  bumps: number;
  /** Polls at which the nonce was used but none of ours was found. */
  missing: number;
  resolve(receipt: TransactionReceipt): void;
  reject(error: CausewayError): void;
}

export function createSubmitter(parameters: CreateSubmitterParameters): Submitter {
  const {
    client,
    chainId,
    account,
    heads,
    errorAbi,
    blockTimeMs,
    stallBlocks = 8n,
    maxBumps = 5,
  } = parameters;
  const log = parameters.log.child({ chainId, key: account.address });
  const readFees = createFeeReader(client, () => heads.latest);
  const inFlight = new Map<number, InFlight>();
  let nextNonce: number | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let watching = false;
  let idleWaiters: (() => void)[] = [];

  /** One at a time, in the order of the calls: a nonce is taken, signed and broadcast before the next one is taken. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function sign(request: SubmitRequest, nonce: number, gas: bigint, fees: Fees): Promise<Hex> {
    if (!account.signTransaction) {
      throw new CausewayError("SubmitterCannotSign", {
        message: `Account ${account.address} cannot sign transactions.`,
        hint: "Give the relayer a local key or a remote signer, not a bare address.",
      });
    }
    return account.signTransaction({
      type: "eip1559",
      chainId,
      nonce,
      to: request.to,
      data: request.data,
      value: request.value ?? 0n,
      gas,
      ...fees,
    });
  }

  async function gasFor(request: SubmitRequest): Promise<bigint> {
    if (request.gas !== undefined) return request.gas;
    const { to, data, value, minGas = 0n } = request;
    try {
      const estimate = await client.estimateGas({
        account: account.address,
        to,
        data,
        ...(value ? { value } : {}),
      });
      const padded = (estimate * 5n) / 4n;
      return padded > minGas ? padded : minGas;
    } catch (cause) {
      throw toSubmitError(request, cause, errorAbi);
    }
  }

  /** @returns the receipt's promise, wrapped: bare, an async function would wait for it, and with it the next nonce */
  async function broadcast(
    request: SubmitRequest,
    gas: bigint,
  ): Promise<{ receipt: Promise<TransactionReceipt> }> {
    const fees = await readFees();
    for (let attempt = 0; ; attempt += 1) {
      nextNonce ??= await client.getTransactionCount({ address: account.address, blockTag: "pending" });
      const nonce = nextNonce;
      const raw = await sign(request, nonce, gas, fees);
      try {
        await client.sendRawTransaction({ serializedTransaction: raw });
      } catch (cause) {
        // A transport that asks again after a lost answer is told so of our own transaction: never send that one twice.
        const isOurs = isNonceTaken(cause) && (await isKnown(client, keccak256(raw)));
        if (isNonceTaken(cause) && !isOurs && attempt < 3) {
          log.warn({ nonce, label: request.label }, "nonce was taken: somebody else sends with this key");
          nextNonce = undefined;
          continue;
        }
        // Only an answer of the node proves that it did not take it; a lost answer is settled by the receipt.
        if (!isOurs && !isAmbiguous(cause)) {
          nextNonce = undefined;
          throw toSubmitError(request, cause, errorAbi);
        }
      }
      nextNonce = nonce + 1;
      log.debug({ nonce, label: request.label, gas: String(gas) }, "sent");
      const { promise, resolve, reject } = Promise.withResolvers<TransactionReceipt>();
      const hashes = [keccak256(raw)];
      inFlight.set(nonce, {
        request,
        nonce,
        gas,
        fees,
        raw,
        hashes,
        sentAt: now(),
        bumps: 0,
        missing: 0,
        resolve,
        reject,
      });
      if (!watching) void watch();
      return { receipt: promise };
    }
  }

  /** While anything is in flight: at every head, look for receipts and for stalls. */
  async function watch() {
    watching = true;
    while (inFlight.size > 0) {
      // From before: a head that comes while this one is looked at must not be missed. The end first, as `changed` resolves at once then.
      const next = Promise.race([heads.ended.then(() => false), heads.changed().then(() => true)]);
      try {
        await checkInFlight();
      } catch (cause) {
        log.warn({ error: toRelayerError(cause) }, "could not look for receipts");
      }
      if (inFlight.size > 0 && !(await next)) break;
    }
    watching = false;
    for (const entry of [...inFlight.values()]) giveUp(entry, "The relayer stopped before it was mined.");
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  async function checkInFlight() {
    const used = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
    const mined = [...inFlight.values()].filter((entry) => entry.nonce < used);
    const pending = [...inFlight.values()].filter((entry) => entry.nonce >= used);
    await Promise.all(mined.map(settle));
    const oldest = pending.reduce<InFlight | undefined>(
      (a, b) => (a && a.nonce < b.nonce ? a : b),
      undefined,
    );
    if (oldest && isStalled(oldest)) await resend(oldest, pending);
  }

  const now = (): Moment => ({ block: heads.latest.number, ms: performance.now() });

  function isStalled({ sentAt: { block, ms } }: InFlight): boolean {
    return now().block >= block + stallBlocks && now().ms >= ms + Number(stallBlocks) * blockTimeMs;
  }

  async function settle(entry: InFlight) {
    const answers = await Promise.all(
      entry.hashes.map((hash) => client.getTransactionReceipt({ hash }).catch(() => undefined)),
    );
    const receipt = answers.find((answer) => answer !== undefined);
    if (!receipt) {
      entry.missing += 1;
      // Nodes behind a balancer may lag; after a few heads the nonce was plainly used by something else.
      if (entry.missing > 4) giveUp(entry, "Its nonce was used by another transaction.");
      return;
    }
    inFlight.delete(entry.nonce);
    if (receipt.status === "success") return entry.resolve(receipt);
    entry.reject(await explain(entry, receipt));
  }

  /** The receipt does not say why: ask again what happens, at the state in which it was mined. */
  async function explain({ request, gas }: InFlight, receipt: TransactionReceipt): Promise<CausewayError> {
    const { to, data, value } = request;
    const details = {
      transaction: receipt.transactionHash,
      gasUsed: String(receipt.gasUsed),
      gasLimit: String(gas),
    };
    try {
      await client.call({
        account: account.address,
        to,
        data,
        gas,
        blockNumber: receipt.blockNumber,
        ...(value ? { value } : {}),
      });
    } catch (cause) {
      return toSubmitError(request, cause, errorAbi, details);
    }
    return revertError(request, "passesNow", "the same call passes now", undefined, details);
  }

  /** The oldest is sent again for more, the others as they are: they may have been dropped, and cannot go before it anyway. */
  async function resend(oldest: InFlight, pending: readonly InFlight[]) {
    if (oldest.bumps >= maxBumps) {
      for (const entry of pending) giveUp(entry, "It was not mined in time.");
      nextNonce = undefined;
      return;
    }
    oldest.fees = bumpFees(oldest.fees, await readFees());
    oldest.raw = await sign(oldest.request, oldest.nonce, oldest.gas, oldest.fees);
    oldest.hashes.push(keccak256(oldest.raw));
    oldest.bumps += 1;
    log.warn(
      { nonce: oldest.nonce, label: oldest.request.label, bumps: oldest.bumps },
      "stalled: sent with higher fees",
    );
    await Promise.all(
      pending.map(async (entry) => {
        entry.sentAt = now();
        await client.sendRawTransaction({ serializedTransaction: entry.raw }).catch((cause) => {
          log.debug({ nonce: entry.nonce, error: toRelayerError(cause) }, "resend was refused");
        });
      }),
    );
  }

  function giveUp(entry: InFlight, message: string) {
    inFlight.delete(entry.nonce);
    entry.reject(
      new CausewayError("SubmissionTimeout", {
        message,
        details: { label: entry.request.label, nonce: entry.nonce, hashes: entry.hashes },
        retryable: true,
      }),
    );
  }

  return {
    address: account.address,
    get inFlight() {
      return inFlight.size;
    },
    async submit(request) {
      // The place in the queue is taken at once, so that nonces follow the order of the calls even if an estimate takes long.
      const gas = gasFor(request);
      gas.catch(() => undefined);
      const sent = await inTurn(async () => broadcast(request, await gas));
      return sent.receipt;
    },
    idle() {
      return inFlight.size === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve));
    },
  };
}
