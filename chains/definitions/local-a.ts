import { defineChain } from "../defineChain.ts";

export const localA = defineChain({
  name: "local-a",
  chainId: 901002,
  eid: 39002,
  blockTimeMs: 250,
  finality: { kind: "finalized" },
  leaseSeconds: 12,
  maxLagSeconds: 60,
  local: true,
  tokens: [
    { symbol: "USDC", decimals: 18 },
    { symbol: "WETH", decimals: 18 },
    { symbol: "WBTC", decimals: 8 },
  ],
});
