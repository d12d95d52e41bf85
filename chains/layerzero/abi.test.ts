import { type AbiItem, toEventSelector, toFunctionSelector } from "viem";
import { formatAbiItem } from "viem/utils";
import { expect, test } from "vitest";
import { type LayerZeroContract, layerZeroArtifact } from "../artifacts.ts";
import * as abis from "./abi.ts";

const ours: Record<LayerZeroContract, readonly AbiItem[]> = {
  EndpointV2: abis.endpointAbi,
  EndpointV2View: abis.endpointViewAbi,
  SendUln302: abis.sendUln302Abi,
  ReceiveUln302: abis.receiveUln302Abi,
  ReceiveUln302View: abis.receiveUlnViewAbi,
  PriceFeed: abis.priceFeedAbi,
  Executor: abis.executorAbi,
  ExecutorFeeLib: abis.executorFeeLibAbi,
  DVN: abis.dvnAbi,
  DVNFeeLib: abis.dvnFeeLibAbi,
  LzExecutor: abis.lzExecutorAbi,
};

/** Everything that decides how an item is encoded and decoded: its signature, what is indexed, what it returns. */
function encoding(item: AbiItem): string {
  if (item.type === "event") {
    return `event ${toEventSelector(item)} ${formatAbiItem(item)} ${item.inputs.map((input) => Boolean(input.indexed))}`;
  }
  if (item.type === "error") return `error ${formatAbiItem(item)}`;
  if (item.type !== "function") return item.type;
  const outputs = formatAbiItem({ ...item, name: "returns", inputs: item.outputs });
  return `function ${toFunctionSelector(item)} ${formatAbiItem(item)} ${item.stateMutability} ${outputs}`;
}

test.each(Object.entries(ours))("%s: every line agrees with the artifact", (contract, abi) => {
  const theirs = new Set(layerZeroArtifact(contract as LayerZeroContract).abi.map((item) => encoding(item)));
  expect(abi.map(encoding).filter((line) => !theirs.has(line))).toEqual([]);
});
