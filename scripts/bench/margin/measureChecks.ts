import { concatHex, encodeFunctionData, type Hex, keccak256, numberToHex } from "viem";
import { clearingHubAbi, instrumentRegistryAbi } from "../../../chains/abi/index.ts";
import { perpetual } from "../../../clearing/codec/instrumentId.ts";
import { scenarios, UNMOVED } from "../../../clearing/margin/scenarios.ts";
import { maximum } from "../../../clearing/math.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";
import { FIRST_PRICES } from "../gas/benchMarket.ts";
import type { Measurement } from "../snapshot.ts";
import { type CheckMarket, startCheckMarket } from "./checkMarket.ts";

const COUNTS = [1, 8, 16, 32, 64, 128] as const;
const OPTIONS_TARGET = 400_000;
const PERPETUALS_TARGET = 100_000;
const ONE = 10n ** 8n;
const DOLLAR = 10n ** 6n;
/** Slots of the hub's ledger are looked for among so many. */
const SLOTS = 64n;

/**
 * Gas of one whole margin check at the hub, all cold: the account's balances and positions, prices, parameters, risk arrays; and of
 * computing the arrays. The network is real, but what accounts hold is written into the hub's storage, as trading 128 options takes minutes;
 * what the hub says that they hold is compared.
 */
export async function measureChecks(): Promise<Measurement[]> {
  const market = await startCheckMarket();
  try {
    const { options, refreshGas } = market;
    const ledger = await findLedger(market);
    const rows: Measurement[] = [];
    const check = async (what: string, held: readonly Hex[], target?: number) => {
      const account = accountOf(rows.length);
      await hold(market, ledger, account, held);
      const data = encodeFunctionData({ abi: clearingHubAbi, functionName: "marginOf", args: [account] });
      const value = await market.network.hubChain.callGas(market.network.hub.clearingHub, data);
      rows.push({ what, value, unit: "gas", ...(target !== undefined && { target }) });
    };
    const certificate = async (what: string, held: readonly Hex[]) => {
      const account = accountOf(rows.length);
      await hold(market, ledger, account, held);
      rows.push({ what, value: await certificateGas(market, account), unit: "gas" });
    };
    await check("margin check of 64 options by expiry, at the epoch's price", options.slice(0, 64));
    await certificate("certificate of 64 options by expiry, at the epoch's price", options.slice(0, 64));
    await market.moveOn();
    // In no order, so that expiries alternate, as in an account that traded for a while.
    const shuffled = options.map((_, i) => options[(37 * i) % options.length]!);
    for (const count of COUNTS) {
      const target = count === 64 ? OPTIONS_TARGET : undefined;
      await check(`margin check of ${plural(count, "option")}`, shuffled.slice(0, count), target);
    }
    const perpetuals = [...FIRST_PRICES.keys()].map(perpetual);
    await check("margin check of 1 perpetual", perpetuals.slice(0, 1), PERPETUALS_TARGET);
    await check("margin check of 2 perpetuals", perpetuals.slice(0, 2));
    await certificate("certificate of 64 options", shuffled.slice(0, 64));
    await certificate("certificate of 1 perpetual", perpetuals.slice(0, 1));
    const value = Math.round(Number(refreshGas) / options.length);
    return [...rows, { what: "refresh of risk arrays by SVI slices, an option", value, unit: "gas" }];
  } finally {
    await market.network.stop();
  }
}

/** Another one for each row. */
function accountOf(row: number): Hex {
  return numberToHex(BigInt(row + 1), { size: 32 });
}

/** What it takes to prove most of what an account on one underlying requires. */
async function certificateGas({ network }: CheckMarket, account: Hex): Promise<number> {
  const { hubChain, hub } = network;
  const call = { abi: clearingHubAbi, functionName: "certifiedMarginOf" } as const;
  const argsOf = (s: number) => [account, { joint: UNMOVED, scenarios: [s] }] as const;
  const bounds = await Promise.all(
    scenarios.map((_, s) =>
      hubChain.client.readContract({ ...call, address: hub.clearingHub, args: argsOf(s) }),
    ),
  );
  const most = maximumOf(bounds.map(({ maintenanceWad }) => maintenanceWad));
  const worst = bounds.findIndex(({ maintenanceWad }) => maintenanceWad === most);
  return hubChain.callGas(hub.clearingHub, encodeFunctionData({ ...call, args: argsOf(worst) }));
}

function maximumOf(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => maximum(most, value), 0n);
}

/** Where the hub has lists of instruments and positions, by account. */
interface Ledger {
  held: bigint;
  positions: bigint;
}

/** Looks for both: their places change with the hub. */
async function findLedger(market: CheckMarket): Promise<Ledger> {
  const { hubChain, hub } = market.network;
  const account = numberToHex(2n ** 255n, { size: 32 });
  const [instrument] = market.options;
  const number = await numberOf(market, instrument!);
  const call = { address: hub.clearingHub, abi: clearingHubAbi } as const;
  const override = (slot: Hex, value: Hex) => [{ address: hub.clearingHub, stateDiff: [{ slot, value }] }];
  let [held, positions] = [-1n, -1n];
  for (let slot = 0n; slot < SLOTS; slot++) {
    const position = await hubChain.client.readContract({
      ...call,
      functionName: "positionOf",
      args: [account, instrument!],
      stateOverride: override(positionSlot({ held, positions: slot }, account, number), packed(0, ONE, 1)),
    });
    if (position.base === ONE) positions = slot;
    const listed = await hubChain.client.readContract({
      ...call,
      functionName: "instrumentsOf",
      args: [account],
      stateOverride: override(listSlot({ held: slot, positions }, account, 0), listWord([1, number])),
    });
    if (listed[0] === instrument) held = slot;
  }
  if (held < 0n || positions < 0n) {
    const what = `the hub's ledger is not within its first ${SLOTS} slots`;
    throw new CausewayError("InternalInvariant", { details: { what } });
  }
  return { held, positions };
}

/** Has an account hold these instruments, long and short, some of it offset on another chain. */
async function hold(
  market: CheckMarket,
  ledger: Ledger,
  account: Hex,
  instruments: readonly Hex[],
): Promise<void> {
  const { hubChain, hub } = market.network;
  const numbers = await Promise.all(instruments.map((instrument) => numberOf(market, instrument)));
  // The first place has the count.
  const list = [numbers.length, ...numbers];
  for (let word = 0; 8 * word < list.length; word++)
    await hubChain.setStorage(
      hub.clearingHub,
      listSlot(ledger, account, word),
      listWord(list.slice(8 * word, 8 * word + 8)),
    );
  for (const [i, number] of numbers.entries()) {
    const base = (ONE + BigInt(i) * 1_000_000n) * (i % 3 === 0 ? -1n : 1n);
    await hubChain.setStorage(hub.clearingHub, positionSlot(ledger, account, number), packed(i, base, i + 1));
  }
  const found = await hubChain.client.readContract({
    address: hub.clearingHub,
    abi: clearingHubAbi,
    functionName: "instrumentsOf",
    args: [account],
  });
  if (found.length === instruments.length && found.every((one, i) => one === instruments[i])) return;
  throw new CausewayError("InternalInvariant", { details: { what: "the hub says other instruments" } });
}

function numberOf({ network: { hubChain, hub } }: CheckMarket, instrument: Hex): Promise<number> {
  return hubChain.client.readContract({
    address: hub.instrumentRegistry,
    abi: instrumentRegistryAbi,
    functionName: "numberOf",
    args: [instrument],
  });
}

/** As `PackedPosition`: base (80 bits) ‖ longs (80) ‖ quote (88) ‖ place (8). */
function packed(i: number, base: bigint, place: number): Hex {
  const longs = (base > 0n ? base : 0n) + BigInt(i % 4) * ONE;
  // A hundred dollars a unit.
  const quote = BigInt.asUintN(88, (-base * 100n * DOLLAR) / ONE);
  return numberToHex((BigInt.asUintN(80, base) << 176n) | (longs << 96n) | (quote << 8n) | BigInt(place), {
    size: 32,
  });
}

/** As `InstrumentList`: eight a word, from the lowest. */
function listWord(numbers: readonly number[]): Hex {
  const word = numbers.reduceRight((total, number) => (total << 32n) | BigInt(number), 0n);
  return numberToHex(word, { size: 32 });
}

function listSlot({ held }: Ledger, account: Hex, word: number): Hex {
  return numberToHex(BigInt(entrySlot(account, held)) + BigInt(word), { size: 32 });
}

function positionSlot({ positions }: Ledger, account: Hex, number: number): Hex {
  return entrySlot(numberToHex(number, { size: 32 }), BigInt(entrySlot(account, positions)));
}

/** Of a mapping. */
function entrySlot(key: Hex, slot: bigint): Hex {
  return keccak256(concatHex([key, numberToHex(slot < 0n ? 0n : slot, { size: 32 })]));
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
