import { type Address, zeroAddress } from "viem";
import { spokeVaultAbi } from "../../abi/index.ts";
import type { WiredChain, WiredNetwork } from "../wiredNetwork.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const identities: WiringCheck = {
  id: "identities",
  rule: "hub and vaults agree about which chain is the hub's, and each knows its own chain, endpoint and loopback",
  stage: "pathway",
  find: async (network) => (await Promise.all(network.chains.map((chain) => findOn(network, chain)))).flat(),
};

async function findOn({ hub }: WiredNetwork, { client, definition, record }: WiredChain) {
  const { vault, hub: own } = record.causeway;
  // The hub has these three of `Transport` as well.
  const read = <Name extends "localEid" | "endpoint" | "loopback" | "hubEid">(
    address: Address,
    functionName: Name,
  ) => client.readContract({ address, abi: spokeVaultAbi, functionName });
  const loopback = own?.loopback ?? zeroAddress;
  const wanted = [vault, ...(own ? [own.clearingHub] : [])].flatMap((address) => {
    const name = address === vault ? "vault" : "hub";
    return [
      { what: `localEid of the ${name}`, found: read(address, "localEid"), expected: definition.eid },
      {
        what: `the endpoint of the ${name}`,
        found: read(address, "endpoint"),
        expected: record.layerZero.endpoint,
      },
      { what: `the loopback of the ${name}`, found: read(address, "loopback"), expected: loopback },
    ];
  });
  const found = await Promise.all(
    [
      ...wanted,
      { what: "hubEid of the vault", found: read(vault, "hubEid"), expected: hub.definition.eid },
    ].map(async (one) => ({
      what: one.what,
      found: String(await one.found),
      expected: String(one.expected),
    })),
  );
  return found
    .filter((one) => one.found.toLowerCase() !== one.expected.toLowerCase())
    .map(
      (one): WiringFault => ({
        ...one,
        chain: definition.name,
        next: "It cannot be changed: remove the chain's deployment records and deploy afresh.",
      }),
    );
}
