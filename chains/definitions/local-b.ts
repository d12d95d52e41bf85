import { defineChain } from "../defineChain.ts";

export const localB = defineChain({
  name: "local-b",
  chainId: 901003,
  eid: 39003,
  blockTimeMs: 250,
  finality: { kind: "finalized" },
  leaseSeconds: 12,
  maxLagSeconds: 60,
  local: true,
  tokens: [
    { symbol: "USDC", decimals: 6 },
    { symbol: "WETH", decimals: 18 },
    { symbol: "WBTC", decimals: 8 },
  ],
});
