import { black76Call, deviation } from "../../clearing/pricing/black76.ts";
import { discountFactor, yearsOf } from "../../clearing/pricing/discount.ts";
import { expWad, lnWad } from "../../clearing/pricing/fixedPoint.ts";
import { scaledTail } from "../../clearing/pricing/normalTail.ts";
import { optionValue } from "../../clearing/pricing/optionValue.ts";
import { type Random, random } from "../../clearing/random.ts";

const WAD = 10n ** 18n;
const FUNCTIONS = 200;
const OPTIONS = 500;

/** What the pricing engines of both languages must give, to the bit (CLR-20). */
export function pricingVectors(): Record<string, unknown> {
  return { functions: functions(), black76: black76() };
}

function functions(): Record<string, bigint>[] {
  const draw = random(31);
  return Array.from({ length: FUNCTIONS }, () => {
    const exponent = between(draw, -43n * WAD, 135n * WAD);
    const value = spread(draw, 250);
    const distance = between(draw, 0n, (27n << 64n) / 2n);
    const rateWad = between(draw, -WAD / 2n, WAD / 2n);
    const seconds = spread(draw, 27);
    return {
      exponent,
      exp: expWad(exponent),
      value,
      ln: lnWad(value),
      distance,
      tail: scaledTail(distance),
      seconds,
      yearsWad: yearsOf(seconds),
      rateWad,
      discountWad: discountFactor(rateWad, yearsOf(seconds)),
    };
  });
}

function black76(): Record<string, unknown>[] {
  const draw = random(32);
  return Array.from({ length: OPTIONS }, () => {
    const terms = drawTerms(draw);
    const { forwardWad, strikeWad, volWad, yearsWad, discountWad, isCall } = terms;
    const deviationWad = deviation(volWad, yearsWad);
    const callWad = black76Call({ forwardWad, strikeWad, deviationWad });
    const priceWad = optionValue({ callWad, forwardWad, strikeWad, discountWad, isCall });
    return { ...terms, deviationWad, callWad, priceWad };
  });
}

/** Mostly near the money with volatilities of every day; sometimes of any size. */
export function drawTerms(draw: Random) {
  const forwardWad = spread(draw, 100) + 10n ** 9n;
  // A part or a multiple of the forward, up to e^37 either way.
  const part = draw.integer(4) === 0 ? spread(draw, 53) : 1n;
  const near = (forwardWad * between(draw, WAD / 2n, 2n * WAD)) / WAD;
  const far = draw.integer(2) === 0 ? near / part : near * part;
  const strikeWad = far > 0n && far < 1n << 120n ? far : forwardWad;
  return {
    forwardWad,
    strikeWad,
    volWad: draw.integer(8) === 0 ? spread(draw, 79) : between(draw, WAD / 20n, 5n * WAD),
    yearsWad: draw.integer(8) === 0 ? spread(draw, 66) : yearsOf(spread(draw, 26)),
    discountWad: draw.integer(8) === 0 ? spread(draw, 63) : between(draw, WAD / 2n, WAD),
    isCall: draw.integer(2) === 0,
  };
}

/** Of random length as well as value, above 0. */
export function spread(draw: Random, bits: number): bigint {
  return draw.bits(1 + draw.integer(bits)) + 1n;
}

export function between(draw: Random, least: bigint, most: bigint): bigint {
  return least + (draw.bits(200) % (most - least + 1n));
}
