import { defineChain } from "../defineChain.ts";

export const localF = defineChain({
  name: "local-f",
  chainId: 901007,
  eid: 39007,
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
