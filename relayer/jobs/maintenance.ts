import type { Hex } from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { assets } from "../../chains/assets.ts";
import { revertDataOf } from "../../chains/decodeRevert.ts";
import { formatDecimal } from "../../clearing/decimal.ts";
import { bufferMargin } from "../../clearing/margin/portfolioMargin.ts";
import { heldInstruments } from "../clearing/accountBooks.ts";
import type { AccountStanding } from "../clearing/clearingBook.ts";
import { findSuspects } from "../clearing/findSuspects.ts";
import { hubOf } from "../clearing/places.ts";
import { readBooks } from "../clearing/readBooks.ts";
import { createMarginMarketReader, type ReadMarginMarket } from "../clearing/readMarginMarket.ts";
import type { RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({});

/** Names nothing: it is all accounts, always. */
export type MaintenanceData = z.infer<typeof schema>;

/** Logs after which an account has something else; after the last one all who hold the instrument. */
const CHANGES = [
  "DepositCredited",
  "PositionNetted",
  "PositionSettled",
  "ClosingGranted",
  "ClosingStateApplied",
  "PayoutIssued",
  "PayoutResultApplied",
  "FundingAccrued",
];

/**
 * Watches who is below maintenance, or within the buffer above it: margins all accounts each cycle in one batch, has the hub margin
 * those that may be, and tells of who comes to be and who no longer is. It does nothing about it: a liquidation is anyone's call.
 */
export function createMaintenance(readMarket = createMarginMarketReader()): RelayerJob<MaintenanceData> {
  return {
    name: "maintenance",
    schema,
    id: () => "all",
    run: forEachItem((context) => scan(context, readMarket), toRelayerError),
    subscriptions: (context) => {
      const { eid, clearingHub } = hubOf(context);
      return (["latest", "final"] as const).map((when) => ({
        eid,
        when,
        address: clearingHub,
        abi: clearingHubAbi,
        events: CHANGES,
        on: ({ args: { account, instrument } }: ChainLog) => {
          if (account === undefined) context.clearing.books.noteHolders(instrument);
          else context.clearing.books.note(account, instrument);
        },
      }));
    },
    periodic: {
      everyMs: ({ settings }) => settings.clearing.scanEveryMs,
      due: async () => [{}],
    },
  };
}

const ASSETS = assets.map(({ id }) => id);

async function scan(context: RelayerContext, readMarket: ReadMarginMarket): Promise<void> {
  const hub = hubOf(context);
  const { books, closings } = context.clearing;
  await books.refresh((changes) => readBooks(hub, ASSETS, changes, [...closings.values()]));
  const market = await readMarket(context, heldInstruments(books.all));
  const began = performance.now();
  const suspects = findSuspects({ market, books: books.all });
  const ms = Math.round(performance.now() - began);
  const { maxMargined } = context.settings.clearing;
  const { bufferRatio } = market.parameters;
  const checked = await Promise.all(
    suspects.slice(0, maxMargined).map(({ account }) => readStanding(context, account, bufferRatio)),
  );
  const unchecked = suspects.slice(maxMargined).map(
    ({ account, isBelow }): Found => ({
      account,
      standing: isBelow ? "below" : "near",
    }),
  );
  const found = [...checked, ...unchecked].filter(({ standing }) => standing !== "covered");
  tell(context, found);
  const count = (wanted: AccountStanding): number =>
    found.filter(({ standing }) => standing === wanted).length;
  context.log.debug(
    { accounts: books.all.size, ms, below: count("below"), near: count("near"), unknown: count("unknown") },
    "margined all accounts",
  );
}

interface Found {
  account: Hex;
  standing: AccountStanding | "covered";
  /** As the hub says, dollars, 1e18. */
  equityWad?: bigint;
  maintenanceWad?: bigint;
}

/** What the hub itself says, which is exact. */
async function readStanding(context: RelayerContext, account: Hex, bufferRatio: bigint): Promise<Found> {
  const { chain, clearingHub: address } = hubOf(context);
  try {
    const margin = await chain.client.readContract({
      address,
      abi: clearingHubAbi,
      functionName: "marginOf",
      args: [account],
    });
    const { equityMaintenanceWad: equityWad, maintenanceWad } = margin;
    const isNear = bufferMargin(equityWad, maintenanceWad, bufferRatio) < 0n;
    const standing = equityWad < maintenanceWad ? "below" : isNear ? "near" : "covered";
    return { account, standing, equityWad, maintenanceWad };
  } catch (cause) {
    if (revertDataOf(cause) === undefined) throw cause;
    return { account, standing: "unknown" };
  }
}

/** Tells of those whose standing is another one than at the last look. */
function tell(context: RelayerContext, found: readonly Found[]): void {
  const { standings } = context.clearing;
  const now = new Map(found.map((one) => [one.account, one]));
  for (const account of standings.keys())
    if (!now.has(account)) now.set(account, { account, standing: "covered" });
  for (const { account, standing, ...margin } of now.values()) {
    if (standing === standings.get(account)) continue;
    if (standing === "covered") standings.delete(account);
    else standings.set(account, standing);
    const data = { account, equity: dollars(margin.equityWad), maintenance: dollars(margin.maintenanceWad) };
    if (standing === "covered") context.log.info(data, words[standing]);
    else context.log.warn(data, words[standing]);
    context.journal.note({ kind: "account.margin", subject: account, data: { standing, ...margin } });
  }
}

function dollars(wad: bigint | undefined): string | undefined {
  return wad === undefined ? undefined : formatDecimal(wad, 18, 2);
}

const words = {
  below: "account below maintenance",
  near: "account within the buffer above maintenance",
  unknown: "account cannot be margined: something that it holds has no price",
  covered: "account has maintenance and buffer again",
} as const;
