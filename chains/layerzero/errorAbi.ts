import type { Abi } from "viem";
import { type LayerZeroContract, layerZeroArtifact } from "../artifacts.ts";

const contracts: readonly LayerZeroContract[] = [
  "EndpointV2",
  "SendUln302",
  "ReceiveUln302",
  "PriceFeed",
  "Executor",
  "ExecutorFeeLib",
  "DVN",
  "DVNFeeLib",
  "LzExecutor",
];

/** Every error of LayerZero's contracts, to decode reverts by. */
export function layerZeroErrorAbi(): Abi {
  return contracts.flatMap((contract) =>
    layerZeroArtifact(contract).abi.filter((item) => item.type === "error"),
  );
}
