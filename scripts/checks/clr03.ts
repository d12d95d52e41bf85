import { verdict } from "./report.ts";
import type { LedgerSnapshot } from "./snapshot.ts";
import type { RequirementCheck } from "./types.ts";

/**
 * CLR-03, applying any message again changes nothing.
 *
 * @param before the ledgers with nothing in flight
 * @param after the same after every key was sent again, both ways, and everything sent was applied
 */
export function clr03(before: LedgerSnapshot, after: LedgerSnapshot): RequirementCheck {
  const summary = `${before.fixed.size} values the same and ${before.rising.size} not lower after sending every key again; before: ${before.inFlight}`;
  return verdict("CLR-03", compareSnapshots(before, after), summary);
}

/** Every difference that no repetition may make, in words. */
export function compareSnapshots(before: LedgerSnapshot, after: LedgerSnapshot): string[] {
  const keys = new Set([...before.fixed.keys(), ...after.fixed.keys()]);
  const changed = [...keys].filter((key) => before.fixed.get(key) !== after.fixed.get(key));
  const fallen = [...before.rising].filter(([key, value]) => (after.rising.get(key) ?? 0n) < value);
  return [
    ...changed.map(
      (key) => `${key} was ${before.fixed.get(key) ?? "absent"}, is ${after.fixed.get(key) ?? "absent"}`,
    ),
    ...fallen.map(([key, value]) => `${key} fell from ${value} to ${after.rising.get(key) ?? "nothing"}`),
  ];
}
