import {
  type Account,
  BaseError,
  type Chain,
  createPublicClient,
  createWalletClient,
  fallback,
  type HttpTransport,
  http,
  type PublicClient,
  type Transport,
  type WalletClient,
} from "viem";
import { CausewayError } from "../errors/CausewayError.ts";
import type { ConfiguredChain, NetworkConfig } from "./config.ts";

/** How often to look for something new: often enough to see each block soon after it comes. */
const POLLS_PER_BLOCK = 4;
const MIN_POLLING_MS = 50;

/** Requests of the same turn go out as one HTTP request, up to this many. */
const BATCH_SIZE = 100;

/** A client for reading one chain. The definition is at `client.chain`. */
export type ChainClient = PublicClient<Transport, Chain>;

/** A client with a key, for sending on one chain. */
export type ChainWallet = WalletClient<Transport, Chain, Account>;

type Reachable = Pick<ConfiguredChain, "name" | "chainId" | "rpcUrls" | "blockTimeMs" | "local">;

/**
 * Makes the client with which a chain is read. Endpoints are tried in the order of the configuration; viem's transport does all the
 * retrying there is. It does not connect: see `connectChain`.
 *
 * @param timeoutMs longest wait for one answer
 */
export function createChainClient(chain: Reachable, timeoutMs: number): ChainClient {
  return createPublicClient({ ...clientOptions(chain, timeoutMs), batch: { multicall: false } });
}

/**
 * Makes a client that sends from `account`. It gives no nonces: whoever submits does, because a nonce handed out in memory is lost in a crash.
 *
 * @param timeoutMs longest wait for one answer
 */
export function createChainWallet(chain: Reachable, account: Account, timeoutMs: number): ChainWallet {
  return createWalletClient({ ...clientOptions(chain, timeoutMs), account });
}

/**
 * Makes a chain's client and asks it for its chain id.
 *
 * @throws CausewayError `RpcUnreachable` (retryable) or `WrongChainId`
 */
export async function connectChain(chain: Reachable, timeoutMs: number): Promise<ChainClient> {
  // Every endpoint is asked: one that serves another chain must not wait in the list until the first one fails.
  const answers = await Promise.all(
    chain.rpcUrls.map(async (rpcUrl) => {
      const client = createChainClient({ ...chain, rpcUrls: [rpcUrl] }, timeoutMs);
      const url = withoutSecrets(rpcUrl);
      try {
        return { url, id: await client.getChainId() };
      } catch (cause) {
        return { url, cause };
      }
    }),
  );
  for (const { url, id } of answers) {
    if (id !== undefined && id !== chain.chainId) {
      throw new CausewayError("WrongChainId", {
        details: { chain: chain.name, url, found: id, expected: chain.chainId },
      });
    }
  }
  const failed = answers[0]!;
  if (answers.every(({ id }) => id === undefined)) {
    throw new CausewayError("RpcUnreachable", {
      details: { chain: chain.name, url: failed.url, found: reasonOf(failed.cause) },
      cause: failed.cause,
    });
  }
  return createChainClient(chain, timeoutMs);
}

/**
 * Connects to all chains of a configuration at once.
 *
 * @returns clients by the chain's name
 * @throws as `connectChain`, for the first chain that fails
 */
export async function connectChains(config: NetworkConfig): Promise<ReadonlyMap<string, ChainClient>> {
  const connect = async (chain: ConfiguredChain) =>
    [chain.name, await connectChain(chain, config.timings.rpcTimeoutMs)] as const;
  return new Map(await Promise.all(config.chains.map(connect)));
}

function clientOptions(chain: Reachable, timeoutMs: number) {
  const transports = chain.rpcUrls.map((url) =>
    http(url, { timeout: timeoutMs, batch: { batchSize: BATCH_SIZE }, retryCount: chain.local ? 1 : 3 }),
  );
  return {
    chain: {
      id: chain.chainId,
      name: chain.name,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: chain.rpcUrls } },
    },
    transport:
      transports.length === 1 ? transports[0]! : fallback<HttpTransport[]>(transports, { retryCount: 0 }),
    pollingInterval: Math.max(MIN_POLLING_MS, Math.round(chain.blockTimeMs / POLLS_PER_BLOCK)),
    // A block number from a cache would be an old head.
    cacheTime: 0,
  };
}

/** Scheme and host only: the rest of an RPC URL may be an access token. */
function withoutSecrets(url: string): string {
  return new URL(url).origin;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof BaseError)) return String(cause);
  return cause.details && !cause.details.includes("://") ? cause.details : cause.name;
}
