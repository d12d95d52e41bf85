import { defaultLimits } from "../../chains/marginTerms.ts";
import { expiryOf } from "../../clearing/codec/instrumentName.ts";
import {
  checkUnderlyingParameters,
  defaultUnderlyingParameters,
  type UnderlyingParameters,
} from "../../clearing/margin/marginParameters.ts";
import { openInterestShare } from "../../clearing/margin/openInterestRamp.ts";
import { type OptionArray, optionArray, payoffArray } from "../../clearing/margin/optionArray.ts";
import type { UnderlyingMarket } from "../../clearing/margin/underlyingRequirement.ts";
import { maximum, WAD } from "../../clearing/math.ts";
import type { OptionTerms, PricingModel } from "../../clearing/pricing/optionPrice.ts";
import { sviRefusal } from "../../clearing/pricing/sviRefusal.ts";
import type { PortfolioFile } from "../schema/margin.ts";
import type { OptionName } from "./parseInstrument.ts";
import { exactDecimal, portfolioError } from "./portfolioError.ts";

const YEAR = 31_536_000n;
/** Of a day's volume, what trades without moving the price. */
const DEPTH_SHARE = 10n;

type FileMarket = PortfolioFile["markets"][string];

/** Market and parameters of an underlying, as a portfolio file has them. */
export interface FileUnderlying {
  parameters: UnderlyingParameters;
  market: UnderlyingMarket;
  /** Up to what gains that are not settled count for initial margin, dollars, 1e18. */
  gainsCapWad: bigint;
  /** Value and risk array of an option on it. */
  price(option: OptionName): OptionArray;
}

/** @throws CausewayError `PortfolioInvalid`, `MarginInputOutOfRange` */
export function fileUnderlying({ markets }: PortfolioFile, symbol: string, time: bigint): FileUnderlying {
  const market = Object.hasOwn(markets, symbol) ? markets[symbol] : undefined;
  const key = `markets.${symbol}`;
  if (market === undefined) throw portfolioError(key, "nothing", "the market of an underlying that is held");
  const priceWad = exactDecimal(`${key}.price`, market.price, 18);
  if (priceWad === 0n) throw portfolioError(`${key}.price`, market.price, "a price above 0");
  const parameters = parametersOf(key, symbol, market);
  checkUnderlyingParameters(parameters);
  const expiries = expiriesOf(key, market);
  const gainsCap = market.gainsCapUsd;
  return {
    parameters,
    gainsCapWad:
      (gainsCap === undefined ? defaultLimits.gainsCap : exactDecimal(`${key}.gainsCapUsd`, gainsCap, 0)) *
      WAD,
    market: {
      priceWad,
      confidenceWad: exactDecimal(`${key}.confidence`, market.confidence ?? "0", 18),
      ageSeconds: BigInt(market.ageSeconds ?? 0),
      rampPpm: openInterestShare(
        exactDecimal(`${key}.openInterestUsd`, market.openInterestUsd ?? "0", 18),
        parameters,
      ),
    },
    price(option) {
      const { scanRange } = parameters;
      if (option.expiry <= time) {
        const { strikeWad, right } = option;
        return payoffArray({
          strikeWad,
          isCall: right === "call",
          spotWad: priceWad,
          scanRangePpb: scanRange,
        });
      }
      const yearsWad = ((option.expiry - time) * WAD) / YEAR;
      const own = expiries.get(option.expiry);
      const { terms, model } = termsOf({ key, market, own, spotWad: priceWad, option, yearsWad });
      return optionArray({
        option: terms,
        model,
        spotWad: priceWad,
        scanRangePpb: scanRange,
      });
    },
  };
}

function parametersOf(key: string, symbol: string, market: FileMarket): UnderlyingParameters {
  const given = Object.entries(market.parameters ?? {}).map(([name, rate]) => [
    name,
    exactDecimal(`${key}.parameters.${name}`, rate!, 9),
  ]);
  const dollars = (name: string, text: string): bigint => exactDecimal(`${key}.${name}`, text, 0);
  const { dailyVolumeUsd, openInterestCapsUsd: caps } = market;
  const depth =
    dailyVolumeUsd === undefined
      ? {}
      : { depth: maximum(1n, dollars("dailyVolumeUsd", dailyVolumeUsd) / DEPTH_SHARE) };
  const ramp =
    caps === undefined
      ? {}
      : {
          openInterestFrom: dollars("openInterestCapsUsd.0", caps[0]),
          openInterestTo: dollars("openInterestCapsUsd.1", caps[1]),
        };
  return { ...defaultUnderlyingParameters(symbol), ...Object.fromEntries(given), ...depth, ...ramp };
}

/** What a market says of each expiry, by its time: a date can be written in more than one way. */
function expiriesOf(key: string, { expiries = {} }: FileMarket): Map<bigint, OwnExpiry> {
  const found = new Map<bigint, OwnExpiry>();
  for (const [date, terms] of Object.entries(expiries)) {
    const expiry = expiryOf(date);
    const at = `${key}.expiries.${date}`;
    if (expiry === undefined) throw portfolioError(at, date, "a date such as 26DEC25");
    if (found.has(BigInt(expiry))) throw portfolioError(at, "the same expiry again", "each expiry once");
    found.set(BigInt(expiry), { at, terms });
  }
  return found;
}

interface OwnExpiry {
  at: string;
  terms: NonNullable<FileMarket["expiries"]>[string];
}

interface TermsOfParameters {
  key: string;
  market: FileMarket;
  own: OwnExpiry | undefined;
  spotWad: bigint;
  option: OptionName;
  yearsWad: bigint;
}

function termsOf({ key, market, own: found, spotWad, option, yearsWad }: TermsOfParameters): {
  terms: OptionTerms;
  model: PricingModel;
} {
  const { at, terms: own } = found ?? { at: `${key}.expiries.${option.date}`, terms: {} };
  const wad = (name: string, text: string): bigint => exactDecimal(`${at}.${name}`, text, 18);
  const terms = {
    forwardWad: own.forward === undefined ? spotWad : wad("forward", own.forward),
    strikeWad: option.strikeWad,
    yearsWad,
    discountWad: own.discount === undefined ? WAD : wad("discount", own.discount),
    isCall: option.right === "call",
  };
  if (own.svi !== undefined && own.vol !== undefined) throw portfolioError(at, "vol and svi", "one of them");
  if (own.svi !== undefined) {
    const [a, b, rho, m, sigma] = own.svi.map((text, i) => wad(`svi.${i}`, text)) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const slice = { a, b, rho, m, sigma, yearsWad };
    const refusal = sviRefusal(slice);
    if (refusal !== null)
      throw portfolioError(`${at}.svi`, `a slice refused for its ${refusal.kind}`, "one without arbitrage");
    return { terms, model: { kind: "svi", slice } };
  }
  const vol = own.vol ?? market.vol;
  if (vol === undefined)
    throw portfolioError(at, "nothing", "vol or svi, as an option of that expiry is held");
  return { terms, model: { kind: "black76", volWad: wad("vol", vol) } };
}
