import { z } from "zod";
import { count } from "./common.ts";

/** Options of `./causeway mutate`. */
export const mutateInput = z.strictObject({
  only: z.array(z.string()).optional().describe("ids of the mutations to try"),
  jobs: count.min(1).describe("how many to try at a time"),
  write: z.boolean().optional().describe("whether docs/mutations.md is written"),
});

/** Result of `./causeway mutate --json`. */
export const mutateResult = z.strictObject({
  control: z.strictObject({ seconds: z.number() }).describe("the campaign without a mutation: it passed"),
  mutations: z.array(
    z.strictObject({
      id: z.string(),
      file: z.string(),
      breaks: z.string().describe("requirement"),
      why: z.string(),
      outcome: z.enum(["killed", "survived", "notCompiled"]),
      killedBy: z
        .array(z.strictObject({ test: z.string(), check: z.string() }))
        .describe(
          "checks that failed: of its sequences or, if these find nothing, of the campaign by chance",
        ),
      seconds: z.number(),
    }),
  ),
  killed: count,
  survived: count,
  notCompiled: count,
});

export type MutateResult = z.infer<typeof mutateResult>;
export type MutationResult = MutateResult["mutations"][number];
