import { type Address, isAddressEqual } from "viem";
import { endpointAbi } from "../../layerzero/abi.ts";
import { orReverted } from "../orReverted.ts";
import { type Pathway, pathwaysOf, showPathway } from "../pathways.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

const NEXT =
  "Set the OApp's library, with the wiring role: AccessManager.execute(endpoint, setSendLibrary or setReceiveLibrary).";

/** What verifies and what sends decides which other settings count: so this is looked at first. */
export const libraries: WiringCheck = {
  id: "libraries",
  rule: "each pathway is sent and verified by the recorded libraries, as the endpoint resolves them, and by no other",
  stage: "pathway",
  find: async (network) => (await Promise.all(pathwaysOf(network).map(findOn))).flat(),
};

async function findOn(pathway: Pathway): Promise<WiringFault[]> {
  const { from, to } = pathway;
  const fault = (chain: string, what: string, found: string, expected: string): WiringFault => ({
    chain,
    what: `${what} from ${showPathway(pathway)}`,
    found,
    expected,
    next: NEXT,
  });
  const sends = from.chain.record.layerZero;
  const receives = to.chain.record.layerZero;
  const atSender = { address: sends.endpoint, abi: endpointAbi } as const;
  const atReceiver = { address: receives.endpoint, abi: endpointAbi } as const;
  const srcEid = from.chain.definition.eid;
  const [sendLibrary, receiveLibrary, own, default_, block] = await Promise.all([
    orReverted(
      from.chain.client.readContract({
        ...atSender,
        functionName: "getSendLibrary",
        args: [from.oapp, to.chain.definition.eid],
      }),
      undefined,
    ),
    orReverted(
      to.chain.client.readContract({
        ...atReceiver,
        functionName: "getReceiveLibrary",
        args: [to.oapp, srcEid],
      }),
      undefined,
    ),
    to.chain.client.readContract({
      ...atReceiver,
      functionName: "receiveLibraryTimeout",
      args: [to.oapp, srcEid],
    }),
    to.chain.client.readContract({
      ...atReceiver,
      functionName: "defaultReceiveLibraryTimeout",
      args: [srcEid],
    }),
    to.chain.client.getBlockNumber(),
  ]);
  const faults: WiringFault[] = [];
  if (!is(sendLibrary, sends.sendUln302)) {
    faults.push(
      fault(from.chain.definition.name, "the send library", sendLibrary ?? "none", sends.sendUln302),
    );
  }
  const [library, isDefault] = receiveLibrary ?? [undefined, true];
  if (!is(library, receives.receiveUln302)) {
    faults.push(
      fault(to.chain.definition.name, "the receive library", library ?? "none", receives.receiveUln302),
    );
  }
  // In its time of grace a library that was replaced still verifies.
  const [graced, expiry] = isDefault ? default_ : own;
  if (expiry > block && !is(graced, receives.receiveUln302)) {
    faults.push(
      fault(
        to.chain.definition.name,
        "a second receive library",
        `${graced} until block ${expiry}`,
        "no other",
      ),
    );
  }
  return faults;
}

function is(found: Address | undefined, expected: Address): boolean {
  return found !== undefined && isAddressEqual(found, expected);
}
