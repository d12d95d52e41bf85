/** Joins the parts of a ledger's key. */
export function key(...parts: readonly (string | number | bigint)[]): string {
  return parts.join(" ").toLowerCase();
}

/** What stands under `at`, put there first if nothing does. */
export function entry<K, V>(map: Map<K, V>, at: K, create: () => V): V {
  const found = map.get(at);
  if (found !== undefined) return found;
  const created = create();
  map.set(at, created);
  return created;
}

/** Adds to an amount; nothing is zero. */
export function add<K>(map: Map<K, bigint>, at: K, amount: bigint): void {
  map.set(at, (map.get(at) ?? 0n) + amount);
}
