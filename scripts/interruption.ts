import { CausewayError } from "../errors/CausewayError.ts";

/** What ends a command early and in order. */
export interface Interruption {
  /** Aborts at the first SIGINT or SIGTERM, with a CausewayError `Interrupted`. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  dispose(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Takes over the first SIGINT or SIGTERM, so that what was started can be stopped. Another one ends the process at once, as if nobody
 * listened; local chains end with it.
 */
export function onInterruption(progress: (line: string) => void): Interruption {
  const controller = new AbortController();
  const dispose = (): void => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  const stop = (name: NodeJS.Signals): void => {
    dispose();
    progress(`${name}: stopping; once more to stop at once`);
    controller.abort(new CausewayError("Interrupted", { details: { signal: name } }));
  };
  for (const name of SIGNALS) process.on(name, stop);
  return { signal: controller.signal, dispose };
}

/** Resolves as `work` does, unless `signal` aborts first: then it rejects with the signal's reason, and nobody waits for `work`. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
