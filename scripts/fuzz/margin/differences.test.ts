import { describe, expect, test } from "vitest";
import { volFactors } from "../../../clearing/margin/optionArray.ts";
import { portfolioMargin } from "../../../clearing/margin/portfolioMargin.ts";
import { packRiskArray } from "../../../clearing/margin/riskArray.ts";
import type { UnderlyingRequirement } from "../../../clearing/margin/underlyingRequirement.ts";
import { arrayOf } from "../../generate/optionArrayVectors.ts";
import { arrayDifferences, marginDifferences } from "./differences.ts";
import { drawCase } from "./drawCase.ts";

const NONE = "0x";
const PANIC = "0x4e487b710000000000000000000000000000000000000000000000000000000000000011";

describe("what differs", () => {
  const index = Array.from({ length: 100 }, (_, i) => i).find((i) => isPlain(i))!;
  const { portfolio, options } = drawCase(5, index);
  const own = portfolioMargin(portfolio);

  test("is nothing where all is equal, and each value by its path where not", () => {
    expect(marginDifferences(portfolio, { failure: NONE, requirement: answerOf(own) })).toEqual([]);
    const underlyings = own.underlyings.map((one, u) => (u === 0 ? { ...one, scan: one.scan + 1n } : one));
    const requirement = answerOf({ ...own, initial: own.initial - 1n, underlyings });
    expect(marginDifferences(portfolio, { failure: NONE, requirement })).toEqual([
      { where: "initial", typescript: String(own.initial), solidity: String(own.initial - 1n) },
      {
        where: "underlyings[0].scan",
        typescript: String(own.underlyings[0]!.scan),
        solidity: String(own.underlyings[0]!.scan + 1n),
      },
    ]);
  });

  test("is a value that only the contract has, and one that it lacks", () => {
    const { scan: _, ...less } = own.underlyings[0]!;
    const requirement = answerOf({ ...own, more: 1n, underlyings: [less, ...own.underlyings.slice(1)] });
    const found = marginDifferences(portfolio, { failure: NONE, requirement });
    expect(found.map(({ where }) => where)).toEqual(["underlyings[0].scan", "more"]);
  });

  test("is a refusal by one alone", () => {
    const requirement = answerOf(own);
    expect(marginDifferences(portfolio, { failure: PANIC, requirement })).toHaveLength(1);
    const wrong = { ...portfolio, parameters: { ...portfolio.parameters, maintenanceRatio: 0n } };
    expect(marginDifferences(wrong, { failure: NONE, requirement })).toHaveLength(1);
    expect(marginDifferences(wrong, { failure: PANIC, requirement })).toHaveLength(1);
    expect(marginDifferences(wrong, { failure: "0x12345678", requirement })).toEqual([]);
  });

  test("is one entry of an array", () => {
    const option = options[0]!;
    const { mark, entries } = arrayOf(option);
    const factors = Object.values(volFactors(option.option, option.model!));
    const answer = { failure: NONE, mark, packed: packRiskArray(entries), factors } as const;
    expect(arrayDifferences(option, answer)).toEqual([]);
    const packed = packRiskArray(entries.with(9, entries[9]! - 1n));
    expect(arrayDifferences(option, { ...answer, packed })).toMatchObject([{ where: "packed" }]);
    const other = factors.with(2, factors[2]! - 1n);
    expect(arrayDifferences(option, { ...answer, factors: other })).toMatchObject([{ where: "factors[2]" }]);
  });
});

test("a case depends on seed and index alone", () => {
  expect(drawCase(5, 9)).toEqual(drawCase(5, 9));
  expect(drawCase(5, 9)).not.toEqual(drawCase(5, 10));
  expect(drawCase(5, 9)).not.toEqual(drawCase(6, 9));
});

/** Whether it has what the tests need, and nothing in it is refused. */
function isPlain(index: number): boolean {
  try {
    const { portfolio, options } = drawCase(5, index);
    packRiskArray(arrayOf(options[0]!).entries);
    return options[0]!.model !== undefined && portfolioMargin(portfolio).underlyings.length > 1;
  } catch {
    return false;
  }
}

/** As the contract answers: without what it keeps to itself. */
function answerOf<T extends { underlyings: readonly object[] }>(margin: T): Record<string, unknown> {
  const underlyings = (margin.underlyings as Partial<UnderlyingRequirement>[]).map(
    ({ gridProfits: _, gained: __, closes: ___, ...one }) => one,
  );
  return { ...margin, underlyings };
}
