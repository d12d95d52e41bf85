import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { fundingSamplesHash } from "../../clearing/funding/bookSamples.ts";
import { accrue, type FundingIndices, fundedQuote, shift } from "../../clearing/funding/fundingIndex.ts";
import {
  bookPremium,
  defaultFundingParameters,
  type FundingParameters,
  poolPremium,
  rate8,
  rateOfHour,
} from "../../clearing/funding/fundingRate.ts";
import { MAX_AMOUNT, PPB, PPB_TO_WAD } from "../../clearing/funding/limits.ts";
import {
  earnedInterest,
  growDebt,
  type InterestCurve,
  interestRate,
  utilisation,
} from "../../clearing/funding/utilisationCurve.ts";
import { maximum, WAD } from "../../clearing/math.ts";
import { type Random, random } from "../../clearing/random.ts";

const COUNT = 250;

/** Funding and interest as `contracts/funding` and `clearing/funding` must both have them (CLR-20). */
export function fundingVectors(): Record<string, unknown> {
  const draw = random(73);
  const many = <Case>(make: () => Case): Case[] => Array.from({ length: COUNT }, make);
  return {
    premiums: [golden, ...many(() => bookCase(draw))].map((c) => ({ ...c, premiumWad: bookPremium(c) })),
    pools: many(() => poolCase(draw)).map((c) => ({ ...c, premiumWad: poolPremium(c) })),
    rates: [goldenRate, ...many(() => rateCase(draw))].map(({ sumWad, count, ...parameters }) => ({
      ...parameters,
      sumWad,
      count,
      rate8Wad: rate8(sumWad / count, parameters),
      rateWad: rateOfHour(sumWad, count, parameters),
    })),
    accruals: [goldenAccrual, ...many(() => accrualCase(draw))].map((c) => ({ ...c, ...accrue(c) })),
    shifts: many(() => shiftCase(draw)),
    interest: many(() => interestCase(draw)),
    samples: [0, 1, 3].map((count) => samplesCase(draw, count)),
  };
}

/** Risk model, section 10: r8 = 5e-4, and 2 BTC pay 7.5 an hour. */
const golden = { bidWad: 60_060n * WAD, askWad: 60_080n * WAD, indexWad: 60_000n * WAD };
const goldenRate = { ...defaultFundingParameters, sumWad: (60n * WAD) / 1000n, count: 60n };
const goldenAccrual = {
  rateWad: (625n * WAD) / 10_000_000n,
  priceWad: 60_000n * WAD,
  elapsed: 3600n,
  openLong: 200_000_000n,
  openShort: 200_000_000n,
};

/** Of any size up to `bits`. */
function any(draw: Random, bits: number): bigint {
  return draw.bits(1 + draw.integer(bits));
}

function signed(draw: Random, bits: number): bigint {
  const value = any(draw, bits);
  return draw.integer(2) === 0 ? value : -value;
}

function bookCase(draw: Random) {
  const indexWad = maximum(1n, any(draw, 128));
  switch (draw.integer(4)) {
    case 0:
      return { bidWad: 0n, askWad: maximum(1n, any(draw, 128)), indexWad };
    case 1:
      return { bidWad: any(draw, 128), askWad: MAX_AMOUNT, indexWad };
    default: {
      // Near the index, as books are.
      const bidWad = (indexWad * BigInt(990 + draw.integer(20))) / 1000n;
      const capped = bidWad > MAX_AMOUNT ? MAX_AMOUNT : bidWad;
      const askWad = capped + (capped * BigInt(draw.integer(10))) / 1000n;
      return { bidWad: capped, askWad: maximum(1n, askWad > MAX_AMOUNT ? MAX_AMOUNT : askWad), indexWad };
    }
  }
}

/** What signers sign, and its EIP-712 hash; samples field by field, as the test reads them. */
function samplesCase(draw: Random, count: number) {
  const time = 1_800_000_000 + draw.integer(1000);
  const names = ["BTC", "ETH", "SOL"].slice(0, count).map(underlyingId);
  const samples = names.map((underlying) => ({ underlying, ...bookCase(draw) }));
  return {
    time,
    underlying: names,
    bidWad: samples.map(({ bidWad }) => bidWad),
    askWad: samples.map(({ askWad }) => askWad),
    indexWad: samples.map(({ indexWad }) => indexWad),
    hash: fundingSamplesHash({ time, samples }),
  };
}

function poolCase(draw: Random) {
  const scaleBase = maximum(1n, any(draw, 128));
  const netBase = draw.integer(3) === 0 ? signed(draw, 128) : (scaleBase * signed(draw, 8)) / 256n;
  return { netBase, scaleBase, poolRate: BigInt(draw.integer(Number(PPB) + 1)) };
}

function rateCase(draw: Random): FundingParameters & { sumWad: bigint; count: bigint } {
  const count = BigInt(1 + draw.integer(60));
  const size = draw.integer(4) === 0 ? WAD : WAD / 100n;
  return {
    interest: BigInt(draw.integer(10_000_001)),
    band: BigInt(draw.integer(draw.integer(2) === 0 ? 1_000_000 : 100_000_001)),
    hourlyCap: BigInt(1 + draw.integer(40_000_000)),
    minSamples: BigInt(1 + draw.integer(40)),
    poolRate: 0n,
    poolScale: 0n,
    sumWad: ((count * size * BigInt(draw.integer(20_001))) / 10_000n - count * size) as bigint,
    count,
  };
}

function accrualCase(draw: Random) {
  const rateWad = signed(draw, 55) % (40_000_000n * PPB_TO_WAD);
  return {
    rateWad,
    priceWad: maximum(1n, any(draw, 128)),
    elapsed: BigInt(1 + draw.integer(3600)),
    openLong: draw.integer(10) === 0 ? 0n : any(draw, 128),
    openShort: draw.integer(10) === 0 ? 0n : any(draw, 128),
  };
}

/** As wide as positions and indices are stored. */
function shiftCase(draw: Random) {
  const indices: FundingIndices = { long: signed(draw, 119), short: signed(draw, 119) };
  const oldBase = signed(draw, 79);
  const newBase = draw.integer(8) === 0 ? oldBase : signed(draw, 79);
  const stored = signed(draw, 87);
  return {
    oldBase,
    newBase,
    longIndex: indices.long,
    shortIndex: indices.short,
    stored,
    quote: fundedQuote({ base: oldBase, stored }, indices),
    ...shift(oldBase, newBase, indices),
  };
}

function interestCase(draw: Random) {
  const part = () => BigInt(draw.integer(4_000_000_001));
  const curve: InterestCurve = {
    base: part(),
    toKink: part(),
    beyondKink: part(),
    kink: BigInt(1 + draw.integer(999_999_999)),
    reserve: BigInt(draw.integer(1_000_000_001)),
  };
  const supply = any(draw, 128);
  const debt = draw.integer(5) === 0 ? any(draw, 128) : (supply * draw.bits(16)) / 65_536n;
  const elapsed = BigInt(draw.integer(31_536_001));
  const utilisationWad = utilisation(debt, supply);
  const rateWad = interestRate(utilisationWad, curve);
  const grown = growDebt(debt, rateWad, elapsed);
  // No more than one number holds.
  const interest = grown - debt > MAX_AMOUNT ? MAX_AMOUNT : grown - debt;
  return {
    ...curve,
    debt,
    supply,
    elapsed,
    utilisationWad,
    rateWad,
    grown,
    interest,
    earned: earnedInterest(interest, curve),
  };
}
