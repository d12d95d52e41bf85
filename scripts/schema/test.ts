import { z } from "zod";
import { count } from "./common.ts";

/** Options of `./causeway test`. */
export const testInput = z.strictObject({
  only: z.string().optional().describe("name of the one step to run"),
});

/** Result of `./causeway test --json`. A step that fails without running tests counts as one failure. */
export const testResult = z.strictObject({
  steps: z.array(
    z.strictObject({
      name: z.string(),
      seconds: z.number(),
      budgetSeconds: z.number(),
      passed: count,
      failed: count,
    }),
  ),
  passed: count,
  failed: count,
});

export type TestResult = z.infer<typeof testResult>;
