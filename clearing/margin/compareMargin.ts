import { type ChainPosition, type Marks, markOf, netPositions } from "../netting.ts";
import { type Requirement, type ScanRates, scanMargin } from "./scanMargin.ts";

export interface CompareMarginParameters {
  positions: readonly ChainPosition[];
  marks: Marks;
  /** Parameters of an instrument. */
  rates: (instrument: string) => ScanRates;
}

export interface MarginComparison {
  account: string;
  /** Σ of the requirement of each chain alone: what the account would post without a hub. */
  chainByChain: Requirement;
  /** Requirement of the portfolio netted over chains. */
  netted: Requirement;
}

/** What each account would have to post chain by chain, and netted. In order of first appearance. */
export function compareMargin({ positions, marks, rates }: CompareMarginParameters): MarginComparison[] {
  return [...Map.groupBy(positions, ({ account }) => account)].map(([account, held]) => ({
    account,
    chainByChain: marginChainByChain({ positions: held, marks, rates }),
    netted: requirement(held, marks, rates),
  }));
}

/** Σ over chains of the requirement of one account's positions on that chain alone. */
export function marginChainByChain({ positions, marks, rates }: CompareMarginParameters): Requirement {
  const chains = Map.groupBy(positions, ({ chain }) => chain).values();
  return addRequirements(Array.from(chains, (alone) => requirement(alone, marks, rates)));
}

/** Sum of requirements. */
export function addRequirements(requirements: readonly Requirement[]): Requirement {
  return requirements.reduce(
    (total, { initialWad, maintenanceWad }) => ({
      initialWad: total.initialWad + initialWad,
      maintenanceWad: total.maintenanceWad + maintenanceWad,
    }),
    { initialWad: 0n, maintenanceWad: 0n },
  );
}

function requirement(
  positions: readonly ChainPosition[],
  marks: Marks,
  rates: CompareMarginParameters["rates"],
): Requirement {
  return scanMargin(
    netPositions(positions).map(({ instrument, base, longs, shorts }) => ({
      base,
      longs,
      shorts,
      markWad: markOf(marks, instrument),
      rates: rates(instrument),
    })),
  );
}
