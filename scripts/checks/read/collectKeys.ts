import type { Hex } from "viem";
import { joinKey } from "../state.ts";
import type { HubHistory } from "./hubHistory.ts";
import type { CommandKeys } from "./readCommands.ts";
import type { SpokeNames } from "./readNames.ts";
import type { SpokeHistory } from "./spokeHistory.ts";

/** One vault's keys. */
export interface SpokeKeys {
  eid: number;
  history: SpokeHistory;
  names: SpokeNames;
}

/** Every key that any chain knows, so that a value which only one side has is not overlooked. */
export interface NetworkKeys {
  accounts: Hex[];
  instruments: Hex[];
  assets: number[];
  /** By endpoint id. */
  deposits: Map<number, { account: Hex; asset: number; purpose: number }[]>;
  payouts: Hex[];
  /** Closing allowances that were ever granted, by endpoint id. */
  closings: Map<number, { account: Hex; instrument: Hex }[]>;
  /** By endpoint id. */
  commands: Map<number, CommandKeys>;
}

/** The hub credits collateral only. */
const COLLATERAL = 0;

/** Unites what the hub and all vaults know. */
export function collectKeys(hub: HubHistory, spokes: readonly SpokeKeys[]): NetworkKeys {
  const names = spokes.map((spoke) => spoke.names);
  const histories = spokes.map(({ history }) => history);
  const deposits = new Map<number, { account: Hex; asset: number; purpose: number }[]>();
  const commands = new Map<number, CommandKeys>();
  const closings = new Map<number, { account: Hex; instrument: Hex }[]>();
  for (const { eid, history } of spokes) {
    closings.set(eid, grantedClosings(hub, eid));
    commands.set(eid, commandKeys(hub, eid));
    const seen = hub.deposits.filter((key) => key.eid === eid);
    const credited = seen.map(({ account, asset }) => ({ account, asset, purpose: COLLATERAL }));
    deposits.set(eid, uniqueDeposits([...history.deposits, ...credited]));
  }
  return {
    accounts: sorted(
      hub.accounts,
      ...histories.map(({ accounts }) => accounts),
      ...names.map(({ accounts }) => accounts.values()),
    ),
    instruments: sorted(
      hub.instruments,
      ...histories.map(({ instruments }) => instruments),
      ...names.map(({ instruments }) => instruments.values()),
    ),
    assets: sorted(hub.assets, ...histories.map(({ assets }) => assets)),
    deposits,
    closings,
    commands,
    payouts: sorted(
      hub.issued.map(({ payoutId }) => payoutId),
      ...histories.map(({ resolutions }) => resolutions.map(({ payoutId }) => payoutId)),
    ),
  };
}

function commandKeys({ mandates, instruments, freezes }: HubHistory, eid: number): CommandKeys {
  const given = mandates.filter((mandate) => mandate.eid === eid);
  const venues = new Map(given.map(({ account, venue }) => [joinKey(account, venue), { account, venue }]));
  return { venues: [...venues.values()], instruments: [...instruments], freezes: [...freezes] };
}

/** Each closing allowance of a spoke once. */
export function grantedClosings(hub: HubHistory, eid: number): { account: Hex; instrument: Hex }[] {
  const granted = hub.closings.filter((grant) => grant.eid === eid);
  const unique = new Map(
    granted.map(({ account, instrument }) => [joinKey(account, instrument), { account, instrument }]),
  );
  return [...unique.values()];
}

/** Each deposit key once. */
export function uniqueDeposits<K extends { account: Hex; asset: number; purpose: number }>(
  keys: readonly K[],
): { account: Hex; asset: number; purpose: number }[] {
  const unique = new Map(
    keys.map(({ account, asset, purpose }) => [
      joinKey(account, asset, purpose),
      { account, asset, purpose },
    ]),
  );
  return [...unique.values()];
}

function sorted<T extends Hex | number>(...sources: Iterable<T>[]): T[] {
  const unique = new Set(sources.flatMap((source) => [...source]));
  return [...unique].sort((a, b) => (a < b ? -1 : 1));
}
