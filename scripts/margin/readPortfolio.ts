import { readFile } from "node:fs/promises";
import { describeIssue } from "../../chains/describeIssue.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { type PortfolioFile, portfolioFile } from "../schema/margin.ts";
import { portfolioError } from "./portfolioError.ts";

/** @throws CausewayError `PortfolioUnreadable`, `PortfolioInvalid` */
export async function readPortfolio(file: string): Promise<PortfolioFile> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CausewayError("PortfolioUnreadable", {
      details: { file, found: cause.code ?? cause.message },
      cause,
    });
  });
  const json = parse(text);
  const parsed = portfolioFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const { key, found, expected } = describeIssue(parsed.error, json);
  throw portfolioError(key, found, expected);
}

function parse(text: string): unknown {
  try {
    let keys = 0;
    const json = JSON.parse(text, (key, value) => {
      // Objects are read as if it was not there, and what is under it would be lost.
      if (key === "__proto__") throw portfolioError(key, "a key of that name", "another name");
      if (value !== null && typeof value === "object" && !Array.isArray(value))
        keys += Object.keys(value).length;
      return value;
    });
    // Of a key that is there twice JSON keeps the last, and what is under the first would be lost.
    if (keysIn(text) !== keys) throw portfolioError("(file)", "a key twice in one object", "each key once");
    return json;
  } catch (error) {
    if (error instanceof CausewayError) throw error;
    throw portfolioError("(file)", "a syntax error", "JSON");
  }
}

/** How many keys all objects of a JSON text have: strings before a colon. */
function keysIn(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}
