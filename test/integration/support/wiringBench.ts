import type { Hex } from "viem";
import { expect } from "vitest";
import { causewayErrorAbi, deployCauseway } from "../../../chains/deploy/causeway.ts";
import { checkWiring } from "../../../chains/deploy/checks/index.ts";
import { deployLayerZero } from "../../../chains/deploy/layerzero.ts";
import { connectNetwork, type Network } from "../../../chains/deploy/network.ts";
import { wire } from "../../../chains/deploy/wire.ts";
import { readWiredNetwork, type WiredChain, type WiredNetwork } from "../../../chains/deploy/wiredNetwork.ts";
import { layerZeroErrorAbi } from "../../../chains/layerzero/errorAbi.ts";
import { type LocalNetwork, startLocalNetwork } from "../../../chains/local/startLocalNetwork.ts";
import { localOracle } from "../../../scripts/devnet/localMarket.ts";
import { anvilOf } from "./anvilOf.ts";

/** One way to wire wrongly. */
export interface MadeFault {
  what: string;
  /** The check that must name it. */
  check: string;
  /** A check that must see a consequence; no other may complain. */
  also?: string;
  /** Where, and a part of what it must say. */
  chain: () => WiredChain;
  says: RegExp;
  make: () => Promise<unknown>;
}

/** Two chains, wired as they must be. */
export interface WiringBench {
  local: LocalNetwork;
  network: Network;
  wired: WiredNetwork;
  hub: WiredNetwork["hub"];
  spoke: WiredChain;
  /** Runs `work` and takes back what it did on the chains. */
  undone(work: () => Promise<void>): Promise<void>;
}

export async function startWiringBench(): Promise<WiringBench> {
  const local = await startLocalNetwork({
    chains: 2,
    markets: [
      {
        underlying: "ETH",
        priceScanRangeWad: 10n ** 17n,
        venueRateWad: 10n ** 15n,
        ratePpm: 150_000n,
        feePpm: 300n,
        maxBase: 10n ** 12n,
        oracle: localOracle(4_000n * 10n ** 18n),
        surface: { model: "svi", maxAgeSeconds: 3_600 },
      },
    ],
  });
  try {
    const network = await connectNetwork(local.config, [...causewayErrorAbi, ...layerZeroErrorAbi()]);
    await deployLayerZero(network);
    await deployCauseway(network);
    await wire(network);
    const wired = readWiredNetwork(network);
    return {
      local,
      network,
      wired,
      hub: wired.hub,
      spoke: wired.chains[1]!,
      async undone(work) {
        const snapshots = await Promise.all(network.chains.map((chain) => anvilOf(chain).snapshot()));
        try {
          await work();
        } finally {
          await Promise.all(
            network.chains.map((chain, i) => anvilOf(chain).revert({ id: snapshots[i]! as Hex })),
          );
        }
      },
    };
  } catch (cause) {
    await local.stop();
    throw cause;
  }
}

/** Expects the checks to find this fault, and nothing else but what follows from it. */
export async function expectFault(
  wired: WiredNetwork,
  { check, also, chain, says }: Pick<MadeFault, "check" | "also" | "chain" | "says">,
): Promise<void> {
  const found = await findFaults(wired);
  const named = found.filter((fault) => fault.check !== also);
  expect(named).toEqual([{ check, chain: chain().definition.name, text: expect.stringMatching(says) }]);
  expect(found.length - named.length).toBe(also === undefined ? 0 : 1);
}

export async function findFaults(
  wired: WiredNetwork,
): Promise<{ check: string; chain: string; text: string }[]> {
  return (await checkWiring(wired)).flatMap(({ id, faults }) =>
    faults.map(({ chain, what, found, expected }) => ({
      check: id,
      chain,
      text: `${what} is ${found}, expected ${expected}`,
    })),
  );
}
