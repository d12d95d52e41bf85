import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/test/longestFirst.ts";

// No retries: a test that fails now and then tells of a real fault.
export default defineConfig({
  test: {
    retry: 0,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{errors,chains,clearing,relayer,scripts}/**/*.test.ts", "test/*.test.ts"],
          // No file changes what all of a process share, so files share processes: loading the modules for each anew took longer than the
          // tests. Two at once on two cores: some wait for locks and processes.
          isolate: false,
          maxWorkers: 2,
          // As many workers as another project's can only be had one after the other.
          sequence: { groupOrder: 0 },
          // What hangs, not what is slow: some start processes, and the machine may be busy.
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          // Each starts chains of its own, and waits for their blocks most of the time: two at once leave a third of two cores idle, three next
          // to nothing, and four would only make each other late.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
