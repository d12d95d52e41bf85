import type { Hex } from "viem";
import { clearingHubAbi } from "../../../chains/abi/index.ts";
import { type CreditLineState, type DepositState, joinKey, type LaneState } from "../state.ts";
import type { CheckedHub } from "../types.ts";
import type { NetworkKeys, SpokeKeys } from "./collectKeys.ts";
import type { HubHistory } from "./hubHistory.ts";
import { combine, inBatches } from "./inBatches.ts";
import { readHubCommands } from "./readCommands.ts";

export interface ReadLaneParameters {
  hub: CheckedHub;
  block: bigint;
  laterBlock: bigint;
  history: HubHistory;
  keys: NetworkKeys;
  spoke: SpokeKeys;
}

/** Reads what the hub holds of one spoke: by the spoke's indices, those that only the hub knows included. */
export async function readLane(parameters: ReadLaneParameters): Promise<LaneState> {
  const { hub, block, laterBlock, history, keys, spoke } = parameters;
  const { client } = hub;
  const { eid } = spoke;
  const at = { address: hub.clearingHub, abi: clearingHubAbi, blockNumber: block } as const;
  const accounts = indices(history, eid, "account", spoke.names.accounts);
  const instruments = indices(history, eid, "instrument", spoke.names.instruments);

  const [
    liquidity,
    deposits,
    accountNames,
    instrumentNames,
    pairs,
    credit,
    laterCredit,
    laterClosings,
    { digest },
    commands,
  ] = await Promise.all([
    inBatches(keys.assets, async (asset) => ({
      asset,
      ...(await client.readContract({ ...at, functionName: "liquidityOf", args: [eid, asset] })),
    })),
    inBatches(keys.deposits.get(eid) ?? [], async (key) => ({
      ...key,
      total: await client.readContract({
        ...at,
        functionName: "depositSeenOf",
        args: [eid, key.account, key.asset, key.purpose],
      }),
    })),
    inBatches(
      accounts,
      async (index): Promise<[number, Hex]> => [
        index,
        await client.readContract({ ...at, functionName: "accountAt", args: [eid, index] }),
      ],
    ),
    inBatches(
      instruments,
      async (index): Promise<[number, Hex]> => [
        index,
        await client.readContract({ ...at, functionName: "instrumentAt", args: [eid, index] }),
      ],
    ),
    inBatches(combine(accounts, instruments), async ([account, instrument]) => ({
      accountIndex: account,
      instrumentIndex: instrument,
      pair: await client.readContract({ ...at, functionName: "pairOf", args: [eid, account, instrument] }),
    })),
    readCredit(hub, eid, keys.accounts, block),
    readCredit(hub, eid, keys.accounts, laterBlock),
    inBatches(keys.closings.get(eid) ?? [], async ({ account, instrument }) => ({
      account,
      instrument,
      ...(await client.readContract({
        ...at,
        blockNumber: laterBlock,
        functionName: "closingOf",
        args: [account, eid, instrument],
      })),
    })),
    client.readContract({ ...at, functionName: "laneOf", args: [eid] }),
    readHubCommands(hub, eid, keys.commands.get(eid)!, block),
  ]);

  const bound = { accounts: named(accountNames), instruments: named(instrumentNames) };
  return {
    eid,
    liquidity,
    deposits,
    accountNames: bound.accounts,
    instrumentNames: bound.instruments,
    pairs: pairs
      .filter(({ pair }) => pair.version !== 0)
      .map(({ accountIndex, instrumentIndex, pair }) => ({
        // The hub applies no pair without both names; were there one, its key would be of no account.
        account: bound.accounts.get(accountIndex) ?? "0x",
        instrument: bound.instruments.get(instrumentIndex) ?? "0x",
        ...pair,
      })),
    credit,
    laterCredit,
    laterClosings,
    digest,
    unlistedDeposits: unlistedDeposits(history, eid),
    commands,
  };
}

/** The latest total of each key. */
function unlistedDeposits(history: HubHistory, eid: number): DepositState[] {
  const told = history.unlistedDeposits.filter((deposit) => deposit.eid === eid);
  return [
    ...new Map(
      told.map(({ account, asset, purpose, total }) => [
        joinKey(account, asset, purpose),
        { account, asset, purpose, total },
      ]),
    ).values(),
  ];
}

async function readCredit(
  hub: CheckedHub,
  eid: number,
  accounts: readonly Hex[],
  blockNumber: bigint,
): Promise<Map<Hex, CreditLineState>> {
  const lines = await inBatches(
    accounts,
    async (account): Promise<[Hex, CreditLineState]> => [
      account,
      await hub.client.readContract({
        address: hub.clearingHub,
        abi: clearingHubAbi,
        functionName: "creditLineOf",
        args: [account, eid],
        blockNumber,
      }),
    ],
  );
  return new Map(lines.filter(([, { version, mandateNonce }]) => version !== 0 || mandateNonce !== 0n));
}

function indices(
  history: HubHistory,
  eid: number,
  kind: "account" | "instrument",
  names: ReadonlyMap<number, Hex>,
): number[] {
  const known = history.names.filter((name) => name.eid === eid && name.kind === kind);
  return [...new Set([...names.keys(), ...known.map(({ index }) => index)])];
}

function named(names: readonly [number, Hex][]): Map<number, Hex> {
  return new Map(names.filter(([, name]) => BigInt(name) !== 0n));
}
