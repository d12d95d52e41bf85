import type { Failure } from "./runCampaign.ts";

/** Two hashes that differ, or sums of hashes, say nothing. */
const HASHES = /: (0x[0-9a-f]{64}|\d{70,}) != (0x[0-9a-f]{64}|\d{70,})$/;

/** Failed tests in what `hardhat test solidity` wrote: `1) Suite#name()` and the error below it. */
export function failuresIn(text: string): Failure[] {
  const found = text.matchAll(/^ *\d+\) \w+#(\w+)\(.*\)[^\n]*\n\s*([^\n]*)/gm);
  return [...found].map(([, test, line]) => ({
    test: test!,
    check: line!
      .replace(/^Error: /, "")
      .replace(HASHES, "")
      .trim(),
  }));
}
