import type { BatchMargin } from "./batchMargin.ts";

/** Whether an account has its maintenance requirement: `below` and `above` for certain; `perhaps` is for the exact model to say. */
export type MaintenanceStanding = "below" | "perhaps" | "above";

/** More than the comparison itself is rounded by. */
const SLACK = 1 + 2 ** -40;

/**
 * Compares equity with maintenance, and takes the error of both for what it may be. An account that is below is never `above`.
 *
 * @param bufferDollars how far above maintenance counts as below
 */
export function maintenanceStanding(
  { equity, equityError, maintenance, error }: BatchMargin,
  account: number,
  bufferDollars = 0,
): MaintenanceStanding {
  const missing = maintenance[account]! - equity[account]! + bufferDollars;
  const uncertain = (error[account]! + equityError[account]!) * SLACK;
  if (missing > uncertain) return "below";
  // In this order, so that what cannot be told is not above.
  return missing < -uncertain ? "above" : "perhaps";
}
