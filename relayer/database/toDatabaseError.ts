import { CausewayError } from "../../errors/CausewayError.ts";

/** Whatever the database failed at is worth another try: statements are ours, and fixed. Nothing of the connection string is in it. */
export function toDatabaseError(cause: unknown): CausewayError {
  if (cause instanceof CausewayError) return cause;
  // A refused connection to several addresses has its reasons inside, and no message.
  const errors = cause instanceof AggregateError ? cause.errors : [cause];
  const found = errors.map((error) => (error instanceof Error ? error.message : String(error))).join("; ");
  return new CausewayError("DatabaseFailed", { details: { found }, cause });
}
