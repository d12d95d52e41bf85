import type { Address } from "viem";
import type { WiredChain, WiredNetwork } from "./wiredNetwork.ts";

/** One of our contracts at one end of a pathway, and the chain at the other end. */
export interface PathwayEnd {
  chain: WiredChain;
  oapp: Address;
  remote: WiredChain;
}

/** The way that messages go from one of our contracts to another over LayerZero. */
export interface Pathway {
  from: PathwayEnd;
  to: PathwayEnd;
}

/** Both directions between the hub and every vault of another chain. The vault of the hub's chain has the loopback instead. */
export function pathwaysOf({ chains, hub }: WiredNetwork): Pathway[] {
  return chains
    .filter(({ definition }) => definition.eid !== hub.definition.eid)
    .flatMap((spoke) => {
      const atHub = { chain: hub, oapp: hub.contracts.clearingHub, remote: spoke };
      const atSpoke = { chain: spoke, oapp: spoke.record.causeway.vault, remote: hub };
      return [
        { from: atHub, to: atSpoke },
        { from: atSpoke, to: atHub },
      ];
    });
}

/** For people: `local-hub to local-a`. */
export function showPathway({ from, to }: Pathway): string {
  return `${from.chain.definition.name} to ${to.chain.definition.name}`;
}
