import {
  type Address,
  createTestClient,
  encodeFunctionData,
  type Hash,
  type Hex,
  http,
  parseEther,
  parseEventLogs,
} from "viem";
import { endpointAbi } from "../../../chains/layerzero/abi.ts";
import { addressToBytes32, decodePacket, encodeLzReceiveOptions } from "../../../chains/layerzero/packet.ts";
import type { ClearingNetwork } from "./clearingNetwork.ts";

const RECEIVE_GAS = 1_000_000n;

export interface RawMessage {
  /** Chain indices. */
  from: number;
  to: number;
  /** Whom the endpoint will name as sender: any address, as local chains believe us. */
  sender: Address;
  receiver: Address;
  message: Hex;
}

/** Sends any bytes through the real endpoint, paid as any message is; resolves with the guid. */
export async function sendRawMessage(
  { network, rpcUrl }: ClearingNetwork,
  { from, to, sender, receiver, message }: RawMessage,
): Promise<Hash> {
  const { client, deployment } = network.chain(from);
  const { endpoint } = deployment.layerZero;
  const call = {
    dstEid: network.chain(to).definition.eid,
    receiver: addressToBytes32(receiver),
    message,
    options: encodeLzReceiveOptions({ gas: RECEIVE_GAS }),
    payInLzToken: false,
  };
  const { nativeFee } = await client.readContract({
    address: endpoint,
    abi: endpointAbi,
    functionName: "quote",
    args: [call, sender],
  });
  const anvil = createTestClient({ mode: "anvil", transport: http(rpcUrl(from)), chain: client.chain! });
  await anvil.setBalance({ address: sender, value: parseEther("10") });
  await anvil.impersonateAccount({ address: sender });
  const hash = await anvil.sendUnsignedTransaction({
    from: sender,
    to: endpoint,
    value: nativeFee,
    data: encodeFunctionData({ abi: endpointAbi, functionName: "send", args: [call, sender] }),
  });
  await anvil.stopImpersonatingAccount({ address: sender });
  const { logs } = await client.waitForTransactionReceipt({ hash });
  const [sent] = parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs });
  return decodePacket(sent!.args.encodedPayload).guid;
}
