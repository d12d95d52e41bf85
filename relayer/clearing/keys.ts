import type { Hex } from "viem";
import { z } from "zod";

const hex = z.templateLiteral(["0x", z.string()]);

/** Names one thing that a vault reports to the hub; what is said about it, the vault reads from its own state. */
export const reportKeySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("deposit"), account: hex, asset: z.int(), purpose: z.int() }),
  z.object({ kind: z.literal("pair"), account: hex, instrument: hex }),
  z.object({ kind: z.literal("creditState"), account: hex }),
  // What was used of a closing allowance travels with its pair.
  z.object({ kind: z.literal("closingState"), account: hex, instrument: hex }),
  z.object({ kind: z.literal("withdrawal"), number: z.string() }),
  z.object({ kind: z.literal("payoutResult"), payoutId: hex }),
  // Every report ends with one: this asks for a report although there may be nothing else to say.
  z.object({ kind: z.literal("heartbeat") }),
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
  z.object({ kind: z.literal("freeze"), account: hex }),
  z.object({ kind: z.literal("optionReference"), instrument: hex }),
  z.object({ kind: z.literal("closingAllowance"), account: hex, instrument: hex }),
]);
export type CommandKey = z.infer<typeof commandKeySchema>;
export type CommandKind = CommandKey["kind"];

/** The same for the same thing, whoever names it. */
export function keyId(key: ReportKey | CommandKey): string {
  return Object.values(key).join(":").toLowerCase();
}

/** The argument of `SpokeVault.report`. */
export function toReportKeys(keys: readonly ReportKey[]) {
  const of = <K extends ReportKind>(kind: K) =>
    keys.filter((key): key is Extract<ReportKey, { kind: K }> => key.kind === kind);
  return {
    creditStates: of("creditState").map(({ account }) => account),
    deposits: of("deposit").map(({ account, asset, purpose }) => ({ account, asset, purpose })),
    pairs: [...of("pair"), ...of("closingState")].map(({ account, instrument }) => ({ account, instrument })),
    withdrawals: of("withdrawal").map(({ number }) => BigInt(number)),
    payouts: of("payoutResult").map(({ payoutId }) => payoutId),
    balances: [],
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
    freezes: of("freeze").map(({ account }) => account),
    optionReferences: of("optionReference").map(({ instrument }) => instrument),
    closings: of("closingAllowance").map(({ account, instrument }) => ({ account, instrument })),
  };
}
