import { Command, Option } from "commander";
import { underlyingTable } from "../margin/underlyingRow.ts";
import { withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type PositionsResult, positionsInput, positionsResult } from "../schema/trader.ts";
import { dollars, table } from "../table.ts";
import { type NetworkOptions, onNetwork, required, withNetworkOptions } from "../trader/command.ts";
import { findAccount } from "../trader/identity.ts";
import { readPositions } from "../trader/positions.ts";

interface PositionsOptions extends NetworkOptions {
  account?: string;
  schema?: true;
}

/** `./causeway positions`: all that an account has, and what is under way. */
export function positionsCommand(output: Output): Command {
  const command = withNetworkOptions(new Command("positions")).addOption(
    new Option("--account <account>", "account, by a devnet's name or by id"),
  );
  return withReportOptions(command).action(async (options: PositionsOptions) => {
    if (options.schema) {
      output.result(jsonSchema(positionsResult, positionsInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const account = required(options.account, "--account <account>");
    const result = await onNetwork(options, process.env, async (names) =>
      readPositions(names.network, findAccount(names, account)),
    );
    output.result(positionsResult.parse(result), render);
  });
}

function render(result: PositionsResult): string {
  const { margin } = result;
  const sections = [
    section(
      "balances",
      ["asset", "at the hub", "under way"],
      result.balances.map((row) => [row.asset, row.amount, row.underWay]),
    ),
    section(
      "positions by chain",
      ["chain", "instrument", "size", "quote USD", "netted"],
      result.perChain.map((row) => [
        row.chain,
        row.instrument,
        row.size,
        dollars(row.quoteUsd),
        row.netted ? "yes" : "not yet",
      ]),
    ),
    section(
      "netted",
      ["instrument", "size", "mark USD", "value USD"],
      result.net.map((row) => [
        row.instrument,
        row.size,
        row.markUsd === null ? "none" : dollars(row.markUsd),
        row.valueUsd === null ? "none" : dollars(row.valueUsd),
      ]),
    ),
    section(
      "credit",
      ["chain", "mandate USD", "held back", "usable now", "venue may cost"],
      result.credit.map((row) => [
        row.chain,
        dollars(row.mandateUsd),
        dollars(row.outstandingUsd),
        dollars(row.availableUsd),
        dollars(row.venueAllowanceUsd),
      ]),
    ),
    section(
      "may be closed without credit",
      ["chain", "instrument", "side", "size", "for USD"],
      result.closing.map((row) => [row.chain, row.instrument, row.side, row.size, dollars(row.creditUsd)]),
    ),
    section(
      "withdrawals queued",
      ["request", "to", "asset", "remaining"],
      result.withdrawals.map((row) => [row.requestId, row.chain, row.asset, row.remaining]),
    ),
    section(
      "payouts",
      ["payout", "on", "asset", "amount", "state"],
      result.payouts.map((row) => [row.payoutId, row.chain, row.asset, row.amount, row.state]),
    ),
    section(
      "lending, USD",
      ["", ""],
      result.lending === null
        ? []
        : [
            ["lent", dollars(result.lending.lentUsd)],
            ["owed", dollars(result.lending.owedUsd)],
          ],
    ),
    section(
      "margin, USD",
      ["", ""],
      [
        ["equity", dollars(margin.equityUsd)],
        ["initial margin", dollars(margin.initialUsd)],
        ["maintenance margin", dollars(margin.maintenanceUsd)],
        ["held back for credit", dollars(margin.outstandingUsd)],
        ...(margin.closingUsd === "0" ? [] : [["held back for closing", dollars(margin.closingUsd)]]),
        ["free", dollars(margin.freeUsd)],
      ],
    ),
    ...(margin.underlyings.length === 0
      ? []
      : [
          "",
          "initial margin by underlying, USD",
          underlyingTable(margin.underlyings.map((row) => ({ ...row, where: "netted" }))),
          `credit across underlyings ${dollars(margin.crossCreditUsd)}`,
        ]),
  ];
  return [
    `account ${result.account}`,
    `owner ${result.owner}, at home on ${result.home}${result.frozen ? "; frozen" : ""}`,
    ...sections.flat(),
  ].join("\n");
}

/** Nothing, if there are no rows. */
function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const headed = head.some((cell) => cell !== "") ? [head, ...rows] : rows;
  return ["", `${title}`, table(headed)];
}
