import { type Address, zeroHash } from "viem";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { addressToBytes32 } from "../../chains/layerzero/packet.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";
import { hubOf, vaultAt } from "./places.ts";

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
 * Reads the endpoints' nonces of both directions: first how many messages were sent, then how far they were taken, executed or
 * skipped. So it proves a loss without an index of events: what was sent, is not on its way and did not take effect, is lost.
 *
 * Two kinds of messages are on their way all the same: one below the last taken that was verified and not executed (this relayer knows it as
 * pending), and, in the loopback, one that is still queued. Nothing can be lost there.
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
  const path = [to.address, from.chain.eid, addressToBytes32(from.address)] as const;
  const call = { address: to.chain.deployment.layerZero.endpoint, abi: endpointAbi } as const;
  const [taken, latestHash] = await Promise.all([
    to.chain.client.readContract({ ...call, functionName: "lazyInboundNonce", args: path }),
    to.chain.client.readContract({ ...call, functionName: "inboundPayloadHash", args: [...path, sent] }),
  ]);
  if (taken < sent || latestHash !== zeroHash) return false;
  return !context.packets
    .pending()
    .some(({ srcEid, dstEid }) => srcEid === from.chain.eid && dstEid === to.chain.eid);
}
