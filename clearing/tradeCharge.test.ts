import { describe, expect, it } from "vitest";
import { tradeCharge } from "./tradeCharge.ts";

const WAD = 10n ** 18n;

describe("tradeCharge", () => {
  it("charges margin, fee and what the price is worse than the reference", () => {
    const charge = tradeCharge({
      base: 10n ** 8n,
      priceWad: 60_100n * WAD,
      referencePriceWad: 60_000n * WAD,
      ratePpm: 150_000n,
      feePpm: 200n,
    });
    expect(charge).toEqual({
      feeEach: 12_020_000n,
      buyerQuote: -60_112_020_000n,
      sellerQuote: 60_087_980_000n,
      feeAccountQuote: 24_040_000n,
      // 9,000 margin + 12.02 fee, and for the buyer 100 above the reference.
      buyerCents: 911_202n,
      sellerCents: 901_202n,
    });
  });

  it("CLR-02: rounds against both and gives the dust to the fee account", () => {
    const trade = { base: 1n, priceWad: 1n, referencePriceWad: 1n, ratePpm: 1n, feePpm: 1n };
    expect(tradeCharge(trade)).toEqual({
      feeEach: 1n,
      buyerQuote: -2n,
      sellerQuote: -1n,
      feeAccountQuote: 3n,
      buyerCents: 1n,
      sellerCents: 1n,
    });
  });
});
