import type { Address } from "viem";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { addressToBytes32 } from "../../chains/layerzero/packet.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";
import type { TrackedPacket } from "../packets/packetBook.ts";
import { hubOf, vaultAt } from "./places.ts";

/** Executions after which a message is not waited for. */
const MOST_FAILURES = 2;

/** Whether anything is on its way between the hub and a vault. */
export interface Pathways {
  /** Everything that was sent before the reading began took effect by its end, or never will. */
  toHub: { isQuiet: boolean };
  toVault: { isQuiet: boolean };
}

interface End {
  chain: RelayerChain;
  address: Address;
}

/**
 * Reads the endpoints' nonces of both directions: first how many messages were sent, then up to which all are verified or
 * skipped. So it proves a loss without an index of events: what was sent, is not on its way and did not take effect, is lost.
 *
 * On its way is also what is verified and still to be executed: this relayer knows it as pending. In the loopback it is what is still queued;
 * nothing can be lost there.
 */
export async function readPathways(context: RelayerContext, eid: number): Promise<Pathways> {
  const { chain, clearingHub } = hubOf(context);
  const hub = { chain, address: clearingHub };
  const place = vaultAt(context, eid);
  const vault = { chain: place.chain, address: place.vault };
  if (eid === hub.chain.eid) {
    const isQuiet = context.clearing.loopback.size === 0;
    return { toHub: { isQuiet }, toVault: { isQuiet } };
  }
  const [toHub, toVault] = await Promise.all([
    readQuiet(context, vault, hub),
    readQuiet(context, hub, vault),
  ]);
  return { toHub: { isQuiet: toHub }, toVault: { isQuiet: toVault } };
}

async function readQuiet(context: RelayerContext, from: End, to: End): Promise<boolean> {
  const sent = await from.chain.client.readContract({
    address: from.chain.deployment.layerZero.endpoint,
    abi: endpointAbi,
    functionName: "outboundNonce",
    args: [from.address, to.chain.eid, addressToBytes32(to.address)],
  });
  const taken = await to.chain.client.readContract({
    address: to.chain.deployment.layerZero.endpoint,
    abi: endpointAbi,
    functionName: "inboundNonce",
    args: [to.address, from.chain.eid, addressToBytes32(from.address)],
  });
  if (taken < sent) return false;
  return !context.packets
    .pending()
    .some(
      (packet) =>
        packet.srcEid === from.chain.eid && packet.dstEid === to.chain.eid && !isLeft(context, packet),
    );
}

/** Committed, and not executed by us: too dear, or its receive keeps failing. Anyone can have a vault send such a message: nobody waits for it. */
function isLeft({ settings }: RelayerContext, { gasLimit, failures }: TrackedPacket): boolean {
  return gasLimit > settings.maxReceiveGas || failures > MOST_FAILURES;
}
