/** Requests in flight at a time; the transport packs them into few HTTP requests. */
const CONCURRENCY = 500;

/** `read` of every item, at most `size` at a time, results in the order of the items. */
export async function inBatches<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
  size = CONCURRENCY,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += size)
    results.push(...(await Promise.all(items.slice(at, at + size).map(read))));
  return results;
}

/** Every combination of an item of `a` with one of `b`. */
export function combine<A, B>(a: readonly A[], b: readonly B[]): [A, B][] {
  return a.flatMap((first) => b.map((second): [A, B] => [first, second]));
}
