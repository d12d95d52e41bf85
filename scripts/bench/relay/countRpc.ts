/** Requests that a benchmark makes for itself carry this query: they are none of the relayer's. */
export const UNCOUNTED = "?bench";

export interface RpcCount {
  /** JSON-RPC calls, each item of a batch counted. */
  calls: number;
  /** HTTP requests, a batch being one. */
  requests: number;
}

/**
 * Counts what `work` sends by `fetch`, which every viem transport uses: one way of counting for whatever relays in this process.
 */
export async function countRpc<T>(work: () => Promise<T>): Promise<RpcCount & { result: T }> {
  const count: RpcCount = { calls: 0, requests: 0 };
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.endsWith(UNCOUNTED) && typeof init?.body === "string") {
      const body: unknown = JSON.parse(init.body);
      count.calls += Array.isArray(body) ? body.length : 1;
      count.requests += 1;
    }
    return fetch(input, init);
  };
  try {
    const result = await work();
    return { ...count, result };
  } finally {
    globalThis.fetch = fetch;
  }
}
