import { type Account, isAddressEqual } from "viem";
import { dvnAbi } from "../../chains/layerzero/abi.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain } from "../context.ts";

/**
 * Compares each DVN's contract on a chain with the key that is to sign for it: a wrong vid or signer is skipped by the contract
 * *in silence*, so it is found before the first message and not after.
 * @param signers one per DVN, in the order of the deployment
 * @throws CausewayError `DvnMisconfigured`
 */
export async function checkDvns(chain: RelayerChain, signers: readonly Account[]): Promise<void> {
  await Promise.all(signers.map((signer, index) => checkDvn(chain, signer, index)));
}

async function checkDvn(chain: RelayerChain, signer: Account, index: number) {
  const record = chain.deployment.layerZero.dvns[index];
  const fail = (what: string, found: unknown, expected: unknown) =>
    new CausewayError("DvnMisconfigured", {
      message: `DVN ${index} on ${chain.definition.name}: ${what} is ${found}, expected ${expected}.`,
      details: { eid: chain.eid, dvn: record?.address, found, expected },
    });
  if (!record) throw fail("its deployment", "missing", "one per key");
  const contract = { address: record.address, abi: dvnAbi } as const;
  const [vid, quorum, signers] = await Promise.all([
    chain.client.readContract({ ...contract, functionName: "vid" }),
    chain.client.readContract({ ...contract, functionName: "quorum" }),
    chain.client.readContract({ ...contract, functionName: "getSigners" }),
  ]);
  if (vid !== record.vid) throw fail("the vid", vid, record.vid);
  if (quorum !== 1n) throw fail("the quorum", quorum, "1: one key is configured");
  if (!signers.some((one) => isAddressEqual(one, signer.address)))
    throw fail("the signer", signer.address, signers);
}
