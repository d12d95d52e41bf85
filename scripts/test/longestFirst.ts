import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files of the integration tests that take longest, longest first; by name, without the endings. Those that are not here follow, and so do files
 * of other projects.
 */
export const LONGEST: readonly string[] = [
  "crash",
  "payouts",
  "demo",
  "queue",
  "trader",
  "divergence",
  "ledgerFromLogs",
  "clearing",
  "healing",
  "oracleStall",
  "commands",
  "options",
  "badTrades",
  "standby",
];

/**
 * Begins with the files that take longest, so that none of them runs alone at the end. Vitest by itself knows what took long only where it ran
 * before; in a clean clone it goes by the files' sizes, which say nothing of how long a test waits for blocks.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const at = project.name === "integration" ? LONGEST.indexOf(basename(moduleId, ".test.ts")) : -1;
      return at === -1 ? LONGEST.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
