import { formatDecimal } from "../../clearing/decimal.ts";
import { describeScenario, scenarios } from "../../clearing/margin/scenarios.ts";
import type { UnderlyingRequirement } from "../../clearing/margin/underlyingRequirement.ts";
import type { MarginResult } from "../schema/margin.ts";
import { dollars, table } from "../table.ts";

/** What the requirement of an underlying is made of, dollars. */
export type UnderlyingRow = MarginResult["underlyings"][number];

/** @param scanRange that its scenarios move by, 1e-9 */
export function underlyingRow(
  underlying: string,
  r: UnderlyingRequirement,
  scanRange: bigint,
): UnderlyingRow {
  return {
    underlying,
    scan: usd(r.scan),
    basis: usd(r.basis),
    shortOptionMinimum: usd(r.optionMinimumInitial),
    shortOptionMinimumMaintenance: usd(r.optionMinimumMaintenance),
    perpMinimum: usd(r.perpMinimumInitial),
    perpMinimumMaintenance: usd(r.perpMinimumMaintenance),
    venue: usd(r.venue),
    concentration: usd(r.concentration),
    ramp: usd(r.ramp),
    oracle: usd(r.oracle),
    requirement: usd(r.initial),
    maintenance: usd(r.maintenance),
    worstScenario: describeScenario(scenarios[r.worstScenario]!, scanRange),
  };
}

/** As people read them. */
export function underlyingTable(rows: readonly (UnderlyingRow & { where: string })[]): string {
  const head = ["underlying", "where", "scan", "basis", "short options", "perp", "venue", "conc."];
  return table([
    [...head, "ramp", "oracle", "initial", "maintenance", "worst scenario"],
    ...rows.map((row) => [
      row.underlying,
      row.where,
      dollars(row.scan),
      dollars(row.basis),
      dollars(row.shortOptionMinimum),
      dollars(row.perpMinimum),
      dollars(row.venue),
      Number(row.concentration).toFixed(3),
      dollars(row.ramp),
      dollars(row.oracle),
      dollars(row.requirement),
      dollars(row.maintenance),
      row.worstScenario,
    ]),
  ]);
}

/** Dollars, 1e18. */
export function usd(wad: bigint): string {
  return formatDecimal(wad, 18);
}
