import { type Pathway, type PathwayEnd, pathwaysOf, showPathway } from "../pathways.ts";
import type { WiringCheck, WiringFault } from "./types.ts";
import { NEXT_ULN, receiveConfig, sendConfig, type UlnConfig } from "./ulnConfig.ts";

/** One signer must never be able to forge a message. */
const MIN_DVNS = 2;

export const dvns: WiringCheck = {
  id: "dvns",
  rule: "both ends of each pathway require the recorded DVNs, at least two, and no other",
  stage: "pathway",
  find: async (network) => (await Promise.all(pathwaysOf(network).map(findOn))).flat(),
};

async function findOn(pathway: Pathway): Promise<WiringFault[]> {
  const [sent, received] = await Promise.all([sendConfig(pathway), receiveConfig(pathway)]);
  return [
    ...faultsAt(pathway, pathway.from, "sender", sent),
    ...faultsAt(pathway, pathway.to, "receiver", received),
  ];
}

function faultsAt(pathway: Pathway, { chain }: PathwayEnd, side: string, config: UlnConfig): WiringFault[] {
  const required = sorted(config.requiredDVNs);
  const recorded = sorted(chain.record.layerZero.dvns.map(({ address }) => address));
  const fault = (what: string, found: string, expected: string): WiringFault => ({
    chain: chain.definition.name,
    what: `${what} of ${showPathway(pathway)} at its ${side}`,
    found,
    expected,
    next: NEXT_ULN,
  });
  if (required.length < MIN_DVNS) {
    return [fault("the number of required DVNs", String(required.length), `at least ${MIN_DVNS}`)];
  }
  const faults: WiringFault[] = [];
  if (required.join() !== recorded.join()) {
    faults.push(fault("the set of required DVNs", required.join(", "), recorded.join(", ")));
  }
  if (config.optionalDVNs.length > 0) {
    faults.push(
      fault("the set of optional DVNs", config.optionalDVNs.join(", "), "none: nobody signs for them"),
    );
  }
  return faults;
}

function sorted(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.toLowerCase()))].sort();
}
