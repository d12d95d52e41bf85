/**
 * Moments between which a crash must lose nothing. `afterSigned` is after the transaction was stored, too: what was signed and not stored
 * never leaves the process.
 */
export type FaultPoint = "afterNonceClaimed" | "afterSigned" | "afterBroadcast" | "beforeReceipt";

/** Called at each moment, with the labels of the transactions concerned; tests end the process there. */
export type Faults = (point: FaultPoint, labels: readonly string[]) => void;

export const noFaults: Faults = () => undefined;
