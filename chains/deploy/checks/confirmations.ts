import { type Pathway, pathwaysOf, showPathway } from "../pathways.ts";
import { confirmationsOf } from "../wireLayerZero.ts";
import type { WiringCheck, WiringFault } from "./types.ts";
import { NEXT_ULN, receiveConfig, sendConfig } from "./ulnConfig.ts";

export const confirmations: WiringCheck = {
  id: "confirmations",
  rule: "both ends of each pathway wait for the source's finality, and the receiver for no more than the sender asks for",
  stage: "pathway",
  find: async (network) => (await Promise.all(pathwaysOf(network).map(findOn))).flat(),
};

async function findOn(pathway: Pathway): Promise<WiringFault[]> {
  const { from, to } = pathway;
  const [sent, received] = await Promise.all([sendConfig(pathway), receiveConfig(pathway)]);
  const least = confirmationsOf(from.chain.definition);
  const faults: WiringFault[] = [];
  const fault = (chain: string, side: string, found: bigint, expected: string) =>
    faults.push({
      chain,
      what: `the number of confirmations of ${showPathway(pathway)} at its ${side}`,
      found: String(found),
      expected,
      next: NEXT_ULN,
    });
  if (sent.confirmations < least) {
    fault(from.chain.definition.name, "sender", sent.confirmations, `at least ${least}`);
  }
  if (received.confirmations < least) {
    fault(to.chain.definition.name, "receiver", received.confirmations, `at least ${least}`);
  }
  // The DVNs wait for what the sender asks; the receiver would never take their word.
  if (faults.length === 0 && received.confirmations > sent.confirmations) {
    const most = `at most the sender's ${sent.confirmations}`;
    fault(to.chain.definition.name, "receiver", received.confirmations, most);
  }
  return faults;
}
