import { type Address, isAddressEqual } from "viem";
import { clearingHubAbi } from "../../abi/index.ts";
import { endpointAbi } from "../../layerzero/abi.ts";
import type { WiredChain } from "../wiredNetwork.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

export const authorities: WiringCheck = {
  id: "authorities",
  rule: "the chain's AccessManager, and nobody else, owns our contracts, decides about their privileged functions, and is their delegate",
  stage: "pathway",
  find: async ({ chains }) => (await Promise.all(chains.map(findOn))).flat(),
};

async function findOn({ client, definition, record }: WiredChain): Promise<WiringFault[]> {
  const { accessManager, vault, hub } = record.causeway;
  // Vault, hub, oracle, signers, surface book, engine and funding rates share what `AccessManaged` has; the first two also what `OApp` has.
  const read = (address: Address, functionName: "owner" | "authority") =>
    client.readContract({ address, abi: clearingHubAbi, functionName });
  const oapps = [
    { name: "vault", address: vault },
    ...(hub ? [{ name: "hub", address: hub.clearingHub }] : []),
  ];
  const managed = hub
    ? [
        ...oapps,
        { name: "oracle", address: hub.oracle },
        { name: "signers", address: hub.signers },
        { name: "surface book", address: hub.surfaceBook },
        { name: "margin engine", address: hub.marginEngine },
        { name: "funding rates", address: hub.fundingRates },
      ]
    : oapps;
  const found = await Promise.all([
    ...oapps.map(async ({ name, address }) => ({
      what: `the owner of the ${name}`,
      found: await read(address, "owner"),
      next: "Only the owner can give it back: transferOwnership to the AccessManager.",
    })),
    ...oapps.map(async ({ name, address }) => ({
      what: `the delegate of the ${name}`,
      found: await client.readContract({
        address: record.layerZero.endpoint,
        abi: endpointAbi,
        functionName: "delegates",
        args: [address],
      }),
      next: "Set it back, with the wiring role: AccessManager.execute(the contract, setDelegate(AccessManager)).",
    })),
    ...managed.map(async ({ name, address }) => ({
      what: `the authority of the ${name}`,
      found: await read(address, "authority"),
      next: "Only that authority can give it back: updateAuthority to the AccessManager.",
    })),
  ]);
  return found
    .filter((one) => !isAddressEqual(one.found, accessManager))
    .map((one) => ({ ...one, chain: definition.name, expected: accessManager }));
}
