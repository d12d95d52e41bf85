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
  /** As `open`, and has it sent once more even if it agrees. */
  demand(eid: number, key: Key): void;
  isDemanded(eid: number, key: Key): boolean;
  /** All that is not known to agree. */
  opened(eid: number): Key[];
  /** All that was ever opened. */
  known(eid: number): Key[];
  /**
   * Whether `key`, as it stands, is to be sent now: it does not agree, and this state of it is not on its way (or has been for too long).
   * A key that agrees is closed.
   */
  isDue(eid: number, key: Key, standing: Standing): boolean;
  /** Notes that `key` was sent with the state `source`. */
  noteSent(eid: number, key: Key, source: bigint): void;
  /** Notes that it did not take effect: it is due at once, unless that happened too often already. */
  noteFailed(eid: number, key: Key): void;
  /**
   * Notes that nothing sent before `beforeMs` is on its way any more: what was, and did not take effect, failed (see `noteFailed`).
   * @returns everything of that kind: what agrees by now is closed when it is looked at
   */
  noteArrived(eid: number, beforeMs: number): Key[];
  /** As `noteArrived`, however often it was sent. */
  forgetSent(eid: number, beforeMs: number): void;
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
  demanded?: boolean;
  sent?: { source: bigint; atMs: number; times: number };
}

/** The waiting time doubles with each time the same state was sent, up to 2^6. */
const MAX_DOUBLINGS = 6;
/** After so many sendings of the same state, a failure no longer makes it due at once. */
const MAX_PROMPT_RESENDS = 2;

export function createOutbox<Key>(parameters: CreateOutboxParameters<Key>): Outbox<Key> {
  const { idOf, resendMs, now = () => performance.now() } = parameters;
  const lanes = new Map<number, Map<string, Entry<Key>>>();
  const everything = new Map<number, Map<string, Key>>();

  const laneOf = (eid: number) => ofLane(lanes, eid);

  function entryOf(eid: number, key: Key) {
    const lane = laneOf(eid);
    const id = idOf(key);
    const entry = lane.get(id) ?? { key };
    lane.set(id, entry);
    ofLane(everything, eid).set(id, key);
    return entry;
  }

  function fail({ sent }: Entry<Key>) {
    if (sent && sent.times <= MAX_PROMPT_RESENDS) sent.atMs = Number.NEGATIVE_INFINITY;
  }

  return {
    open: (eid, key) => void entryOf(eid, key),
    demand(eid, key) {
      entryOf(eid, key).demanded = true;
    },
    isDemanded: (eid, key) => laneOf(eid).get(idOf(key))?.demanded ?? false,
    known: (eid) => [...ofLane(everything, eid).values()],
    opened: (eid) => [...laneOf(eid).values()].map(({ key }) => key),
    isDue(eid, key, { source, target }) {
      if (source > 0n && laneOf(eid).get(idOf(key))?.demanded) return true;
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
      entry.demanded = false;
    },
    noteFailed: (eid, key) => fail(entryOf(eid, key)),
    noteArrived(eid, beforeMs) {
      const arrived = [...laneOf(eid).values()].filter(({ sent }) => sent && sent.atMs < beforeMs);
      for (const entry of arrived) fail(entry);
      return arrived.map(({ key }) => key);
    },
    forgetSent(eid, beforeMs) {
      for (const entry of laneOf(eid).values())
        if (entry.sent && entry.sent.atMs < beforeMs) delete entry.sent;
    },
  };
}

function ofLane<Value>(lanes: Map<number, Map<string, Value>>, eid: number): Map<string, Value> {
  const lane = lanes.get(eid) ?? new Map<string, Value>();
  lanes.set(eid, lane);
  return lane;
}
