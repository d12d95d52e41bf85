import { resolve } from "node:path";
import { expect, test } from "vitest";
import { folderFlag } from "./options.ts";

test("a devnet's folder is named in the commands to copy, unless it is the default", () => {
  expect(folderFlag(".causeway/devnet")).toBe("");
  expect(folderFlag(resolve(".causeway/devnet"))).toBe("");
  expect(folderFlag("/tmp/mine")).toBe(" --folder /tmp/mine");
});
