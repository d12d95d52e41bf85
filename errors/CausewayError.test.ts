import { describe, expect, test } from "vitest";
import { CausewayError } from "./CausewayError.ts";
import { errorTable } from "./table.ts";

describe("CausewayError", () => {
  test("fills message and hint from its details", () => {
    const error = new CausewayError("ConfigInvalid", {
      details: { key: "chains.x.rpcUrls", found: "42", expected: "a list of URLs", file: "causeway.json" },
    });
    expect(error.message).toBe("Configuration key chains.x.rpcUrls: found 42, expected a list of URLs.");
    expect(error.hint).toBe("Correct chains.x.rpcUrls in causeway.json.");
    expect(error.code).toBe(1001);
  });

  test("is the same by code and by name", () => {
    const details = { found: "mars", expected: ["a", "b"] };
    const byCode = new CausewayError(2001, { details });
    expect(byCode.toJSON()).toEqual(new CausewayError("UnknownChain", { details }).toJSON());
    expect(byCode.message).toBe("Unknown chain mars: expected one of a, b.");
  });

  test("serialises big integers and leaves stack and cause out", () => {
    const error = new CausewayError(2004, { details: { found: 5n }, cause: new RangeError("secret url") });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 2004,
      message: "{account} has 5 wei on {chain}, needs {expected} wei.",
      hint: error.hint,
      details: { found: "5" },
    });
  });

  test("takes retryable from the table unless told otherwise", () => {
    expect(new CausewayError(2002).retryable).toBe(true);
    expect(new CausewayError(2003).retryable).toBe(false);
    expect(new CausewayError(2003, { retryable: true }).retryable).toBe(true);
  });

  test("walks the causes", () => {
    const root = new RangeError("root");
    const error = new CausewayError(1000, { cause: new CausewayError(2002, { cause: root }) });
    expect(error.walk()).toBe(root);
    expect(error.walk((e) => e instanceof CausewayError && e.code === 2002)).toBe(error.cause);
    expect(error.walk((e) => e instanceof SyntaxError)).toBeUndefined();
  });
});

test("every row has a unique name, a message and a next step", () => {
  const rows = Object.values(errorTable);
  expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  for (const row of rows) {
    expect(row.name).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(row.message).toMatch(/\.$/);
    expect(row.hint).not.toBe("");
  }
});
