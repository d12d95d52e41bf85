/** Things that are not tried again for a while, each failure making the while longer. */
export interface Holds {
  isHeld(id: string): boolean;
  /** How often `id` failed since it last succeeded. */
  failures(id: string): number;
  noteFailure(id: string): void;
  /** It succeeded, or something changed that may help it. */
  release(id: string): void;
}

export interface CreateHoldsParameters {
  /** After the first failure; doubled by each further one. */
  baseMs: number;
  /** Default 4: up to 16 times. */
  maxDoublings?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

export function createHolds(parameters: CreateHoldsParameters): Holds {
  const { baseMs, maxDoublings = 4, now = () => performance.now() } = parameters;
  const held = new Map<string, { untilMs: number; failures: number }>();
  const failures = (id: string) => held.get(id)?.failures ?? 0;
  return {
    isHeld: (id) => now() < (held.get(id)?.untilMs ?? 0),
    failures,
    noteFailure(id) {
      const before = failures(id);
      held.set(id, {
        untilMs: now() + baseMs * 2 ** Math.min(before, maxDoublings),
        failures: before + 1,
      });
    },
    release: (id) => void held.delete(id),
  };
}
