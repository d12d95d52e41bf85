import type { Abi, Address } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { causewayArtifact, creationCode } from "../chains/artifacts.ts";
import { type ChainClient, createChainClient, createChainWallet } from "../chains/clients.ts";
import { localHub } from "../chains/definitions/local-hub.ts";
import { startAnvil } from "../chains/local/startAnvil.ts";
import { MNEMONIC } from "../chains/local/startLocalNetwork.ts";
import { CausewayError } from "../errors/CausewayError.ts";

/** A contract alone on a local chain, to be called. */
export interface StartedContract {
  client: ChainClient;
  address: Address;
  abi: Abi;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 60_000;

/**
 * Starts a local chain and deploys a contract without constructor arguments on it.
 *
 * @param source as of `causewayArtifact`
 * @throws CausewayError `AnvilNotStarting`, `ArtifactMissing`
 */
export async function startContract(source: string): Promise<StartedContract> {
  const artifact = causewayArtifact(source);
  const anvil = await startAnvil({ definition: localHub, mnemonic: MNEMONIC, accounts: 1 });
  try {
    const chain = { ...localHub, rpcUrls: [anvil.rpcUrl] };
    const client = createChainClient(chain, TIMEOUT_MS);
    const wallet = createChainWallet(chain, mnemonicToAccount(MNEMONIC), TIMEOUT_MS);
    const hash = await wallet.sendTransaction({ data: creationCode({ artifact }) });
    const { contractAddress } = await client.waitForTransactionReceipt({ hash });
    if (!contractAddress) {
      const what = `${source} was not deployed by ${hash}`;
      throw new CausewayError("InternalInvariant", { details: { what } });
    }
    return { client, address: contractAddress, abi: artifact.abi, stop: anvil.stop };
  } catch (cause) {
    await anvil.stop();
    throw cause;
  }
}
