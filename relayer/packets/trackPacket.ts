import { decodeOptions, decodePacket } from "../../chains/layerzero/packet.ts";
import type { ChainLog } from "../job.ts";
import type { TrackedPacket } from "./packetBook.ts";

/**
 * Makes a tracked message of a `PacketSent` log.
 * @throws CausewayError `PacketMalformed`
 */
export function trackPacket(log: ChainLog): TrackedPacket {
  const { encodedPayload, options } = log.args;
  const packet = decodePacket(encodedPayload);
  const { gas, value } = decodeOptions(options);
  return {
    ...packet,
    gasLimit: gas,
    value,
    location: { blockNumber: log.blockNumber, blockHash: log.blockHash, logIndex: log.logIndex },
    finalAtMs: log.seenAtMs,
    live: log.live,
    verifiedBy: new Set(),
    failures: 0,
  };
}
