import { type Abi, decodeErrorResult, decodeFunctionResult, type Hex, toFunctionSelector } from "viem";
import { assess } from "../../../clearing/margin/assess.ts";
import { certify } from "../../../clearing/margin/certificate.ts";
import { volFactors } from "../../../clearing/margin/optionArray.ts";
import { markOf, optionReferenceOf } from "../../../clearing/margin/optionReference.ts";
import { type PortfolioMarginParameters, portfolioMargin } from "../../../clearing/margin/portfolioMargin.ts";
import { packRiskArray } from "../../../clearing/margin/riskArray.ts";
import type { UnderlyingRequirement } from "../../../clearing/margin/underlyingRequirement.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import { arrayOf, type OptionCase } from "../../generate/optionArrayVectors.ts";
import type { EngineCase } from "./drawEngineCase.ts";
import type { EngineAnswer, EngineAnswers } from "./engineHarness.ts";
import type { ArrayAnswer, MarginAnswer } from "./marginHarness.ts";

/** A value that TypeScript and the contract do not agree on. */
export interface Difference {
  /** For example `underlyings[1].scan`. */
  where: string;
  typescript: string;
  solidity: string;
}

const NO_FACTORS = new Array<bigint>(7).fill(0n);
const PANIC = toFunctionSelector("Panic(uint256)");
/** Errors that both have by the same name; others a contract may name as it likes. */
const SAME: Readonly<Record<string, Hex>> = {
  RiskArrayEntryOutOfRange: toFunctionSelector("RiskArray_EntryOutOfRange(uint256,int256)"),
  OptionMarkOutOfRange: toFunctionSelector("OptionArray_MarkOutOfRange(uint256,uint256)"),
  MarginTooManyInstruments: toFunctionSelector("Margin_TooManyInstruments(uint256,uint256)"),
};

/** What differs in the requirement of a portfolio, component by component; both may refuse it, but not one alone. */
export function marginDifferences(
  portfolio: PortfolioMarginParameters,
  { failure, requirement }: MarginAnswer,
): Difference[] {
  return differences(
    () => portfolioMargin(portfolio),
    failure,
    (found) => ({
      ...requirement,
      underlyings: (requirement.underlyings as object[]).map((one, u) => ({
        ...besides(found.underlyings[u]),
        ...one,
      })),
    }),
  );
}

/** What TypeScript has of an underlying besides what the contract answers. */
function besides(one: UnderlyingRequirement | undefined) {
  return one && { gridProfits: one.gridProfits, gained: one.gained, closes: one.closes };
}

/** The same of an option's mark, risk array, and factors of volatility. */
export function arrayDifferences(option: OptionCase, { failure, ...answer }: ArrayAnswer): Difference[] {
  const expected = () => {
    const { mark, entries } = arrayOf(option);
    const factors =
      option.model === undefined ? NO_FACTORS : Object.values(volFactors(option.option, option.model));
    return { mark, packed: packRiskArray(entries), factors };
  };
  return differences(expected, failure, () => answer);
}

/** What differs in what the engine says about an account and about instruments, the names of refusals included. */
export function engineDifferences(engineCase: EngineCase, answers: EngineAnswers, abi: Abi): Difference[] {
  const { market, maxPriceAge, asked } = engineCase;
  const compare = (where: string, functionName: string, answer: EngineAnswer, own: () => unknown) =>
    valuesThatDiffer(where, ownOutcome(own), contractOutcome(abi, functionName, answer));
  return [
    ...compare("assessment", "assess", answers.assessment, () => assess(engineCase)),
    ...compare("certified", "certify", answers.certified, () => certify(engineCase)),
    ...asked.flatMap((instrument, i) => [
      ...compare(`marks[${i}]`, "markOf", answers.marks[i]!, () => markOf(market, instrument, maxPriceAge)),
      ...compare(`references[${i}]`, "optionReferenceOf", answers.references[i]!, () =>
        optionReferenceOf(market, instrument),
      ),
    ]),
  ];
}

/** What was found, or by what name it was refused. */
type Outcome = { found: unknown } | { refusal: string };

function ownOutcome(own: () => unknown): Outcome {
  try {
    return { found: own() };
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    return { refusal: error.kind };
  }
}

function contractOutcome(abi: Abi, functionName: string, { isGiven, data }: EngineAnswer): Outcome {
  if (isGiven) return { found: decodeFunctionResult({ abi, functionName, data }) };
  const { errorName } = decodeErrorResult({ abi, data });
  return { refusal: OWN_NAMES[errorName] ?? errorName.replace("_", "") };
}

/** Refusals that TypeScript has another name for. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  RiskBook_SizeOutOfRange: "MarginInputOutOfRange",
  SafeCastOverflowedUintDowncast: "MarginInputOutOfRange",
};

function differences<T>(expected: () => T, failure: Hex, answer: (found: T) => unknown): Difference[] {
  let found: T;
  try {
    found = expected();
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    const selector = failure.slice(0, 10);
    const isSame =
      SAME[error.kind] === undefined ? failure !== "0x" && selector !== PANIC : selector === SAME[error.kind];
    return isSame ? [] : [{ where: "failure", typescript: error.kind, solidity: failure }];
  }
  if (failure !== "0x") return [{ where: "failure", typescript: "none", solidity: failure }];
  return [...valuesThatDiffer("", found, answer(found))];
}

function* valuesThatDiffer(where: string, typescript: unknown, solidity: unknown): Generator<Difference> {
  if (typeof typescript !== "object" || typescript === null) {
    const [own, other] = [String(typescript), String(solidity)];
    if (own !== other) yield { where, typescript: own, solidity: other };
    return;
  }
  const other = (solidity ?? {}) as Record<string, unknown>;
  const keys = new Set([...Object.keys(typescript), ...Object.keys(other)]);
  for (const key of keys) {
    const own = (typescript as Record<string, unknown>)[key];
    const path = Array.isArray(typescript) ? `${where}[${key}]` : where === "" ? key : `${where}.${key}`;
    yield* valuesThatDiffer(path, own, other[key]);
  }
}
