import { clearingHubAbi } from "../../abi/index.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const lanes: WiringCheck = {
  id: "lanes",
  rule: "the hub has a lane to each configured chain, with its lease, and to no other",
  stage: "contracts",
  find: async ({ chains, hub }) => {
    const contract = { address: hub.contracts.clearingHub, abi: clearingHubAbi } as const;
    const [eids, ...found] = await Promise.all([
      hub.client.readContract({ ...contract, functionName: "eids" }),
      ...chains.map(async ({ definition }) => ({
        definition,
        lane: await hub.client.readContract({
          ...contract,
          functionName: "laneOf",
          args: [definition.eid],
        }),
      })),
    ]);
    const fault = (what: string, found: string, expected: string, next: string): WiringFault => ({
      chain: hub.definition.name,
      what,
      found,
      expected,
      next,
    });
    const known = new Set(chains.map(({ definition }) => definition.eid));
    const strange = eids
      .filter((eid) => !known.has(eid))
      .map((eid) =>
        fault(
          `the lane ${eid}`,
          "listed",
          "no such lane",
          "Add the chain to the configuration, or set its peer to zero with the wiring role.",
        ),
      );
    const wrong = found
      .filter(({ definition, lane }) => !lane.listed || lane.leaseSeconds !== definition.leaseSeconds)
      .map(({ definition, lane }) =>
        fault(
          `the lease of ${definition.name}`,
          lane.listed ? `${lane.leaseSeconds} s` : "no lane",
          `${definition.leaseSeconds} s`,
          "List it, with the listing role: listLane.",
        ),
      );
    return [...strange, ...wrong];
  },
};
