import { parseUnits } from "viem";
import { z } from "zod";

/** A decimal as a string, so that no digit is lost, as a whole number of `decimals` decimals. */
export const decimal = (decimals: number) =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,30}(\\.\\d{1,${decimals}})?$`), `a decimal with at most ${decimals} decimals`)
    .transform((text) => parseUnits(text, decimals));
