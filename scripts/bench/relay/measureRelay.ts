import { setTimeout as sleep } from "node:timers/promises";
import type { Hash } from "viem";
import { untilAborted } from "../../interruption.ts";
import type { BenchRow } from "../../schema/bench.ts";
import { benchRow } from "../result.ts";
import type { Carrier, CarrierNetwork } from "./carrier.ts";
import { countRpc } from "./countRpc.ts";
import { startOurRelayer } from "./ourRelayer.ts";
import { type PingNetwork, startPingNetwork } from "./pingNetwork.ts";
import { startPlainLoop } from "./plainLoop.ts";

export interface MeasureRelayParameters {
  progress(line: string): void;
  signal?: AbortSignal;
}

/** What a carrier did with messages. */
interface Figures {
  messagesPerSecond: number;
  callsEach: number;
  requestsEach: number;
  gasEach: number;
  /** Processor time of this process, in which both run: unlike the rate it hardly depends on what else the machine does. */
  cpuMsEach: number;
}

type Start = (network: CarrierNetwork) => Promise<Carrier>;

/** Sent at once. */
const MANY = 200;
/** Sent one after the other, each when the one before has arrived. */
const ONE_BY_ONE = 20;
/** Carried before anything is measured: code is compiled, connections are open. */
const WARM_UP = 20;

const IDLE_SECONDS = 4;

const PEER = "plain loop";

/**
 * Has our relayer and a plain loop carry the same messages, one after the other, each over fresh chains. Time runs from before the first
 * message is sent until the last one is known to be delivered; finality is waited for by both.
 *
 * @throws the signal's reason if it aborts
 */
export async function measureRelay({ progress, signal }: MeasureRelayParameters): Promise<BenchRow[]> {
  progress(`${PEER}: ${MANY} messages at once, then ${ONE_BY_ONE} one by one`);
  const plain = await measureCarrier(startPlainLoop, signal);
  progress(`our relayer: the same`);
  const ours = await measureCarrier(startOurRelayer, signal);
  return [
    ...rowsOf(`${MANY} messages at once`, ours.many, plain.many),
    ...rowsOf(`${ONE_BY_ONE} messages one by one`, ours.oneByOne, plain.oneByOne),
    // A loop that is called when there is something to carry watches nothing: no peer.
    benchRow({
      what: "RPC calls with nothing to carry, two chains",
      value: ours.idleCallsPerSecond,
      unit: "calls/s",
      direction: "min",
    }),
  ];
}

async function measureCarrier(start: Start, signal: AbortSignal | undefined) {
  const network = await startPingNetwork();
  try {
    const carrier = await start(network);
    try {
      return await untilAborted(measureOn(network, carrier), signal);
    } finally {
      await carrier.stop();
    }
  } finally {
    await network.stop();
  }
}

interface Carried {
  many: Figures;
  oneByOne: Figures;
  /** RPC calls while there is nothing to carry. */
  idleCallsPerSecond: number;
}

async function measureOn(network: PingNetwork, carrier: Carrier): Promise<Carried> {
  const carry = async (times: number): Promise<readonly Hash[]> => {
    const guids = await network.send(times);
    await carrier.deliver(guids);
    return guids;
  };
  const carryOneByOne = async (): Promise<readonly Hash[]> => {
    const guids: Hash[] = [];
    while (guids.length < ONE_BY_ONE) guids.push(...(await carry(1)));
    return guids;
  };
  await carry(WARM_UP);
  return {
    many: await measured(network, () => carry(MANY)),
    oneByOne: await measured(network, carryOneByOne),
    idleCallsPerSecond: (await countRpc(() => sleep(IDLE_SECONDS * 1_000))).calls / IDLE_SECONDS,
  };
}

async function measured(network: PingNetwork, work: () => Promise<readonly Hash[]>): Promise<Figures> {
  const gasBefore = await network.relayerGas();
  const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
  const { result: guids, calls, requests } = await countRpc(work);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  await network.requireReceivedOnce(guids);
  const gas = (await network.relayerGas()) - gasBefore;
  const messages = guids.length;
  return {
    messagesPerSecond: messages / seconds,
    callsEach: calls / messages,
    requestsEach: requests / messages,
    gasEach: gas / messages,
    cpuMsEach: (cpu.user + cpu.system) / 1_000 / messages,
  };
}

function rowsOf(how: string, ours: Figures, plain: Figures): BenchRow[] {
  const row = (what: string, key: keyof Figures, unit: string, direction: "min" | "max"): BenchRow => {
    const peer = { name: PEER, value: plain[key] };
    return benchRow({ what: `${what}, ${how}`, value: ours[key], unit, direction, peer });
  };
  return [
    row("rate", "messagesPerSecond", "messages/s", "max"),
    row("RPC calls", "callsEach", "calls a message", "min"),
    row("HTTP requests", "requestsEach", "requests a message", "min"),
    row("processor time", "cpuMsEach", "ms a message", "min"),
    row("gas of verify, commit and execute", "gasEach", "gas a message", "min"),
  ];
}
