import { Command, Option } from "commander";
import { formatDecimal } from "../../clearing/decimal.ts";
import { discountFactor } from "../../clearing/pricing/discount.ts";
import type { Greeks } from "../../clearing/pricing/greeks.ts";
import type { OptionTerms, PricingModel } from "../../clearing/pricing/optionPrice.ts";
import { type Quote, quote } from "../../clearing/pricing/quote.ts";
import type { SviRefusal } from "../../clearing/pricing/sviRefusal.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { wadNumber, wadNumbers, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type QuoteResult, quoteInput, quoteResult } from "../schema/quote.ts";
import { table } from "../table.ts";

interface QuoteOptions {
  model?: QuoteResult["model"];
  forward?: bigint;
  strike?: bigint;
  years?: bigint;
  rate: bigint;
  right?: "call" | "put";
  vol?: bigint;
  svi?: readonly bigint[];
  skew?: bigint;
  excessKurtosis?: bigint;
  schema?: true;
}

const SVI_FIELDS = ["a", "b", "rho", "m", "sigma"];
/** The options that are one model's and not every model's. */
const OWN: Record<QuoteResult["model"], readonly (keyof QuoteOptions)[]> = {
  black76: ["vol"],
  svi: ["svi"],
  "gram-charlier": ["vol", "skew", "excessKurtosis"],
};
const FLAGS: Partial<Record<keyof QuoteOptions, string>> = { excessKurtosis: "excess-kurtosis" };

/** `./causeway quote`: what an option is worth, and how that moves. */
export function quoteCommand(output: Output): Command {
  const command = new Command("quote")
    .addOption(new Option("--model <model>", "pricing engine").choices(Object.keys(OWN)))
    .addOption(number("--forward <price>", "price of the underlying for delivery at expiry"))
    .addOption(number("--strike <price>", "strike"))
    .addOption(number("--years <years>", "to expiry, of 365 days"))
    .addOption(number("--rate <rate>", "a year, continuously compounded, 0.05 is 5 %").default(0n, "0"))
    .addOption(new Option("--right <right>", "what the option gives").choices(["call", "put"]))
    .addOption(number("--vol <vol>", "volatility a year, 0.5 is 50 % (black76, gram-charlier)"))
    .addOption(
      new Option("--svi <a,b,rho,m,sigma>", "total variance at expiry by ln(strike/forward) (svi)").argParser(
        wadNumbers(SVI_FIELDS),
      ),
    )
    .addOption(number("--skew <skew>", "of the log return, default 0 (gram-charlier)"))
    .addOption(number("--excess-kurtosis <kurtosis>", "of the log return, default 0 (gram-charlier)"));
  return withReportOptions(command).action((options: QuoteOptions) => {
    if (options.schema) {
      output.result(jsonSchema(quoteResult, quoteInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const result = quoteOf(options);
    output.result(quoteResult.parse(result), render);
    if (!result.accepted) output.checkFailed();
  });
}

function quoteOf(options: QuoteOptions): QuoteResult {
  const kind = required(options, "model");
  const yearsWad = required(options, "years");
  const option: OptionTerms = {
    forwardWad: required(options, "forward"),
    strikeWad: required(options, "strike"),
    yearsWad,
    discountWad: discountFactor(options.rate, yearsWad),
    isCall: required(options, "right") === "call",
  };
  const found = quote({ option, model: modelOf(kind, options), rateWad: options.rate });
  return "refusal" in found ? refused(kind, found.refusal) : accepted(kind, found);
}

function modelOf(kind: QuoteResult["model"], options: QuoteOptions): PricingModel {
  for (const option of new Set(Object.values(OWN).flat()))
    if (options[option] !== undefined && !OWN[kind].includes(option))
      throw usage(`option '--${FLAGS[option] ?? option}' is not one of model ${kind}`);
  if (kind === "svi") {
    const [a, b, rho, m, sigma] = required(options, "svi") as [bigint, bigint, bigint, bigint, bigint];
    return { kind, slice: { a, b, rho, m, sigma, yearsWad: required(options, "years") } };
  }
  const volWad = required(options, "vol");
  if (kind === "black76") return { kind, volWad };
  const { skew = 0n, excessKurtosis = 0n } = options;
  return { kind, volWad, skewWad: skew, excessKurtosisWad: excessKurtosis };
}

function accepted(model: QuoteResult["model"], { priceWad, greeks, volWad, clamped }: Quote): QuoteResult {
  const greek = (name: keyof Greeks): string | null =>
    greeks === null ? null : formatDecimal(greeks[name], 18);
  return {
    model,
    price: formatDecimal(priceWad, 18),
    delta: greek("delta"),
    gamma: greek("gamma"),
    vega: greek("vega"),
    theta: greek("theta"),
    vol: volWad === null ? null : formatDecimal(volWad, 18),
    accepted: true,
    reason:
      clamped === null
        ? null
        : `No density has this skew and kurtosis: used ${formatDecimal(clamped.skewWad, 18)} and ${formatDecimal(clamped.excessKurtosisWad, 18)}.`,
  };
}

function refused(model: QuoteResult["model"], refusal: SviRefusal): QuoteResult {
  const nothing = { price: null, delta: null, gamma: null, vega: null, theta: null, vol: null };
  return { model, ...nothing, accepted: false, reason: reasonOf(refusal) };
}

function reasonOf({ kind, kWad, valueWad }: SviRefusal): string {
  const [k, value] = [formatDecimal(kWad, 18, 6), formatDecimal(valueWad, 18, 6)];
  switch (kind) {
    case "range":
      return "A parameter is out of range: |a| and |m| at most 100, b 0 to 2, |rho| below 1, sigma 0.000001 to 100, at least a second to expiry.";
    case "variance":
      return `The least variance a + b·sigma·√(1 − rho²) is ${formatDecimal(valueWad, 18)}, at least 0.000000000001 is needed.`;
    case "wings":
      return `The wings' slope b·(1 + |rho|) is ${value}, at most 2 is possible.`;
    case "butterfly":
      return `Butterfly arbitrage: at ln(strike/forward) = ${k} the density is negative (g = ${value}).`;
    default:
      // A slice alone has no neighbours.
      return kind;
  }
}

function render(result: QuoteResult): string {
  const { model, accepted: isAccepted, reason, ...numbers } = result;
  if (!isAccepted) return `refused by ${model}: ${reason}`;
  const rows = Object.entries(numbers).map(([name, value]) => [name, value ?? "none"]);
  return [table([["model", model], ...rows]), ...(reason === null ? [] : ["", reason])].join("\n");
}

function number(flags: string, description: string): Option {
  return new Option(flags, description).argParser(wadNumber);
}

function required<K extends keyof QuoteOptions>(options: QuoteOptions, key: K): NonNullable<QuoteOptions[K]> {
  const value = options[key];
  if (value === undefined || value === null)
    throw usage(
      `required option '--${FLAGS[key] ?? key}' not given${key === "vol" || key === "svi" ? ` (model ${options.model})` : ""}`,
    );
  return value as NonNullable<QuoteOptions[K]>;
}

function usage(found: string): CausewayError {
  return new CausewayError("UsageInvalid", { details: { found }, hint: "See `./causeway quote --help`." });
}
