import { findNeeded } from "../ensure.ts";
import { hubSettings } from "../wireCauseway.ts";
import type { WiringCheck } from "./types.ts";

export const settings: WiringCheck = {
  id: "settings",
  rule: "the hub's assets, instruments, margin parameters, funding terms, risk modules and price signers are the configured ones",
  stage: "contracts",
  find: async (network) => {
    const needed = await findNeeded(hubSettings(network));
    return needed.map(({ what }) => ({
      chain: network.hub.definition.name,
      what,
      found: "not as configured",
      expected: "as configured",
      next: "Run `./causeway wire`: it does it, or says who may.",
    }));
  },
};
