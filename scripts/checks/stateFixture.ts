import { type Address, type Hex, padHex } from "viem";
import { accountId } from "../../clearing/codec/accountId.ts";
import { depositTerm, digestOf, pairTerm } from "../../clearing/codec/digest.ts";
import { perpetual } from "../../clearing/codec/instrumentId.ts";
import { payoutId, payoutRank } from "../../clearing/codec/payoutId.ts";
import { requestIdOf } from "../../clearing/codec/requestId.ts";
import {
  type ClosingLineState,
  type CreditLineState,
  type HubState,
  joinKey,
  type LaneState,
  type NetworkState,
  type PairState,
  type SpokeState,
} from "./state.ts";

/*
 * A small network in which every requirement holds, for tests to break.
 *
 * Alice (home: chain 1) deposits 1000 USDC on chain 1 and 2 WETH on chain 2, Bob (home: chain 2) 800 USDC on chain 2. On chain 2
 * Alice buys 1 ETH of Bob at 100, on chain 1 she sells him 0.5 at 100. Settled at 110. Bob was paid 100 USDC on chain 1, by his
 * signature; Alice asked at home for 50 USDC on chain 2: issued, not yet executed.
 */

export const USDC = 1;
export const WETH = 2;
export const ETH = perpetual("ETH");

const hubAddress = address(0xc0);
const loopback = address(0x1b);
const vaults: Record<number, Address> = { 1: address(0xa1), 2: address(0xa2) };
export const aliceAddress: Address = address(0xa11ce);
export const alice: Hex = accountId(aliceAddress, 1);
export const bob: Hex = accountId(address(0xb0b), 2);
const fees: Record<number, Hex> = { 1: accountId(vaults[1]!, 1), 2: accountId(vaults[2]!, 2) };
const recipient = address(0xeec);

const bobsPay = { account: bob, recipient, asset: USDC, amount: 100_000000n, issuedAt: 500, nonce: 1n };
const alicesPay = { account: alice, recipient, asset: USDC, amount: 50_000000n, issuedAt: 510, nonce: 2n };
export const bobsPayout: Hex = payoutId(
  { hubEid: 1, hub: hubAddress, dstEid: 1, vault: vaults[1]! },
  bobsPay,
);
export const alicesPayout: Hex = payoutId(
  { hubEid: 1, hub: hubAddress, dstEid: 2, vault: vaults[2]! },
  alicesPay,
);
const bobsRequest: Hex = padHex("0xb1", { size: 32 });
const alicesRequest = requestIdOf(1, 1n);

/** A fresh copy, to be broken at will. */
export function stateFixture(): NetworkState {
  return structuredClone({ hub: hubFixture(), spokes: [spokeFixture(1), spokeFixture(2)] });
}

function hubFixture(): HubState {
  return {
    eid: 1,
    address: hubAddress,
    block: 90n,
    laterBlock: 91n,
    loopback,
    recordedLoopback: loopback,
    settlementAsset: USDC,
    assets: [
      { id: USDC, symbol: "USDC", sharedDecimals: 6 },
      { id: WETH, symbol: "WETH", sharedDecimals: 8 },
    ],
    instruments: [ETH],
    eids: [1, 2],
    peers: new Map([1, 2].map((eid) => [eid, padHex(vaults[eid]!, { size: 32 })])),
    balances: [
      { account: alice, asset: USDC, amount: 954_850000n },
      { account: alice, asset: WETH, amount: 2_00000000n },
      { account: bob, asset: USDC, amount: 694_850000n },
    ],
    positions: [
      { account: alice, instrument: ETH, base: 50000000n, quote: -55_000000n },
      { account: bob, instrument: ETH, base: -50000000n, quote: 55_000000n },
      { account: fees[1]!, instrument: ETH, base: 0n, quote: 100000n },
      { account: fees[2]!, instrument: ETH, base: 0n, quote: 200000n },
    ],
    pools: new Map([[ETH, 300000n]]),
    funding: new Map([[ETH, { long: 0n, short: 0n, kept: 0n }]]),
    lanes: [laneFixture(1), laneFixture(2)],
    payouts: [
      {
        id: bobsPayout,
        requestId: bobsRequest,
        dstEid: 1,
        pay: bobsPay,
        rank: payoutRank.paid,
        later: false,
      },
      {
        id: alicesPayout,
        requestId: alicesRequest,
        dstEid: 2,
        pay: alicesPay,
        rank: payoutRank.none,
        later: false,
      },
    ],
    requests: [
      {
        id: bobsRequest,
        account: bob,
        asset: USDC,
        amount: 100_000000n,
        remaining: 0n,
        minimum: 0n,
        deadline: 900,
        signed: true,
        state: 2,
        dstEid: 1,
        recipient,
      },
      { id: alicesRequest, ...asked, remaining: 20_000000n, signed: false, state: 1 },
    ],
    wallets: [{ account: alice, eid: 2, wallet: recipient, rights: 1 }],
    margins: [
      {
        account: alice,
        block: 50n,
        closes: false,
        disturbed: false,
        margin: {
          equityInitialWad: 100n,
          equityMaintenanceWad: 100n,
          initialWad: 60n,
          maintenanceWad: 50n,
          outstandingWad: 40n,
          closingWad: 10n,
        },
      },
    ],
  };
}

/** What Alice asked for at home: 70, of which 50 could be paid at once. */
const asked = {
  account: alice,
  asset: USDC,
  amount: 70_000000n,
  minimum: 10_000000n,
  deadline: 900,
  dstEid: 2,
  recipient,
};

function laneFixture(eid: number): LaneState {
  return {
    eid,
    liquidity:
      eid === 1
        ? [{ asset: USDC, total: 900_000000n, reserved: 0n }]
        : [
            { asset: USDC, total: 800_000000n, reserved: 50_000000n },
            { asset: WETH, total: 2_00000000n, reserved: 0n },
          ],
    deposits: depositsFixture(eid),
    pairs: pairsFixture(eid),
    ...namesFixture(eid),
    credit: lineFixture(eid),
    laterCredit: lineFixture(eid),
    laterClosings: [closingFixture()],
    digest: digestFixture(eid),
    unlistedDeposits: [],
    commands: commandsFixture(),
  };
}

function spokeFixture(eid: number): SpokeState {
  const used = usedOn(eid);
  return {
    name: `chain ${eid}`,
    eid,
    vault: vaults[eid]!,
    block: 40n,
    laterTime: 600n,
    hubEid: 1,
    peer: padHex(hubAddress, { size: 32 }),
    loopback: eid === 1 ? loopback : address(0),
    tokens:
      eid === 1
        ? [{ asset: USDC, symbol: "USDC", token: address(0x71), scale: 1n, balance: 900_000000n }]
        : [
            {
              asset: USDC,
              symbol: "USDC",
              token: address(0x72),
              scale: 10n ** 12n,
              balance: 800n * 10n ** 18n,
            },
            {
              asset: WETH,
              symbol: "WETH",
              token: address(0x73),
              scale: 10n ** 10n,
              balance: 2n * 10n ** 18n,
            },
          ],
    deposits: depositsFixture(eid),
    pairs: pairsFixture(eid),
    ...namesFixture(eid),
    credit: new Map(
      [alice, bob].map((account) => [account, { limit: 5000n, used, version: 3, validUntil: 700 }]),
    ),
    closings: new Map([
      [
        joinKey(alice, ETH),
        {
          isBuy: false,
          maxBase: 100n,
          credit: 50n,
          usedBuys: 0n,
          usedSells: 40n,
          usedCredit: 20n,
          validUntil: 700,
          version: 2,
        },
      ],
    ]),
    withdrawals: eid === 1 ? [{ ...asked, number: 1n, requester: aliceAddress }] : [],
    resolutions:
      eid === 1
        ? [{ payoutId: bobsPayout, recipient, asset: USDC, amount: 100_000000n, rank: payoutRank.paid }]
        : [],
    ranks: new Map<Hex, number>([
      [bobsPayout, eid === 1 ? payoutRank.paid : payoutRank.none],
      [alicesPayout, payoutRank.none],
    ]),
    dirtyPairs: 0,
    digest: digestFixture(eid),
    commands: commandsFixture(),
  };
}

function digestFixture(eid: number): bigint {
  return digestOf([
    ...depositsFixture(eid).map(({ account, asset, purpose, total }) =>
      depositTerm(account, asset, purpose, total),
    ),
    ...pairsFixture(eid).map((pair) => pairTerm(pair.account, pair.instrument, pair)),
  ]);
}

function commandsFixture(): LaneState["commands"] {
  return [
    { key: `terms/${ETH}`, version: 1n, value: "150000, 300, 1000000000000" },
    { key: `freeze/${alice}`, version: 2n, value: "false" },
  ];
}

function depositsFixture(eid: number): LaneState["deposits"] {
  if (eid === 1) return [{ account: alice, asset: USDC, purpose: 0, total: 1000_000000n }];
  return [
    { account: bob, asset: USDC, purpose: 0, total: 800_000000n },
    { account: alice, asset: WETH, purpose: 0, total: 2_00000000n },
  ];
}

function pairsFixture(eid: number): PairState[] {
  const used = Number(usedOn(eid));
  const sides =
    eid === 1
      ? [
          { account: fees[1]!, base: 0n, quote: 100000n, used: 0 },
          { account: alice, base: -50000000n, quote: 49_950000n, used },
          { account: bob, base: 50000000n, quote: -50_050000n, used },
        ]
      : [
          { account: fees[2]!, base: 0n, quote: 200000n, used: 0 },
          { account: alice, base: 100000000n, quote: -100_100000n, used },
          { account: bob, base: -100000000n, quote: 99_900000n, used },
        ];
  return sides.map((side) => ({ ...side, instrument: ETH, version: 1 }));
}

function namesFixture(eid: number): Pick<LaneState, "accountNames" | "instrumentNames"> {
  return {
    accountNames: new Map([
      [1, fees[eid]!],
      [2, alice],
      [3, bob],
    ]),
    instrumentNames: new Map([[1, ETH]]),
  };
}

function lineFixture(eid: number): Map<Hex, CreditLineState> {
  const line = {
    limit: 5000n,
    ceiling: 5000n,
    usedApplied: usedOn(eid),
    maxOutstanding: 9000n,
    mandateNonce: 1n,
  };
  return new Map([alice, bob].map((account) => [account, { ...line, validUntil: 700, version: 3 }]));
}

/** Alice may sell 100, of which she sold 40; the hub knows of 10. */
function closingFixture(): ClosingLineState {
  return {
    account: alice,
    instrument: ETH,
    unusedBuys: 0n,
    unusedSells: 90n,
    unusedCredit: 45n,
    isBuy: false,
    usedBuys: 0n,
    usedSells: 10n,
    usedCredit: 5n,
    validUntil: 700,
    version: 2,
  };
}

/** Cents that Alice and Bob each used. */
function usedOn(eid: number): bigint {
  return eid === 1 ? 1000n : 2000n;
}

function address(number: number): Address {
  return padHex(`0x${number.toString(16)}`, { size: 20 });
}
