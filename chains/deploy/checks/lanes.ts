import { clearingHubAbi } from "../../abi/index.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const lanes: WiringCheck = {
  id: "lanes",
  rule: "the hub has a lane to each configured chain, with its lease and lag, and to no other",
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
    const show = (lane: { leaseSeconds: number; maxLagSeconds: number }) =>
      `a lease of ${lane.leaseSeconds} s and a lag of ${lane.maxLagSeconds} s`;
    const wrong = found.flatMap(({ definition, lane }) => {
      const [is, expected] = [lane.listed ? show(lane) : "not listed", show(definition)];
      const next = "List it, with the listing role: listLane.";
      return is === expected ? [] : [fault(`the lane to ${definition.name}`, is, expected, next)];
    });
    return [...strange, ...wrong];
  },
};
