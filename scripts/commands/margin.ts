import { Command, Option } from "commander";
import { CausewayError } from "../../errors/CausewayError.ts";
import { portfolioReport } from "../margin/portfolioReport.ts";
import { readPortfolio } from "../margin/readPortfolio.ts";
import { underlyingTable } from "../margin/underlyingRow.ts";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type MarginResult, marginInput, marginResult } from "../schema/margin.ts";
import { dollars, table } from "../table.ts";

interface MarginOptions {
  portfolio?: string;
  schema?: true;
}

/** `./causeway margin`: the scenario margin of a portfolio, netted and chain by chain, without chains. */
export function marginCommand(output: Output): Command {
  const command = new Command("margin").addOption(
    new Option("--portfolio <file>", "JSON file: markets, positions and collateral by chain (see --schema)"),
  );
  return withReportOptions(command).action(async ({ portfolio, schema }: MarginOptions) => {
    if (schema) {
      output.result(jsonSchema(marginResult, marginInput), (text) => JSON.stringify(text, null, 2));
      return;
    }
    if (portfolio === undefined)
      throw new CausewayError("UsageInvalid", {
        details: { found: "required option '--portfolio <file>' not given" },
      });
    const report = portfolioReport(await readPortfolio(portfolio), Math.floor(Date.now() / 1000));
    output.result(marginResult.parse(report), render);
  });
}

function render(report: MarginResult): string {
  const {
    equity,
    equityInitial,
    initial,
    maintenance,
    buffer,
    chainByChain,
    crossCredit,
    chains,
    certificate,
  } = report;
  const verdict = (covered: boolean): string => (covered ? "covered" : "not covered");
  const lines = [
    table([
      ["USD", "equity", "required, netted", "chain by chain", ""],
      [
        "initial",
        dollars(equityInitial),
        dollars(initial),
        dollars(chainByChain.initial),
        verdict(report.initialCovered),
      ],
      [
        "maintenance",
        dollars(equity),
        dollars(maintenance),
        dollars(chainByChain.maintenance),
        verdict(report.maintenanceCovered),
      ],
    ]),
    "",
    `buffer margin ${dollars(buffer)}, credit across underlyings ${dollars(crossCredit)}`,
    `worst for all together: ${report.worstScenario}`,
    `${dollars(certificate.maintenance)} of maintenance proven by ${provenBy(report)}`,
    "",
    underlyingTable([
      ...report.underlyings.map((row) => ({ ...row, where: "netted" })),
      ...chains.flatMap(({ chain, underlyings }) => underlyings.map((row) => ({ ...row, where: chain }))),
    ]),
  ];
  return lines.join("\n");
}

/** The certificate in words. */
function provenBy({ certificate, underlyings }: MarginResult): string {
  if (underlyings.length === 0) return "nothing";
  const each = underlyings.map(({ underlying }, u) => `${underlying} ${certificate.names[u]}`);
  const joint = each.length > 1 ? [`together ${certificate.jointName}`] : [];
  return [...each, ...joint].join("; ");
}
