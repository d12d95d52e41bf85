import type { Mutation } from "./mutation.ts";

const INDEX = "contracts/funding/FundingIndex.sol";
const SUMS = "contracts/hub/InstrumentSums.sol";
const LOGIC = "contracts/hub/FundingLogic.sol";

/** Funding: what is charged, and what a change of base makes of a quote. */
export const fundingMutations: readonly Mutation[] = [
  {
    id: "receivers-are-not-scaled",
    file: INDEX,
    original: "receive_ = FixedPointMathLib.min(product / divisor, pay * paying / receiving);",
    replacement: "receive_ = product / divisor;",
    breaks: "CLR-03",
    why: "Where more is held on the side that receives than on the one that pays, funding makes money.",
  },
  {
    id: "a-change-of-base-forgets-funding",
    file: SUMS,
    original: "return quote + delta;",
    replacement: "return quote;",
    breaks: "CLR-03",
    why: "Whoever opens a position is charged for all the time before it.",
  },
  {
    id: "dust-for-the-account",
    file: INDEX,
    original: "units := sub(sdiv(exact, UNIT), slt(smod(exact, UNIT), 0))",
    replacement: "units := add(sdiv(exact, UNIT), sgt(smod(exact, UNIT), 0))",
    breaks: "CLR-02",
    why: "What funding rounds, it rounds for the account: each change of a position makes a millionth of a dollar.",
  },
  {
    id: "open-interest-without-flips",
    file: SUMS,
    original: "e.openLong += FixedPointMathLib.max(next, 0) - FixedPointMathLib.max(net, 0);",
    replacement: "if (next > 0) e.openLong += next - FixedPointMathLib.max(net, 0);",
    breaks: "CLR-02",
    why: "An account that is no longer long counts as open interest for ever.",
  },
  {
    id: "dust-is-lost",
    file: LOGIC,
    original: "f.surplus += f.dust;",
    replacement: "",
    breaks: "CLR-02",
    why: "What changes of positions lost by rounding is nobody's after the next accrual.",
  },
];
