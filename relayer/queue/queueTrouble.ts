import type { Logger } from "pino";
import { CausewayError } from "../../errors/CausewayError.ts";

/** Tells people about a queue that does not answer: once when it starts, now and then while it lasts, once when it is over. */
export interface QueueTrouble {
  failed(cause: unknown): void;
  worked(): void;
}

const REPEAT_MS = 10_000;

export function createQueueTrouble(log: Logger): QueueTrouble {
  let toldAtMs: number | undefined;
  return {
    failed(cause) {
      // Taken over after a lost lock, or gone with a flushed queue: what was to be done is derived from the chains again.
      if (isLostJob(cause)) return log.debug({ reason: reasonOf(cause) }, "a job is no longer ours");
      const now = performance.now();
      if (toldAtMs !== undefined && now - toldAtMs < REPEAT_MS) return;
      toldAtMs = now;
      log.warn({ error: queueUnreachable(cause) }, "the queue does not answer; work waits for it");
    },
    worked() {
      if (toldAtMs === undefined) return;
      toldAtMs = undefined;
      log.info("the queue answers again");
    },
  };
}

/** Without the cause: a driver's error may hold the command it failed at, and that a password. */
export function queueUnreachable(cause: unknown): CausewayError {
  if (cause instanceof CausewayError) return cause;
  return new CausewayError("QueueUnreachable", { details: { reason: reasonOf(cause) } });
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replaceAll(/\/\/[^/\s]*@/g, "//");
}

/** BullMQ numbers its scripts' refusals below zero, and only says so in words when it cannot renew a lock. */
function isLostJob(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { code } = cause as { code?: unknown };
  return (typeof code === "number" && code < 0) || cause.message.startsWith("could not renew lock");
}
