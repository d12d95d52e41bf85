import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CausewayError } from "../../errors/CausewayError.ts";
import { connectChain } from "../clients.ts";
import type { ChainDefinition } from "../types.ts";
import { anvilBinary } from "./anvilBinary.ts";

export interface StartAnvilParameters {
  definition: ChainDefinition;
  mnemonic: string;
  /** Accounts of the mnemonic that have ether. */
  accounts: number;
  /** Receives every line that anvil prints. */
  log?: (line: string) => void;
}

/** A chain of this machine. */
export interface Anvil {
  rpcUrl: string;
  pid: number;
  /** Ends it; resolves once it is gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const ETHER_EACH = 1_000_000;

/** States of so many blocks are kept, five minutes of them: the checks ask about each grant at its block. Blocks, transactions and logs are kept for ever. */
const STATES_KEPT = 1_200;

/**
 * Runs anvil, and ends it when the pipe at its standard input closes. The system closes that pipe when our process ends for whatever
 * reason, SIGKILL included, so no anvil outlives us and no signal needs handling. A background job of a script ignores SIGINT: Ctrl-C
 * reaches only us, and we decide the order of shutting down.
 */
const SUPERVISOR =
  'exec 3<&0; "$@" </dev/null & child=$!; (cat <&3 >/dev/null; kill -9 $child) >/dev/null 2>&1 & exec 3<&-; wait $child';

/**
 * Starts one chain and waits until its RPC answers.
 *
 * Transactions are mined at once and empty blocks come at the block time, so that time and finality (head − 2) go on when idle.
 * The port is the operating system's choice.
 *
 * @throws CausewayError `AnvilNotStarting`
 */
export async function startAnvil({
  definition,
  mnemonic,
  accounts,
  log,
}: StartAnvilParameters): Promise<Anvil> {
  const child = spawn(
    "/bin/sh",
    ["-c", SUPERVISOR, "anvil", anvilBinary(), ...anvilArguments(definition, mnemonic, accounts)],
    {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    },
  );
  const stop = async () => {
    child.stdin.destroy();
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  };
  try {
    const rpcUrl = await listeningUrl(child, definition.name, log);
    await connectChain({ ...definition, rpcUrls: [rpcUrl] }, START_TIMEOUT_MS);
    return { rpcUrl, pid: child.pid!, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function anvilArguments(definition: ChainDefinition, mnemonic: string, accounts: number): string[] {
  const options = {
    host: "127.0.0.1",
    port: 0,
    "chain-id": definition.chainId,
    "block-time": definition.blockTimeMs / 1_000,
    "slots-in-an-epoch": 1,
    "prune-history": STATES_KEPT,
    mnemonic,
    accounts,
    balance: ETHER_EACH,
  };
  return [
    "--mixed-mining",
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
}

/** Waits for the line in which anvil says at what address it listens. */
function listeningUrl(child: ChildProcess, chain: string, log?: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const complaints: string[] = [];
    const fail = (found: string, cause?: unknown) => {
      clearTimeout(timer);
      reject(new CausewayError("AnvilNotStarting", { details: { chain, found }, cause }));
    };
    const timer = setTimeout(() => fail(`it said nothing within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    child.on("error", (cause) => fail(cause.message, cause));
    child.on("close", (code) => fail(complaints.join(" ") || `it ended with code ${code}`));
    createInterface({ input: child.stderr! }).on("line", (line) => {
      complaints.push(line);
      log?.(line);
    });
    createInterface({ input: child.stdout! }).on("line", (line) => {
      log?.(line);
      const address = /^Listening on (\S+)$/.exec(line)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(`http://${address}`);
    });
  });
}
