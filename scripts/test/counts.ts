import { stripVTControlCharacters } from "node:util";
import type { ProcessResult } from "./runProcess.ts";

export interface Counts {
  passed: number;
  failed: number;
}

/** Counts of a tool that runs no tests: nothing, or one failure. */
export function checkCounts(code: number): Counts {
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

/** Counts in the summary of `hardhat test solidity`: `17 passing`, `2 failing`. */
export function hardhatCounts({ code, text }: ProcessResult): Counts {
  const plain = stripVTControlCharacters(text);
  const last = (word: string): number =>
    Number([...plain.matchAll(new RegExp(`^\\s*(\\d+) ${word}`, "gm"))].at(-1)?.[1] ?? 0);
  return settle({ passed: last("passing"), failed: last("failing") }, code);
}

/** Counts in the report of Vitest's JSON reporter. */
export function vitestCounts(report: string, code: number): Counts {
  const { numPassedTests, numFailedTests } = JSON.parse(report) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  return settle({ passed: numPassedTests, failed: numFailedTests }, code);
}

/** A runner that fails beyond its tests (it did not compile, say), or that ran none, is one failure more than it counted. */
function settle({ passed, failed }: Counts, code: number): Counts {
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
}
