/** What the hub's margin engine says while it has no price, or no risk arrays, that are good enough for a decision: it passes by itself. */
export const PRICE_ERRORS = [
  "Margin_StalePrice",
  "Margin_NoPrice",
  "Margin_StaleEpoch",
  "Margin_MovedTooFar",
  "Margin_NoArray",
] as const;
