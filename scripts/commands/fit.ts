import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { type ExpiryFit, fitChain } from "../../clearing/volatility/fitChain.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { surfacesText } from "../devnet/surfacesFile.ts";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type FitResult, fitInput, fitResult } from "../schema/fit.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { table } from "../table.ts";
import { fitReport } from "../volatility/fitReport.ts";
import { fittedSurfaces } from "../volatility/fittedSurfaces.ts";
import { plotSmiles } from "../volatility/plotSmiles.ts";
import { readChain } from "../volatility/readChain.ts";

interface FitOptions {
  chain?: string;
  underlying?: string;
  plot?: string;
  surfaces?: string;
  schema?: true;
}

/** `./causeway fit`: an SVI slice for each expiry of a chain of option quotes. */
export function fitCommand(output: Output): Command {
  const command = new Command("fit")
    .addOption(new Option("--chain <file>", "CSV file of option quotes as Deribit gives them, plain or gzip"))
    .addOption(new Option("--underlying <name>", "fit this one only, such as BTC"))
    .addOption(new Option("--plot <file>", "write the smiles, quotes and fit, as SVG"))
    .addOption(
      new Option(
        "--surfaces <file>",
        "write the accepted slices as JSON, as `./causeway relayer --surfaces` takes them",
      ),
    )
    .addHelpText("after", "\nExit code 1 if an expiry has no slice that is accepted.");
  return withReportOptions(command).action(async (options: FitOptions) => {
    if (options.schema) {
      output.result(jsonSchema(fitResult, fitInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    if (options.chain === undefined)
      throw new CausewayError("UsageInvalid", {
        details: { found: "required option '--chain <file>' not given" },
      });
    const result = await fitFile({ ...options, chain: options.chain }, output);
    if (result.accepted < result.expiries.length) output.checkFailed();
    output.result(result, render);
  });
}

async function fitFile(
  { chain, underlying, plot, surfaces }: FitOptions & { chain: string },
  output: Output,
): Promise<FitResult> {
  const all = await readChain(chain);
  const quotes = underlying === undefined ? all : all.filter((quote) => quote.underlying === underlying);
  if (quotes.length === 0) {
    const expected = [...new Set(all.map((quote) => quote.underlying))];
    throw new CausewayError("ChainUnderlyingMissing", {
      details: { file: chain, found: underlying, expected },
    });
  }
  output.progress(`${quotes.length} options`);
  const fits = fitChain({ quotes, onExpiry: (one) => output.progress(progressOf(one)) });
  if (plot !== undefined) {
    await write("PlotNotWritten", plot, plotSmiles(fits));
    output.progress(`smiles: ${plot}`);
  }
  if (surfaces !== undefined) {
    await write("SurfacesNotWritten", surfaces, surfacesText(fittedSurfaces(chain, fits)));
    output.progress(`surfaces: ${surfaces}`);
  }
  return fitReport({ chain, quotes, fits, plot: plot ?? null, surfaces: surfaces ?? null });
}

function progressOf({ underlying, expirySeconds, points, refused }: ExpiryFit): string {
  const day = new Date(expirySeconds * 1000).toISOString().slice(0, 10);
  return `${underlying} ${day}: ${points.length} quotes, ${refused === null ? "accepted" : `refused (${refused})`}`;
}

async function write(
  error: "PlotNotWritten" | "SurfacesNotWritten",
  file: string,
  text: string,
): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new CausewayError(error, { details: { file, found }, cause });
  }
}

function render({ chain, quotedAt, expiries, accepted }: FitResult): string {
  const rows = expiries.map((row) => [
    `${row.underlying} ${row.expiry.slice(0, 10)}`,
    row.days.toFixed(2),
    row.forward === null ? "-" : row.forward.toFixed(2),
    `${row.used}/${row.quotes}`,
    ...(row.slice === null
      ? ["-", "-", "-", "-", "-"]
      : [row.slice.a, row.slice.b, row.slice.rho, row.slice.m, row.slice.sigma].map((value) =>
          value.toFixed(5),
        )),
    row.atmVolatility === null ? "-" : (100 * row.atmVolatility).toFixed(2),
    row.rmseVolPoints === null ? "-" : row.rmseVolPoints.toFixed(2),
    row.maxErrorVolPoints === null ? "-" : row.maxErrorVolPoints.toFixed(2),
    row.insideSpread === null ? "-" : `${row.insideSpread}/${row.used}`,
    row.accepted ? "accepted" : "refused",
  ]);
  const header = [
    "expiry",
    "days",
    "forward",
    "used",
    "a",
    "b",
    "rho",
    "m",
    "sigma",
    "ATM %",
    "RMSE",
    "max",
    "inside",
    "",
  ];
  const refused = expiries.flatMap(({ underlying, expiry, refused }) =>
    refused === null ? [] : [`  ${underlying} ${expiry.slice(0, 10)}: ${refused}`],
  );
  return [
    `${chain}, quoted until ${quotedAt}`,
    "",
    table([header, ...rows]),
    "",
    "RMSE and max: volatility points from the middle of bid and ask; inside: quotes whose bid and ask the fit lies between.",
    ...leftOutLines(expiries),
    `accepted: ${accepted} of ${expiries.length}`,
    ...refused,
  ].join("\n");
}

/** What was left out and why, over all expiries. */
function leftOutLines(expiries: FitResult["expiries"]): string[] {
  const totals = new Map<string, number>();
  for (const { leftOut } of expiries)
    for (const [reason, quotes] of Object.entries(leftOut))
      totals.set(reason, (totals.get(reason) ?? 0) + quotes);
  return [
    `left out: ${Array.from(totals, ([reason, quotes]) => `${quotes} ${reason}`).join(", ") || "none"}`,
  ];
}
