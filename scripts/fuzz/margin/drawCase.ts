import { defaultAccountParameters } from "../../../clearing/margin/marginParameters.ts";
import type {
  PortfolioMarginParameters,
  UnderlyingHoldings,
} from "../../../clearing/margin/portfolioMargin.ts";
import {
  drawAccountParameters,
  drawAnyArray,
  drawMarket,
  drawMove,
  drawParameters,
  drawPayoffArray,
  list,
  magnitude,
  signed,
  usualParameters,
} from "../../../clearing/margin/randomMargin.ts";
import type { RiskArray } from "../../../clearing/margin/riskArray.ts";
import { maximum } from "../../../clearing/math.ts";
import { type Random, random } from "../../../clearing/random.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import { arrayOf, drawOptionCase, type OptionCase, PAYOFFS_TOO } from "../../generate/optionArrayVectors.ts";
import { drawEngineCase, type EngineCase, NOW } from "./drawEngineCase.ts";

/** What TypeScript and the contracts are both asked. */
export interface FuzzCase {
  portfolio: PortfolioMarginParameters;
  /** Options whose arrays the portfolio's may have. */
  options: readonly OptionCase[];
  /** Another account, in a market that the margin engine reads. */
  engine: EngineCase;
}

const DAY = 86_400n;
const INT88 = 2n ** 87n;
/** Spreads the places of a seed over all states of the generator. */
const STRIDE = 0x9e3779b9;

/**
 * Case `index` of a seed, whatever was drawn before it: up to five underlyings, perpetuals and options, their arrays computed from prices, made up, or
 * of any entries. Of a wild one every number is of any size that its type holds; a few are out of range.
 */
export function drawCase(seed: number, index: number): FuzzCase {
  const draw = random((seed + Math.imul(index, STRIDE)) >>> 0);
  const wild = draw.integer(3) === 0;
  const options = list(draw.integer(3), () => drawOptionCase(draw, draw.integer(PAYOFFS_TOO)));
  const arrays = [...options.flatMap(arraysOf), drawPayoffArray(draw, true), drawPayoffArray(draw, false)];
  if (wild) arrays.push(drawAnyArray(draw), drawAnyArray(draw));
  const underlyings = list(draw.integer(6), () => drawUnderlying(draw, wild, arrays));
  const parameters = wild ? drawAccountParameters(draw) : defaultAccountParameters;
  const portfolio = { underlyings, parameters, time: wild ? magnitude(draw, 40) : NOW };
  return {
    portfolio: draw.integer(50) === 0 ? spoilt(draw, portfolio) : portfolio,
    options,
    engine: drawEngineCase(draw, wild, arrays),
  };
}

function arraysOf(option: OptionCase): RiskArray[] {
  try {
    return [arrayOf(option).entries].filter((entries) =>
      entries.every((entry) => entry === BigInt.asIntN(32, entry)),
    );
  } catch (error) {
    if (error instanceof CausewayError) return [];
    throw error;
  }
}

function drawUnderlying(draw: Random, wild: boolean, arrays: readonly RiskArray[]): UnderlyingHoldings {
  const closes = draw.integer(4) === 0;
  const leg = () => ({
    base: wild && draw.integer(20) === 0 ? -INT88 : maximum(1n - INT88, signed(draw, wild ? 87 : 44)),
    offset: draw.integer(2) === 0 ? 0n : magnitude(draw, wild ? 96 : 44),
    closing: closes && draw.integer(2) === 0 ? magnitude(draw, wild ? 88 : 45) : 0n,
  });
  const option = () => ({
    ...leg(),
    right: draw.integer(2) === 0 ? ("call" as const) : ("put" as const),
    expiry: wild ? magnitude(draw, 40) + 1n : NOW + DAY * BigInt(draw.integer(8) * 50 - 50),
    array: arrays[draw.integer(arrays.length)]!,
  });
  return {
    parameters: wild ? drawParameters(draw) : usualParameters[draw.integer(usualParameters.length)]!,
    market: drawMarket(draw, wild),
    move: drawMove(draw, wild),
    holdings: {
      perpetuals: list(draw.integer(3), leg),
      options: list(draw.integer(40) === 0 ? 24 : draw.integer(8), option),
    },
  };
}

/** With a number that must be refused. */
function spoilt(draw: Random, portfolio: PortfolioMarginParameters): PortfolioMarginParameters {
  const [first, ...others] = portfolio.underlyings;
  if (first === undefined) return portfolio;
  const wrong = [
    { ...first, market: { ...first.market, priceWad: 0n } },
    { ...first, parameters: { ...first.parameters, scanRange: 0n } },
    { ...first, holdings: { ...first.holdings, perpetuals: list(129, () => ({ base: 1n, offset: 0n })) } },
  ];
  return { ...portfolio, underlyings: [...others, wrong[draw.integer(wrong.length)]!] };
}
