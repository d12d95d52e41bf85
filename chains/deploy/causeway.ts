import { type Abi, type Address, zeroAddress } from "viem";
import {
  accessManagerAbi,
  clearingHubAbi,
  fundingRatesAbi,
  instrumentRegistryAbi,
  loopbackAbi,
  scanMarginEngineAbi,
  signedPriceOracleAbi,
  signerQuorumAbi,
  spokeVaultAbi,
} from "../abi/index.ts";
import { type CreationCodeParameters, causewayArtifact } from "../artifacts.ts";
import { readDeployment, writeDeployment } from "../deployments.ts";
import type { CausewayDeployment, Deployment } from "../types.ts";
import { ensureDeployed } from "./ensure.ts";
import type { Network, NetworkChain } from "./network.ts";

/** Errors of our contracts, to decode reverts of deploying and wiring. */
export const causewayErrorAbi: Abi = [
  accessManagerAbi,
  clearingHubAbi,
  fundingRatesAbi,
  loopbackAbi,
  instrumentRegistryAbi,
  scanMarginEngineAbi,
  signedPriceOracleAbi,
  signerQuorumAbi,
  spokeVaultAbi,
].flatMap((abi: Abi) => abi.filter((item) => item.type === "error"));

/** The hub's logic, each a linked library. */
const VAULT_LIBRARIES = ["PayoutLogic", "ReportBuilder", "TradeLogic", "VaultCommands"];
const HUB_LIBRARIES = [
  "LaneLogic",
  "CommandLogic",
  "CreditLogic",
  "ListingLogic",
  "ReportLogic",
  "SettlementLogic",
  "WithdrawalLogic",
] as const;

/** How old a signed price may be when it is brought to the oracle. */
const SIGNED_PRICE_MAX_AGE_SECONDS = 300n;

type Deploy = (wanted: Record<string, CreationCodeParameters>) => Promise<Record<string, Address>>;

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
    }),
  });
  const manager = first.AccessManager!;
  const loopback = first.Loopback ?? zeroAddress;
  const libraries = Object.fromEntries(
    [...VAULT_LIBRARIES, ...(isHub ? HUB_LIBRARIES : [])].map((name) => [name, first[name]!]),
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
      SignerQuorum: { artifact: causewayArtifact("oracle/SignerQuorum.sol/SignerQuorum"), args: [manager] },
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
      SignedPriceOracle: {
        artifact: causewayArtifact("oracle/SignedPriceOracle.sol/SignedPriceOracle"),
        args: [second.SignerQuorum, SIGNED_PRICE_MAX_AGE_SECONDS],
      },
    }),
  });

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
    ...(isHub && {
      hub: {
        clearingHub: third.ClearingHub!,
        signers: second.SignerQuorum!,
        oracle: third.SignedPriceOracle!,
        loopback,
        ...(await deployForHub(deployed, manager, { ...second, ...third })),
      },
    }),
  };
  const deployment = { ...record, causeway };
  writeDeployment(folder, deployment);
  log(`${definition.name}: vault ${vault}${isHub ? `, hub ${causeway.hub!.clearingHub}` : ""}`);
  return deployment;
}

/** What knows the hub by its address: each made for the one before. */
async function deployForHub(deployed: Deploy, manager: Address, on: Record<string, Address>) {
  const { ExpiryPrices, FundingRates } = await deployed({
    ExpiryPrices: {
      artifact: causewayArtifact("oracle/ExpiryPrices.sol/ExpiryPrices"),
      args: [on.ClearingHub],
    },
    FundingRates: {
      artifact: causewayArtifact("funding/FundingRates.sol/FundingRates"),
      args: [manager, on.SignerQuorum, on.ClearingHub],
    },
  });
  const { InstrumentRegistry } = await deployed({
    InstrumentRegistry: {
      artifact: causewayArtifact("risk/InstrumentRegistry.sol/InstrumentRegistry"),
      args: [on.ClearingHub, ExpiryPrices],
    },
  });
  const { ScanMarginEngine } = await deployed({
    ScanMarginEngine: {
      artifact: causewayArtifact("risk/ScanMarginEngine.sol/ScanMarginEngine"),
      args: [manager, on.SignedPriceOracle, InstrumentRegistry],
    },
  });
  return {
    expiryPrices: ExpiryPrices!,
    instrumentRegistry: InstrumentRegistry!,
    marginEngine: ScanMarginEngine!,
    fundingRates: FundingRates!,
  };
}
