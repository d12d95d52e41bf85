import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { depositTerm, pairTerm } from "../codec/digest.ts";
import { exactQuote, UNIT } from "../funding/fundingIndex.ts";
import { key } from "./entry.ts";
import type { HubEvent } from "./events.ts";
import { noPair } from "./hubLedger.ts";
import { quoteOf } from "./noteFunding.ts";
import { rebuildHub } from "./rebuildHub.ts";

/*
 * What the integration test cannot bring about: reports that are late or lost. The rest is compared with real contracts there.
 */

const EID = 39_002;
const ACCOUNT = `0x${"11".repeat(32)}` as const;
const ETH = `0x01${"00".repeat(15)}${"45".repeat(16)}` as const;

const listed: HubEvent[] = [
  {
    eventName: "AssetListed",
    args: {
      asset: 1,
      underlying: `0x${"00".repeat(16)}`,
      haircutInitialBps: 0,
      haircutMaintenanceBps: 0,
      sharedDecimals: 6,
    },
    time: 1_000,
  },
  { eventName: "LaneListed", args: { eid: EID, leaseSeconds: 600, maxLagSeconds: 600 }, time: 1_000 },
];

/** The events with which a report ends. */
function report(sequence: bigint, chainTime: number, told = 7n): HubEvent[] {
  return [
    { eventName: "HeartbeatApplied", args: { eid: EID, sequence, oldestDirty: 0, told }, time: chainTime },
    { eventName: "ReportApplied", args: { eid: EID, sequence, chainTime }, time: chainTime },
  ];
}

const laneAfter = (...events: HubEvent[]) => rebuildHub([...listed, ...events]).lanes.get(EID)!;

describe("a lane", () => {
  test("counts as arrived what has no gap before it", () => {
    const gap = [...report(1n, 1_010), ...report(3n, 1_030), ...report(4n, 1_040)];
    expect(laneAfter(...gap)).toMatchObject({ lastSequence: 4n, arrivedUpTo: 1n, toldTime: 1_040 });
    expect(laneAfter(...gap, ...report(2n, 1_020))).toMatchObject({ lastSequence: 4n, arrivedUpTo: 4n });
  });

  test("believes the highest report's word, whatever comes late", () => {
    const late = [...report(2n, 1_020, 22n), ...report(1n, 1_010, 11n)];
    expect(laneAfter(...late)).toMatchObject({ told: 22n, toldTime: 1_020, lastChainTime: 1_020 });
  });

  test("that is settled has nothing missing, at most at the hub's own time", () => {
    const settled: HubEvent = {
      eventName: "LaneSettled",
      args: { eid: EID, sequence: 3n, chainTime: 9_999 },
      time: 1_050,
    };
    const diverged: HubEvent = { eventName: "LaneDiverged", args: { eid: EID }, time: 1_045 };
    const [beat, applied] = report(3n, 1_030);
    // By the spoke's clock, which the report tells last.
    expect(laneAfter(beat!, diverged, applied!)).toMatchObject({
      divergedSince: 1_030,
      arrivedUpTo: 0n,
    });
    expect(laneAfter(beat!, diverged, applied!, settled)).toMatchObject({
      divergedSince: 0,
      arrivedUpTo: 3n,
      settledTime: 1_050,
    });
  });

  test("is paused by the guardian and by a proof apart", () => {
    const pause = (diverged: boolean): HubEvent => ({
      eventName: "LanePaused",
      args: { eid: EID, diverged },
      time: 1_100,
    });
    expect(laneAfter(pause(true))).toMatchObject({ paused: false, diverged: true });
    expect(laneAfter(pause(false))).toMatchObject({ paused: true, diverged: false });
  });
});

describe("what is applied", () => {
  const deposit = (amount: bigint, total: bigint): HubEvent => ({
    eventName: "DepositCredited",
    args: { eid: EID, account: ACCOUNT, asset: 1, purpose: 0, amount, total },
    time: 1_200,
  });
  /** base ‖ quote ‖ used ‖ version */
  const pack = (base: bigint, quote: bigint, used: number, version: number): bigint =>
    (BigInt.asUintN(88, base) << 168n) |
    (BigInt.asUintN(88, quote) << 80n) |
    (BigInt(used) << 32n) |
    BigInt(version);
  const pair = (packed: bigint): HubEvent => ({
    eventName: "PositionNetted",
    args: { eid: EID, account: ACCOUNT, instrument: ETH, packed },
    time: 1_200,
  });

  test("pays funding by the index of its sign, and loses less than 1e-6 dollar with each change", () => {
    const terms = { instrument: ETH, ratePpm: 1, feePpm: 1, maxBase: 1_000n, version: 1 };
    const third = 10n ** 18n / 3n;
    const accrued: HubEvent = {
      eventName: "FundingAccrued",
      args: {
        instrument: ETH,
        rateWad: 1n,
        priceWad: 1n,
        elapsed: 60n,
        longIndexWad: third * 1_000n,
        shortIndexWad: 2n * third * 1_000n,
        surplus: 5n,
      },
      time: 1_300,
    };
    const ledger = rebuildHub([
      ...listed,
      { eventName: "InstrumentListed", args: terms, time: 1_100 },
      pair(pack(10n, -20n, 0, 1)),
      accrued,
      pair(pack(-7n, 40n, 0, 2)),
    ]);
    const position = ledger.positions.get(key(ACCOUNT, ETH))!;
    // It paid 10 · 333.33…/100, and is quoted less than that the next unit lower.
    expect(quoteOf(ledger, ETH, position)).toBe(40n - 34n);
    expect(ledger.funding.get(key(ETH))).toMatchObject({
      long: third * 1_000n,
      baseBits: 10,
      openLong: 0n,
      openShort: 7n,
      surplus: 5n,
      accruedAt: 1_300,
      travel: third * 1_000n,
    });
    // What is stored, quoted and lost is exact.
    const { dust } = ledger.funding.get(key(ETH))!;
    expect(exactQuote(position, ledger.funding.get(key(ETH))!) + dust).toBe(
      40n * UNIT - 10n * third * 1_000n,
    );
  });

  test("replaces its term of the digest, and is credited once", () => {
    const ledger = rebuildHub([...listed, deposit(5n, 5n), deposit(2n, 7n)]);
    expect(ledger.lanes.get(EID)!.digest).toBe(depositTerm(ACCOUNT, 1, 0, 7n));
    expect(ledger.cash.get(key(ACCOUNT))).toBe(7n);
    expect(ledger.liquidity.get(key(EID, 1))).toEqual({ total: 7n, reserved: 0n });
  });

  test("of an asset that is not listed yet counts in the digest, and is credited when it is told again", () => {
    const unlisted: HubEvent = {
      eventName: "UnlistedDepositTold",
      args: { eid: EID, account: ACCOUNT, asset: 1, purpose: 0, total: 7n },
      time: 1_200,
    };
    const told = rebuildHub([...listed, unlisted]);
    expect(told.lanes.get(EID)!.digest).toBe(depositTerm(ACCOUNT, 1, 0, 7n));
    expect(told.cash.get(key(ACCOUNT))).toBeUndefined();
    const credited = rebuildHub([...listed, unlisted, deposit(7n, 7n)]);
    expect(credited.lanes.get(EID)!.digest).toBe(depositTerm(ACCOUNT, 1, 0, 7n));
    expect(credited.cash.get(key(ACCOUNT))).toBe(7n);
  });

  test("moves a position by what changed, longs and shorts apart, and the credit used with it", () => {
    const ledger = rebuildHub([...listed, pair(pack(5n, -20n, 3, 1)), pair(pack(-2n, 8n, 9, 2))]);
    expect(ledger.positions.get(key(ACCOUNT, ETH))).toEqual({
      base: -2n,
      stored: 8n,
      place: 1,
      longs: 0n,
      shorts: 2n,
    });
    expect(ledger.credit.get(key(ACCOUNT, EID))!.usedApplied).toBe(9n);
    const last = { ...noPair(), base: -2n, quote: 8n, used: 9, version: 2 };
    expect(ledger.pairs.get(key(EID, ACCOUNT, ETH))).toEqual(last);
    expect(ledger.lanes.get(EID)!.digest).toBe(pairTerm(ACCOUNT, ETH, last));
  });

  test("leaves the list of instruments when it has settled for good, and the last one takes its place", () => {
    const instruments = [1, 2, 3].map((n): Hex => `0x02${String(n).padStart(62, "0")}`);
    const named = (instrument: Hex) => ({ account: ACCOUNT, instrument });
    const events = instruments.map((instrument): HubEvent => {
      const { args, ...event } = pair(pack(1n, 0n, 0, 1)) as Extract<
        HubEvent,
        { eventName: "PositionNetted" }
      >;
      return { ...event, args: { ...args, instrument } };
    });
    const moved = (instrument: Hex, place: bigint): HubEvent => ({
      eventName: "InstrumentMoved",
      args: { ...named(instrument), place },
      time: 1_300,
    });
    const [first, second, third] = instruments as [Hex, Hex, Hex];
    const left = rebuildHub([...listed, ...events, moved(first, 0n)]);
    expect(left.instruments.get(key(ACCOUNT))).toEqual([third, second]);
    expect(left.positions.get(key(ACCOUNT, first))).toMatchObject({ place: 0, base: 1n });
    expect(left.positions.get(key(ACCOUNT, third))).toMatchObject({ place: 1 });
    const both = rebuildHub([...listed, ...events, moved(first, 0n), moved(second, 0n)]);
    expect(both.instruments.get(key(ACCOUNT))).toEqual([third]);
  });

  test("is kept off a full list, and gets a place when there is one", () => {
    const events = Array.from({ length: 256 }, (_, n): HubEvent => {
      const instrument: Hex = `0x02${n.toString(16).padStart(62, "0")}`;
      return {
        eventName: "PositionNetted",
        args: { eid: EID, account: ACCOUNT, instrument, packed: pack(1n, 0n, 0, 1) },
        time: 1_200,
      };
    });
    const at = (n: number): Hex => `0x02${n.toString(16).padStart(62, "0")}`;
    const moved = (n: number, place: bigint): HubEvent => ({
      eventName: "InstrumentMoved",
      args: { account: ACCOUNT, instrument: at(n), place },
      time: 1_300,
    });
    const ledger = rebuildHub([...listed, ...events, moved(0, 0n), moved(255, 254n), moved(254, 0n)]);
    expect(ledger.instruments.get(key(ACCOUNT))).toHaveLength(254);
    expect(ledger.positions.get(key(ACCOUNT, at(253)))!.place).toBe(1);
    expect(ledger.positions.get(key(ACCOUNT, at(255)))!.place).toBe(254);
    expect(ledger.positions.get(key(ACCOUNT, at(254)))!.place).toBe(0);
  });
});
