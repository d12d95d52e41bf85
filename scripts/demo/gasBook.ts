/** Gas used, by operation. */
export interface GasBook {
  add(operation: string, gas: bigint): void;
  /** Median and count of each operation, in order of first appearance. */
  summary(): Record<string, GasSummary>;
}

export interface GasSummary {
  count: number;
  median: number;
}

export function createGasBook(): GasBook {
  const samples = new Map<string, number[]>();
  return {
    add(operation, gas) {
      const known = samples.get(operation);
      if (known) known.push(Number(gas));
      else samples.set(operation, [Number(gas)]);
    },
    summary() {
      return Object.fromEntries(
        [...samples].map(([operation, values]) => [
          operation,
          { count: values.length, median: percentile(values, 50) },
        ]),
      );
    },
  };
}

/** The value below or at which `percent` of the values lie (nearest rank); 0 of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
