import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codecVectors } from "./codecVectors.ts";
import { epochMoveVectors } from "./epochMoveVectors.ts";
import { expiryVectors } from "./expiryVectors.ts";
import { fundingVectors } from "./fundingVectors.ts";
import { chargeVectors, equityVectors, settlementVectors } from "./ledgerVectors.ts";
import { lendingVectors } from "./lendingVectors.ts";
import { modelVectors } from "./modelVectors.ts";
import { optionArrayVectors } from "./optionArrayVectors.ts";
import { oracleVectors } from "./oracleVectors.ts";
import { pricingVectors } from "./pricingVectors.ts";
import { scenarioMarginVectors } from "./scenarioMarginVectors.ts";
import { surfaceVectors } from "./surfaceVectors.ts";

const target = fileURLToPath(new URL("../../test/vectors/", import.meta.url));

const sources: Record<string, () => unknown> = {
  "codec.json": codecVectors,
  "charge.json": chargeVectors,
  "settlement.json": settlementVectors,
  "equity.json": equityVectors,
  "pricing.json": pricingVectors,
  "oracle.json": oracleVectors,
  "expiry.json": expiryVectors,
  "scenarioMargin.json": scenarioMarginVectors,
  "surface.json": surfaceVectors,
  "models.json": modelVectors,
  "funding.json": fundingVectors,
  "lending.json": lendingVectors,
  "optionArrays.json": () => ({ options: optionArrayVectors(), moves: epochMoveVectors() }),
};

/** The files of `test/vectors` as they should be, from `clearing/`. */
export function renderVectors(): Map<string, string> {
  return new Map(Object.entries(sources).map(([file, make]) => [file, render(make())]));
}

/** Names of files in `test/vectors` that differ from what `clearing/` gives. */
export async function staleVectors(): Promise<string[]> {
  const stale: string[] = [];
  for (const [file, text] of renderVectors()) {
    const found = await readFile(join(target, file), "utf8").catch(() => undefined);
    if (found !== text) stale.push(file);
  }
  return stale;
}

/** Writes `test/vectors`. */
export async function writeVectors(): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const [file, text] of renderVectors()) await writeFile(join(target, file), text);
}

/** Integers of any size as decimal strings; an item a line, so that a change reads well in a diff. */
function render(value: unknown): string {
  const compact = (part: unknown): string =>
    JSON.stringify(part, (_, v) => (typeof v === "bigint" ? v.toString() : v));
  const lines = (part: unknown, indent: string): string => {
    if (Array.isArray(part))
      return `[\n${part.map((item) => `${indent} ${compact(item)}`).join(",\n")}\n${indent}]`;
    const entries = Object.entries(part as object).map(
      ([key, inner]) => `${indent} "${key}": ${lines(inner, `${indent} `)}`,
    );
    return `{\n${entries.join(",\n")}\n${indent}}`;
  };
  return `${lines(value, "")}\n`;
}

if (import.meta.main) await writeVectors();
