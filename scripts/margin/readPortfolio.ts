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
    return JSON.parse(text, (key, value) => {
      // Objects are read as if it was not there, and what is under it would be lost.
      if (key === "__proto__") throw portfolioError(key, "a key of that name", "another name");
      return value;
    });
  } catch (error) {
    if (error instanceof CausewayError) throw error;
    throw portfolioError("(file)", "a syntax error", "JSON");
  }
}
