import { formatUnits, type Hex } from "viem";
import { exactQuote, UNIT } from "../../clearing/funding/fundingIndex.ts";
import { spokesWithLanes, unappliedPairs } from "./inFlight.ts";
import { showAccount, showInstrument, showMicros, sum, verdict } from "./report.ts";
import { type HubState, joinKey, type NetworkState, type PairState } from "./state.ts";
import { fundingAt, storedQuoteAt } from "./storedQuote.ts";
import type { RequirementCheck } from "./types.ts";

interface BaseAndQuote {
  base: bigint;
  quote: bigint;
}

/**
 * CLR-02, double entry. At each vault, always: per instrument Σ base = Σ quote = 0 over all accounts, the fee account
 * included. At the hub, always: each net position has the base of the applied pairs, and per instrument Σ quote − variation
 * pool + what is kept of funding = Σ quote of the applied pairs, exactly, fractions of funding included; so once every vault's pairs are
 * applied, Σ base = 0 and Σ quote = variation pool − what is kept.
 */
export function clr02(state: NetworkState): RequirementCheck {
  const violations = [...vaultViolations(state), ...hubViolations(state), ...netViolations(state)];
  const { pairs, unapplied } = countPairs(state);
  const kept = sum([...state.hub.funding.values()].map((funding) => funding.kept));
  const summary =
    `${pairs} pairs in ${state.hub.instruments.length} instruments on ${state.spokes.length} chains, ` +
    `Σ base = Σ quote = 0 at each vault; hub Σ quote = ${showMicros(sum(state.hub.pools.values()))} in the pools${kept === 0n ? "" : `, and ${formatUnits(kept, 26)} USD of funding kept`}; ` +
    (unapplied === 0 ? "every pair applied at the hub" : `${unapplied} pairs not yet applied at the hub`);
  return verdict("CLR-02", violations, summary);
}

function vaultViolations({ hub, spokes }: NetworkState): string[] {
  return spokes.flatMap((spoke) =>
    hub.instruments.flatMap((instrument) => {
      const { base, quote } = total(spoke.pairs.filter((pair) => pair.instrument === instrument));
      if (base === 0n && quote === 0n) return [];
      return [`${showInstrument(instrument)} on ${spoke.name} does not close: ${show({ base, quote })}`];
    }),
  );
}

function hubViolations(state: NetworkState): string[] {
  const { hub } = state;
  const allApplied = countPairs(state).unapplied === 0;
  return hub.instruments.flatMap((instrument) => {
    const net = netAt(hub, instrument);
    const applied = total(
      hub.lanes.flatMap(({ pairs }) => pairs).filter((pair) => pair.instrument === instrument),
    );
    const name = showInstrument(instrument);
    if (net.base !== applied.base || net.exact !== applied.quote * UNIT)
      return [
        `${name} at the hub, less its pool and with what is kept of funding, is ${showExact(net)}, its applied pairs are ${show(applied)}`,
      ];
    if (allApplied && (net.base !== 0n || net.exact !== 0n))
      return [`${name} at the hub does not close, though every pair is applied: ${showExact(net)}`];
    return [];
  });
}

/** All positions in an instrument, less its variation pool, with what is kept of its funding; `exact` in 1e-26 dollar. */
function netAt(hub: HubState, instrument: Hex): { base: bigint; exact: bigint } {
  const positions = hub.positions.filter((position) => position.instrument === instrument);
  const funding = fundingAt(hub, instrument);
  const quotes = positions.map((position) =>
    exactQuote({ base: position.base, stored: storedQuoteAt(hub, position) }, funding),
  );
  return {
    base: sum(positions.map(({ base }) => base)),
    exact: sum(quotes) + funding.kept - (hub.pools.get(instrument) ?? 0n) * UNIT,
  };
}

/** Settlement moves quote only, so a net base is that of the pairs. */
function netViolations({ hub }: NetworkState): string[] {
  const bases = new Map<string, { account: Hex; instrument: Hex; net: bigint; applied: bigint }>();
  const entry = ({ account, instrument }: { account: Hex; instrument: Hex }) => {
    const key = joinKey(account, instrument);
    const known = bases.get(key) ?? { account, instrument, net: 0n, applied: 0n };
    bases.set(key, known);
    return known;
  };
  for (const position of hub.positions) entry(position).net += position.base;
  for (const pair of hub.lanes.flatMap(({ pairs }) => pairs)) entry(pair).applied += pair.base;
  return [...bases.values()]
    .filter(({ net, applied }) => net !== applied)
    .map(
      ({ account, instrument, net, applied }) =>
        `${showAccount(account)} has net ${formatUnits(net, 8)} ${showInstrument(instrument)}, its applied pairs add to ${formatUnits(applied, 8)}`,
    );
}

function countPairs(state: NetworkState): { pairs: number; unapplied: number } {
  const lanes = spokesWithLanes(state);
  return {
    pairs: lanes.reduce((count, { spoke }) => count + spoke.pairs.length, 0),
    unapplied: lanes.reduce((count, { spoke, lane }) => count + unappliedPairs(spoke, lane).length, 0),
  };
}

function total(items: readonly (BaseAndQuote | PairState)[]): BaseAndQuote {
  return { base: sum(items.map(({ base }) => base)), quote: sum(items.map(({ quote }) => quote)) };
}

function showExact({ base, exact }: { base: bigint; exact: bigint }): string {
  return `base ${formatUnits(base, 8)}, quote ${formatUnits(exact, 26)} USD`;
}

function show({ base, quote }: BaseAndQuote): string {
  return `base ${formatUnits(base, 8)}, quote ${showMicros(quote)}`;
}
