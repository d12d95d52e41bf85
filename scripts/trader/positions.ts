import { type Hex, maxUint256 } from "viem";
import { assets } from "../../chains/assets.ts";
import { orReverted } from "../../chains/deploy/orReverted.ts";
import { parseAccountId } from "../../clearing/codec/accountId.ts";
import { instrumentName } from "../../clearing/codec/instrumentName.ts";
import { isTerminalRank, payoutRank } from "../../clearing/codec/payoutId.ts";
import { formatDecimal } from "../../clearing/decimal.ts";
import { positionValue } from "../../clearing/positionValue.ts";
import type { PositionsResult } from "../schema/trader.ts";
import { formatCents, formatShared } from "./amounts.ts";
import { COLLATERAL } from "./deposit.ts";
import { readLent } from "./lend.ts";
import { formatWad } from "./margin.ts";
import { readMarginParts } from "./marginParts.ts";
import { chainName, chainTime, type TraderChain, type TraderNetwork } from "./network.ts";
import { readIssued, readQueued } from "./readEvents.ts";

const BASE_DECIMALS = 8;
const MICRO_DECIMALS = 6;
/** `IClearingHub.WithdrawalState`. */
const PENDING = 1;
/** By `payoutRank` at the destination, of payouts that are not booked at the hub. */
const states = ["under way", "claim", "paid, not yet booked", "cancelled, not yet booked"] as const;

/** All that an account has, where, and what is under way. Each chain is read at its newest block. */
export async function readPositions(network: TraderNetwork, account: Hex): Promise<PositionsResult> {
  const { owner, homeEid } = parseAccountId(account);
  const [{ frozen }, perChain, net, balances, lending, margin, credit, closing, withdrawals, payouts] =
    await Promise.all([
      network.hub.contract.read.freezeOf([account]),
      Promise.all(network.chains.map((chain) => readPairs(network, chain, account))),
      readNet(network, account),
      Promise.all(assets.map((asset) => readBalance(network, account, asset))),
      readLent(network, account),
      readMargin(network, account),
      Promise.all(network.chains.map((chain) => readCredit(network, chain, account))),
      readClosing(network, account),
      readWithdrawals(network, account),
      readPayouts(network, account),
    ]);
  return {
    account,
    owner,
    home: chainName(network, homeEid),
    frozen,
    perChain: perChain.flat(),
    net,
    balances: balances.filter(({ amount, underWay }) => amount !== "0" || underWay !== "0"),
    lending: lending.lentUsd === "0" && lending.owedUsd === "0" ? null : lending,
    margin,
    closing,
    credit: credit.filter(({ mandateUsd, outstandingUsd }) => mandateUsd !== "0" || outstandingUsd !== "0"),
    withdrawals,
    payouts,
  };
}

async function readPairs(
  { hub }: TraderNetwork,
  { vault, definition }: TraderChain,
  account: Hex,
): Promise<PositionsResult["perChain"]> {
  const [count, accountIndex] = await Promise.all([
    vault.read.instrumentCount(),
    vault.read.accountIndexOf([account]),
  ]);
  if (accountIndex === 0) return [];
  const pairs = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const index = at + 1;
      const instrument = await vault.read.instrumentAt([index]);
      const [pair, known] = await Promise.all([
        vault.read.pairOf([account, instrument]),
        hub.contract.read.pairOf([definition.eid, accountIndex, index]),
      ]);
      return { instrument, pair, known };
    }),
  );
  return pairs
    .filter(({ pair }) => pair.version > 0)
    .map(({ instrument, pair, known }) => ({
      chain: definition.name,
      instrument: instrumentName(instrument),
      size: formatDecimal(pair.base, BASE_DECIMALS),
      quoteUsd: formatDecimal(pair.quote, MICRO_DECIMALS),
      netted: known.version >= pair.version,
    }));
}

async function readNet({ hub }: TraderNetwork, account: Hex): Promise<PositionsResult["net"]> {
  const instruments = await hub.contract.read.instrumentsOf([account]);
  return Promise.all(
    instruments.map(async (instrument) => {
      const [{ base, quote }, markWad] = await Promise.all([
        hub.contract.read.positionOf([account, instrument]),
        orReverted(hub.engine.read.markOf([instrument, maxUint256]), null),
      ]);
      return {
        instrument: instrumentName(instrument),
        size: formatDecimal(base, BASE_DECIMALS),
        markUsd: markWad === null ? null : formatWad(markWad),
        valueUsd:
          markWad === null ? null : formatDecimal(positionValue({ base, quote, markWad }), MICRO_DECIMALS),
      };
    }),
  );
}

async function readBalance({ hub, chains }: TraderNetwork, account: Hex, asset: (typeof assets)[number]) {
  const balance = await hub.contract.read.balanceOf([account, asset.id]);
  const underWay = await Promise.all(
    chains.map(async ({ vault, definition }) => {
      // The hub first: what arrives between the two must not count below zero.
      const seen = await hub.contract.read.depositSeenOf([definition.eid, account, asset.id, COLLATERAL]);
      return (await vault.read.depositTotalOf([account, asset.id, COLLATERAL])) - seen;
    }),
  );
  return {
    asset: asset.symbol,
    amount: formatShared(balance, asset),
    underWay: formatShared(
      underWay.reduce((sum, one) => sum + one, 0n),
      asset,
    ),
  };
}

async function readMargin(network: TraderNetwork, account: Hex): Promise<PositionsResult["margin"]> {
  const { hub } = network;
  const [margin, parts] = await Promise.all([
    hub.contract.read.marginOf([account]),
    readMarginParts(network, account),
  ]);
  return {
    equityUsd: formatWad(margin.equityInitialWad),
    maintenanceEquityUsd: formatWad(margin.equityMaintenanceWad),
    initialUsd: formatWad(margin.initialWad),
    maintenanceUsd: formatWad(margin.maintenanceWad),
    outstandingUsd: formatWad(margin.outstandingWad),
    closingUsd: formatWad(margin.closingWad),
    freeUsd: formatWad(margin.equityInitialWad - margin.initialWad - margin.outstandingWad),
    ...parts,
  };
}

async function readCredit({ hub }: TraderNetwork, chain: TraderChain, account: Hex) {
  const venue = chain.contracts.orderVenue;
  const [line, credit, allowance, time] = await Promise.all([
    hub.contract.read.creditLineOf([account, chain.definition.eid]),
    chain.vault.read.creditOf([account]),
    chain.vault.read.venueAllowanceOf([account, venue]),
    chainTime(chain),
  ]);
  const live = time < credit.validUntil && credit.limit > credit.used;
  return {
    chain: chain.definition.name,
    mandateUsd: formatCents(line.maxOutstanding),
    outstandingUsd: formatCents(line.ceiling - line.usedApplied),
    availableUsd: formatCents(live ? credit.limit - credit.used : 0n),
    validUntil: credit.validUntil,
    venueAllowanceUsd: formatCents(allowance.limit > allowance.used ? allowance.limit - allowance.used : 0n),
  };
}

/** What the vaults of open closing allowances let be closed now. */
async function readClosing(
  { hub, chains }: TraderNetwork,
  account: Hex,
): Promise<PositionsResult["closing"]> {
  const open = await hub.contract.read.openClosingsOf([account]);
  const rows = await Promise.all(
    open.map(async ({ eid, instrument }) => {
      const chain = chains.find(({ definition }) => definition.eid === eid);
      if (chain === undefined) return undefined;
      const [allowance, time] = await Promise.all([
        chain.vault.read.closingAllowanceOf([account, instrument]),
        chainTime(chain),
      ]);
      const { isBuy, maxBase, usedBuys, usedSells, credit, usedCredit, validUntil } = allowance;
      const used = isBuy ? usedBuys : usedSells;
      if (time >= validUntil || used >= maxBase || usedCredit >= credit) return undefined;
      return {
        chain: chain.definition.name,
        instrument: instrumentName(instrument),
        side: isBuy ? ("buy" as const) : ("sell" as const),
        size: formatDecimal(maxBase - used, BASE_DECIMALS),
        creditUsd: formatCents(credit - usedCredit),
        validUntil,
      };
    }),
  );
  return rows.filter((row) => row !== undefined);
}

async function readWithdrawals(
  network: TraderNetwork,
  account: Hex,
): Promise<PositionsResult["withdrawals"]> {
  const queued = await readQueued(network.hub, account);
  const requests = await Promise.all(
    queued.map(async ({ args: { requestId } }) => ({
      requestId: requestId!,
      request: await network.hub.contract.read.withdrawalOf([requestId!]),
    })),
  );
  return requests
    .filter(({ request }) => request.state === PENDING)
    .map(({ requestId, request }) => ({
      requestId,
      chain: chainName(network, request.dstEid),
      ...amountOf(request.asset, "remaining", request.remaining),
      deadline: request.deadline,
    }));
}

async function readPayouts(network: TraderNetwork, account: Hex): Promise<PositionsResult["payouts"]> {
  const issued = await readIssued(network.hub, account);
  const payouts = await Promise.all(
    issued.map(async ({ args: { payoutId, dstEid, pay } }) => {
      const { rank } = await network.hub.contract.read.payoutOf([payoutId!]);
      const chain = network.chains.find(({ definition }) => definition.eid === dstEid);
      const atVault = (await chain?.vault.read.payoutRankOf([payoutId!])) ?? payoutRank.none;
      return { payoutId: payoutId!, dstEid: dstEid!, pay: pay!, rank, atVault };
    }),
  );
  return payouts
    .filter(({ rank }) => !isTerminalRank(rank))
    .map(({ payoutId, dstEid, pay, atVault }) => ({
      payoutId,
      chain: chainName(network, dstEid),
      ...amountOf(pay.asset, "amount", pay.amount),
      recipient: pay.recipient,
      state: states[atVault]!,
    }));
}

function amountOf<name extends "amount" | "remaining">(id: number, name: name, amount: bigint) {
  const asset = assets.find((one) => one.id === id)!;
  return { asset: asset.symbol, [name]: formatShared(amount, asset) } as { asset: string } & Record<
    name,
    string
  >;
}
