import type { Address } from "viem";
import { causewayArtifact } from "../artifacts.ts";
import type { MarketParameters } from "../markets.ts";
import type { OracleDeployment } from "../types.ts";
import { deploySources } from "./deploySources.ts";
import type { Deploy } from "./ensure.ts";

/** How old a signed price may be when it is brought. */
const SIGNED_PRICE_MAX_AGE_SECONDS = 300n;

export interface DeployOracleParameters {
  deploy: Deploy;
  manager: Address;
  clearingHub: Address;
  markets: readonly MarketParameters[];
}

/** Deploys what prices come from: router and sources, signed prices, settlement prices, surfaces and their models. */
export async function deployOracle(parameters: DeployOracleParameters): Promise<OracleDeployment> {
  const { deploy, manager, clearingHub, markets } = parameters;
  const oracle = (name: string, args?: readonly unknown[]) => ({
    artifact: causewayArtifact(`oracle/${name}.sol/${name}`),
    ...(args && { args }),
  });
  const model = (name: string) => ({ artifact: causewayArtifact(`pricing/models/${name}.sol/${name}`) });
  const first = await deploy({
    SignerQuorum: oracle("SignerQuorum", [manager]),
    PriceRouter: oracle("PriceRouter", [manager]),
    ExpiryPrices: oracle("ExpiryPrices", [clearingHub]),
    SviModel: model("SviModel"),
    Black76Model: model("Black76Model"),
    GramCharlierModel: model("GramCharlierModel"),
  });
  const second = await deploy({
    SignedPriceOracle: oracle("SignedPriceOracle", [first.SignerQuorum, SIGNED_PRICE_MAX_AGE_SECONDS]),
    SurfaceBook: oracle("SurfaceBook", [manager, first.SignerQuorum]),
  });
  const signedPrices = second.SignedPriceOracle!;
  const places = { signedPrices, signers: first.SignerQuorum!, router: first.PriceRouter! };
  return {
    oracle: first.PriceRouter!,
    signers: first.SignerQuorum!,
    signedPrices,
    expiryPrices: first.ExpiryPrices!,
    surfaceBook: second.SurfaceBook!,
    models: { svi: first.SviModel!, black76: first.Black76Model!, gramCharlier: first.GramCharlierModel! },
    sources: await deploySources(deploy, places, markets),
  };
}
