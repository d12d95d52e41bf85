import { defineConfig } from "vitest/config";

// No retries: a test that fails now and then tells of a real fault.
export default defineConfig({
  test: {
    retry: 0,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{errors,chains,clearing,relayer,scripts}/**/*.test.ts", "test/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          // Each starts chains of its own: side by side they would starve one another.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
