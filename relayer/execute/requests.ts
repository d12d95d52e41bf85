import { encodeFunctionData, size } from "viem";
import { executorAbi, lzExecutorAbi, receiveUln302Abi } from "../../chains/layerzero/abi.ts";
import type { Deployment } from "../../chains/types.ts";
import type { TrackedPacket } from "../packets/packetBook.ts";
import type { SubmitRequest } from "../submit/submitRequest.ts";

/** Transaction, endpoint and executor around one `lzReceive`: measured 60 k; clearing also walks over the nonces before. */
const EXECUTE_OVERHEAD = 150_000n;
/** Measured 79 k as a transaction of its own. */
const COMMIT_GAS = 140_000n;
/** Calldata (16), hashing, copying and logging of one byte of message. */
const GAS_PER_BYTE = 40n;

/**
 * Gas limit of a transaction that has to give `lzReceive` all of `gasLimit`. Explicit, never estimated: a call gets at most 63/64 of
 * what is left, and the executor swallows the failure, so an estimate settles on far too little.
 */
export function executionGas(gasLimit: bigint, message: `0x${string}`): bigint {
  return (gasLimit * 64n + 62n) / 63n + EXECUTE_OVERHEAD + GAS_PER_BYTE * BigInt(size(message));
}

const originOf = ({ srcEid, sender, nonce }: TrackedPacket) => ({ srcEid, sender, nonce });

/** Tells the endpoint that a message is verified. Anyone may. */
export function commitRequest({ layerZero }: Deployment, packet: TrackedPacket): SubmitRequest {
  return {
    label: `commit ${packet.guid}`,
    dedupeId: `commit ${packet.guid}`,
    to: layerZero.receiveUln302,
    data: encodeFunctionData({
      abi: receiveUln302Abi,
      functionName: "commitVerification",
      args: [packet.header, packet.payloadHash],
    }),
    gas: COMMIT_GAS,
  };
}

/** Executes by the executor, which turns a failing receive into `LzReceiveAlert`. Only its admins may. */
export function executeRequest(
  { layerZero }: Deployment,
  packet: TrackedPacket,
  gasLimit: bigint,
): SubmitRequest {
  const { guid, receiver, message, value } = packet;
  return {
    label: `execute ${guid}`,
    dedupeId: `execute ${guid}`,
    to: layerZero.executor,
    data: encodeFunctionData({
      abi: executorAbi,
      functionName: "execute302",
      args: [{ receiver, origin: originOf(packet), guid, message, extraData: "0x", gasLimit }],
    }),
    value,
    gas: executionGas(gasLimit, message),
  };
}

/** Commits and executes in one transaction, which reverts as a whole if the receive fails. Anyone may. */
export function commitAndExecuteRequest({ layerZero }: Deployment, packet: TrackedPacket): SubmitRequest {
  const { guid, receiver, message, value, gasLimit } = packet;
  return {
    label: `deliver ${guid}`,
    dedupeId: `deliver ${guid}`,
    to: layerZero.lzExecutor,
    data: encodeFunctionData({
      abi: lzExecutorAbi,
      functionName: "commitAndExecute",
      args: [
        layerZero.receiveUln302,
        { origin: originOf(packet), receiver, guid, message, extraData: "0x", gas: gasLimit, value },
        [],
      ],
    }),
    value,
    gas: executionGas(gasLimit, message) + COMMIT_GAS,
  };
}
