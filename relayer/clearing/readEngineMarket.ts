import { type Address, type Hex, slice } from "viem";
import {
  expiryPricesAbi,
  instrumentRegistryAbi,
  priceRouterAbi,
  scenarioMarginEngineAbi,
} from "../../chains/abi/index.ts";
import type { ChainClient } from "../../chains/clients.ts";
import {
  optionTerms,
  underlyingId,
  underlyingOf,
  underlyingSymbol,
} from "../../clearing/codec/instrumentId.ts";
import {
  type EngineMarket,
  type EngineUnderlying,
  type Epoch,
  numberParts,
  type OraclePrice,
  settlementKey,
} from "../../clearing/margin/engineMarket.ts";
import type {
  AccountParameters,
  UnderlyingLimits,
  UnderlyingParameters,
} from "../../clearing/margin/marginParameters.ts";
import { type RiskEntry, unpackRiskEntries } from "../../clearing/margin/riskEntry.ts";
import { maximum } from "../../clearing/math.ts";
import { readMany } from "./calls.ts";
import type { HubPlace } from "./places.ts";

/** The engine's market, as far as some instruments need it. */
export interface EngineReading {
  market: EngineMarket;
  /** Numbers of the instruments, by id. */
  numbers: ReadonlyMap<Hex, number>;
}

/** Where the engine's market is read, and at what time. */
export interface EnginePlace
  extends Pick<HubPlace, "marginEngine" | "oracle" | "instrumentRegistry" | "expiryPrices"> {
  chain: { client: ChainClient; heads: { latest: { timestamp: bigint } } };
}

/** Reads what the margin engine knows, about the instruments that are given. */
export type ReadEngineMarket = (hub: EnginePlace, instruments: readonly Hex[]) => Promise<EngineReading>;

type Entries = readonly (RiskEntry | undefined)[];

/**
 * A reader that asks only once for what never changes: numbers of instruments, and chunks of risk arrays, which are contract code. Not all
 * is read in the same block: what changes in between is seen by the next reading.
 */
export function createEngineMarketReader(): ReadEngineMarket {
  const numbers = new Map<Hex, number>();
  let chunks = new Map<Address, Entries>();

  async function readNumbers(hub: EnginePlace, instruments: readonly Hex[]): Promise<Map<Hex, number>> {
    const unknown = instruments.filter((instrument) => !numbers.has(instrument));
    const ids = unknown.map((instrument): [Hex] => [instrument]);
    const found = await readMany(hub.chain, instrumentRegistryAbi, hub.instrumentRegistry, "numberOf", ids);
    unknown.forEach((instrument, i) => {
      if (found[i] !== 0) numbers.set(instrument, found[i]!);
    });
    return new Map(
      instruments.flatMap((instrument) => {
        const number = numbers.get(instrument);
        return number === undefined ? [] : [[instrument, number] as const];
      }),
    );
  }

  async function readChunks(hub: EnginePlace, addresses: readonly Address[]): Promise<void> {
    const read = await Promise.all(
      addresses.map(async (address): Promise<[Address, Entries]> => {
        const known = chunks.get(address);
        if (known !== undefined) return [address, known];
        const code = await hub.chain.client.getCode({ address });
        // After the zero byte that keeps it from being called.
        return [address, unpackRiskEntries(code === undefined || code === "0x00" ? "0x" : slice(code, 1))];
      }),
    );
    chunks = new Map(read);
  }

  return async (hub, instruments) => {
    const held = await readNumbers(hub, instruments);
    const time = hub.chain.heads.latest.timestamp;
    const indices = new Map(
      [...held].map(([instrument, number]) => [underlyingOf(instrument), numberParts(number).underlying]),
    );
    const ids = [...indices.keys()].map((id): [Hex] => [id]);
    const { chain, marginEngine, oracle } = hub;
    const [settings, epochs, prices, [account], settlements] = await Promise.all([
      readMany(chain, scenarioMarginEngineAbi, marginEngine, "underlyingParametersOf", ids),
      readMany(chain, scenarioMarginEngineAbi, marginEngine, "epochOf", ids),
      readMany(chain, priceRouterAbi, oracle, "read", ids),
      readMany(chain, scenarioMarginEngineAbi, marginEngine, "accountParameters", [[]]),
      readSettlements(hub, [...held.keys()], time),
    ]);
    await readChunks(
      hub,
      epochs.flatMap(([, addresses]) => addresses),
    );
    const underlyings = [...indices].flatMap(([id, index], i): [number, EngineUnderlying][] => {
      const { underlying, parameters, rampPpm, gainsCap, maxEpochAge, maxMove, rampPerDay } = settings[i]!;
      if (BigInt(underlying) === 0n) return [];
      const [epoch, addresses] = epochs[i]!;
      const entries = addresses.flatMap((address) => chunks.get(address)!);
      const known = {
        underlying: underlyingSymbol(id),
        parameters: bigints(parameters) satisfies UnderlyingParameters,
        limits: bigints({ gainsCap, maxEpochAge, maxMove, rampPerDay }) satisfies UnderlyingLimits,
        price: priceOf(prices[i]!, time),
        rampPpm: BigInt(rampPpm),
      };
      return [[index, epoch.priceWad === 0n ? known : { ...known, epoch: epochOf(epoch, entries) }]];
    });
    const market = {
      underlyings: new Map(underlyings),
      options: new Map(
        [...held].flatMap(([instrument, number]) => {
          const terms = optionTerms(instrument);
          return terms === null ? [] : [[number, terms] as const];
        }),
      ),
      settlements,
      account: bigints(account!) satisfies AccountParameters,
      time,
    };
    return { market, numbers: held };
  };
}

/** Settlement prices of what has expired. */
async function readSettlements(
  { chain, expiryPrices }: EnginePlace,
  instruments: readonly Hex[],
  time: bigint,
): Promise<Map<string, bigint>> {
  const expired = new Map(
    instruments.flatMap((instrument) => {
      const terms = optionTerms(instrument);
      return terms === null || terms.expiry > time ? [] : [[settlementKey(terms), terms] as const];
    }),
  );
  const asked = [...expired.values()].map(({ underlying, expiry }): [Hex, number] => [
    underlyingId(underlying),
    expiry,
  ]);
  const prices = await readMany(chain, expiryPricesAbi, expiryPrices, "priceOf", asked);
  const fixed = [...expired.keys()].map((key, i): [string, bigint] => [key, prices[i]!]);
  return new Map(fixed.filter(([, priceWad]) => priceWad !== 0n));
}

function priceOf(
  [priceWad, confidenceWad, ageSeconds]: readonly [bigint, bigint, bigint],
  time: bigint,
): OraclePrice {
  return { priceWad, confidenceWad, ageSeconds, time: maximum(0n, time - ageSeconds) };
}

function epochOf(epoch: { priceWad: bigint; time: number; scanRange: number }, entries: Entries): Epoch {
  return {
    priceWad: epoch.priceWad,
    time: BigInt(epoch.time),
    scanRange: BigInt(epoch.scanRange),
    entries,
  };
}

/** As the model has them. */
function bigints<Name extends string>(values: Record<Name, number>): Record<Name, bigint> {
  return Object.fromEntries(
    Object.entries<number>(values).map(([name, value]) => [name, BigInt(value)]),
  ) as Record<Name, bigint>;
}
