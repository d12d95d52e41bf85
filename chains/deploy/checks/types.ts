import type { WiredNetwork } from "../wiredNetwork.ts";

/** Something that is not wired as it must be. */
export interface WiringFault {
  /** The chain on which it is to be mended. */
  chain: string;
  what: string;
  found: string;
  expected: string;
  /** What to do about it. */
  next: string;
}

/**
 * When a check can hold: `pathway` before anything of ours is connected (and then nothing is, if it does not), `contracts` once it is,
 * `roles` once they were handed over.
 */
export type WiringStage = "pathway" | "contracts" | "roles";

/** One rule about a wired network (CLR-24), and how it is looked up. */
export interface WiringCheck {
  id: string;
  /** The rule, in one sentence. */
  rule: string;
  stage: WiringStage;
  find(network: WiredNetwork): Promise<WiringFault[]>;
}
