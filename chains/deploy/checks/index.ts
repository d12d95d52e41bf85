import { CausewayError } from "../../../errors/CausewayError.ts";
import type { WiredNetwork } from "../wiredNetwork.ts";
import { authorities } from "./authorities.ts";
import { codecs } from "./codecs.ts";
import { confirmations } from "./confirmations.ts";
import { dvns } from "./dvns.ts";
import { executor } from "./executor.ts";
import { identities } from "./identities.ts";
import { instruments } from "./instruments.ts";
import { lanes } from "./lanes.ts";
import { libraries } from "./libraries.ts";
import { peers } from "./peers.ts";
import { pins } from "./pins.ts";
import { receiveGas } from "./receiveGas.ts";
import { roles } from "./roles.ts";
import { settings } from "./settings.ts";
import { tokens } from "./tokens.ts";
import type { WiringCheck, WiringFault, WiringStage } from "./types.ts";

export type { WiringCheck, WiringFault, WiringStage } from "./types.ts";

/** Every rule about a wired network, each in its file. */
export const wiringChecks: readonly WiringCheck[] = [
  pins,
  libraries,
  dvns,
  confirmations,
  executor,
  receiveGas,
  authorities,
  identities,
  codecs,
  peers,
  lanes,
  tokens,
  settings,
  instruments,
  roles,
];

/** What became of one check. */
export interface WiringVerdict {
  id: string;
  rule: string;
  holds: boolean;
  faults: WiringFault[];
}

/** Looks up every rule; reads only. */
export function checkWiring(network: WiredNetwork): Promise<WiringVerdict[]> {
  return Promise.all(
    wiringChecks.map(async ({ id, rule, find }) => {
      const faults = await find(network);
      return { id, rule, holds: faults.length === 0, faults };
    }),
  );
}

/**
 * Refuses a network that is not as it must be at this stage.
 *
 * @throws CausewayError `WiringRefused` with all faults; the first is in its message
 */
export async function requireWiring(network: WiredNetwork, stage: WiringStage): Promise<void> {
  const faults = await Promise.all(
    wiringChecks
      .filter((check) => check.stage === stage)
      .map(async ({ id, find }) => (await find(network)).map((fault) => ({ check: id, ...fault }))),
  );
  const [first, ...rest] = faults.flat();
  if (first === undefined) return;
  const { next: hint, ...details } = first;
  throw new CausewayError("WiringRefused", {
    details: { ...details, more: rest.length, faults: [first, ...rest] },
    hint,
  });
}
