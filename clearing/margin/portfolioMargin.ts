import { CausewayError } from "../../errors/CausewayError.ts";
import { ceilDiv, maximum } from "../math.ts";
import { type AccountParameters, checkAccountParameters } from "./marginParameters.ts";
import { grid, PPB, UNMOVED } from "./scenarios.ts";
import {
  type UnderlyingRequirement,
  type UnderlyingRequirementParameters,
  underlyingRequirement,
} from "./underlyingRequirement.ts";

/** An account may hold so many instruments, for new risk. */
export const MAX_INSTRUMENTS = 128;

/** Scale of `gridProfits`: base 1e-8 · entry 1e-9 · price 1e-18. Dollars are 1e18. */
const PER_PROFIT = 10n ** 17n;

export type UnderlyingHoldings = Omit<UnderlyingRequirementParameters, "maintenanceRatio" | "time">;

export interface PortfolioMarginParameters {
  /** One for each underlying that the account holds. */
  underlyings: readonly UnderlyingHoldings[];
  parameters: AccountParameters;
  /** Now, unix seconds. */
  time: bigint;
  /** Instruments; of more the prices have to be below 2^112 for the contract's sums to fit. */
  most?: number;
}

/** Dollars, 1e18. Mirror of `PortfolioRequirement`. */
export interface PortfolioMargin {
  initial: bigint;
  maintenance: bigint;
  /** What offsets across underlyings, taken off; less of it counts where the floor is higher. */
  crossCreditInitial: bigint;
  crossCreditMaintenance: bigint;
  /** Place of the scenario of the grid in which all underlyings together lose most. */
  worstScenario: number;
  underlyings: UnderlyingRequirement[];
}

/**
 * Scenario margin of an account netted over chains (risk model, section 4), to the bit as `PortfolioMargin.requirement` (CLR-20).
 *
 * @throws CausewayError `MarginTooManyInstruments`, `MarginInputOutOfRange`, `RiskArrayMalformed`, `RiskArrayEntryOutOfRange`
 */
export function portfolioMargin({
  underlyings,
  parameters,
  time,
  most = MAX_INSTRUMENTS,
}: PortfolioMarginParameters): PortfolioMargin {
  checkAccountParameters(parameters);
  const found = sum(underlyings, ({ holdings }) =>
    BigInt(holdings.perpetuals.length + holdings.options.length),
  );
  if (found > most)
    throw new CausewayError("MarginTooManyInstruments", { details: { found, expected: most } });
  const { maintenanceRatio, crossCredit } = parameters;
  const each = underlyings.map((held) => underlyingRequirement({ ...held, maintenanceRatio, time }));

  const closes = each.some((one) => one.closes);
  const apart = sum(each, ({ gridProfits }) => worstOf(gridProfits));
  const joint = grid.map((_, place) => sum(each, ({ gridProfits }) => gridProfits[place]!));
  // The worst use of closing allowances is of one underlying at a time.
  const offset = closes ? 0n : (apart - worstOf(joint)) * crossCredit;
  const crossCreditInitial = offset / (PER_PROFIT * PPB);
  const crossCreditMaintenance = (offset * maintenanceRatio) / (PER_PROFIT * PPB * PPB);
  return {
    initial: maximum(
      sum(each, ({ initial }) => initial) - crossCreditInitial,
      sum(each, ({ initialFloor }) => initialFloor),
    ),
    maintenance: maximum(
      sum(each, ({ maintenance }) => maintenance) - crossCreditMaintenance,
      sum(each, ({ maintenanceFloor }) => maintenanceFloor),
    ),
    crossCreditInitial,
    crossCreditMaintenance,
    worstScenario: closes ? UNMOVED : worstScenarioOf(joint),
    underlyings: each,
  };
}

/** Equity less the maintenance requirement and a further share of it, rounded down: what a liquidation restores to zero. */
export function bufferMargin(equityWad: bigint, maintenanceWad: bigint, bufferRatio: bigint): bigint {
  return equityWad - ceilDiv(maintenanceWad * (PPB + bufferRatio), PPB);
}

/** Place of the worst of the grid. */
function worstScenarioOf(joint: readonly bigint[]): number {
  return grid[joint.reduce((worst, profit, i) => (profit < joint[worst]! ? i : worst), UNMOVED)]!;
}

/** The worst loss, or nothing. */
function worstOf(profits: readonly bigint[]): bigint {
  return profits.reduce((worst, profit) => maximum(worst, -profit), 0n);
}

function sum<T>(items: readonly T[], of: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n);
}
