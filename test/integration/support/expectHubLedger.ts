import { type Address, type Hex, isAddressEqual } from "viem";
import { expect } from "vitest";
import { clearingHubAbi, priceRouterAbi } from "../../../chains/abi/index.ts";
import { parseAccountId } from "../../../clearing/codec/accountId.ts";
import { underlyingOf } from "../../../clearing/codec/instrumentId.ts";
import { indexAt, owed, worth } from "../../../clearing/funding/lendingPool.ts";
import { key } from "../../../clearing/ledger/entry.ts";
import {
  type HubLedger,
  noClosing,
  noCredit,
  noLane,
  noPair,
  noPosition,
} from "../../../clearing/ledger/hubLedger.ts";
import { noFunding, quoteOf } from "../../../clearing/ledger/noteFunding.ts";
import { noLender } from "../../../clearing/ledger/noteLending.ts";
import { positionValue } from "../../../clearing/positionValue.ts";
import type { LoggedChain } from "./ledgerEvents.ts";

/** Everything that is asked about; what the ledger does not have of it must be nothing at the hub too. */
export interface Universe {
  accounts: readonly Hex[];
  eids: readonly number[];
  assets: readonly number[];
  instruments: readonly Hex[];
  addresses: readonly Address[];
}

const ALL_RIGHTS = 3;
const SPARE_INDICES = 2;

/** Compares a rebuilt ledger with the hub's views at a block, key by key over the whole universe. */
export async function expectHubLedger(
  { client, deployment }: LoggedChain,
  blockNumber: bigint,
  ledger: HubLedger,
  universe: Universe,
): Promise<number> {
  const { clearingHub, oracle } = deployment.causeway.hub!;
  const { accounts, eids, assets, instruments, addresses } = universe;
  const time = Number((await client.getBlock({ blockNumber })).timestamp);
  const views: { view: string; args: readonly unknown[]; rebuilt: unknown }[] = [];
  const add = (view: string, args: readonly unknown[], rebuilt: unknown) =>
    views.push({ view, args, rebuilt });

  add("settlementAsset", [], ledger.settlementAsset);
  add("eids", [], ledger.eids);
  add("instrumentRegistry", [], ledger.instrumentRegistry);
  add("fundingRates", [], ledger.fundingRates);
  add("oracle", [], ledger.riskModules?.oracle);
  add("marginEngine", [], ledger.riskModules?.marginEngine);
  add("maxPriceAge", [], ledger.riskModules?.maxPriceAge);
  add("lendingState", [], lendingState(ledger));
  for (const eid of [0, ...eids]) add("laneOf", [eid], ledger.lanes.get(eid) ?? noLane());
  for (const asset of assets) {
    add("assetOf", [asset], ledger.assets.get(asset));
    for (const eid of eids) {
      add("liquidityOf", [eid, asset], ledger.liquidity.get(key(eid, asset)) ?? { total: 0n, reserved: 0n });
    }
  }
  for (const instrument of instruments) {
    add("termsOf", [instrument], ledger.terms.get(key(instrument)));
    const { long, short, dust, surplus, travel, ...funding } =
      ledger.funding.get(key(instrument)) ?? noFunding();
    add("fundingOf", [instrument], {
      ...funding,
      longIndexWad: long,
      shortIndexWad: short,
      kept: dust + surplus,
      travelWad: travel,
    });
    add("variationPoolOf", [instrument], ledger.variationPool.get(key(instrument)) ?? 0n);
    const [markWad] = await client.readContract({
      address: oracle,
      abi: priceRouterAbi,
      functionName: "latest",
      args: [underlyingOf(instrument)],
      blockNumber,
    });
    for (const eid of eids) {
      const unmatched = positionValue({ ...sumOf(ledger, eid, instrument), markWad });
      add("unmatchedGainOf", [eid, instrument], unmatched > 0n ? unmatched : 0n);
    }
  }
  for (const account of accounts) {
    const home = parseAccountId(account);
    add("instrumentsOf", [account], ledger.instruments.get(key(account)) ?? []);
    add("debtOf", [account], debtOf(ledger, account, time));
    add("lenderOf", [account], ledger.lenders.get(key(account)) ?? noLender());
    add("freezeOf", [account], ledger.freezes.get(key(account)) ?? { frozen: false, version: 0, nonce: 0n });
    for (const asset of assets) {
      const balance =
        asset === ledger.settlementAsset
          ? cashOf(ledger, account, time)
          : ledger.collateral.get(key(account, asset));
      add("balanceOf", [account, asset], balance ?? 0n);
      for (const eid of eids) {
        add(
          "depositSeenOf",
          [eid, account, asset, 0],
          ledger.depositSeen.get(key(eid, account, asset, 0)) ?? 0n,
        );
      }
    }
    for (const instrument of instruments) {
      const position = ledger.positions.get(key(account, instrument)) ?? noPosition();
      const { stored: _, ...told } = { ...position, quote: quoteOf(ledger, instrument, position) };
      add("positionOf", [account, instrument], told);
    }
    for (const eid of eids) {
      add("creditLineOf", [account, eid], ledger.credit.get(key(account, eid)) ?? noCredit());
      for (const instrument of instruments) {
        const closing = ledger.closings.get(key(account, eid, instrument)) ?? noClosing();
        add("closingOf", [account, eid, instrument], closing);
      }
      for (const address of addresses) {
        add(
          "venueAllowanceOf",
          [account, eid, address],
          ledger.venueAllowances.get(key(account, eid, address)) ?? { limit: 0n, version: 0n },
        );
        const isHome = home.homeEid === eid && isAddressEqual(home.owner, address);
        add(
          "rightsOf",
          [account, eid, address],
          isHome ? ALL_RIGHTS : (ledger.wallets.get(key(account, eid, address)) ?? 0),
        );
      }
    }
  }
  for (const eid of eids) addNames(ledger, eid, add);
  for (const [id, request] of ledger.withdrawals) add("withdrawalOf", [id], request);
  for (const [id, payout] of ledger.payouts) add("payoutOf", [id], payout);

  const found = await Promise.all(
    views.map(({ view, args }) =>
      client.readContract({
        address: clearingHub,
        abi: clearingHubAbi,
        functionName: view,
        args,
        blockNumber,
      } as never),
    ),
  );
  const shown = (value: (index: number) => unknown) =>
    views.map(({ view, args }, index) => ({ view, args, value: value(index) }));
  expect(shown((index) => views[index]!.rebuilt)).toEqual(shown((index) => found[index]));
  return views.length;
}

function debtOf({ debts, lending }: HubLedger, account: Hex, time: number): bigint {
  const units = debts.get(key(account)) ?? 0n;
  return units === 0n ? 0n : owed(units, indexAt(lending!, time).index);
}

function cashOf(ledger: HubLedger, account: Hex, time: number): bigint {
  return (ledger.cash.get(key(account)) ?? 0n) - debtOf(ledger, account, time);
}

/** Of a pool of which nothing is lent now, so that it is the same at any time. */
function lendingState({ lending }: HubLedger) {
  const { indexWad, debt: debtUnits, idle, reserve, shares, accruedAt, curve } = lending!;
  const told = Object.fromEntries(Object.entries(curve).map(([name, value]) => [name, Number(value)]));
  const state = { indexWad, rateWad: 0n, lent: 0n, idle, worth: worth(lending!), shares, debtUnits, reserve };
  return { ...state, accruedAt, curve: told };
}

/** Names by index, and the pair of each two; some indices more than were ever assigned. */
function addNames(
  ledger: HubLedger,
  eid: number,
  add: (view: string, args: readonly unknown[], rebuilt: unknown) => void,
): void {
  const zero: Hex = `0x${"00".repeat(32)}`;
  const named = (names: Map<string, Hex>) =>
    Math.max(
      0,
      ...[...names.keys()].filter((at) => at.startsWith(`${eid} `)).map((at) => Number(at.split(" ")[1])),
    );
  const [accounts, instruments] = [named(ledger.accountAt), named(ledger.instrumentAt)];
  for (let a = 0; a <= accounts + SPARE_INDICES; a++) {
    const account = ledger.accountAt.get(key(eid, a));
    add("accountAt", [eid, a], account ?? zero);
    for (let i = 0; i <= instruments + SPARE_INDICES; i++) {
      const instrument = ledger.instrumentAt.get(key(eid, i));
      if (a === 0) add("instrumentAt", [eid, i], instrument ?? zero);
      const pair = account && instrument && ledger.pairs.get(key(eid, account, instrument));
      add("pairOf", [eid, a, i], pair ?? noPair());
    }
  }
}

function sumOf(ledger: HubLedger, eid: number, instrument: Hex): { base: bigint; quote: bigint } {
  const pairs = [...ledger.pairs].filter(([at]) => {
    const [pairEid, , pairInstrument] = at.split(" ");
    return pairEid === String(eid) && pairInstrument === key(instrument);
  });
  return pairs.reduce((sum, [, pair]) => ({ base: sum.base + pair.base, quote: sum.quote + pair.quote }), {
    base: 0n,
    quote: 0n,
  });
}
