import { defineChain } from "../defineChain.ts";

export const localG = defineChain({
  name: "local-g",
  chainId: 901008,
  eid: 39008,
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
