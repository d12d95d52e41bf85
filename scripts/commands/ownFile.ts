import { statSync } from "node:fs";
import { CausewayError } from "../../errors/CausewayError.ts";

/** File systems and clocks differ by as much. A file from farther ahead would never be too old. */
const MAX_AHEAD_SECONDS = 5;

/** What a signer knows by a file of its own. */
export interface OwnFile<Value> {
  /** "prices", "surfaces". */
  what: string;
  file: string;
  /** Since the file was written. */
  maxAgeSeconds: number;
  /** @throws CausewayError for what is wrong with the file */
  read(file: string): Value;
  /** Told what is wrong; the file's name is in it, so that it is not for whoever asks to sign. */
  complain(error: CausewayError): void;
  /** Unix milliseconds. */
  now(): number;
}

/**
 * Reads the file anew, and signs by nothing else: unlike a relayer, which goes on with the last good prices since others check them, a signer is
 * who checks.
 *
 * @throws CausewayError `SignerFileUnusable` if it cannot be read, or was written too long ago
 */
export function readOwnFile<Value>({
  what,
  file,
  maxAgeSeconds,
  read,
  complain,
  now,
}: OwnFile<Value>): Value {
  const unusable = (reason: string, cause?: unknown) =>
    new CausewayError("SignerFileUnusable", { details: { what, reason }, cause });
  // Before it is read: a file that is replaced meanwhile is no older than what is taken for its age.
  const writtenMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  let value: Value;
  try {
    value = read(file);
  } catch (cause) {
    if (!(cause instanceof CausewayError)) throw cause;
    complain(cause);
    throw unusable("their file cannot be read", cause);
  }
  const ageSeconds = Math.floor((now() - writtenMs) / 1_000);
  if (ageSeconds > maxAgeSeconds) throw unusable(`${ageSeconds} s old, at most ${maxAgeSeconds} s`);
  if (ageSeconds < -MAX_AHEAD_SECONDS) throw unusable(`written ${-ageSeconds} s ahead of the clock`);
  return value;
}
