import type { Hex } from "viem";

/** What an account holds of an instrument, netted over chains. */
export interface HeldPosition {
  /** 1e-8, signed. */
  base: bigint;
  /** 1e-6 dollar, signed. */
  quote: bigint;
  /** What is long on some chains and short on others, 1e-8. */
  offset: bigint;
  /** By how much closing allowances may still move `base` towards zero and beyond, 1e-8. */
  closing: bigint;
  /** Whether one may move it away from zero, as the net has turned since it was granted: only the hub's own word counts then. */
  hasTurned: boolean;
}

/** What an account has at the hub. */
export interface AccountBook {
  /** By instrument, of all that it was ever netted in. */
  positions: Map<Hex, HeldPosition>;
  /** In the order of `assets`: the settlement asset in 1e-6 dollar, signed, others in shared units. */
  balances: readonly bigint[];
}

/** What is to be read of an account: all balances, and positions in these instruments. */
export interface AccountChange {
  account: Hex;
  instruments: readonly Hex[];
}

/** The same as it was read: positions in the order of the instruments. */
export interface AccountReading {
  positions: readonly HeldPosition[];
  balances: readonly bigint[];
}

/** Accounts as they were last read from the hub. A cache: logs say what has changed, and that is read again. */
export interface AccountBooks {
  /** By account. */
  readonly all: ReadonlyMap<Hex, AccountBook>;
  /** Something changed: a balance, or a position in `instrument`. */
  note(account: Hex, instrument?: Hex): void;
  /** Something changed for all who hold `instrument`: funding. */
  noteHolders(instrument: Hex): void;
  /** Reads what was noted. What is noted meanwhile stays noted, and so does all of it if `read` fails. */
  refresh(read: (changes: readonly AccountChange[]) => Promise<readonly AccountReading[]>): Promise<void>;
}

export function createAccountBooks(): AccountBooks {
  const all = new Map<Hex, AccountBook>();
  let changed = new Map<Hex, Set<Hex>>();

  function note(account: Hex, ...instruments: readonly Hex[]) {
    const known = changed.get(account) ?? new Set();
    for (const instrument of instruments) known.add(instrument);
    changed.set(account, known);
  }

  return {
    all,
    note: (account, instrument) => note(account, ...(instrument === undefined ? [] : [instrument])),
    noteHolders(instrument) {
      for (const [account, { positions }] of all) {
        const position = positions.get(instrument);
        if (position !== undefined && isHeld(position)) note(account, instrument);
      }
    },
    async refresh(read) {
      const changes = [...changed].map(([account, instruments]) => ({
        account,
        instruments: [...instruments],
      }));
      changed = new Map();
      try {
        const readings = await read(changes);
        changes.forEach(({ account, instruments }, i) => {
          const { positions, balances } = readings[i]!;
          const book = all.get(account) ?? { positions: new Map(), balances };
          instruments.forEach((instrument, at) => {
            book.positions.set(instrument, positions[at]!);
          });
          all.set(account, { ...book, balances });
        });
      } catch (cause) {
        for (const { account, instruments } of changes) note(account, ...instruments);
        throw cause;
      }
    },
  };
}

export function isHeld({ base, quote, offset, closing, hasTurned }: HeldPosition): boolean {
  return base !== 0n || quote !== 0n || offset !== 0n || closing !== 0n || hasTurned;
}

/** All that any account holds. */
export function heldInstruments(books: ReadonlyMap<Hex, AccountBook>): Hex[] {
  const held = [...books.values()].flatMap(({ positions }) =>
    [...positions].flatMap(([instrument, position]) => (isHeld(position) ? [instrument] : [])),
  );
  return [...new Set(held)];
}
