import { equity } from "../../clearing/equity.ts";
import { assetFreshness } from "../../clearing/freshness.ts";
import { positionValue } from "../../clearing/positionValue.ts";
import { type Random, random } from "../../clearing/random.ts";
import { settlement } from "../../clearing/settlement.ts";
import { fairPrice, tradeCharge } from "../../clearing/tradeCharge.ts";

const CHARGES = 500;
const SETTLEMENTS = 200;
const EQUITIES = 200;

type Values = Record<string, unknown>;

/** Trades and what they charge. */
export function chargeVectors(): Values {
  const draw = random(22);
  // The difference to the reference price is a cent to the unit; the quote's rounding makes it two.
  const corner = {
    base: 1n,
    priceWad: 10n ** 24n + 10n ** 14n,
    referencePriceWad: 10n ** 14n,
    ratePpm: 0n,
    feePpm: 0n,
  };
  const drawn = Array.from({ length: CHARGES }, () => {
    const priceWad = magnitude(draw, 100) + 1n;
    const near = priceWad + (signed(draw, 100) % (priceWad / 20n + 1n));
    return {
      base: magnitude(draw, 52) + 1n,
      priceWad,
      referencePriceWad: draw.integer(8) === 0 ? magnitude(draw, 100) + 1n : near,
      ratePpm: BigInt(draw.integer(1_000_001)),
      feePpm: BigInt(draw.integer(10_001)),
    };
  });
  return {
    trades: [corner, ...drawn].map((trade) => ({ ...trade, ...tradeCharge(trade) })),
    optionTrades: [...optionCorners(), ...list(draw, CHARGES, CHARGES, () => optionTrade(draw))].map(
      (trade) => {
        const { option, ...rest } = trade;
        const { ratePpm: optionRatePpm, ...reference } = option;
        return {
          ...rest,
          ...reference,
          optionRatePpm,
          ...fairPrice(trade.referencePriceWad, option),
          ...tradeCharge(trade),
        };
      },
    ),
  };
}

/** Every number at its largest, either way that a delta can point: no product may wrap. */
function optionCorners() {
  const most = (bits: bigint) => 2n ** bits - 1n;
  const trade = { base: most(88n), priceWad: most(128n), ratePpm: most(32n), feePpm: most(32n) };
  return [-(2n ** 31n), 0n, most(31n)].flatMap((deltaPpb) =>
    [1n, most(128n)].map((referencePriceWad) => ({
      ...trade,
      referencePriceWad,
      option: {
        markWad: most(128n),
        deltaPpb,
        spotWad: referencePriceWad === 1n ? most(128n) : 1n,
        ratePpm: most(32n),
      },
    })),
  );
}

/** An option near the spot that it was valued at, now and then far from it; traded near its worth, now and then not. */
function optionTrade(draw: Random) {
  const spotWad = magnitude(draw, 80) + 1n;
  const away = draw.integer(8) === 0 ? 1n : 20n;
  const referencePriceWad = spotWad + (signed(draw, 80) % (spotWad / away + 1n)) + 1n;
  const option = {
    markWad: draw.integer(8) === 0 ? 0n : draw.bits(80) % (spotWad / 4n + 1n),
    deltaPpb: BigInt(draw.integer(2_000_000_001)) - 1_000_000_000n,
    spotWad,
    ratePpm: BigInt(draw.integer(400_001)),
  };
  const { ceilWad } = fairPrice(referencePriceWad, option);
  return {
    base: magnitude(draw, 52) + 1n,
    priceWad: draw.integer(8) === 0 ? magnitude(draw, 80) : ceilWad + (draw.bits(60) % (ceilWad / 10n + 1n)),
    referencePriceWad,
    option,
    ratePpm: BigInt(draw.integer(400_001)),
    feePpm: BigInt(draw.integer(10_001)),
  };
}

/** Positions in one instrument and what settling them moves. */
export function settlementVectors(): Values {
  const draw = random(23);
  const cases = Array.from({ length: SETTLEMENTS }, () => {
    const markWad = magnitude(draw, 80) + 1n;
    const positions = list(draw, 1, 6, () => {
      const base = signed(draw, 44);
      return { base, quote: quoteNear(draw, base, markWad), cash: signed(draw, 50) };
    });
    const spokeSums = list(draw, 1, 3, () => {
      const base = draw.integer(2) === 0 ? 0n : signed(draw, 36);
      return { base, quote: base === 0n ? 0n : quoteNear(draw, base, markWad) };
    });
    const parameters = { markWad, variationPool: magnitude(draw, 48), spokeSums, positions };
    const { amounts, variationPool: variationPoolAfter } = settlement(parameters);
    return {
      markWad,
      variationPool: parameters.variationPool,
      spokeBase: spokeSums.map(({ base }) => base),
      spokeQuote: spokeSums.map(({ quote }) => quote),
      base: positions.map(({ base }) => base),
      quote: positions.map(({ quote }) => quote),
      cash: positions.map(({ cash }) => cash),
      amounts,
      variationPoolAfter,
    };
  });
  return { cases };
}

/** Accounts and their equity. */
export function equityVectors(): Values {
  const draw = random(24);
  const cases = Array.from({ length: EQUITIES }, () => {
    const cash = signed(draw, 60);
    const collateral = list(draw, 0, 2, () => ({
      amount: magnitude(draw, 60),
      sharedDecimals: 6 + draw.integer(3),
      priceWad: magnitude(draw, 90) + 1n,
      confidenceWad: draw.integer(2) === 0 ? 0n : magnitude(draw, 88),
      haircutBps: BigInt(draw.integer(10_001)),
    }));
    const positions = list(draw, 0, 4, () => {
      const base = signed(draw, 60);
      const markWad = magnitude(draw, 90) + 1n;
      return { base, quote: quoteNear(draw, base, markWad), markWad };
    });
    // Mostly around where a lane's tokens begin to count less, and where they no longer count.
    const lanes = Array.from({ length: 3 }, () => ({
      ageSeconds: BigInt(draw.integer(3_000)),
      lagSeconds: BigInt(1 + draw.integer(1_200)),
    }));
    const liquidity = Array.from({ length: 1 + collateral.length }, () =>
      lanes.map(() => (draw.integer(4) === 0 ? 0n : magnitude(draw, 63))),
    );
    const freshness = liquidity.map((ofAsset) =>
      assetFreshness(lanes.map((lane, at) => ({ ...lane, liquidity: ofAsset[at]! }))),
    );
    return {
      laneAge: lanes.map(({ ageSeconds }) => ageSeconds),
      laneLag: lanes.map(({ lagSeconds }) => lagSeconds),
      liquidity: liquidity.flat(),
      cash,
      amount: collateral.map(({ amount }) => amount),
      sharedDecimals: collateral.map(({ sharedDecimals }) => sharedDecimals),
      priceWad: collateral.map(({ priceWad }) => priceWad),
      confidenceWad: collateral.map(({ confidenceWad }) => confidenceWad),
      haircutBps: collateral.map(({ haircutBps }) => haircutBps),
      base: positions.map(({ base }) => base),
      quote: positions.map(({ quote }) => quote),
      markWad: positions.map(({ markWad }) => markWad),
      values: positions.map(positionValue),
      equityWad: equity({
        cash,
        cashFreshnessPpb: freshness[0]!,
        collateral: collateral.map((one, at) => ({ ...one, freshnessPpb: freshness[1 + at]! })),
        positions,
      }),
    };
  });
  return { cases };
}

/** A quote that leaves the position within a tenth of its size of zero value. */
function quoteNear(draw: Random, base: bigint, markWad: bigint): bigint {
  const value = (base * markWad) / 10n ** 20n;
  const swing = (value < 0n ? -value : value) / 10n + 2n;
  return -value + (signed(draw, 100) % swing);
}

/** Of random length as well as value, so that small numbers and their rounding are met. */
function magnitude(draw: Random, bits: number): bigint {
  return draw.bits(1 + draw.integer(bits));
}

function signed(draw: Random, bits: number): bigint {
  const value = magnitude(draw, bits);
  return draw.integer(2) === 0 ? value : -value;
}

function list<T>(draw: Random, least: number, most: number, make: () => T): T[] {
  return Array.from({ length: least + draw.integer(most - least + 1) }, make);
}
