import { decodeRevert, revertDataOf } from "../../decodeRevert.ts";
import { endpointAbi } from "../../layerzero/abi.ts";
import { layerZeroErrorAbi } from "../../layerzero/errorAbi.ts";
import { LARGEST_MESSAGE } from "../../layerzero/limits.ts";
import { addressToBytes32, encodeLzReceiveOptions } from "../../layerzero/packet.ts";
import { type Pathway, pathwaysOf, showPathway } from "../pathways.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const receiveGas: WiringCheck = {
  id: "receiveGas",
  rule: "the gas of our largest receive can be bought on each pathway, and fits a block of its destination",
  stage: "pathway",
  find: async (network) => (await Promise.all(pathwaysOf(network).map(findOn))).flat(),
};

async function findOn(pathway: Pathway): Promise<WiringFault[]> {
  const { from, to } = pathway;
  const [refused, block] = await Promise.all([whyNotQuoted(pathway), to.chain.client.getBlock()]);
  const expected = `${LARGEST_MESSAGE.gas} gas for a receive`;
  const faults: WiringFault[] = [];
  if (refused !== undefined) {
    faults.push({
      chain: from.chain.definition.name,
      what: `the fee from ${showPathway(pathway)}`,
      found: refused,
      expected: `a fee for ${LARGEST_MESSAGE.bytes} bytes and ${expected}`,
      next: "Ask the executor and the DVNs of this chain to support the destination: their dstConfig and prices.",
    });
  }
  if (block.gasLimit < LARGEST_MESSAGE.gas) {
    faults.push({
      chain: to.chain.definition.name,
      what: `the block gas limit at the end of ${showPathway(pathway)}`,
      found: String(block.gasLimit),
      expected: `room for ${expected}`,
      next: "Lower maxMessageGas of the relayer and LARGEST_MESSAGE, so that messages are made smaller.",
    });
  }
  return faults;
}

/** Decoded reason, or `undefined` if the endpoint names a fee. */
async function whyNotQuoted({ from, to }: Pathway): Promise<string | undefined> {
  const message = {
    dstEid: to.chain.definition.eid,
    receiver: addressToBytes32(to.oapp),
    message: `0x${"00".repeat(LARGEST_MESSAGE.bytes)}`,
    options: encodeLzReceiveOptions({ gas: LARGEST_MESSAGE.gas }),
    payInLzToken: false,
  } as const;
  try {
    await from.chain.client.readContract({
      address: from.chain.record.layerZero.endpoint,
      abi: endpointAbi,
      functionName: "quote",
      args: [message, from.oapp],
    });
    return undefined;
  } catch (cause) {
    const data = revertDataOf(cause);
    if (data === undefined) throw cause;
    return decodeRevert(data, layerZeroErrorAbi()).text;
  }
}
