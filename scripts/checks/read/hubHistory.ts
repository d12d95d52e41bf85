import { type Address, type Hex, parseEventLogs } from "viem";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { readLogs } from "../../../chains/readLogs.ts";
import type { Pay } from "../../../clearing/codec/command.ts";
import type { CheckedHub } from "../types.ts";

/** Where in the chain something happened. */
export interface Place {
  block: bigint;
  transactionIndex: number;
}

/** Which keys exist at the hub, and what it decided, from its log. */
export interface HubHistory {
  accounts: Set<Hex>;
  instruments: Set<Hex>;
  assets: Set<number>;
  /** Underlyings of the assets that have a price. */
  underlyings: Set<Hex>;
  deposits: { eid: number; account: Hex; asset: number }[];
  /** Of assets that the hub did not list then; totals only rise. */
  unlistedDeposits: { eid: number; account: Hex; asset: number; purpose: number; total: bigint }[];
  names: { eid: number; kind: "account" | "instrument"; index: number }[];
  mandates: { account: Hex; eid: number; venue: Address }[];
  grants: (Place & { account: Hex; eid: number })[];
  /** Grants of closing allowances. */
  closings: (Place & { account: Hex; eid: number; instrument: Hex })[];
  /** Every registration, removals included. */
  wallets: { account: Hex; eid: number; wallet: Address; rights: number }[];
  freezes: Set<Hex>;
  queued: { requestId: Hex; amount: bigint; block: bigint }[];
  issued: (Place & { payoutId: Hex; requestId: Hex; dstEid: number; pay: Pay })[];
  /** Index of the last transaction of a block that changed the hub or its oracle. */
  lastChange: Map<bigint, number>;
}

const NO_UNDERLYING = `0x${"0".repeat(32)}`;

/** Reads the hub's log, and its oracle's, up to `toBlock`. */
export async function readHubHistory(hub: CheckedHub, toBlock: bigint): Promise<HubHistory> {
  const logs = await readLogs(hub.client, [hub.clearingHub, hub.oracle], hub.fromBlock, toBlock);
  const history = emptyHubHistory();
  for (const { blockNumber, transactionIndex } of logs) history.lastChange.set(blockNumber, transactionIndex);

  const own = logs.filter(({ address }) => address.toLowerCase() === hub.clearingHub.toLowerCase());
  for (const event of parseEventLogs({ abi: clearingHubAbi, logs: own })) {
    const place = { block: event.blockNumber, transactionIndex: event.transactionIndex };
    if ("account" in event.args) history.accounts.add(event.args.account);
    switch (event.eventName) {
      case "AssetListed":
        history.assets.add(event.args.asset);
        if (event.args.underlying !== NO_UNDERLYING) history.underlyings.add(event.args.underlying);
        break;
      case "InstrumentListed":
        history.instruments.add(event.args.instrument);
        break;
      case "DepositCredited":
        history.deposits.push(event.args);
        break;
      case "UnlistedDepositTold":
        history.unlistedDeposits.push(event.args);
        break;
      case "AccountNamed":
        history.names.push({ ...event.args, kind: "account" });
        break;
      case "InstrumentNamed":
        history.names.push({ ...event.args, kind: "instrument" });
        break;
      case "MandateSet":
        history.mandates.push(event.args);
        break;
      case "CreditGranted":
        history.grants.push({ ...event.args, ...place });
        break;
      case "ClosingGranted":
        history.closings.push({ ...event.args, ...place });
        break;
      case "WalletRegistered":
        history.wallets.push(event.args);
        break;
      case "FreezeSet":
        history.freezes.add(event.args.account);
        break;
      case "WithdrawalQueued":
        history.queued.push({
          requestId: event.args.requestId,
          amount: event.args.request.remaining,
          block: place.block,
        });
        break;
      case "PayoutIssued":
        history.issued.push({ ...event.args, ...place });
        break;
    }
  }
  return history;
}

function emptyHubHistory(): HubHistory {
  return {
    accounts: new Set(),
    instruments: new Set(),
    assets: new Set(),
    underlyings: new Set(),
    deposits: [],
    unlistedDeposits: [],
    names: [],
    mandates: [],
    grants: [],
    closings: [],
    wallets: [],
    freezes: new Set(),
    queued: [],
    issued: [],
    lastChange: new Map(),
  };
}
