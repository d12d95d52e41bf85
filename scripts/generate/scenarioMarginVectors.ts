import { concat, type Hex, keccak256, numberToHex } from "viem";
import { bestCertificate, type Certificate, certificateBound } from "../../clearing/margin/certificate.ts";
import { type AccountParameters, defaultAccountParameters } from "../../clearing/margin/marginParameters.ts";
import {
  ceilingAt,
  chargedShare,
  FULL_PPM,
  openInterestShare,
  openInterestWad,
} from "../../clearing/margin/openInterestRamp.ts";
import { portfolioMargin, type UnderlyingHoldings } from "../../clearing/margin/portfolioMargin.ts";
import {
  drawAccountParameters,
  drawAnyArray,
  drawMarket,
  drawMove,
  drawParameters,
  drawPayoffArray,
  list,
  magnitude,
  usualParameters,
} from "../../clearing/margin/randomMargin.ts";
import { packRiskArray, unpackRiskArray } from "../../clearing/margin/riskArray.ts";
import { grid, scenarios } from "../../clearing/margin/scenarios.ts";
import type { UnderlyingMarket, UnderlyingRequirement } from "../../clearing/margin/underlyingRequirement.ts";
import { WAD } from "../../clearing/math.ts";
import { type Random, random } from "../../clearing/random.ts";

const PORTFOLIOS = 520;
const ARRAYS = 40;
const RAMPS = 200;
const CEILINGS = 200;
/** Of a ceiling to a millionth. */
const PPM_CEILING = 86_400_000n;
const TIME = 1_764_000_000n;

type Values = Record<string, unknown>;

/** A leg as vectors have it: without expiry it is a perpetual; `array` is a place in the vectors' list of arrays. */
interface VectorLeg {
  base: bigint;
  offset: bigint;
  expiry: bigint;
  isPut: boolean;
  array: number;
  closing: bigint;
}

/**
 * Portfolios on perpetuals and options of several underlyings, and what `PortfolioMargin` and `portfolioMargin` must both require of
 * them (CLR-20); and a certificate of each, with what `CertificateBound` and `certificateBound` must both say that it proves. To keep the file small, arrays and parameters come from lists, and of the components there is only a hash.
 */
export function scenarioMarginVectors(): Values {
  const draw = random(25);
  const parameters = [...usualParameters, ...list(6, () => drawParameters(draw))];
  const accounts = [defaultAccountParameters, ...list(5, () => drawAccountParameters(draw))];
  const arrays = list(ARRAYS, (i) =>
    packRiskArray(i % 4 === 3 ? drawAnyArray(draw) : drawPayoffArray(draw, draw.integer(2) === 0)),
  );
  // Risk model, section 10: +10 BTC on one chain, -8 on another, at 60,000.
  const golden = {
    account: 0,
    parameters: [0],
    market: [{ priceWad: 60_000n * WAD, confidenceWad: 0n, ageSeconds: 0n, rampPpm: 0n }],
    legs: [
      [{ base: 2n * 10n ** 8n, offset: 8n * 10n ** 8n, expiry: 0n, isPut: false, array: 0, closing: 0n }],
    ],
    moves: [0n],
  };
  const drawn = list(PORTFOLIOS, () => {
    const wild = draw.integer(4) === 0;
    const closes = draw.integer(4) === 0;
    const count = draw.integer(5);
    return {
      account: wild ? draw.integer(accounts.length) : 0,
      parameters: list(count, () => draw.integer(wild ? parameters.length : usualParameters.length)),
      market: list(count, () => drawMarket(draw, wild)),
      legs: list(count, () => list(draw.integer(wild ? 12 : 7), (i) => leg(draw, wild, i === 0, closes))),
      moves: list(count, () => drawMove(draw, wild)),
    };
  });
  // Of its own, so that portfolios stay what they are.
  const named = random(26);
  const moving = random(27);
  return {
    time: [TIME],
    accounts,
    parameters,
    arrays,
    ramps: list(RAMPS, () => rampVector(draw)),
    ceilings: list(CEILINGS, () => ceilingVector(moving)),
    portfolios: [golden, ...drawn].map((held) => {
      const underlyings = held.legs.map((legs, u) => ({
        parameters: parameters[held.parameters[u]!]!,
        market: held.market[u]!,
        holdings: holdings(legs, arrays),
        move: held.moves[u]!,
      }));
      const account = accounts[held.account]!;
      const certificate = drawCertificate(named, underlyings);
      return {
        ...flat(held),
        ...required(underlyings, account),
        // Joint scenario, then one an underlying.
        certificate: [certificate.joint, ...certificate.scenarios],
        ...certified(underlyings, account, certificate),
      };
    }),
  };
}

/** Any, or the one that proves most. */
function drawCertificate(draw: Random, underlyings: readonly UnderlyingHoldings[]): Certificate {
  if (draw.integer(2) === 0) return bestCertificate(underlyings);
  return {
    joint: grid[draw.integer(grid.length)]!,
    scenarios: underlyings.map(() => draw.integer(scenarios.length)),
  };
}

function certified(
  underlyings: readonly UnderlyingHoldings[],
  parameters: AccountParameters,
  certificate: Certificate,
): Values {
  const { maintenanceWad, bandWad } = certificateBound({ underlyings, parameters, certificate });
  return { bound: maintenanceWad, band: bandWad };
}

/** Open interest of any size, and about the caps. */
function rampVector(draw: Random): Values {
  const { openInterestFrom: from, openInterestTo: to } = drawParameters(draw);
  const price = magnitude(draw, 120) + 1n;
  const between = from + BigInt(draw.integer(1000)) * ((to - from) / 999n);
  const base =
    draw.integer(3) === 0
      ? magnitude(draw, 127)
      : (between * WAD * 10n ** 8n) / price + BigInt(draw.integer(2));
  const ppm = openInterestShare(openInterestWad(base, price), { openInterestFrom: from, openInterestTo: to });
  return { base, price, from, to, ppm };
}

/** Ceilings about the shares that they move towards, and shares about the ceilings. */
function ceilingVector(draw: Random): Values {
  const share = (): bigint => [0n, FULL_PPM, BigInt(draw.integer(Number(FULL_PPM)))][draw.integer(3)]!;
  const toldPpm = share();
  const rampCeiling = share() * PPM_CEILING + magnitude(draw, 26);
  const rampPerDay = 1n + magnitude(draw, 39);
  const elapsed = magnitude(draw, 24);
  const moved = ceilingAt({ toldPpm, rampCeiling, rampPerDay, rampTime: TIME }, TIME + elapsed);
  const sharePpm = draw.integer(2) === 0 ? share() : moved / PPM_CEILING + BigInt(draw.integer(2));
  const chargedPpm = chargedShare(sharePpm, moved);
  return { toldPpm, rampCeiling, rampPerDay, elapsed, moved, sharePpm, chargedPpm };
}

function required(underlyings: readonly UnderlyingHoldings[], parameters: AccountParameters): Values {
  const margin = portfolioMargin({ underlyings, parameters, time: TIME });
  const words = [
    margin.crossCreditInitial,
    margin.crossCreditMaintenance,
    BigInt(margin.worstScenario),
    ...margin.underlyings.flatMap(componentsOf),
  ].map((word) => numberToHex(word, { size: 32 }));
  return { initial: margin.initial, maintenance: margin.maintenance, components: keccak256(concat(words)) };
}

/** In the order of the contract's struct. */
function componentsOf(requirement: UnderlyingRequirement): bigint[] {
  const { gridProfits: _, gained: __, closes: ___, worstScenario, ...terms } = requirement;
  return [...Object.values(terms), BigInt(worstScenario)];
}

function holdings(legs: readonly VectorLeg[], arrays: readonly Hex[]): UnderlyingHoldings["holdings"] {
  return {
    perpetuals: legs.filter(({ expiry }) => expiry === 0n),
    options: legs
      .filter(({ expiry }) => expiry !== 0n)
      .map(({ isPut, array, ...rest }) => ({
        ...rest,
        right: isPut ? ("put" as const) : ("call" as const),
        array: unpackRiskArray(arrays[array]!),
      })),
  };
}

/** As lists of numbers, which Solidity reads fast: the legs of all underlyings in a row. */
function flat(held: {
  account: number;
  parameters: readonly number[];
  market: readonly UnderlyingMarket[];
  legs: readonly (readonly VectorLeg[])[];
  moves: readonly bigint[];
}): Values {
  return {
    account: held.account,
    parameters: held.parameters,
    market: held.market.flatMap((m) => [m.priceWad, m.confidenceWad, m.ageSeconds, m.rampPpm]),
    moves: held.moves,
    counts: held.legs.map((legs) => legs.length),
    base: held.legs.flat().map(({ base }) => base),
    // offset, expiry, put, array, closing
    terms: held.legs.flat().flatMap((l) => [l.offset, l.expiry, l.isPut ? 1 : 0, l.array, l.closing]),
  };
}

function leg(draw: Random, wild: boolean, perpetual: boolean, closes: boolean): VectorLeg {
  const bits = wild ? 87 : 44;
  const base = magnitude(draw, bits) * (draw.integer(2) === 0 ? 1n : -1n);
  return {
    base: wild && draw.integer(20) === 0 ? -(2n ** 87n) : base,
    offset: draw.integer(2) === 0 ? 0n : magnitude(draw, wild ? 96 : 44),
    expiry: perpetual && draw.integer(2) === 0 ? 0n : TIME + 86_400n * BigInt(draw.integer(5) * 100 - 50),
    isPut: draw.integer(2) === 0,
    array: draw.integer(ARRAYS),
    closing: closes && draw.integer(2) === 0 ? magnitude(draw, wild ? 88 : 45) : 0n,
  };
}
