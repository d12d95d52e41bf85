import { LARGEST_MESSAGE } from "../../chains/layerzero/limits.ts";

/** Bounds of the clearing jobs. What an operator tunes (intervals) is in the configuration file's `timings`. */
export interface ClearingSettings {
  /** Longest report or command; LayerZero's own limit is 10,000 bytes. */
  maxMessageBytes: number;
  /** Most gas that a report or a command may need at its destination. Must stay below `RelayerSettings.maxReceiveGas`. */
  maxMessageGas: bigint;
  /** What was sent and has not arrived is sent again after this time, then after twice as long, up to 64 times. */
  resendMs: number;
  /** Keys that are not known to agree at both ends are compared this often. */
  sweepMs: number;
  /** Both ends of every lane are compared this often, by their nonces and digests: what was lost is sent again. */
  reconcileEveryMs: number;
  /** And this often key by key, whatever nonces and digests say. */
  compareEveryMs: number;
  /** A payout that could not be paid is claimed again after this time, then after twice as long, up to 64 times. */
  claimHoldMs: number;
  /** How long a command, or a renewal, waits for others to share its message. */
  gatherMs: number;
  /** Most accounts in one `renewCredit`: each is margined in the same transaction. */
  maxRenewals: number;
  /** An account that was refused credit is asked for again after this time, then after twice as long, up to 16 times. */
  refusedHoldMs: number;
  /** Most accounts in one `settle`. */
  maxSettled: number;
  /** Positions worth less than this, 1e-6 dollar, are not settled for their own sake. */
  settleMinimum: bigint;
  /** A perpetual's funding is charged this often, seconds; what is older than ten minutes when it is charged, never is. */
  accrueEverySeconds: bigint;
  /** Pending withdrawals are tried this often, each after a failure half as often as before, up to 16 times. */
  processEveryMs: number;
  /** Expiries in whose window it is, or whose settlement price is not fixed yet, are looked at this often. */
  sampleEveryMs: number;
  /** All accounts are margined this often. */
  scanEveryMs: number;
  /** Most accounts that the hub is asked to margin after that: those that miss most to maintenance and buffer. */
  maxMargined: number;
  /** Risk arrays of options are looked at this often, besides whenever something about them changes; and what the engine knows of open interest. */
  refreshEveryMs: number;
  /** Most options whose risk arrays one transaction computes, up to some 300,000 gas each. */
  maxRefreshed: number;
  /** Prices are used again by other jobs until they are this old, by the hub chain's clock. */
  proofReuseSeconds: bigint;
  /** A price that differs by more from what the oracle has, of 10,000, is brought to it however young that is. */
  priceMoveBps: bigint;
}

export const DEFAULT_CLEARING_SETTINGS: ClearingSettings = {
  maxMessageBytes: 9_500,
  maxMessageGas: LARGEST_MESSAGE.gas,
  resendMs: 60_000,
  sweepMs: 15_000,
  reconcileEveryMs: 15_000,
  compareEveryMs: 600_000,
  claimHoldMs: 60_000,
  gatherMs: 100,
  maxRenewals: 20,
  refusedHoldMs: 30_000,
  maxSettled: 100,
  settleMinimum: 10_000n,
  accrueEverySeconds: 300n,
  processEveryMs: 2_000,
  sampleEveryMs: 10_000,
  scanEveryMs: 5_000,
  maxMargined: 500,
  refreshEveryMs: 15_000,
  maxRefreshed: 32,
  proofReuseSeconds: 5n,
  priceMoveBps: 10n,
};
