import { expect, test } from "vitest";
import { createOutbox } from "./outbox.ts";

const LANE = 30_001;

function setup() {
  const clock = { ms: 0 };
  const outbox = createOutbox<string>({ idOf: (key) => key, resendMs: 1_000, now: () => clock.ms });
  return { clock, outbox };
}

test("closes what agrees, keeps what does not", () => {
  const { outbox } = setup();
  outbox.open(LANE, "a");
  outbox.open(LANE, "b");
  expect(outbox.isDue(LANE, "a", { source: 3n, target: 3n })).toBe(false);
  expect(outbox.isDue(LANE, "b", { source: 3n, target: 2n })).toBe(true);
  expect(outbox.opened(LANE)).toEqual(["b"]);
  expect(outbox.opened(LANE + 1)).toEqual([]);
});

test("leaves what is on its way alone until it moved on, or is overdue", () => {
  const { clock, outbox } = setup();
  outbox.noteSent(LANE, "a", 3n);
  expect(outbox.isDue(LANE, "a", { source: 3n, target: 2n })).toBe(false);
  expect(outbox.isDue(LANE, "a", { source: 4n, target: 2n })).toBe(true);
  clock.ms = 1_000;
  expect(outbox.isDue(LANE, "a", { source: 3n, target: 2n })).toBe(true);
});

test("waits twice as long each time the same state is sent, and starts anew with a new one", () => {
  const { clock, outbox } = setup();
  const due = (source: bigint) => outbox.isDue(LANE, "a", { source, target: 0n });
  outbox.noteSent(LANE, "a", 1n);
  clock.ms = 1_000;
  outbox.noteSent(LANE, "a", 1n);
  clock.ms = 2_999;
  expect(due(1n)).toBe(false);
  clock.ms = 3_000;
  expect(due(1n)).toBe(true);
  outbox.noteSent(LANE, "a", 2n);
  clock.ms = 4_000;
  expect(due(2n)).toBe(true);
});

test("a failure makes it due at once, but not for ever", () => {
  const { outbox } = setup();
  const prompt = [1, 2, 3, 4].map(() => {
    outbox.noteSent(LANE, "a", 1n);
    outbox.noteFailed(LANE, "a");
    return outbox.isDue(LANE, "a", { source: 1n, target: 0n });
  });
  expect(prompt).toEqual([true, true, false, false]);
});
