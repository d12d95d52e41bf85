import { defineChain } from "../defineChain.ts";

export const localC = defineChain({
  name: "local-c",
  chainId: 901004,
  eid: 39004,
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
