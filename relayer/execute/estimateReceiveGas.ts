import { encodeFunctionData } from "viem";
import { decodeRevert, revertDataOf } from "../../chains/decodeRevert.ts";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerChain, RelayerContext } from "../context.ts";
import type { TrackedPacket } from "../packets/packetBook.ts";
import { toRelayerError } from "../toRelayerError.ts";

/**
 * Finds how much gas a message that failed takes, by simulating `lzReceive` as the executor.
 *
 * A receiver may swallow an inner failure for want of gas, and the estimate with it; so if gas was the reason, it is at least doubled.
 * @throws CausewayError `ReceiveFailed` (retryable) if it would fail for another reason, decoded; nothing was sent
 * @throws CausewayError `ReceiveTooExpensive` if it takes more than this relayer gives
 */
export async function estimateReceiveGas(
  context: RelayerContext,
  chain: RelayerChain,
  packet: TrackedPacket,
): Promise<bigint> {
  const { endpoint, executor } = chain.deployment.layerZero;
  const { maxReceiveGas } = context.settings;
  const { srcEid, sender, nonce, receiver, guid, message, value } = packet;
  const data = encodeFunctionData({
    abi: endpointAbi,
    functionName: "lzReceive",
    args: [{ srcEid, sender, nonce }, receiver, guid, message, "0x"],
  });
  let estimate: bigint;
  try {
    estimate = await chain.client.estimateGas({
      account: executor,
      to: endpoint,
      data,
      ...(value ? { value } : {}),
    });
  } catch (cause) {
    const reason = revertDataOf(cause);
    if (reason === undefined) throw toRelayerError(cause);
    const { name, text } = decodeRevert(reason, context.errorAbi);
    packet.lastFailure = { error: name, gasLimit: packet.gasLimit };
    throw new CausewayError("ReceiveFailed", {
      message: `The receive would fail: ${text}.`,
      details: { guid, receiver, error: name },
      cause,
      retryable: true,
    });
  }
  const last = packet.lastFailure;
  const floor = last && ranOutOfGas(last.error) ? last.gasLimit * 2n : packet.gasLimit;
  const padded = (estimate * 5n) / 4n;
  const gasLimit = padded > floor ? padded : floor;
  if (gasLimit <= maxReceiveGas) return gasLimit;
  if (padded <= maxReceiveGas) return maxReceiveGas;
  throw new CausewayError("ReceiveTooExpensive", {
    message: `The receive takes ${estimate} gas; at most ${maxReceiveGas} is given.`,
    hint: "Raise maxReceiveGas, or execute it by hand.",
    details: { guid, receiver },
  });
}

/** Out of gas leaves no data; an application that checks first says so in its error's name. */
function ranOutOfGas(error: string): boolean {
  return error === "empty" || /gas/i.test(error);
}
