import { type Abi, concatHex, decodeFunctionResult, encodeFunctionData, type Hex, numberToHex } from "viem";
import type { PortfolioMarginParameters } from "../../../clearing/margin/portfolioMargin.ts";
import { packRiskArray } from "../../../clearing/margin/riskArray.ts";
import { type OptionCase, parametersOf } from "../../generate/optionArrayVectors.ts";
import type { StartedContract } from "../../startContract.ts";

/** What a contract answered; with a failure the rest is zeros. */
export interface Answer {
  /** What it reverted with, "0x" if it did not. */
  failure: Hex;
}

export interface MarginAnswer extends Answer {
  /** `PortfolioRequirement`, as decoded. */
  requirement: Record<string, unknown>;
}

export interface ArrayAnswer extends Answer {
  mark: bigint;
  packed: Hex;
  /** Of the volatility, in the order of `VolMove`; zeros without a model. */
  factors: readonly bigint[];
}

/** `MarginHarness` on a local chain. */
export interface MarginHarness {
  margins(portfolios: readonly PortfolioMarginParameters[]): Promise<readonly MarginAnswer[]>;
  arrays(options: readonly OptionCase[]): Promise<readonly ArrayAnswer[]>;
}

/** Far more than any batch takes. */
const GAS = 2n ** 40n;

export function marginHarness({ client, address, abi }: StartedContract): MarginHarness {
  const call = async (functionName: string, args: readonly unknown[]): Promise<unknown> => {
    const { data } = await client.call({ to: address, data: encoded(abi, functionName, args), gas: GAS });
    return decodeFunctionResult({ abi, functionName, data: data ?? "0x" });
  };
  return {
    margins: async (portfolios) =>
      (await call("margins", [portfolios.map(portfolioTuple)])) as readonly MarginAnswer[],
    arrays: async (options) => (await call("arrays", [options.map(optionTuple)])) as readonly ArrayAnswer[],
  };
}

function encoded(abi: Abi, functionName: string, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi, functionName, args });
}

/** Each array once, as it stands in the holdings; legs name it by its place. */
function portfolioTuple({ underlyings, parameters, time }: PortfolioMarginParameters) {
  const held = underlyings.map(({ parameters: rates, market, holdings, move = 0n }) => {
    const { perpetuals, options } = holdings;
    const arrays = [...new Set(options.map(({ array }) => array))];
    return {
      parameters: rates,
      market,
      legs: [
        ...perpetuals.map((leg) => ({ closing: 0n, ...leg, expiry: 0n, isPut: false, array: 0 })),
        ...options.map(({ right, array, ...leg }) => ({
          closing: 0n,
          ...leg,
          isPut: right === "put",
          array: arrays.indexOf(array),
        })),
      ],
      arrays: concatHex(arrays.map(packRiskArray)),
      move,
    };
  });
  return { held, account: parameters, time };
}

function optionTuple({ kind, model, option, spotWad, scanRangePpb }: OptionCase) {
  const words = parametersOf(model).map((word) => numberToHex(word, { size: 32, signed: true }));
  return { model: kind, terms: option, parameters: concatHex(words), spotWad, scanRange: scanRangePpb };
}
