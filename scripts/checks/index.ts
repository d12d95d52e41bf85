import { clr01 } from "./clr01.ts";
import { clr02 } from "./clr02.ts";
import { clr03 } from "./clr03.ts";
import { clr04 } from "./clr04.ts";
import { clr05 } from "./clr05.ts";
import { clr06 } from "./clr06.ts";
import { clr09 } from "./clr09.ts";
import { clr10 } from "./clr10.ts";
import { readNetwork } from "./read/readNetwork.ts";
import { type LedgerSnapshot, takeSnapshot } from "./snapshot.ts";
import type { NetworkState } from "./state.ts";
import type { CheckedNetwork, RequirementCheck } from "./types.ts";

export { checkedNetwork } from "./checkedNetwork.ts";
export { clr03 } from "./clr03.ts";
export { clr04 } from "./clr04.ts";
export { countInFlight } from "./inFlight.ts";
export { allCommandKeys, allReportKeys, type ReportKeys, splitKeys } from "./keys.ts";
export { readNetwork } from "./read/readNetwork.ts";
export { snapshotLedger } from "./snapshot.ts";
export type { CheckedNetwork, RequirementCheck } from "./types.ts";

export interface CheckOptions {
  /** With it, CLR-03 too: a snapshot taken before every key was sent again. */
  before?: LedgerSnapshot;
  /** Nothing should be in flight: both ends of every lane must agree on everything (CLR-04). Default: what is in flight is taken for that. */
  isAtRest?: boolean;
}

/**
 * Reads the network once and checks what must hold: CLR-01, 02, 04, 05, 06, 09, 10, at any time, whatever is in flight.
 *
 * @throws CausewayError `CallFailed` if a chain cannot be read.
 */
export async function checkRequirements(
  network: CheckedNetwork,
  options: CheckOptions = {},
): Promise<RequirementCheck[]> {
  return checkState(await readNetwork(network), options);
}

/** The checks of a state that was read already. */
export function checkState(
  state: NetworkState,
  { before, isAtRest = false }: CheckOptions = {},
): RequirementCheck[] {
  const repeated = before === undefined ? [] : [clr03(before, takeSnapshot(state))];
  return [
    clr01(state),
    clr02(state),
    ...repeated,
    clr04(state, isAtRest),
    clr05(state),
    clr06(state),
    clr09(state),
    clr10(state),
  ];
}
