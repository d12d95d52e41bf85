import type { Hex } from "viem";
import { spokesWithLanes } from "./inFlight.ts";
import { showAccount, showCents, showWad, verdict } from "./report.ts";
import {
  type CreditLineState,
  joinKey,
  type LaneState,
  type MarginReading,
  type NetworkState,
  type PairState,
  type SpokeState,
} from "./state.ts";
import type { RequirementCheck } from "./types.ts";

/**
 * CLR-06, credit is covered. Always, per account and spoke: what is outstanding at the hub covers what was used there and
 * not applied, and what any lease, live at the vault or still deliverable, allows. Right after each grant and payout: equity ≥
 * initial requirement + outstanding opening credit (but for grants of closing allowances), and ≥ maintenance requirement + all credit, read at
 * the end of its block.
 */
export function clr06(state: NetworkState): RequirementCheck {
  const lanes = spokesWithLanes(state);
  const margins = marginViolations(state.hub.margins);
  const violations = [
    ...lanes.flatMap(({ spoke, lane }) => [
      ...creditViolations(spoke, lane),
      ...closingViolations(spoke, lane),
      ...usedViolations(spoke, lane),
    ]),
    ...margins.violations,
  ];
  const outstanding = lanes
    .flatMap(({ lane }) => [...lane.laterCredit.values()])
    .reduce((total, { ceiling, usedApplied }) => total + ceiling - usedApplied, 0n);
  const lines = lanes.reduce((count, { lane }) => count + lane.laterCredit.size, 0);
  return verdict(
    "CLR-06",
    violations,
    `${lines} credit lines, ${showCents(outstanding)} outstanding; ${margins.summary}`,
  );
}

/**
 * The hub's line is newer than the vault's credit here. It can have been released only by a report made at or after the
 * lease's end, so while the vault's chain has not reached that end by a time that is newer still, it has not been.
 */
function creditViolations(spoke: SpokeState, lane: LaneState): string[] {
  const accounts = new Set([...spoke.credit.keys(), ...lane.laterCredit.keys()]);
  return [...accounts].flatMap((account) => {
    const line = lane.laterCredit.get(account) ?? NO_LINE;
    const credit = spoke.credit.get(account) ?? NO_CREDIT;
    const name = `${showAccount(account)} on ${spoke.name}`;
    const violations: string[] = [];
    if (line.ceiling < line.usedApplied)
      violations.push(
        `${name} has applied ${showCents(line.usedApplied)}, beyond its ceiling ${showCents(line.ceiling)}`,
      );
    if (line.ceiling < credit.used)
      violations.push(
        `${name} used ${showCents(credit.used)}, beyond the hub's ceiling ${showCents(line.ceiling)}`,
      );
    if (BigInt(credit.validUntil) > spoke.laterTime && line.ceiling < credit.limit)
      violations.push(
        `${name} may use ${showCents(credit.limit)} until ${credit.validUntil}, the hub's ceiling is ${showCents(line.ceiling)}`,
      );
    if (BigInt(line.validUntil) > spoke.laterTime && line.ceiling < line.limit)
      violations.push(
        `${name} was sent a limit of ${showCents(line.limit)} until ${line.validUntil}, the ceiling is ${showCents(line.ceiling)}`,
      );
    if (line.validUntil < credit.validUntil || line.limit < credit.limit || line.version < credit.version)
      violations.push(
        `${name} has a lease that the hub never gave: version ${credit.version}, the hub's is ${line.version}`,
      );
    return violations;
  });
}

/** Likewise: what the hub counts as granted covers what was used, and what the vault's allowance and the latest sent let be used. */
function closingViolations(spoke: SpokeState, lane: LaneState): string[] {
  return lane.laterClosings.flatMap((line) => {
    const name = `${showAccount(line.account)} on ${spoke.name} in ${line.instrument}`;
    const buys = line.usedBuys + line.unusedBuys;
    const sells = line.usedSells + line.unusedSells;
    const credit = line.usedCredit + line.unusedCredit;
    const known = spoke.closings.get(joinKey(line.account, line.instrument));
    if (known === undefined) return [];
    const violations: string[] = [];
    if (known.usedBuys > buys || known.usedSells > sells || known.usedCredit > credit)
      violations.push(`${name} closed more than the hub counts as granted`);
    const isLive = BigInt(known.validUntil) > spoke.laterTime;
    if (isLive && (known.maxBase > (known.isBuy ? buys : sells) || known.credit > credit))
      violations.push(`${name} may close more than the hub counts as granted`);
    if (known.version > line.version || known.validUntil > line.validUntil)
      violations.push(`${name} has a closing allowance that the hub never gave: version ${known.version}`);
    return violations;
  });
}

/** Used is the sum over the pairs: at the vault, and of those applied at the hub. */
function usedViolations(spoke: SpokeState, lane: LaneState): string[] {
  const violations: string[] = [];
  for (const [account, { used }] of spoke.credit) {
    const charged = usedOf(spoke.pairs, account);
    if (charged !== used)
      violations.push(
        `${showAccount(account)} on ${spoke.name} used ${showCents(used)}, its pairs add to ${showCents(charged)}`,
      );
  }
  for (const [account, { usedApplied }] of lane.credit) {
    const applied = usedOf(lane.pairs, account);
    if (applied !== usedApplied)
      violations.push(
        `the hub applied ${showCents(usedApplied)} used by ${showAccount(account)} on ${spoke.name}, the pairs add to ${showCents(applied)}`,
      );
  }
  return violations;
}

function usedOf(pairs: readonly PairState[], account: Hex): bigint {
  return pairs
    .filter((pair) => pair.account === account)
    .reduce((total, { used }) => total + BigInt(used), 0n);
}

function marginViolations(readings: readonly MarginReading[]): { violations: string[]; summary: string } {
  const violations: string[] = [];
  let covered = 0;
  let disturbed = 0;
  const untold: string[] = [];
  for (const { account, block, margin, ...reading } of readings) {
    const name = `${showAccount(account)} in block ${block}`;
    if ("unavailable" in margin) {
      if (margin.reverted) violations.push(`the margin of ${name} cannot be computed: ${margin.unavailable}`);
      else untold.push(margin.unavailable);
      continue;
    }
    const initial = margin.initialWad + margin.outstandingWad;
    const maintenance = margin.maintenanceWad + margin.outstandingWad + margin.closingWad;
    const coversInitial = reading.closes || margin.equityInitialWad >= initial;
    if (coversInitial && margin.equityMaintenanceWad >= maintenance) covered += 1;
    // A price or a report that came after the act may have uncovered it: this block tells nothing about the act.
    else if (reading.disturbed) disturbed += 1;
    else
      violations.push(
        coversInitial
          ? `${name} was granted credit or paid with equity ${showWad(margin.equityMaintenanceWad)}, required for maintenance is ${showWad(maintenance)}`
          : `${name} was granted credit or paid with equity ${showWad(margin.equityInitialWad)}, required is ${showWad(initial)}`,
      );
  }
  const parts = [`after ${covered} of ${readings.length} grants and payouts equity ≥ initial + outstanding`];
  if (disturbed > 0)
    parts.push(`${disturbed} not decidable, as prices or positions changed later in their block`);
  if (untold.length > 0)
    parts.push(`${untold.length} NOT CHECKED, as the node has no state of their block (${untold[0]})`);
  return { violations, summary: parts.join("; ") };
}

const NO_LINE: CreditLineState = {
  limit: 0n,
  ceiling: 0n,
  usedApplied: 0n,
  maxOutstanding: 0n,
  mandateNonce: 0n,
  validUntil: 0,
  version: 0,
};
const NO_CREDIT = { limit: 0n, used: 0n, version: 0, validUntil: 0 };
