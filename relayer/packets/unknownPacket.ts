import type { Hash } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { PacketBook } from "./packetBook.ts";

/** What keeps this relayer from working on a message that another one, or it itself before a restart, asked for; if anything does. */
export function unknownPacket(packets: PacketBook, guid: Hash): CausewayError | undefined {
  if (packets.get(guid) || packets.isDelivered(guid)) return undefined;
  return new CausewayError("PacketUnknown", { details: { guid } });
}
