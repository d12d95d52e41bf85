import { createTestClient, http } from "viem";
import type { NetworkChain } from "../../../chains/deploy/network.ts";

/** The controls of a local chain. */
export function anvilOf({ definition }: Pick<NetworkChain, "definition">) {
  return createTestClient({ mode: "anvil", transport: http(definition.rpcUrls[0]) });
}
