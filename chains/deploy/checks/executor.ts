import { isAddressEqual } from "viem";
import { sendUln302Abi } from "../../layerzero/abi.ts";
import { LARGEST_MESSAGE } from "../../layerzero/limits.ts";
import { type Pathway, pathwaysOf, showPathway } from "../pathways.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const executor: WiringCheck = {
  id: "executor",
  rule: "each pathway takes our largest message, and pays the recorded executor",
  stage: "pathway",
  find: async (network) => (await Promise.all(pathwaysOf(network).map(findOn))).flat(),
};

async function findOn(pathway: Pathway): Promise<WiringFault[]> {
  const { from, to } = pathway;
  const { layerZero } = from.chain.record;
  const { maxMessageSize, executor: found } = await from.chain.client.readContract({
    address: layerZero.sendUln302,
    abi: sendUln302Abi,
    functionName: "getExecutorConfig",
    args: [from.oapp, to.chain.definition.eid],
  });
  const fault = (what: string, found: string, expected: string): WiringFault => ({
    chain: from.chain.definition.name,
    what: `${what} of ${showPathway(pathway)}`,
    found,
    expected,
    next: "Set the OApp's executor configuration, with the wiring role: AccessManager.execute(endpoint, setConfig of type 1).",
  });
  const faults: WiringFault[] = [];
  if (maxMessageSize < LARGEST_MESSAGE.bytes) {
    faults.push(fault("the largest message", `${maxMessageSize} bytes`, `at least ${LARGEST_MESSAGE.bytes}`));
  }
  if (!isAddressEqual(found, layerZero.executor)) {
    faults.push(fault("the executor", found, layerZero.executor));
  }
  return faults;
}
