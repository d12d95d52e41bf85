import { type AssetDefinition, getAsset, settlementAsset } from "../../chains/assets.ts";
import { equity } from "../../clearing/equity.ts";
import { bestCertificate, certificateBound } from "../../clearing/margin/certificate.ts";
import { type AccountParameters, defaultAccountParameters } from "../../clearing/margin/marginParameters.ts";
import {
  bufferMargin,
  type PortfolioMargin,
  portfolioMargin,
} from "../../clearing/margin/portfolioMargin.ts";
import { describeScenario, scenarios } from "../../clearing/margin/scenarios.ts";
import { minimum, WAD } from "../../clearing/math.ts";
import type { MarginResult, PortfolioFile } from "../schema/margin.ts";
import { exactDecimal, portfolioError } from "./portfolioError.ts";
import { type FilePortfolio, filePortfolio } from "./portfolioHoldings.ts";
import { type UnderlyingRow, underlyingRow, usd } from "./underlyingRow.ts";

/**
 * Equity and scenario margin of a portfolio file: netted over chains, and chain by chain.
 *
 * @param now unix seconds, for a file that says no time
 * @throws CausewayError `PortfolioInvalid`, `UnknownAsset`, and what the margin and pricing refuse
 */
export function portfolioReport(file: PortfolioFile, now: number): MarginResult {
  const time = file.time ?? now;
  const portfolio = filePortfolio(file, BigInt(time));
  const required = (chain?: string) =>
    requirementOf(portfolio, defaultAccountParameters, BigInt(time), chain);
  const { margin, rows } = required();
  const chains = portfolio.chains.map((chain) => ({ chain, ...required(chain) }));
  const total = (of: (margin: PortfolioMargin) => bigint): string =>
    usd(chains.reduce((sum, { margin }) => sum + of(margin), 0n));

  const [equityInitial, equityMaintenance] = (["initialHaircutBps", "maintenanceHaircutBps"] as const).map(
    (haircut) => equityOf(file, portfolio, haircut),
  ) as [bigint, bigint];
  return {
    time,
    equity: usd(equityMaintenance),
    equityInitial: usd(equityInitial),
    initial: usd(margin.initial),
    maintenance: usd(margin.maintenance),
    buffer: usd(bufferMargin(equityMaintenance, margin.maintenance, defaultAccountParameters.bufferRatio)),
    initialCovered: equityInitial >= margin.initial,
    maintenanceCovered: equityMaintenance >= margin.maintenance,
    worstScenario: jointScenario(margin.worstScenario),
    underlyings: rows,
    crossCredit: usd(margin.crossCreditInitial),
    crossCreditMaintenance: usd(margin.crossCreditMaintenance),
    certificate: certificateOf(portfolio, defaultAccountParameters),
    chainByChain: {
      initial: total(({ initial }) => initial),
      maintenance: total(({ maintenance }) => maintenance),
    },
    chains: chains.map(({ chain, margin: alone, rows: underlyings }) => ({
      chain,
      initial: usd(alone.initial),
      maintenance: usd(alone.maintenance),
      crossCredit: usd(alone.crossCreditInitial),
      underlyings,
    })),
  };
}

function requirementOf(
  portfolio: FilePortfolio,
  parameters: AccountParameters,
  time: bigint,
  chain: string | undefined,
): { margin: PortfolioMargin; rows: UnderlyingRow[] } {
  const held = portfolio.holdings(chain);
  const margin = portfolioMargin({ underlyings: held.map(({ held: one }) => one), parameters, time });
  const rows = margin.underlyings.map((requirement, i) => {
    const { symbol, held: one } = held[i]!;
    return underlyingRow(symbol, requirement, one.parameters.scanRange);
  });
  return { margin, rows };
}

/** What a liquidator would name, netted over chains. */
function certificateOf(portfolio: FilePortfolio, parameters: AccountParameters): MarginResult["certificate"] {
  const underlyings = portfolio.holdings().map(({ held }) => held);
  const certificate = bestCertificate(underlyings);
  const { maintenanceWad, bandWad } = certificateBound({ underlyings, parameters, certificate });
  return {
    joint: certificate.joint,
    jointName: jointScenario(certificate.joint),
    scenarios: [...certificate.scenarios],
    names: certificate.scenarios.map((s, u) =>
      describeScenario(scenarios[s]!, underlyings[u]!.parameters.scanRange),
    ),
    maintenance: usd(maintenanceWad),
    band: usd(bandWad),
  };
}

function equityOf(
  file: PortfolioFile,
  { values }: FilePortfolio,
  haircut: "initialHaircutBps" | "maintenanceHaircutBps",
): bigint {
  const balances = collateralOf(file);
  const isInitial = haircut === "initialHaircutBps";
  const open = values.map(({ valueWad, gainsCapWad }) =>
    isInitial ? minimum(valueWad, gainsCapWad) : valueWad,
  );
  const held = equity({
    cash: balances.get(settlementAsset) ?? 0n,
    collateral: [...balances]
      .filter(([asset]) => asset !== settlementAsset)
      .map(([asset, amount]) => ({
        amount,
        sharedDecimals: asset.sharedDecimals,
        priceWad: priceOf(file, asset),
        // New risk is backed by the least that the oracle vouches for.
        confidenceWad: isInitial ? confidenceOf(file, asset) : 0n,
        haircutBps: BigInt(asset[haircut]),
      })),
    positions: [],
  });
  return open.reduce((total, value) => total + value, held);
}

/** Amounts by asset over all chains, in the asset's shared unit. */
function collateralOf({ collateral = {} }: PortfolioFile): Map<AssetDefinition, bigint> {
  const balances = new Map<AssetDefinition, bigint>();
  for (const [chain, rows] of Object.entries(collateral))
    rows.forEach(({ asset: symbol, amount }, i) => {
      const asset = getAsset(symbol);
      const key = `collateral.${chain}.${i}.amount`;
      const value = exactDecimal(key, amount, asset.sharedDecimals);
      if (value < 0n && asset !== settlementAsset) throw portfolioError(key, amount, "an amount not below 0");
      balances.set(asset, (balances.get(asset) ?? 0n) + value);
    });
  return balances;
}

function priceOf({ markets }: PortfolioFile, { underlying }: AssetDefinition): bigint {
  if (underlying === null) return WAD;
  const key = `markets.${underlying}.price`;
  const price = markets[underlying]?.price;
  if (price === undefined) throw portfolioError(key, "nothing", "the price of an asset that is collateral");
  return exactDecimal(key, price, 18);
}

function confidenceOf({ markets }: PortfolioFile, { underlying }: AssetDefinition): bigint {
  if (underlying === null) return 0n;
  return exactDecimal(`markets.${underlying}.confidence`, markets[underlying]?.confidence ?? "0", 18);
}

/** Underlyings differ in their price scan ranges, so the move is told in these. */
function jointScenario(place: number): string {
  const { thirds, vol } = scenarios[place]!;
  const share = thirds % 3n === 0n ? `${thirds / 3n}` : `${thirds}/3`;
  return `spot ${thirds > 0n ? "+" : ""}${share} of the price scan range, vol ${vol}`;
}
