import { z } from "zod";
import { checkInterestCurve, type InterestCurve } from "../clearing/funding/utilisationCurve.ts";
import { CausewayError } from "../errors/CausewayError.ts";
import { decimal } from "./decimalSchema.ts";

/** Ratios: `"0.08"` is 8 % a year. */
const ratio = decimal(9);

/** What borrowing costs, as a configuration file has it: `InterestCurve`. Without one nobody lends. */
export const interestSchema = z
  .strictObject({
    /** Rate with nothing lent. */
    base: ratio,
    /** By how much it rises up to the kink, and from there until everything is lent. */
    toKink: ratio,
    beyondKink: ratio,
    /** Share lent at the kink. */
    kink: ratio,
    /** Share of the interest that lenders do not get. */
    reserve: ratio,
  })
  .superRefine((curve, { addIssue }) => {
    try {
      checkInterestCurve(curve);
    } catch (cause) {
      if (!(cause instanceof CausewayError)) throw cause;
      addIssue({
        code: "custom",
        message: "each rate at most 4, the kink above 0 and below 1, the reserve at most 1",
      });
    }
  }) satisfies z.ZodType<InterestCurve>;
