import type { Abi } from "viem";
import { orderVenueAbi } from "../../chains/abi/index.ts";
import { causewayErrorAbi } from "../../chains/deploy/causeway.ts";

/** Errors that whatever a trader does can be refused with. */
export const traderErrorAbi: Abi = [
  ...causewayErrorAbi,
  ...(orderVenueAbi as Abi).filter((item) => item.type === "error"),
];
