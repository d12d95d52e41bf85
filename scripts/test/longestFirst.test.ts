import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LONGEST } from "./longestFirst.ts";
import { root } from "./runProcess.ts";

test.each(LONGEST)("%s is a file of the integration tests", (name) => {
  expect(existsSync(join(root, "test/integration", `${name}.test.ts`))).toBe(true);
});
