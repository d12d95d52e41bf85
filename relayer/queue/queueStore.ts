import type { BackendFactory, ConnectionOptions, IQueueBackend } from "bullmq";
import type { QueueTrouble } from "./queueTrouble.ts";

/** Where BullMQ keeps its jobs. A cache: it may be emptied at any moment. */
export interface QueueStore {
  kind: "redis" | "postgres";
  /** What every BullMQ class is constructed with. */
  options: { connection: ConnectionOptions; prefix?: string };
  backend: BackendFactory<IQueueBackend>;
  trouble: QueueTrouble;
  /** Ends the connections, whoever still waits for an answer. */
  close(): Promise<void>;
}

/** Longest wait for an answer of Redis or Postgres. Longer than any blocking read of BullMQ. */
export const CALL_TIMEOUT_MS = 15_000;
export const CONNECT_TIMEOUT_MS = 10_000;
