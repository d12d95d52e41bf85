import { encodeAbiParameters, type Hex, keccak256, parseAbiParameters } from "viem";

const preimage = parseAbiParameters("uint32, uint64");

/** Names, at the hub, the withdrawal that a vault queued as its `number`. Mirror of `ReportLogic.requestIdOf`. */
export function requestIdOf(eid: number, number: bigint): Hex {
  return keccak256(encodeAbiParameters(preimage, [eid, number]));
}
