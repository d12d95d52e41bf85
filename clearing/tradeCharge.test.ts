import { describe, expect, it } from "vitest";
import { fairPrice, tradeCharge } from "./tradeCharge.ts";

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
      // 300 venue rate in the place of the margin.
      buyerClosingCents: 41_202n,
      sellerClosingCents: 31_202n,
    });
  });

  it("measures an option at its mark moved with the underlying, and margins its notional at the higher rate", () => {
    const charge = tradeCharge({
      base: 10n ** 8n,
      priceWad: 1_900n * WAD,
      referencePriceWad: 61_000n * WAD,
      // 1,500 + 0.4 · 1,000 = 1,900.
      option: { markWad: 1_500n * WAD, deltaPpb: 400_000_000n, spotWad: 60_000n * WAD, ratePpm: 120_000n },
      ratePpm: 50_000n,
      feePpm: 1_000n,
    });
    // Margin 12 % of 61,000; fee 0.1 % of 1,900; venue rate 0.5 % of 61,000.
    expect(charge).toMatchObject({
      feeEach: 1_900_000n,
      buyerCents: 732_190n,
      sellerCents: 732_190n,
      buyerClosingCents: 30_690n,
    });
  });

  it("never says that an option is worth less than nothing", () => {
    const option = { markWad: WAD, deltaPpb: 1_000_000_000n, spotWad: 100n * WAD, ratePpm: 0n };
    expect(fairPrice(98n * WAD, option)).toEqual({ floorWad: 0n, ceilWad: 0n });
    expect(fairPrice(99n * WAD + 1n, { ...option, deltaPpb: 999_999_999n })).toEqual({
      floorWad: 1_000_000_000n,
      ceilWad: 1_000_000_001n,
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
      buyerClosingCents: 1n,
      sellerClosingCents: 1n,
    });
  });
});
