import { describe, expect, it } from "vitest";
import { impliedDeviation, outOfTheMoneyPrice } from "./impliedVolatility.ts";
import { millsRatio } from "./millsRatio.ts";

// References: mpmath at 60 digits, from erfc and Black's formula as it is written in textbooks.
describe("millsRatio", () => {
  it.each([
    [-10, 1.2996129473592023e22],
    [-3, 225.33489622034912],
    [-1, 3.4770518117036944],
    [-0.25, 1.548372621547658],
    [0, 1.2533141373155003],
    [0.5, 0.8763644564536923],
    [1.999, 0.42152654426936165],
    [2, 0.4213692292880545],
    [2.5, 0.35426511132979366],
    [5, 0.19280810471531576],
    [12, 0.08276628650136918],
    [37, 0.027007327965128336],
  ])("of %f", (x, expected) => {
    expect(Math.abs(millsRatio(x) / expected - 1)).toBeLessThan(1e-14);
  });
});

describe("outOfTheMoneyPrice", () => {
  it.each([
    [0, 0.005, 0.0019947093241847345],
    [0, 0.2, 0.07965567455405796],
    [0, 8, 0.9999366575163338],
    [0.1, 0.005, 7.20125029357164e-93],
    [0.1, 0.05, 0.0004461918648847143],
    [-0.1, 0.05, 0.00040373109497093465],
    [-0.5, 0.3, 0.004593548175821816],
    [0.5, 2, 0.5991856185339333],
    [2, 0.08, 2.6483143019919827e-140],
    [-2, 0.08, 3.584103661596572e-141],
    [3, 0.5, 3.400911735673529e-10],
    [-3, 5, 0.04738975182779645],
    [0.0001, 0.0004, 0.00011454360534313124],
    [-1e-9, 0.01, 0.003989405679486962],
  ])("at ln(K/F) = %f with σ√T = %f", (logMoneyness, deviation, expected) => {
    const price = outOfTheMoneyPrice({ logMoneyness, deviation });
    // A price of 1e-140 has an exponent of −320, whose last digit is 1e-14 of it.
    expect(Math.abs(price / expected - 1)).toBeLessThan(1e-12);
  });

  it("is 0 without deviation", () => {
    expect(outOfTheMoneyPrice({ logMoneyness: 0.1, deviation: 0 })).toBe(0);
    expect(outOfTheMoneyPrice({ logMoneyness: 0.1, deviation: 1e-300 })).toBe(0);
  });
});

describe("impliedDeviation", () => {
  it("gives back what priced an option: an hour to three years, 5 % to 500 %, strikes from F/20 to 20 F", () => {
    let [tried, worst] = [0, 0];
    for (const years of [1 / 8760, 1 / 365, 1 / 52, 0.25, 1, 3])
      for (const volatility of [0.05, 0.2, 0.5, 1, 2, 5])
        for (let step = -30; step <= 30; step++) {
          const [logMoneyness, deviation] = [step / 10, volatility * Math.sqrt(years)];
          const price = outOfTheMoneyPrice({ logMoneyness, deviation });
          // What no number, or none with all its digits, can hold is not a price.
          if (price < 1e-300) continue;
          // How much a unit in the last place of the price moves its deviation: much, near the bound where all prices are alike.
          const above = outOfTheMoneyPrice({ logMoneyness, deviation: deviation * (1 + 1e-6) });
          const ill = (price * 1e-6) / (above - price);
          const found = impliedDeviation({ logMoneyness, price })!;
          worst = Math.max(worst, Math.abs(found / deviation - 1) / Math.max(ill, 1));
          tried++;
        }
    expect(tried).toBeGreaterThan(1_200);
    expect(worst).toBeLessThan(2e-12);
  });

  it.each([
    ["zero", 0.1, 0],
    ["negative", 0.1, -1],
    ["no number", 0.1, Number.NaN],
    ["a call as dear as the forward", 0.1, 1],
    ["a put as dear as the strike", -0.1, Math.exp(-0.1)],
    ["above all bounds", 0, 2],
  ])("has none for a price that is %s", (_, logMoneyness, price) => {
    expect(impliedDeviation({ logMoneyness, price })).toBeNull();
  });

  it("ends for the smallest and the largest prices", () => {
    const smallest = impliedDeviation({ logMoneyness: 0.5, price: Number.MIN_VALUE })!;
    expect(smallest).toBeGreaterThan(0.01);
    // At a deviation this small the price has no digits left, see `outOfTheMoneyPrice`.
    expect(impliedDeviation({ logMoneyness: 0, price: 1e-300 })).toBeLessThan(1e-12);
    expect(impliedDeviation({ logMoneyness: 0, price: 1 - 2 ** -53 })).toBeGreaterThan(10);
  });
});
