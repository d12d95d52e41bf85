import { setTimeout as delay } from "node:timers/promises";
import { CausewayError } from "../../errors/CausewayError.ts";
import { CALL_TIMEOUT_MS } from "./queueStore.ts";

/**
 * Waits for an answer of the queue, but not for ever: without a connection, drivers may hold calls back.
 *
 * @throws CausewayError `QueueUnreachable`
 */
export async function inTime<T>(answer: Promise<T>, timeoutMs = CALL_TIMEOUT_MS): Promise<T> {
  const answered = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: answered.signal, ref: false }).then(() => {
    throw new CausewayError("QueueUnreachable", { details: { reason: `no answer in ${timeoutMs} ms` } });
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined); // answered
    answered.abort();
  }
}
