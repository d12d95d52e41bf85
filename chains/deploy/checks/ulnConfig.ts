import { ulnAbi } from "../../layerzero/abi.ts";
import { orReverted } from "../orReverted.ts";
import type { Pathway, PathwayEnd } from "../pathways.ts";

/** What a library asks of a message: the app's own settings where it has any, else the defaults. */
export interface UlnConfig {
  confirmations: bigint;
  requiredDVNs: readonly `0x${string}`[];
  optionalDVNs: readonly `0x${string}`[];
}

/** As the library resolves it; without any DVN the library reverts, and nothing is asked. That the library is the one in use, `libraries` checks. */
async function read({ chain, oapp, remote }: PathwayEnd, side: "send" | "receive"): Promise<UlnConfig> {
  const { sendUln302, receiveUln302 } = chain.record.layerZero;
  return orReverted(
    chain.client.readContract({
      address: side === "send" ? sendUln302 : receiveUln302,
      abi: ulnAbi,
      functionName: "getUlnConfig",
      args: [oapp, remote.definition.eid],
    }),
    { confirmations: 0n, requiredDVNs: [], optionalDVNs: [] },
  );
}

export function sendConfig({ from }: Pathway): Promise<UlnConfig> {
  return read(from, "send");
}

export function receiveConfig({ to }: Pathway): Promise<UlnConfig> {
  return read(to, "receive");
}

export const NEXT_ULN =
  "Set the OApp's ULN configuration, with the wiring role: AccessManager.execute(endpoint, setConfig of type 2).";
