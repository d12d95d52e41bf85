import { defineChain } from "../defineChain.ts";

export const localHub = defineChain({
  name: "local-hub",
  chainId: 901001,
  eid: 39001,
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
