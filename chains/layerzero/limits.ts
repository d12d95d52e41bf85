/** What every pathway must let through: the largest report or command that we send. */
export const LARGEST_MESSAGE = {
  /** LayerZero's own limit, which our codecs stay under. */
  bytes: 10_000,
  /** Gas that its receive may need. */
  gas: 5_000_000n,
} as const;
