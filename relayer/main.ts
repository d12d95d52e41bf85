import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { type Abi, type Hash, type PublicClient, parseAbi } from "viem";
import { type ChainClient, connectChains } from "../chains/clients.ts";
import type { Config } from "../chains/config.ts";
import { endpointAbi, lzExecutorAbi, receiveUln302Abi } from "../chains/layerzero/abi.ts";
import type { ChainDefinition, Deployment } from "../chains/types.ts";
import { CausewayError } from "../errors/CausewayError.ts";
import { createClearingBook } from "./clearing/clearingBook.ts";
import { DEFAULT_SETTINGS, type RelayerChain, type RelayerContext, type RelayerSettings } from "./context.ts";
import { openStorage, type Storage } from "./database/openStorage.ts";
import type { RelayerJob } from "./job.ts";
import { execute } from "./jobs/execute.ts";
import { verify } from "./jobs/verify.ts";
import { createPacketBook, type Delivery } from "./packets/packetBook.ts";
import { openQueueStore } from "./queue/openQueueStore.ts";
import { queueName } from "./queue/queueName.ts";
import type { QueueStats } from "./queue/workQueue.ts";
import { openScheduler } from "./schedule.ts";
import { checkDvns } from "./sign/checkDvns.ts";
import { createDvnSigner } from "./sign/createDvnSigner.ts";
import type { Faults } from "./submit/faults.ts";
import { createSubmitter, type Submitter } from "./submit/submitter.ts";
import { runSubscriptions } from "./watch/runSubscriptions.ts";
import { trackHeads } from "./watch/trackHeads.ts";

/** What moves messages; a relayer without these moves none. */
export const transportJobs: readonly RelayerJob[] = [verify, execute];

export interface StartRelayerParameters {
  /** Its `relayer` account pays on every chain, is admin of the DVNs and the executor, and sends nothing else. */
  config: Config;
  deployments: readonly Deployment[];
  log: Logger;
  /** Aborting it is `stop()`. */
  signal?: AbortSignal;
  /** Default: the transport's. Add others to them. */
  jobs?: readonly RelayerJob[];
  /** Errors of contracts that may revert in a receive or a job, to decode the reasons. */
  errorAbi?: Abi;
  settings?: Partial<RelayerSettings>;
  /** Own view of the source chains, by endpoint id, for each DVN in order; without it a DVN reads through the relayer's clients. */
  dvnClients?: readonly ReadonlyMap<number, PublicClient>[];
  /** For tests of crashes. */
  faults?: Faults;
}

export interface RelayerStats {
  /** Messages seen final at their source. */
  sent: number;
  delivered: number;
  /** One sample per message that was sent while this relayer ran. */
  latencyMs: readonly number[];
  queues: Record<string, QueueStats>;
}

export interface Relayer {
  context: RelayerContext;
  /** What holds the jobs, and whether the database is our own or a server's. */
  stores: { queue: "redis" | "postgres"; database: "embedded" | "postgres" };
  stats(): RelayerStats;
  /**
   * Resolves when the message was delivered, by whomever.
   * @throws CausewayError `RelayerStopped` if the relayer stops first
   */
  whenDelivered(guid: Hash): Promise<Delivery>;
  /**
   * Resolves when all that is on the chains now is done: every message sent so far is delivered, and so is whatever came of it. Messages
   * that cannot be delivered keep it waiting.
   */
  drain(): Promise<void>;
  /** Takes no more work, ends what runs, and leaves no timer behind. */
  stop(): Promise<void>;
  /** Resolves when it has stopped: with why, if nobody asked for it. */
  ended: Promise<CausewayError | undefined>;
}

/** How long `stop` waits for transactions in flight. */
const STOP_GRACE_MS = 10_000;
const RECEIVE_ERRORS = parseAbi(["error LZ_InvalidNonce(uint64 nonce)"]);

/**
 * Starts a relayer: two DVNs (or more) and an executor over all given chains. What is pending is derived from the chains: every message since the
 * deployments' first block is looked up at its destination, and continued where it stands. So is what an earlier relayer was sending.
 *
 * While another relayer sends with the same key by the same database, this one stands by: it starts when that one has ended.
 * @throws CausewayError `DeploymentMissing`, `KeyUnfunded`, `DvnMisconfigured`, what `connectChains` and `openStorage` throw, or `NodeFailed`
 */
export async function startRelayer(parameters: StartRelayerParameters): Promise<Relayer> {
  const { config, deployments, log, signal, jobs = transportJobs, dvnClients, faults } = parameters;
  const settings = { ...DEFAULT_SETTINGS, ...parameters.settings };
  const { relayer: account, dvnSigners } = config.accounts;
  const errorAbi: Abi = [
    ...endpointAbi,
    ...receiveUln302Abi,
    ...lzExecutorAbi,
    ...RECEIVE_ERRORS,
    ...(parameters.errorAbi ?? []),
  ];
  const watching = new AbortController();
  let storage: Storage | undefined;
  try {
    const clients = await connectChains(config);
    const kept = await openStorage({ config, leaseMs: settings.leaseMs, log, signal });
    storage = kept;
    const chains = await Promise.all(
      config.chains.map((chain) => connect(chain, clients.get(chain.name)!, kept)),
    );
    await Promise.all(chains.map((chain) => checkDvns(chain, dvnSigners)));
    await Promise.all(chains.map(({ submitter }) => recover(submitter)));
    return await run(new Map(chains.map((chain) => [chain.eid, chain])), kept);
  } catch (cause) {
    watching.abort();
    await storage?.close();
    throw cause;
  }

  /** Before any job looks at the chains, so that it sees there what was sent. What takes too long goes on beside the jobs. */
  async function recover(submitter: Submitter) {
    const end = new AbortController();
    const until = signal ? AbortSignal.any([end.signal, signal]) : end.signal;
    const timeout = delay(config.timings.transactionTimeoutMs, undefined, { signal: until });
    timeout.catch(() => undefined);
    try {
      await Promise.race([submitter.recover(), timeout]);
    } finally {
      end.abort();
      signal?.throwIfAborted();
    }
  }

  async function connect(
    definition: ChainDefinition,
    client: ChainClient,
    { intentsOf, journal }: Storage,
  ): Promise<RelayerChain> {
    const { eid, chainId, name, finality, blockTimeMs } = definition;
    const deployment = deployments.find((candidate) => candidate.eid === eid);
    if (!deployment)
      throw new CausewayError("DeploymentMissing", { details: { chain: name, folder: "what was given" } });
    const [heads, balance] = await Promise.all([
      trackHeads({
        client,
        finality,
        pollMs: Math.max(50, blockTimeMs),
        signal: watching.signal,
        onError: (error) => log.warn({ eid, error: error }, "could not read the head"),
      }),
      client.getBalance({ address: account.address }),
    ]);
    if (balance === 0n) {
      const details = { chain: name, account: account.address, found: 0, expected: "more" };
      throw new CausewayError("KeyUnfunded", { details });
    }
    const submitter = createSubmitter({
      client,
      chainId,
      account,
      heads,
      intents: intentsOf(chainId),
      onEnded: (data) => journal.note({ kind: "intent.ended", eid, subject: data.transaction, data }),
      blockTimeMs,
      errorAbi,
      log,
      ...(faults && { faults }),
    });
    return { eid, definition, deployment, client, heads, submitter };
  }

  async function run(chains: ReadonlyMap<number, RelayerChain>, storage: Storage): Promise<Relayer> {
    const { journal } = storage;
    const packets = createPacketBook(({ guid, dstEid, srcEid, nonce, live }) => {
      // All that there ever was is found delivered at a start.
      if (live)
        journal.note({ kind: "packet.delivered", eid: dstEid, subject: guid, data: { srcEid, nonce } });
    });
    const name = await queueName(chains, jobs);
    const store = await openQueueStore({
      redisUrl: config.redisUrl,
      databaseUrl: storage.database.url,
      log,
    });
    const scheduler = await openScheduler({ jobs, store, name, context: () => context, log });
    const context: RelayerContext = {
      config,
      log,
      chains,
      dvns: dvnSigners.map((signer, index) =>
        createDvnSigner({ accounts: [signer], sources: sourcesOf(chains, dvnClients?.[index]) }),
      ),
      packets,
      clearing: createClearingBook(settings.clearing),
      journal,
      errorAbi,
      settings,
      enqueue: scheduler.add,
      caughtUp: () => reach("latest"),
    };

    const subscriptions = jobs.flatMap((job) => job.subscriptions?.(context) ?? []);
    const watches = [...chains.values()].flatMap((chain) =>
      (["latest", "final"] as const).flatMap((when) => {
        const mine = subscriptions.filter((one) => one.eid === chain.eid && one.when === when);
        return mine.length === 0
          ? []
          : [runSubscriptions({ chain, when, subscriptions: mine, log, signal: watching.signal })];
      }),
    );
    for (const job of jobs) {
      if (!job.periodic) continue;
      const { everyMs, due } = job.periodic;
      scheduler.every(job.name, everyMs(context), async () => {
        for (const data of await due(context)) scheduler.add(job, data);
      });
    }
    scheduler.start();
    log.info(
      {
        queue: scheduler.kind,
        chains: [...chains.keys()],
        dvns: dvnSigners.map(({ address }) => address),
        jobs: jobs.map(({ name }) => name),
      },
      "relaying",
    );

    /** Waits until all logs up to the present head were seen. */
    async function reach(when: "final" | "latest") {
      const ours = watches.filter((watch) => watch.when === when);
      await Promise.all(
        ours.map(async (watch) =>
          watch.reached(await chains.get(watch.eid)!.client.getBlockNumber({ cacheTime: 0 })),
        ),
      );
    }

    let stopped: Promise<void> | undefined;
    let why: CausewayError | undefined;
    const ended = Promise.withResolvers<CausewayError | undefined>();
    const stopFor = (error: CausewayError, what: string) => {
      log.fatal({ error }, `${what}: stopping`);
      journal.note({ kind: "alarm", data: { error: error.toJSON() } });
      why ??= error;
      void relayer.stop();
    };
    void storage.lost.then((error) => stopFor(error, "another relayer took over"));
    // A relayer that does not see a chain any more must not keep its leases: the next one may see it.
    for (const watch of watches) {
      void watch.ended.then((failure) => failure && stopFor(failure, `cannot watch chain ${watch.eid}`));
    }
    const relayer: Relayer = {
      context,
      stores: { queue: scheduler.kind, database: storage.database.embedded ? "embedded" : "postgres" },
      stats: () => ({
        sent: packets.sent,
        delivered: packets.delivered,
        latencyMs: packets.latencyMs,
        queues: scheduler.stats(),
      }),
      whenDelivered: packets.whenDelivered,
      async drain() {
        await reach("final"); // what was sent before this relayer started
        for (let added = -1; added !== scheduler.added || packets.outstanding().length > 0; ) {
          await Promise.all(packets.outstanding().map((guid) => packets.whenDelivered(guid)));
          await scheduler.idle();
          // What those jobs sent is in a block by now: look once more.
          added = scheduler.added;
          await reach("latest");
        }
      },
      stop() {
        stopped ??= stop();
        return stopped;
      },
      ended: ended.promise,
    };

    async function stop() {
      const grace = setTimeout(() => watching.abort(), STOP_GRACE_MS);
      await scheduler.stop();
      clearTimeout(grace);
      watching.abort();
      packets.close();
      await Promise.all(
        [...watches, ...[...chains.values()].map(({ heads }) => heads)].map(({ ended }) => ended),
      );
      await Promise.all([...chains.values()].map(({ submitter }) => submitter.idle()));
      await storage.close();
      signal?.removeEventListener("abort", onAbort);
      log.info("stopped");
      ended.resolve(why);
    }
    const onAbort = () => void relayer.stop();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    return relayer;
  }
}

/** What a DVN reads its source chains through: its own clients where it has them. */
function sourcesOf(
  chains: ReadonlyMap<number, RelayerChain>,
  own: ReadonlyMap<number, PublicClient> | undefined,
) {
  return new Map(
    [...chains.values()].map(({ eid, client, definition, deployment }) => [
      eid,
      {
        client: own?.get(eid) ?? client,
        endpoint: deployment.layerZero.endpoint,
        sendLibrary: deployment.layerZero.sendUln302,
        finality: definition.finality,
      },
    ]),
  );
}
