import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type LocalAccount,
  parseAbiItem,
  type TransactionReceipt,
} from "viem";
import { loopbackAbi } from "../../../chains/abi/index.ts";
import { causewayErrorAbi } from "../../../chains/deploy/causeway.ts";
import { createChainWriter } from "../../../chains/deploy/chainWriter.ts";
import type { NetworkChain } from "../../../chains/deploy/network.ts";

const messageQueued = parseAbiItem(
  "event MessageQueued(uint64 indexed nonce, address indexed from, address indexed to, uint256 gas, bytes message)",
);

type Writable = "nonpayable" | "payable";

/**
 * Sends one call as `account` and waits for it, as somebody without a relayer would.
 *
 * @throws CausewayError `TransactionReverted` with the decoded reason
 */
export async function sendCall<
  const A extends Abi,
  N extends ContractFunctionName<A, Writable>,
  const P extends ContractFunctionArgs<A, Writable, N>,
>(
  { definition, client }: NetworkChain,
  account: LocalAccount,
  to: Address,
  abi: A,
  functionName: N,
  args: P,
): Promise<TransactionReceipt> {
  const writer = createChainWriter({
    chain: definition.name,
    client,
    account,
    timeoutMs: 30_000,
    errorAbi: causewayErrorAbi,
  });
  // The generic types above have checked the arguments already.
  const data = encodeFunctionData({
    abi: abi as Abi,
    functionName: functionName as string,
    args: args as unknown[],
  });
  const [receipt] = await writer.send([{ what: functionName, to, data }]);
  return receipt!;
}

/** Delivers everything that waits in the loopback of the hub's chain, paid by `account`. */
export async function deliverAll(
  chain: NetworkChain,
  loopback: Address,
  account: LocalAccount,
): Promise<void> {
  const logs = await chain.client.getLogs({
    address: loopback,
    event: messageQueued,
    fromBlock: 0n,
    strict: true,
  });
  for (const { args } of logs) {
    const { nonce, from, to, gas, message } = args;
    const hash = await chain.client.readContract({
      address: loopback,
      abi: loopbackAbi,
      functionName: "queued",
      args: [nonce],
    });
    if (BigInt(hash) !== 0n) {
      await sendCall(chain, account, loopback, loopbackAbi, "deliver", [nonce, from, to, gas, message]);
    }
  }
}
