import { type Abi, concatHex, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { scenarioMarginEngineAbi } from "../../../chains/abi/index.ts";
import { option, underlyingId } from "../../../clearing/codec/instrumentId.ts";
import type { EngineUnderlying } from "../../../clearing/margin/engineMarket.ts";
import { packRiskEntry } from "../../../clearing/margin/riskEntry.ts";
import type { StartedContract } from "../../startContract.ts";
import { type EngineCase, NOW } from "./drawEngineCase.ts";

/** What the engine answered to a call, or reverted with. */
export interface EngineAnswer {
  isGiven: boolean;
  data: Hex;
}

/** The engine's answers about a case. */
export interface EngineAnswers {
  assessment: EngineAnswer;
  /** By instrument asked. */
  marks: readonly EngineAnswer[];
  references: readonly EngineAnswer[];
  certified: EngineAnswer;
}

/** `ScenarioMarginEngine` on a local chain, over markets that are made up. */
export interface EngineHarness {
  /** Of the engine. */
  abi: Abi;
  answers(cases: readonly EngineCase[]): Promise<readonly EngineAnswers[]>;
}

const GAS = 2n ** 40n;
const NO_EPOCH = { priceWad: 0n, time: 0n, scanRange: 0n, perChunk: 0, places: 0, done: 0 };

export async function startEngineHarness({ client, deploy }: StartedContract): Promise<EngineHarness> {
  const harness = await deploy("mocks/EngineHarness.sol/EngineHarness");
  const engine = await deploy("mocks/EngineHarness.sol/SettableEngine", [harness.address]);
  return {
    abi: scenarioMarginEngineAbi,
    async answers(cases) {
      const data = encodeFunctionData({
        abi: harness.abi,
        functionName: "answers",
        args: [engine.address, cases.map(caseTuple)],
      });
      const answer = await client.call({
        to: harness.address,
        data,
        gas: GAS,
        blockOverrides: { time: NOW },
      });
      const all = decodeFunctionResult({
        abi: harness.abi,
        functionName: "answers",
        data: answer.data ?? "0x",
      }) as readonly (readonly EngineAnswer[])[];
      return all.map(([assessment, certified, ...others], i) => ({
        assessment: assessment!,
        certified: certified!,
        marks: others.slice(0, cases[i]!.asked.length),
        references: others.slice(cases[i]!.asked.length),
      }));
    },
  };
}

function caseTuple({
  market,
  unknown,
  openInterest,
  perChunk,
  exposures,
  maxPriceAge,
  asked,
  certificate,
}: EngineCase) {
  const call = (functionName: string, ...args: readonly unknown[]): Hex =>
    encodeFunctionData({ abi: scenarioMarginEngineAbi as Abi, functionName, args });
  return {
    market: {
      underlyings: [
        ...[...market.underlyings].map(([index, one]) => underlyingTuple(index, one, perChunk, true)),
        ...[...unknown].map(([index, one]) => underlyingTuple(index, one, perChunk, false)),
      ].map((one) => ({ ...one, openInterest: openInterest.get(one.index)! })),
      options: [...market.options].map(([number, terms]) => ({ number, instrument: option(terms) })),
      settlements: [...market.settlements].map(([key, priceWad]) => {
        const [symbol, expiry] = key.split(" ");
        return { underlying: underlyingId(symbol!), expiry: Number(expiry), priceWad };
      }),
      account: market.account,
    },
    calls: [
      call("assess", exposures, maxPriceAge),
      call("certify", certificate, exposures),
      ...asked.map((instrument) => call("markOf", instrument, maxPriceAge)),
      ...asked.map((instrument) => call("optionReferenceOf", instrument)),
    ],
  };
}

function underlyingTuple(
  index: number,
  { underlying, parameters, limits, price, epoch }: EngineUnderlying,
  perChunk: number,
  hasParameters: boolean,
) {
  const packed = (epoch?.entries ?? []).map(packRiskEntry);
  const places = packed.length;
  return {
    underlying: underlyingId(underlying),
    index,
    hasParameters,
    parameters,
    limits,
    price,
    epoch: epoch === undefined ? NO_EPOCH : { ...epoch, perChunk, places, done: places },
    chunks: Array.from({ length: Math.ceil(places / perChunk) }, (_, i) =>
      concatHex(packed.slice(i * perChunk, (i + 1) * perChunk)),
    ),
  };
}
