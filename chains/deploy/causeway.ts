import { type Abi, type Address, zeroAddress } from "viem";
import { defaultAccountParameters } from "../../clearing/margin/marginParameters.ts";
import {
  accessManagerAbi,
  black76ModelAbi,
  clearingHubAbi,
  expiryPricesAbi,
  fundingRatesAbi,
  gramCharlierModelAbi,
  instrumentRegistryAbi,
  loopbackAbi,
  priceRouterAbi,
  pythSourceAbi,
  scenarioMarginEngineAbi,
  signedPriceOracleAbi,
  signerQuorumAbi,
  spokeVaultAbi,
  surfaceBookAbi,
  sviModelAbi,
  tradeSourceAbi,
} from "../abi/index.ts";
import { causewayArtifact } from "../artifacts.ts";
import { readDeployment, writeDeployment } from "../deployments.ts";
import type { CausewayDeployment, Deployment, OracleDeployment } from "../types.ts";
import { deployOracle } from "./deployOracle.ts";
import { type Deploy, ensureDeployed } from "./ensure.ts";
import type { Network, NetworkChain } from "./network.ts";

/** Errors of our contracts, to decode reverts of deploying and wiring. */
export const causewayErrorAbi: Abi = [
  accessManagerAbi,
  clearingHubAbi,
  fundingRatesAbi,
  loopbackAbi,
  instrumentRegistryAbi,
  scenarioMarginEngineAbi,
  expiryPricesAbi,
  priceRouterAbi,
  signedPriceOracleAbi,
  pythSourceAbi,
  tradeSourceAbi,
  signerQuorumAbi,
  surfaceBookAbi,
  black76ModelAbi,
  gramCharlierModelAbi,
  sviModelAbi,
  spokeVaultAbi,
].flatMap((abi: Abi) => abi.filter((item) => item.type === "error"));

/** The hub's logic, each a linked library. */
const VAULT_LIBRARIES = ["PayoutLogic", "ReportBuilder", "TradeLogic", "VaultCommands"];
const HUB_LIBRARIES = [
  "LaneLogic",
  "ClosingLogic",
  "CommandLogic",
  "CreditLogic",
  "FundingLogic",
  "LendingLogic",
  "ListingLogic",
  "ReportLogic",
  "SettlementLogic",
  "WithdrawalLogic",
] as const;
const ENGINE_LIBRARIES = ["EpochLogic", "SettingsLogic"] as const;

/**
 * Deploys our contracts on every chain: vault and venue everywhere, hub, oracle and margin engine on the hub's. What is
 * there already is left alone. Test tokens are deployed on local chains only.
 *
 * @returns the deployment records, the hub's first
 * @throws CausewayError `DeploymentMissing` (LayerZero first), `DeployedStateDiffers`, and as `ChainWriter.send`
 */
export async function deployCauseway(network: Network): Promise<Deployment[]> {
  return Promise.all(network.chains.map((chain) => deployOn(network, chain)));
}

async function deployOn({ config, log }: Network, { definition, writer }: NetworkChain): Promise<Deployment> {
  const folder = config.deploymentsFolder;
  const record = readDeployment(folder, definition.name);
  const { endpoint } = record.layerZero;
  const isHub = definition.eid === config.hub.eid;
  const missingTokens = definition.tokens.filter(({ address }) => address === undefined && definition.local);

  const deployed: Deploy = (wanted) => ensureDeployed(writer, folder, wanted);

  // Each call deploys what depends only on the calls before it.
  const first = await deployed({
    AccessManager: {
      artifact: causewayArtifact("@openzeppelin/contracts/access/manager/AccessManager.sol/AccessManager"),
      args: [writer.account.address],
    },
    ...Object.fromEntries(
      VAULT_LIBRARIES.map((name) => [name, { artifact: causewayArtifact(`spoke/${name}.sol/${name}`) }]),
    ),
    ...Object.fromEntries(
      missingTokens.map(({ symbol, decimals }) => [
        `Token ${symbol}`,
        {
          artifact: causewayArtifact("mocks/TestToken.sol/TestToken"),
          args: [`Test ${symbol}`, symbol, decimals],
        },
      ]),
    ),
    ...(isHub && {
      Loopback: { artifact: causewayArtifact("transport/Loopback.sol/Loopback") },
      ...Object.fromEntries(
        HUB_LIBRARIES.map((name) => [name, { artifact: causewayArtifact(`hub/${name}.sol/${name}`) }]),
      ),
      ...Object.fromEntries(
        ENGINE_LIBRARIES.map((name) => [name, { artifact: causewayArtifact(`risk/${name}.sol/${name}`) }]),
      ),
    }),
  });
  const manager = first.AccessManager!;
  const loopback = first.Loopback ?? zeroAddress;
  const libraries = Object.fromEntries(
    [...VAULT_LIBRARIES, ...(isHub ? [...HUB_LIBRARIES, ...ENGINE_LIBRARIES] : [])].map((name) => [
      name,
      first[name]!,
    ]),
  );
  const second = await deployed({
    SpokeVault: {
      artifact: causewayArtifact("spoke/SpokeVault.sol/SpokeVault"),
      args: [endpoint, config.hub.eid, manager, loopback],
      libraries,
    },
    ...(isHub && {
      ClearingHubViews: {
        artifact: causewayArtifact("hub/ClearingHubViews.sol/ClearingHubViews"),
        libraries,
      },
    }),
  });
  const vault = second.SpokeVault!;
  const third = await deployed({
    OrderVenue: {
      artifact: causewayArtifact("spoke/venues/OrderVenue.sol/OrderVenue"),
      args: [vault],
    },
    ...(isHub && {
      ClearingHub: {
        artifact: causewayArtifact("hub/ClearingHub.sol/ClearingHub"),
        args: [endpoint, manager, loopback, second.ClearingHubViews],
        libraries,
      },
    }),
  });

  const oracle = isHub
    ? await deployOracle({
        deploy: deployed,
        manager,
        clearingHub: third.ClearingHub!,
        markets: config.markets,
      })
    : undefined;

  const causeway: CausewayDeployment = {
    accessManager: manager,
    vault,
    orderVenue: third.OrderVenue!,
    tokens: Object.fromEntries(
      definition.tokens.flatMap(({ symbol, address }) => {
        const token = address ?? first[`Token ${symbol}`];
        return token === undefined ? [] : [[symbol, token]];
      }),
    ),
    libraries,
    ...(oracle && {
      hub: {
        clearingHub: third.ClearingHub!,
        ...oracle,
        loopback,
        ...(await deployForHub(deployed, manager, third.ClearingHub!, oracle, libraries)),
      },
    }),
  };
  const deployment = { ...record, causeway };
  writeDeployment(folder, deployment);
  log(`${definition.name}: vault ${vault}${isHub ? `, hub ${causeway.hub!.clearingHub}` : ""}`);
  return deployment;
}

/** What knows hub and oracle by their addresses: each made for the one before. */
async function deployForHub(
  deployed: Deploy,
  manager: Address,
  clearingHub: Address,
  { oracle, signers, expiryPrices, surfaceBook }: OracleDeployment,
  libraries: Readonly<Record<string, Address>>,
) {
  const { FundingRates, InstrumentRegistry } = await deployed({
    FundingRates: {
      artifact: causewayArtifact("funding/FundingRates.sol/FundingRates"),
      args: [manager, signers, clearingHub],
    },
    InstrumentRegistry: {
      artifact: causewayArtifact("risk/InstrumentRegistry.sol/InstrumentRegistry"),
      args: [clearingHub, expiryPrices],
    },
  });
  const { ScenarioMarginEngine } = await deployed({
    ScenarioMarginEngine: {
      artifact: causewayArtifact("risk/ScenarioMarginEngine.sol/ScenarioMarginEngine"),
      args: [manager, oracle, InstrumentRegistry, expiryPrices, surfaceBook, defaultAccountParameters],
      libraries,
    },
  });
  return {
    instrumentRegistry: InstrumentRegistry!,
    marginEngine: ScenarioMarginEngine!,
    fundingRates: FundingRates!,
  };
}
