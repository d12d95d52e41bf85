import { expect, test } from "vitest";
import { createHolds } from "./holds.ts";

test("holds twice as long after each failure, up to a bound, until released", () => {
  const clock = { ms: 0 };
  const holds = createHolds({ baseMs: 100, maxDoublings: 2, now: () => clock.ms });
  const heldFor = () => {
    holds.noteFailure("a");
    const since = clock.ms;
    while (holds.isHeld("a")) clock.ms += 50;
    return clock.ms - since;
  };
  expect(holds.isHeld("a")).toBe(false);
  expect([heldFor(), heldFor(), heldFor(), heldFor()]).toEqual([100, 200, 400, 400]);
  expect(holds.failures("a")).toBe(4);
  holds.noteFailure("a");
  holds.release("a");
  expect([holds.isHeld("a"), holds.failures("a")]).toEqual([false, 0]);
  expect(holds.isHeld("b")).toBe(false);
});
