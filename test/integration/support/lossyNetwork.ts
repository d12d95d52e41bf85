import {
  type Address,
  createPublicClient,
  custom,
  type EIP1193RequestFn,
  encodeFunctionData,
  type PublicClient,
  parseAbi,
} from "viem";
import { expect } from "vitest";
import { type ChainClient, connectChains } from "../../../chains/clients.ts";
import type { Config } from "../../../chains/config.ts";
import { causewayErrorAbi } from "../../../chains/deploy/causeway.ts";
import { connectNetwork } from "../../../chains/deploy/network.ts";
import { readWiredNetwork, type WiredNetwork } from "../../../chains/deploy/wiredNetwork.ts";
import { endpointAbi } from "../../../chains/layerzero/abi.ts";
import { addressToBytes32 } from "../../../chains/layerzero/packet.ts";
import { DEFAULT_CLEARING_SETTINGS } from "../../../relayer/clearing/settings.ts";
import type { RelayerSettings } from "../../../relayer/context.ts";
import { settled } from "../../../relayer/settled.ts";
import { checkRequirements, snapshotLedger } from "../../../scripts/checks/index.ts";
import { resendEverything } from "../../../scripts/demo/resend.ts";
import { asManager } from "./breakWiring.ts";
import { type ClearingNetwork, startClearingNetwork } from "./clearingNetwork.ts";
import { expectIntents } from "./intents.ts";
import { type QueueKind, startTestQueue } from "./queues.ts";

const skipAbi = parseAbi(["function skip(address _oapp, uint32 _srcEid, bytes32 _sender, uint64 _nonce)"]);

/**
 * The relayer, quick, except that it never sends anything again merely because time passed: what heals, heals because it was found to be lost.
 */
const settings: Partial<RelayerSettings> = {
  sweepMs: 2_000,
  clearing: {
    ...DEFAULT_CLEARING_SETTINGS,
    resendMs: 3_600_000,
    sweepMs: 3_000,
    reconcileEveryMs: 1_500,
    claimHoldMs: 2_000,
  },
};

/** A network on which messages can be held back, and lost for ever. */
export interface LossyNetwork extends ClearingNetwork {
  wired: WiredNetwork;
  /** From now on no DVN attests what is sent from this chain: nothing of it arrives. By chain index. */
  hold(from: number): void;
  release(from: number): void;
  /**
   * Loses everything between hub and vault that was sent in this direction and has not arrived: their delegate skips it at the endpoint, so
   * that it can never be verified or executed any more.
   * @param but sends what is not lost: before the rest is, so that at no time nothing is under way, which would prove the loss
   * @returns how many messages were lost
   */
  loseAll(from: number, to: number, but?: () => Promise<unknown>): Promise<number>;
  /** Ends the network and its queue. */
  stop(): Promise<void>;
}

/** @param kind what the relayer's queue is on: its own database, or a Redis that is started too */
export async function startLossyNetwork(kind: QueueKind = "postgres"): Promise<LossyNetwork> {
  const redis = kind === "redis" ? await startTestQueue(kind) : undefined;
  const environment = { REDIS_URL: redis?.redisUrl ?? "", DATABASE_URL: "" };
  const held = new Set<number>();
  const dvnClients = async (config: Config) => {
    const clients = await connectChains(config);
    const sources = config.chains.map(
      ({ eid, name }) => [eid, holding(clients.get(name)!, () => held.has(eid))] as const,
    );
    return config.accounts.dvnSigners.map(() => new Map(sources));
  };
  // What is held back is an error of the DVNs, as often as they try.
  const clearing = await startClearingNetwork({
    local: { environment },
    relayer: { settings, dvnClients },
    logLevel: "fatal",
  });
  const wired = readWiredNetwork(await connectNetwork(clearing.devnet.local.config, causewayErrorAbi));
  const eidOf = (chain: number) => clearing.network.chain(chain).definition.eid;
  return {
    ...clearing,
    wired,
    hold: (from) => void held.add(eidOf(from)),
    release: (from) => void held.delete(eidOf(from)),
    loseAll: (from, to, but) => loseAll(wired, { from, to, but }),
    async stop() {
      await clearing.devnet.stop();
      await redis?.stop();
    },
  };
}

/** A node that does not answer while `isHeld`: a DVN that asks it attests nothing. */
function holding(client: ChainClient, isHeld: () => boolean): PublicClient {
  const request: EIP1193RequestFn = async (call) => {
    if (isHeld()) throw new Error("held back by the test");
    return client.request(call as never) as never;
  };
  return createPublicClient({ transport: custom({ request }, { retryCount: 0 }), cacheTime: 0 });
}

interface Loss {
  from: number;
  to: number;
  but?: (() => Promise<unknown>) | undefined;
}

async function loseAll({ chains }: WiredNetwork, { from, to, but }: Loss): Promise<number> {
  const [source, target] = [chains[from]!, chains[to]!];
  const [sender, receiver] = [appOf(source), appOf(target)];
  const { endpoint } = target.record.layerZero;
  const path = [receiver, source.definition.eid, addressToBytes32(sender)] as const;
  const sent = await source.client.readContract({
    address: source.record.layerZero.endpoint,
    abi: endpointAbi,
    functionName: "outboundNonce",
    args: [sender, target.definition.eid, addressToBytes32(receiver)],
  });
  await but?.();
  const taken = await target.client.readContract({
    address: endpoint,
    abi: endpointAbi,
    functionName: "inboundNonce",
    args: path,
  });
  for (let nonce = taken + 1n; nonce <= sent; nonce += 1n) {
    const data = encodeFunctionData({ abi: skipAbi, functionName: "skip", args: [...path, nonce] });
    await asManager(target, endpoint, data);
  }
  return Number(sent - taken);

  /** The hub on its chain, the vault on any other. */
  function appOf({ record }: WiredNetwork["chains"][number]): Address {
    return record.causeway.hub?.clearingHub ?? record.causeway.vault;
  }
}

/** Expects that both ends of every lane agree by themselves, that all that must hold holds, and that sending everything again changes nothing. */
export async function expectHealed({ network, checked }: LossyNetwork): Promise<void> {
  const { context } = network.relayer;
  await settled(context);
  expectAll(await checkRequirements(checked, { isAtRest: true }));
  // Once before, as an account that never traded on a chain gets its name there when its credit is reported.
  await resendEverything(network, checked);
  await settled(context);
  const before = await snapshotLedger(checked);
  await resendEverything(network, checked);
  await settled(context);
  expectAll(await checkRequirements(checked, { before, isAtRest: true }), "CLR-03");
}

/** Stops the relayer, for good: what it sent is accounted for, in its database and on the chains. */
export async function expectSentOnce({ devnet }: LossyNetwork): Promise<void> {
  await devnet.relayer.stop();
  await expectIntents(devnet.local.config);
}

function expectAll(checks: Awaited<ReturnType<typeof checkRequirements>>, ...more: string[]): void {
  const expected = ["CLR-01", "CLR-02", "CLR-04", "CLR-05", "CLR-06", "CLR-09", "CLR-10", ...more];
  expect(checks.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
}
