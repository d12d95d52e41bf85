import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Mutation } from "../../test/mutations/mutation.ts";
import type { MutateResult, MutationResult } from "../schema/mutate.ts";
import { root } from "../test/runProcess.ts";
import { applyMutation, mutate } from "./applyMutation.ts";
import { runCampaign } from "./runCampaign.ts";
import { copyWorkspace, createWorkspace, type Workspace } from "./workspace.ts";

/** What a campaign's result says of the mutation. */
const OUTCOMES = { passed: "survived", failed: "killed", notCompiled: "notCompiled" } as const;

export interface TryMutationsParameters {
  mutations: readonly Mutation[];
  /** How many at a time. */
  jobs: number;
  progress: (line: string) => void;
  /** Ends what runs and removes its folders. */
  signal: AbortSignal;
}

/**
 * Runs the campaign as it is, which must pass, then once with each mutation.
 *
 * @throws CausewayError `MutationStale`, before anything runs; `ControlFailed`; the signal's reason
 */
export async function tryMutations({
  mutations,
  jobs,
  progress,
  signal,
}: TryMutationsParameters): Promise<MutateResult> {
  for (const mutation of mutations) mutate(await readFile(join(root, mutation.file), "utf8"), mutation);
  const unchanged = await createWorkspace();
  try {
    progress("control: the campaign without a mutation");
    const control = await timed(() => runCampaign(unchanged.folder, undefined, signal));
    if (control.result.outcome !== "passed") throw controlFailed(control.result);
    progress(`control: passed in ${control.seconds} s`);

    const results: MutationResult[] = [];
    const todo = [...mutations.entries()];
    const work = async (): Promise<void> => {
      for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
        const [at, mutation] = next;
        results[at] = await tryMutation(unchanged, mutation, signal);
        progress(`[${results.filter(Boolean).length}/${mutations.length}] ${describe(results[at])}`);
      }
    };
    await endTogether(
      Array.from({ length: jobs }, () =>
        work().catch((error: unknown) => {
          todo.length = 0;
          throw error;
        }),
      ),
    );
    return summary(control.seconds, results);
  } finally {
    await unchanged.remove();
  }
}

function summary(controlSeconds: number, results: MutationResult[]): MutateResult {
  const count = (outcome: MutationResult["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  return {
    control: { seconds: controlSeconds },
    mutations: results,
    killed: count("killed"),
    survived: count("survived"),
    notCompiled: count("notCompiled"),
  };
}

async function tryMutation(
  unchanged: Workspace,
  mutation: Mutation,
  signal: AbortSignal,
): Promise<MutationResult> {
  const { id, file, breaks, why } = mutation;
  const workspace = await copyWorkspace(unchanged);
  try {
    await applyMutation(workspace.folder, mutation);
    const { result, seconds } = await timed(() => runCampaign(workspace.folder, file, signal));
    const outcome = OUTCOMES[result.outcome];
    const killedBy = result.outcome === "failed" ? [...result.failures] : [];
    return { id, file, breaks, why, outcome, killedBy, seconds };
  } finally {
    await workspace.remove();
  }
}

function describe({ id, outcome, killedBy, seconds }: MutationResult): string {
  if (outcome === "survived") return `${id}: SURVIVED, ${seconds} s`;
  if (outcome === "notCompiled") return `${id}: DID NOT COMPILE, ${seconds} s`;
  return `${id}: killed in ${seconds} s by "${killedBy[0]!.check}" (${killedBy[0]!.test.split("_")[0]})`;
}

function controlFailed(
  result: Exclude<Awaited<ReturnType<typeof runCampaign>>, { outcome: "passed" }>,
): CausewayError {
  const found =
    result.outcome === "failed" ? `${result.failures[0].test}: ${result.failures[0].check}` : result.output;
  return new CausewayError("ControlFailed", { details: { found } });
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: Math.round((performance.now() - start) / 100) / 10 };
}

/** Waits until all have ended, so that nothing runs on and no folder stays, then fails if one did. */
async function endTogether(work: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(work);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
