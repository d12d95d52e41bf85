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

test("what was sent before everything arrived, and did not take effect, is due at once", () => {
  const { clock, outbox } = setup();
  const due = (key: string) => outbox.isDue(LANE, key, { source: 1n, target: 0n });
  outbox.open(LANE, "unsent");
  outbox.noteSent(LANE, "lost", 1n);
  clock.ms = 10;
  outbox.noteSent(LANE, "on its way", 1n);
  expect(outbox.noteArrived(LANE, 10)).toEqual(["lost"]);
  expect([due("lost"), due("on its way")]).toEqual([true, false]);
  expect(outbox.noteArrived(LANE + 1, 10)).toEqual([]);
});

test("what is forgotten is due at once, however often it was sent", () => {
  const { outbox } = setup();
  for (let times = 0; times < 5; times += 1) outbox.noteSent(LANE, "a", 1n);
  outbox.noteArrived(LANE, 1);
  expect(outbox.isDue(LANE, "a", { source: 1n, target: 0n })).toBe(false);
  outbox.forgetSent(LANE, 1);
  expect(outbox.isDue(LANE, "a", { source: 1n, target: 0n })).toBe(true);
});

test("what is demanded is due once more although it agrees, unless there is nothing to send", () => {
  const { outbox } = setup();
  const agrees = { source: 2n, target: 2n };
  outbox.demand(LANE, "a");
  expect([outbox.isDemanded(LANE, "a"), outbox.isDue(LANE, "a", agrees)]).toEqual([true, true]);
  outbox.noteSent(LANE, "a", 2n);
  expect([outbox.isDemanded(LANE, "a"), outbox.isDue(LANE, "a", agrees)]).toEqual([false, false]);
  outbox.demand(LANE, "b");
  expect(outbox.isDue(LANE, "b", { source: 0n, target: 0n })).toBe(false);
});

test("remembers all that was ever opened, agreeing or not", () => {
  const { outbox } = setup();
  outbox.open(LANE, "a");
  outbox.noteSent(LANE, "b", 1n);
  outbox.isDue(LANE, "a", { source: 1n, target: 1n });
  expect(outbox.opened(LANE)).toEqual(["b"]);
  expect(outbox.known(LANE)).toEqual(["a", "b"]);
  expect(outbox.known(LANE + 1)).toEqual([]);
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
