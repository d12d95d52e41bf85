import type { Hex } from "viem";
import { showAccount, showInstrument } from "./report.ts";
import { joinKey, type LaneState, type SpokeState } from "./state.ts";

/** What the hub applied as a spoke's pairs must be what that spoke said, under the names that it gave. */
export function pairViolations(spoke: SpokeState, lane: LaneState): string[] {
  return [
    ...nameViolations(spoke.name, "account", lane.accountNames, spoke.accountNames),
    ...nameViolations(spoke.name, "instrument", lane.instrumentNames, spoke.instrumentNames),
    ...copyViolations(spoke, lane),
  ];
}

function nameViolations(
  chain: string,
  kind: string,
  bound: ReadonlyMap<number, Hex>,
  given: ReadonlyMap<number, Hex>,
): string[] {
  return [...bound]
    .filter(([index, name]) => given.get(index) !== name)
    .map(
      ([index, name]) =>
        `${kind} ${index} of ${chain} is ${name} at the hub, ${given.get(index)} at the vault`,
    );
}

function copyViolations(spoke: SpokeState, lane: LaneState): string[] {
  const own = new Map(spoke.pairs.map((pair) => [joinKey(pair.account, pair.instrument), pair]));
  return lane.pairs.flatMap((copy) => {
    const name = `${showInstrument(copy.instrument)} of ${showAccount(copy.account)} on ${spoke.name}`;
    const pair = own.get(joinKey(copy.account, copy.instrument));
    if (pair === undefined) return [`the hub has ${name}, the vault has not`];
    if (copy.version > pair.version)
      return [`the hub has version ${copy.version} of ${name}, the vault ${pair.version}`];
    const same = copy.base === pair.base && copy.quote === pair.quote && copy.used === pair.used;
    // An older version cannot be compared: a vault keeps the newest only.
    return copy.version < pair.version || same ? [] : [`the hub's copy of ${name} is not the vault's`];
  });
}
