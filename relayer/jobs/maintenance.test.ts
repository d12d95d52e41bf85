import { pino } from "pino";
import { type ContractFunctionParameters, type Hex, numberToHex, RawContractError } from "viem";
import { expect, test } from "vitest";
import { perpetual } from "../../clearing/codec/instrumentId.ts";
import {
  defaultAccountParameters,
  defaultUnderlyingParameters,
} from "../../clearing/margin/marginParameters.ts";
import { portfolioMargin } from "../../clearing/margin/portfolioMargin.ts";
import { positionValue } from "../../clearing/positionValue.ts";
import { createClearingBook } from "../clearing/clearingBook.ts";
import type { MarginMarket } from "../clearing/marginMarket.ts";
import { DEFAULT_SETTINGS, type RelayerContext } from "../context.ts";
import type { ChainLog } from "../job.ts";
import type { JournalEvent } from "../journal/journal.ts";
import { createMaintenance } from "./maintenance.ts";

const WAD = 10n ** 18n;
const MICRO = 10n ** 12n;
const ETH = perpetual("ETH");
const [ALICE, BOB] = [numberToHex(1, { size: 32 }), numberToHex(2, { size: 32 })];

/** A hub with perpetuals on ether, whose price can be set. What it says is what `marginOf` of the contract would. */
function scriptedHub() {
  const cash = new Map<Hex, bigint>();
  const positions = new Map<Hex, { base: bigint; quote: bigint; longs: bigint; shorts: bigint }>();
  const state = { priceWad: 4_000n * WAD, isDown: false, isUnpriced: false, marginCalls: 0 };

  const market = (): MarginMarket => ({
    underlyings: [
      {
        parameters: defaultUnderlyingParameters("ETH"),
        market: { priceWad: state.priceWad, confidenceWad: 0n, ageSeconds: 0n, rampPpm: 0n },
      },
    ],
    instruments: [{ underlying: 0 }],
    parameters: defaultAccountParameters,
    time: 0n,
    places: new Map([[ETH, 0]]),
    collateralWad: ([amount]) => amount! * MICRO,
  });

  function answer(functionName: string, args: readonly unknown[]): unknown {
    const account = args[0] as Hex;
    const none = { base: 0n, quote: 0n, longs: 0n, shorts: 0n };
    const held = positions.get(account) ?? none;
    if (functionName === "balanceOf") return cash.get(account) ?? 0n;
    if (functionName === "positionOf") return held;
    state.marginCalls++;
    if (state.isUnpriced) throw new RawContractError({ data: "0x12345678" });
    const { underlyings, parameters } = market();
    const holdings = { perpetuals: [{ base: held.base, offset: 0n }], options: [] };
    const { maintenance } = portfolioMargin({
      underlyings: [{ ...underlyings[0]!, holdings }],
      parameters,
      time: 0n,
    });
    const value = positionValue({ ...held, markWad: state.priceWad });
    return {
      equityMaintenanceWad: ((cash.get(account) ?? 0n) + value) * MICRO,
      maintenanceWad: maintenance,
    };
  }

  const client = {
    async multicall({ contracts }: { contracts: readonly ContractFunctionParameters[] }) {
      if (state.isDown) throw new Error("no answer");
      return contracts.map(({ functionName, args }) => answer(functionName, args ?? []));
    },
    async readContract({ functionName, args }: ContractFunctionParameters) {
      if (state.isDown) throw new Error("no answer");
      return answer(functionName, args ?? []);
    },
  };
  return { state, cash, positions, market, client };
}

function start() {
  const hub = scriptedHub();
  const journal: JournalEvent[] = [];
  const deployment = { causeway: { hub: { clearingHub: numberToHex(7, { size: 20 }) } } };
  const context = {
    config: { hub: { eid: 39_001, name: "local-hub" } },
    chains: new Map([[39_001, { deployment, client: hub.client }]]),
    settings: DEFAULT_SETTINGS,
    clearing: createClearingBook(DEFAULT_SETTINGS.clearing),
    log: pino({ level: "silent" }),
    journal: { note: (event: JournalEvent) => journal.push(event) },
  } as unknown as RelayerContext;
  const job = createMaintenance(async () => hub.market());
  const [subscription] = job.subscriptions!(context);
  return {
    ...hub,
    context,
    /** Opens a position at the present price, and tells of it as the hub's log does. */
    open(account: Hex, base: bigint, dollars: bigint) {
      hub.cash.set(account, dollars * 10n ** 6n);
      const quote = -positionValue({ base, quote: 0n, markWad: hub.state.priceWad });
      hub.positions.set(account, {
        base,
        quote,
        longs: base > 0n ? base : 0n,
        shorts: base < 0n ? -base : 0n,
      });
      subscription!.on({ args: { account, instrument: ETH } } as unknown as ChainLog);
    },
    deposit(account: Hex, dollars: bigint) {
      hub.cash.set(account, hub.cash.get(account)! + dollars * 10n ** 6n);
      subscription!.on({ args: { account } } as unknown as ChainLog);
    },
    async look() {
      journal.length = 0;
      const [outcome] = await job.run(context, [{}]);
      return { outcome, told: journal.map(({ subject, data }) => [subject, data!.standing]) };
    },
  };
}

test("tells once of who comes near maintenance, falls below it, and has enough again", async () => {
  const { state, open, deposit, look } = start();
  // Ten ether at 4,000: a maintenance of 14.4 %.
  open(ALICE, 10n ** 9n, 10_000n);
  open(BOB, -(10n ** 9n), 20_000n);
  expect((await look()).told).toEqual([]);
  state.priceWad = 3_600n * WAD;
  expect((await look()).told).toEqual([]);
  state.priceWad = 3_500n * WAD;
  expect((await look()).told).toEqual([[ALICE, "below"]]);
  expect((await look()).told).toEqual([]);
  deposit(ALICE, 500n);
  expect((await look()).told).toEqual([[ALICE, "near"]]);
  deposit(ALICE, 2_000n);
  expect((await look()).told).toEqual([[ALICE, "covered"]]);
  state.priceWad = 6_000n * WAD;
  expect((await look()).told).toEqual([[BOB, "below"]]);
});

test("has the hub margin only those that may be below or near", async () => {
  const { state, open, look } = start();
  for (let account = 10; account < 60; account++)
    open(numberToHex(account, { size: 32 }), 10n ** 8n, 10_000n);
  open(ALICE, 10n ** 9n, 6_000n);
  await look();
  expect(state.marginCalls).toBe(1);
});

test("tells of who cannot be margined", async () => {
  const { state, open, look } = start();
  open(ALICE, 10n ** 9n, 1_000n);
  state.isUnpriced = true;
  expect((await look()).told).toEqual([[ALICE, "unknown"]]);
});

test("after a node that does not answer looks at all that changed meanwhile", async () => {
  const { state, open, look } = start();
  open(ALICE, 10n ** 9n, 1_000n);
  state.isDown = true;
  const { outcome, told } = await look();
  expect([outcome?.message, told]).toEqual([expect.any(String), []]);
  state.isDown = false;
  expect((await look()).told).toEqual([[ALICE, "below"]]);
});
