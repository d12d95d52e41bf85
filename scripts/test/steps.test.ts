import { expect, test } from "vitest";
import { steps } from "./steps.ts";

const QUARTER_OF_AN_HOUR_SECONDS = 900;

test("the budgets add up to a quarter of an hour at most", () => {
  const sum = steps.reduce((total, { budgetSeconds }) => total + budgetSeconds, 0);
  expect(sum).toBeLessThanOrEqual(QUARTER_OF_AN_HOUR_SECONDS);
});
