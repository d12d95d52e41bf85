import type { Hex } from "viem";
import { z } from "zod";
import { commandFormat } from "../../clearing/codec/command.ts";
import { sizeOf } from "../../clearing/codec/layout.ts";
import { reportFormat } from "../../clearing/codec/report.ts";

const hex = z.templateLiteral(["0x", z.string()]);

/** Names one thing that a vault reports to the hub; what is said about it, the vault reads from its own state. */
export const reportKeySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("deposit"), account: hex, asset: z.int(), purpose: z.int() }),
  z.object({ kind: z.literal("pair"), account: hex, instrument: hex }),
  z.object({ kind: z.literal("creditState"), account: hex }),
  z.object({ kind: z.literal("withdrawal"), number: z.string() }),
  z.object({ kind: z.literal("payoutResult"), payoutId: hex }),
]);
export type ReportKey = z.infer<typeof reportKeySchema>;
export type ReportKind = ReportKey["kind"];

/** Names one thing that the hub tells a vault; what is said about it, the hub reads from its own state. */
export const commandKeySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("credit"), account: hex }),
  z.object({ kind: z.literal("venueAllowance"), account: hex, venue: hex }),
  z.object({ kind: z.literal("pay"), payoutId: hex }),
  z.object({ kind: z.literal("referencePrice"), underlying: hex }),
  z.object({ kind: z.literal("instrument"), instrument: hex }),
]);
export type CommandKey = z.infer<typeof commandKeySchema>;
export type CommandKind = CommandKey["kind"];

/** The same for the same thing, whoever names it. */
export function keyId(key: ReportKey | CommandKey): string {
  return Object.values(key).join(":").toLowerCase();
}

/** What one item takes of a message. */
export interface ItemCost {
  bytes: number;
  /** Gas at the destination. */
  gas: bigint;
}

const NAME_COST = costOf(reportFormat.kinds.account);
const INSTRUMENT_NAME_COST = costOf(reportFormat.kinds.instrument);
/** As `ReportCodec.NEW_PAIR_GAS`: the vault buys it for pairs that it reports for the first time, or by name. */
const NEW_PAIR_GAS = 130_000n;

/**
 * Upper bound of what `key` adds to a report: its names are counted in full although they may be shared, or have been sent before. A name
 * travels without extra gas for it being bought, so only its bytes count.
 */
export function reportCost(key: ReportKey): ItemCost {
  const { bytes, gas } = costOf(reportFormat.kinds[key.kind]);
  if (key.kind === "pair") {
    return { bytes: bytes + NAME_COST.bytes + INSTRUMENT_NAME_COST.bytes, gas: gas + NEW_PAIR_GAS };
  }
  return key.kind === "creditState" ? { bytes: bytes + NAME_COST.bytes, gas } : { bytes, gas };
}

/** What `key` adds to a command. */
export function commandCost(key: CommandKey): ItemCost {
  return costOf(commandFormat.kinds[key.kind]);
}

function costOf({ gas, layout }: { gas: bigint; layout: Parameters<typeof sizeOf>[0] }): ItemCost {
  return { bytes: sizeOf(layout), gas };
}

/** The argument of `SpokeVault.report`. */
export function toReportKeys(keys: readonly ReportKey[]) {
  const of = <K extends ReportKind>(kind: K) =>
    keys.filter((key): key is Extract<ReportKey, { kind: K }> => key.kind === kind);
  return {
    creditStates: of("creditState").map(({ account }) => account),
    deposits: of("deposit").map(({ account, asset, purpose }) => ({ account, asset, purpose })),
    pairs: of("pair").map(({ account, instrument }) => ({ account, instrument })),
    withdrawals: of("withdrawal").map(({ number }) => BigInt(number)),
    payouts: of("payoutResult").map(({ payoutId }) => payoutId),
  };
}

/** The argument of `ClearingHub.push`. */
export function toCommandKeys(keys: readonly CommandKey[]) {
  const of = <K extends CommandKind>(kind: K) =>
    keys.filter((key): key is Extract<CommandKey, { kind: K }> => key.kind === kind);
  return {
    credits: of("credit").map(({ account }) => account),
    venues: of("venueAllowance").map(({ account, venue }): { account: Hex; venue: Hex } => ({
      account,
      venue,
    })),
    payouts: of("pay").map(({ payoutId }) => payoutId),
    prices: of("referencePrice").map(({ underlying }) => underlying),
    instruments: of("instrument").map(({ instrument }) => instrument),
  };
}
