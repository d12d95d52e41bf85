import { readFileSync, writeFileSync } from "node:fs";
import { formatUnits } from "viem";
import { z } from "zod";
import { decimal } from "../../chains/decimalSchema.ts";
import { describeIssue } from "../../chains/describeIssue.ts";
import { isUnderlying } from "../../clearing/codec/instrumentId.ts";
import { WAD } from "../../clearing/math.ts";
import { MAX_PRODUCT_WAD, type SliceParameters } from "../../clearing/oracle/surface.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { QuotedSlice, SurfaceSource, Surfaces } from "../../relayer/price/surfaceSource.ts";
import { lastGood } from "./lastGood.ts";

const WAD_DECIMALS = 18;

const unsigned = decimal(WAD_DECIMALS);
const signed = z
  .string()
  .regex(/^-?\d{1,30}(\.\d{1,18})?$/, "a decimal with at most 18 decimals")
  .transform((text) => (text.startsWith("-") ? -unsigned.parse(text.slice(1)) : unsigned.parse(text)));

/** Named as `./causeway fit` prints them; σ²T of `years` = a + b(rho(k − m) + √((k − m)² + sigma²)). */
const sviSchema = z
  .strictObject({
    a: signed,
    b: unsigned,
    rho: signed,
    m: signed,
    sigma: unsigned,
    years: unsigned.refine((years) => years > 0n, "above 0"),
  })
  .transform(
    ({ years, ...slice }): SliceParameters => ({ model: "svi", slice: { ...slice, yearsWad: years } }),
  );

const gramCharlierSchema = z.strictObject({ vol: unsigned, skew: signed, excessKurtosis: signed }).transform(
  ({ vol, skew, excessKurtosis }): SliceParameters => ({
    model: "gramCharlier",
    volWad: vol,
    skewWad: skew,
    excessKurtosisWad: excessKurtosis,
  }),
);

const black76Schema = z
  .strictObject({ vol: unsigned })
  .transform(({ vol }): SliceParameters => ({ model: "black76", volWad: vol }));

const sliceSchema = z
  .strictObject({
    expiry: z.iso.datetime(),
    /** Forward as a share of the spot; what a dollar at expiry is worth now. */
    forwardRatio: unsigned.prefault("1"),
    discount: unsigned.prefault("1"),
    svi: sviSchema.optional(),
    black76: black76Schema.optional(),
    gramCharlier: gramCharlierSchema.optional(),
  })
  .transform(({ expiry, forwardRatio, discount, svi, black76, gramCharlier }, context): QuotedSlice => {
    const [parameters, ...more] = [svi, black76, gramCharlier].filter((one) => one !== undefined);
    if (parameters === undefined || more.length > 0) {
      context.addIssue({ code: "custom", message: "one of svi, black76, gramCharlier" });
      return z.NEVER;
    }
    return {
      expiry: Date.parse(expiry) / 1_000,
      forwardRatioWad: forwardRatio,
      discountWad: discount,
      parameters,
    };
  })
  .refine(({ forwardRatioWad, discountWad }) => forwardRatioWad * discountWad <= MAX_PRODUCT_WAD * WAD, {
    error: "forwardRatio · discount at most 1.07",
  });

const schema = z.record(z.string().refine(isUnderlying, "a symbol such as BTC"), z.array(sliceSchema));

/** @throws CausewayError `SurfacesInvalid` */
export function readSurfaces(file: string): Surfaces {
  const json = readJson(file);
  const parsed = schema.safeParse(json);
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const { key, found, expected } = describeIssue(parsed.error, json);
  throw new CausewayError("SurfacesInvalid", { details: { file, key, found, expected } });
}

export function writeSurfaces(file: string, surfaces: Surfaces): void {
  writeFileSync(file, surfacesText(surfaces));
}

/** What such a file has. */
export function surfacesText(surfaces: Surfaces): string {
  const json: z.input<typeof schema> = Object.fromEntries(
    [...surfaces].map(([symbol, slices]) => [symbol, slices.map(toJson)]),
  );
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * Surfaces as they stand in a file, read anew each time. While the file is broken the last good ones stay, and `complain` is told once what is wrong.
 */
export function createFileSurfaces(
  file: string,
  first: Surfaces,
  complain: (error: CausewayError) => void,
): SurfaceSource {
  const latest = lastGood(() => readSurfaces(file), first, complain);
  return { latest: async () => latest() };
}

function toJson({ expiry, forwardRatioWad, discountWad, parameters }: QuotedSlice) {
  const text = (value: bigint) => formatUnits(value, WAD_DECIMALS);
  return {
    expiry: new Date(expiry * 1_000).toISOString(),
    forwardRatio: text(forwardRatioWad),
    discount: text(discountWad),
    ...modelJson(parameters, text),
  };
}

function modelJson(parameters: SliceParameters, text: (value: bigint) => string) {
  switch (parameters.model) {
    case "svi": {
      const { a, b, rho, m, sigma, yearsWad } = parameters.slice;
      return {
        svi: {
          a: text(a),
          b: text(b),
          rho: text(rho),
          m: text(m),
          sigma: text(sigma),
          years: text(yearsWad),
        },
      };
    }
    case "black76":
      return { black76: { vol: text(parameters.volWad) } };
    case "gramCharlier":
      return {
        gramCharlier: {
          vol: text(parameters.volWad),
          skew: text(parameters.skewWad),
          excessKurtosis: text(parameters.excessKurtosisWad),
        },
      };
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const found = cause instanceof SyntaxError ? "a syntax error" : "no file that can be read";
    const details = { file, key: "(file)", found, expected: "a JSON file" };
    throw new CausewayError("SurfacesInvalid", { details, cause });
  }
}
