import { expect, test } from "vitest";
import { onInterruption, untilAborted } from "./interruption.ts";

const listening = () => [process.listenerCount("SIGINT"), process.listenerCount("SIGTERM")];

test.each(["SIGINT", "SIGTERM"] as const)("%s aborts, and the next one is Node's again", (name) => {
  const before = listening();
  const lines: string[] = [];
  const { signal } = onInterruption((line) => lines.push(line));
  expect(signal.aborted).toBe(false);
  process.emit(name, name);
  expect(signal.reason).toMatchObject({ kind: "Interrupted", message: `Stopped by ${name}.` });
  expect(lines).toEqual([`${name}: stopping; once more to stop at once`]);
  expect(listening()).toEqual(before);
});

test("disposed, it listens no more", () => {
  const before = listening();
  const { dispose } = onInterruption(() => undefined);
  expect(listening()).not.toEqual(before);
  dispose();
  expect(listening()).toEqual(before);
});

test("work that ends first counts, and so does its failure", async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(untilAborted(Promise.reject("no"), signal)).rejects.toBe("no");
  await expect(untilAborted(Promise.resolve(7), undefined)).resolves.toBe(7);
});

test("an abort ends the wait for work that never ends", async () => {
  const never = new Promise(() => undefined);
  await expect(untilAborted(never, AbortSignal.abort("before"))).rejects.toBe("before");
  const controller = new AbortController();
  const waiting = untilAborted(never, controller.signal);
  controller.abort("meanwhile");
  await expect(waiting).rejects.toBe("meanwhile");
});
