import { describe, expect, it } from "vitest";
import { checkCounts, hardhatCounts, vitestCounts } from "./counts.ts";

describe("hardhatCounts", () => {
  it("reads the summary, colours and all", () => {
    const text =
      "    ✔ test_1 passing thing()\n\n\u001b[32m  17 passing\u001b[39m\n\u001b[31m  2 failing\u001b[39m\n";
    expect(hardhatCounts({ code: 1, text })).toEqual({ passed: 17, failed: 2 });
    expect(hardhatCounts({ code: 0, text: "  17 passing\n" })).toEqual({ passed: 17, failed: 0 });
  });

  it("never calls a run that did not end well clean", () => {
    expect(hardhatCounts({ code: 1, text: "HHE900: compilation failed" })).toEqual({ passed: 0, failed: 1 });
    expect(hardhatCounts({ code: 0, text: "" })).toEqual({ passed: 0, failed: 1 });
  });
});

describe("vitestCounts", () => {
  it("reads the report", () => {
    const report = JSON.stringify({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2 });
    expect(vitestCounts(report, 1)).toEqual({ passed: 5, failed: 1 });
  });

  it("does not call a run without tests clean", () => {
    expect(vitestCounts(JSON.stringify({ numPassedTests: 0, numFailedTests: 0 }), 0)).toEqual({
      passed: 0,
      failed: 1,
    });
  });

  it("counts a file that did not load", () => {
    expect(vitestCounts(JSON.stringify({ numPassedTests: 5, numFailedTests: 0 }), 1)).toEqual({
      passed: 5,
      failed: 1,
    });
  });
});

describe("checkCounts", () => {
  it("is a failure or nothing", () => {
    expect(checkCounts(0)).toEqual({ passed: 0, failed: 0 });
    expect(checkCounts(2)).toEqual({ passed: 0, failed: 1 });
  });
});
