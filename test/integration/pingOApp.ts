import { type Address, type Hash, parseAbi, parseEventLogs } from "viem";
import { causewayArtifact } from "../../chains/artifacts.ts";
import type { ChainClient, ChainWallet } from "../../chains/clients.ts";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { addressToBytes32, decodePacket, encodeLzReceiveOptions } from "../../chains/layerzero/packet.ts";

/** `contracts/mocks/PingOApp.sol`, as far as the tests use it. */
export const pingAbi = parseAbi([
  "constructor(address endpoint, address delegate)",
  "function setPeer(uint32 eid, bytes32 peer)",
  "function ping(uint32 dstEid, uint256 burn, bytes options) payable",
  "function pingMany(uint32 dstEid, uint256 times, bytes options) payable",
  "function setRefusing(bool refusing)",
  "function received(bytes32 guid) view returns (uint256)",
  "function count() view returns (uint256)",
  "error PingOApp_Refused(bytes32 guid)",
]);

const artifact = () => causewayArtifact("mocks/PingOApp.sol/PingOApp");

/** A chain with a `PingOApp` on it. */
export interface PingChain {
  eid: number;
  client: ChainClient;
  wallet: ChainWallet;
  endpoint: Address;
  app: Address;
}

export async function deployPing(chain: Omit<PingChain, "app">): Promise<PingChain> {
  const { bytecode } = artifact();
  const hash = await chain.wallet.deployContract({
    abi: pingAbi,
    bytecode,
    args: [chain.endpoint, chain.wallet.account.address],
  });
  const receipt = await chain.client.waitForTransactionReceipt({ hash });
  return { ...chain, app: receipt.contractAddress! };
}

/** Sends to the app; resolves when mined. */
export async function writePing(
  chain: PingChain,
  call: {
    functionName: "setPeer" | "ping" | "pingMany" | "setRefusing";
    args: readonly unknown[];
    value?: bigint;
  },
) {
  const hash = await chain.wallet.writeContract({ address: chain.app, abi: pingAbi, ...call } as never);
  return chain.client.waitForTransactionReceipt({ hash });
}

/** Makes all apps each other's peers. */
export async function connectPings(chains: readonly PingChain[]) {
  for (const chain of chains) {
    for (const peer of chains) {
      if (peer === chain) continue;
      await writePing(chain, { functionName: "setPeer", args: [peer.eid, addressToBytes32(peer.app)] });
    }
  }
}

export interface PingOptions {
  times?: number;
  /** Gas that the receive is to burn. */
  burn?: bigint;
  /** Gas that is paid for. */
  gas?: bigint;
}

/** Sends pings; returns the guids. Whatever is paid too much comes back. */
export async function ping(from: PingChain, to: PingChain, options: PingOptions = {}): Promise<Hash[]> {
  const { times = 1, burn = 0n, gas = 150_000n } = options;
  const lz = encodeLzReceiveOptions({ gas });
  const receipt = await writePing(
    from,
    times === 1
      ? { functionName: "ping", args: [to.eid, burn, lz], value: 10n ** 18n }
      : { functionName: "pingMany", args: [to.eid, BigInt(times), lz], value: 10n ** 18n * BigInt(times) },
  );
  const sent = parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs: receipt.logs });
  return sent.map(({ args }) => decodePacket(args.encodedPayload).guid);
}

/** How often a message took effect. */
export function timesReceived(chain: PingChain, guid: Hash): Promise<bigint> {
  return chain.client.readContract({
    address: chain.app,
    abi: pingAbi,
    functionName: "received",
    args: [guid],
  });
}
