import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Mutation } from "../../test/mutations/mutation.ts";

/**
 * A contract's text with the mutation in it.
 *
 * @throws CausewayError `MutationStale` unless the original text stands there once
 */
export function mutate(source: string, { id, file, original, replacement }: Mutation): string {
  const found = source.split(original).length - 1;
  if (found !== 1) throw new CausewayError("MutationStale", { details: { id, file, found } });
  // As a function, so that no `$` of the replacement means anything.
  return source.replace(original, () => replacement);
}

/** Writes the mutation into the copy of the contracts in `folder`. */
export async function applyMutation(folder: string, mutation: Mutation): Promise<void> {
  const file = join(folder, mutation.file);
  await writeFile(file, mutate(await readFile(file, "utf8"), mutation));
}
