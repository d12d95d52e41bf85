import type { z } from "zod";

/** What is wrong with one value that a schema refused. */
export interface Issue {
  /** The value's path: `chains.local-hub.rpcUrls.0`. */
  key: string;
  found: string;
  expected: string;
  /** The key is not one that the schema knows. */
  unknownKey: boolean;
}

/**
 * Puts the first issue of a refused value into words.
 *
 * @param isSecret whether the value of a key may be shown; if not, only its type is
 */
export function describeIssue(
  error: z.ZodError,
  input: unknown,
  isSecret: (key: string) => boolean = () => false,
): Issue {
  const issue = error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const key = [...issue.path, issue.keys[0]].join(".");
    return { key, found: "a key", expected: "no such key", unknownKey: true };
  }
  const key = issue.path.join(".") || "(top level)";
  const value = issue.path.reduce<unknown>(
    (at, name) => (at as Record<PropertyKey, unknown> | undefined)?.[name],
    input,
  );
  return { key, found: show(value, isSecret(key)), expected: expectation(issue), unknownKey: false };
}

function expectation(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too)/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return issue.expected;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_key":
      return expectation(issue.issues[0]!);
    default:
      return issue.message;
  }
}

function show(value: unknown, secret: boolean): string {
  if (value === undefined) return "nothing";
  const type = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  if (secret) return `a ${type} (not shown)`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
