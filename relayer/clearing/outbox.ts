/** Where a thing stands at both ends of a lane, as a number that only rises: a total, a version, a rank, a time. */
export interface Standing {
  /** At the end that knows it first. */
  source: bigint;
  /** At the end that is to be told. */
  target: bigint;
}

/**
 * What may not agree at both ends of the lanes, by name. A cache: it is filled from the chains' logs at start, and losing it costs nothing but
 * sending a few things twice.
 */
export interface Outbox<Key> {
  /** Notes that `key` may have changed at its source. */
  open(eid: number, key: Key): void;
  /** All that is not known to agree. */
  opened(eid: number): Key[];
  /**
   * Whether `key`, as it stands, is to be sent now: it does not agree, and this state of it is not on its way (or has been for too long).
   * A key that agrees is closed.
   */
  isDue(eid: number, key: Key, standing: Standing): boolean;
  /** Notes that `key` was sent with the state `source`. */
  noteSent(eid: number, key: Key, source: bigint): void;
  /** Notes that it did not take effect: it is due at once, unless that happened too often already. */
  noteFailed(eid: number, key: Key): void;
}

export interface CreateOutboxParameters<Key> {
  idOf: (key: Key) => string;
  /** How long something sent is given to arrive. */
  resendMs: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

interface Entry<Key> {
  key: Key;
  sent?: { source: bigint; atMs: number; times: number };
}

/** The waiting time doubles with each time the same state was sent, up to 2^6. */
const MAX_DOUBLINGS = 6;
/** After so many sendings of the same state, a failure no longer makes it due at once. */
const MAX_PROMPT_RESENDS = 2;

export function createOutbox<Key>(parameters: CreateOutboxParameters<Key>): Outbox<Key> {
  const { idOf, resendMs, now = () => performance.now() } = parameters;
  const lanes = new Map<number, Map<string, Entry<Key>>>();

  function laneOf(eid: number) {
    const lane = lanes.get(eid) ?? new Map<string, Entry<Key>>();
    lanes.set(eid, lane);
    return lane;
  }

  function entryOf(eid: number, key: Key) {
    const lane = laneOf(eid);
    const id = idOf(key);
    const entry = lane.get(id) ?? { key };
    lane.set(id, entry);
    return entry;
  }

  return {
    open: (eid, key) => void entryOf(eid, key),
    opened: (eid) => [...laneOf(eid).values()].map(({ key }) => key),
    isDue(eid, key, { source, target }) {
      if (target >= source) {
        laneOf(eid).delete(idOf(key));
        return false;
      }
      const { sent } = entryOf(eid, key);
      if (!sent || sent.source < source) return true;
      return now() - sent.atMs >= resendMs * 2 ** Math.min(sent.times - 1, MAX_DOUBLINGS);
    },
    noteSent(eid, key, source) {
      const entry = entryOf(eid, key);
      const times = entry.sent && entry.sent.source >= source ? entry.sent.times + 1 : 1;
      entry.sent = { source, atMs: now(), times };
    },
    noteFailed(eid, key) {
      const { sent } = entryOf(eid, key);
      if (sent && sent.times <= MAX_PROMPT_RESENDS) sent.atMs = Number.NEGATIVE_INFINITY;
    },
  };
}
