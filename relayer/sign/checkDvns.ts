import { type Address, isAddressEqual } from "viem";
import { dvnAbi } from "../../chains/layerzero/abi.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { DvnKeys, RelayerChain } from "../context.ts";

/**
 * Compares each DVN's contract on a chain with the keys that are to sign for it: a wrong vid or signer is skipped by the contract
 * *in silence*, so it is found before the first message and not after.
 * @throws CausewayError `DvnMisconfigured`
 */
export async function checkDvns(chain: RelayerChain, dvns: readonly DvnKeys[]): Promise<void> {
  await Promise.all(dvns.map((keys, index) => checkDvn(chain, keys, index)));
}

async function checkDvn(chain: RelayerChain, { name, signers }: DvnKeys, index: number) {
  const record = chain.deployment.layerZero.dvns[index];
  const fail = (what: string, found: unknown, expected: unknown) =>
    new CausewayError("DvnMisconfigured", {
      message: `DVN ${name} on ${chain.definition.name}: ${what} is ${found}, expected ${expected}.`,
      details: { eid: chain.eid, dvn: record?.address, found, expected },
    });
  if (!record) throw fail("its deployment", "missing", `one at place ${index}`);
  const read = <Name extends "vid" | "quorum" | "getSigners">(functionName: Name) =>
    chain.client.readContract({ address: record.address, abi: dvnAbi, functionName });
  const [vid, quorum, onChain] = await Promise.all([read("vid"), read("quorum"), read("getSigners")]);
  if (vid !== record.vid) throw fail("the vid", vid, record.vid);
  if (Number(quorum) !== signers.length)
    throw fail("the number of signers", signers.length, `the quorum, ${quorum}`);
  const stranger = signers.find(
    ({ address }) => !(onChain as readonly Address[]).some((one) => isAddressEqual(one, address)),
  );
  if (stranger) throw fail("a signer", stranger.address, `one of ${onChain}`);
}
