import { findNeeded } from "../ensure.ts";
import { pinsOf } from "../pinPathways.ts";
import type { WiringCheck } from "./types.ts";

export const pins: WiringCheck = {
  id: "pins",
  rule: "our contracts have settings of their own on each pathway, so that LayerZero's owner can change none of them",
  stage: "pathway",
  find: async (network) => {
    const found = await Promise.all(
      network.chains.map(async (chain) =>
        (await findNeeded(pinsOf(network, chain))).map(({ what }) => ({
          chain: chain.definition.name,
          what,
          found: "LayerZero's default, at least in part",
          expected: "the contract's own",
          next: "Run `./causeway wire`: it does it, or says who may.",
        })),
      ),
    );
    return found.flat();
  },
};
