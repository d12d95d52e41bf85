import type { Abi, Address } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { type Artifact, causewayArtifact, creationCode } from "../chains/artifacts.ts";
import { type ChainClient, createChainClient, createChainWallet } from "../chains/clients.ts";
import { localHub } from "../chains/definitions/local-hub.ts";
import { startAnvil } from "../chains/local/startAnvil.ts";
import { MNEMONIC } from "../chains/local/startLocalNetwork.ts";
import { CausewayError } from "../errors/CausewayError.ts";

/** A contract alone on a local chain, to be called. */
export interface StartedContract extends DeployedContract {
  client: ChainClient;
  /**
   * Deploys another one beside it, with the libraries that it calls.
   *
   * @param source as of `causewayArtifact`
   * @throws CausewayError `ArtifactMissing`
   */
  deploy(source: string, args?: readonly unknown[]): Promise<DeployedContract>;
  stop(): Promise<void>;
}

export interface DeployedContract {
  address: Address;
  abi: Abi;
}

const TIMEOUT_MS = 60_000;

/**
 * Starts a local chain and deploys a contract on it.
 *
 * @param source as of `causewayArtifact`; without constructor arguments
 * @throws CausewayError `AnvilNotStarting`, `ArtifactMissing`
 */
export async function startContract(source: string): Promise<StartedContract> {
  const anvil = await startAnvil({ definition: localHub, mnemonic: MNEMONIC, accounts: 1 });
  try {
    const chain = { ...localHub, rpcUrls: [anvil.rpcUrl] };
    const client = createChainClient(chain, TIMEOUT_MS);
    const wallet = createChainWallet(chain, mnemonicToAccount(MNEMONIC), TIMEOUT_MS);

    async function deploy(from: string, args: readonly unknown[] = []): Promise<DeployedContract> {
      const artifact = causewayArtifact(from);
      const libraries: Record<string, Address> = {};
      for (const [name, library] of librariesOf(artifact)) libraries[name] = (await deploy(library)).address;
      const hash = await wallet.sendTransaction({ data: creationCode({ artifact, args, libraries }) });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      if (!contractAddress) {
        const what = `${from} was not deployed by ${hash}`;
        throw new CausewayError("InternalInvariant", { details: { what } });
      }
      return { address: contractAddress, abi: artifact.abi };
    }

    return { client, ...(await deploy(source)), deploy, stop: anvil.stop };
  } catch (cause) {
    await anvil.stop();
    throw cause;
  }
}

/** Names and sources of the libraries that an artifact is to be linked with. */
function librariesOf({ linkReferences = {} }: Artifact): [name: string, source: string][] {
  return Object.entries(linkReferences).flatMap(([file, libraries]) =>
    Object.keys(libraries).map((name): [string, string] => [
      name,
      `${file.replace(/^project\/contracts\//, "")}/${name}`,
    ]),
  );
}
