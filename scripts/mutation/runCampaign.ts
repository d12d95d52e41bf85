import { stripVTControlCharacters } from "node:util";
import { CausewayError } from "../../errors/CausewayError.ts";
import { hardhatCounts } from "../test/counts.ts";
import { runProcess } from "../test/runProcess.ts";
import { failuresIn } from "./failuresIn.ts";
import { linkedLibraries } from "./linkedLibraries.ts";

const CAMPAIGN = "test/contracts/invariant/ClearingInvariants.t.sol";
/** Libraries that the campaign creates contracts with. */
const DEPLOYERS = ["test/contracts/support/Deploy.sol", "test/contracts/support/DeployEngine.sol"];
/** Of `hardhat.config.ts`. */
const PROFILE = "mutation";
/** What holds a requirement: fixed sequences, which take seconds, and only if they find nothing the campaign by chance. */
const TESTS = ["test_CLR", "invariant_CLR"];

/** A check that failed. */
export interface Failure {
  /** Name of the test function. */
  test: string;
  /** What it said. */
  check: string;
}

export type CampaignResult =
  | { outcome: "passed" }
  | { outcome: "failed"; failures: readonly [Failure, ...Failure[]] }
  | { outcome: "notCompiled"; output: string };

/**
 * Compiles what the campaign needs in the workspace `folder`, nothing else, and runs it.
 *
 * @param mutated the file that changed since the last build there, if there was one. Of a linked library only the library is compiled,
 * which takes seconds instead of half a minute: the campaign's contracts hold no code of it, but for its internal functions, and
 * those that others have inlined stay as they were.
 */
export async function runCampaign(
  folder: string,
  mutated: string | undefined,
  signal: AbortSignal,
): Promise<CampaignResult> {
  // Hardhat links libraries from artifacts, which it writes only for files that it is told to build.
  const libraries = await linkedLibraries(folder);
  const rest = mutated !== undefined && libraries.includes(mutated) ? [] : [CAMPAIGN, ...DEPLOYERS];
  const hardhat = async (args: readonly string[]) => {
    const { code, text } = await runProcess("hardhat", args, { folder, signal, quiet: true });
    return { code, text: stripVTControlCharacters(text) };
  };
  const build = await hardhat(["build", ...rest, ...libraries]);
  if (build.code !== 0) return { outcome: "notCompiled", output: build.text.trim().slice(-2_000) };
  for (const tests of TESTS) {
    const args = ["test", "solidity", "--no-compile", "--grep", tests, "--test-profile", PROFILE, CAMPAIGN];
    const run = await hardhat(args);
    if (run.code === 0 && hardhatCounts(run).failed === 0) continue;
    const [first, ...others] = failuresIn(run.text);
    // Neither passed nor failed in a test: Hardhat itself did.
    if (first === undefined) {
      const what = `Hardhat failed: ${run.text.trim().slice(-2_000)}`;
      throw new CausewayError("InternalInvariant", { details: { what } });
    }
    return { outcome: "failed", failures: [first, ...others] };
  }
  return { outcome: "passed" };
}
