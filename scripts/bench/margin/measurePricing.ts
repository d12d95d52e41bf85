import { startContract } from "../../startContract.ts";
import type { Measurement } from "../snapshot.ts";

/** Functions of `PricingGas`, what they measure, and what it may cost at most. */
const figures = [
  ["black76Call", "Black-76 call", 2_500],
  ["gramCharlierCall", "Gram–Charlier call", 3_200],
  ["sviVol", "volatility of an SVI slice", undefined],
] as const;

/** What one price costs on chain, the dearest of many. */
export async function measurePricing(): Promise<Measurement[]> {
  const { client, address, abi, stop } = await startContract("mocks/PricingGas.sol/PricingGas");
  try {
    const rows: Measurement[] = [];
    for (const [functionName, what, target] of figures) {
      const value = Number(await client.readContract({ address, abi, functionName }));
      rows.push({ what, value, unit: "gas", ...(target !== undefined && { target }) });
    }
    return rows;
  } finally {
    await stop();
  }
}
