import { CausewayError } from "../../errors/CausewayError.ts";

/**
 * Reads again each time. While that fails the last good value stays, and `complain` is told once what is wrong.
 *
 * @param read throws a CausewayError for what is wrong with the file
 */
export function lastGood<Value>(
  read: () => Value,
  first: Value,
  complain: (error: CausewayError) => void,
): () => Value {
  let last = first;
  let said = "";
  return () => {
    try {
      last = read();
      said = "";
    } catch (cause) {
      if (!(cause instanceof CausewayError)) throw cause;
      if (cause.message !== said) complain(cause);
      said = cause.message;
    }
    return last;
  };
}
