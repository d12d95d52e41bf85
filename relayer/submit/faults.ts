/**
 * Moments between which a crash must lose nothing. `afterSigned` is after the transaction was stored, too: what was signed and not stored
 * never leaves the process.
 */
export type FaultPoint = "afterNonceClaimed" | "afterSigned" | "afterBroadcast" | "beforeReceipt";

/** Called at each moment; tests end the process there. */
export type Faults = (point: FaultPoint) => void;

export const noFaults: Faults = () => undefined;
