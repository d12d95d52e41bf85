import { pbkdf2Sync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex, type Hex } from "viem";
import { type HDAccount, HDKey, hdKeyToAccount } from "viem/accounts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { type Config, type ConfigFile, type Environment, loadConfig } from "../config.ts";
import { localChains } from "../definitions/index.ts";
import { type MarketParameters, marketConfig } from "../markets.ts";
import { type Anvil, startAnvil } from "./startAnvil.ts";

export interface StartLocalNetworkParameters {
  /** How many chains, the hub's among them: 2 to 8. */
  chains: number;
  /** How many accounts besides the roles' get ether on every chain; default 20. */
  accounts?: number;
  /** Markets that `wire` lists; default none. */
  markets?: readonly MarketParameters[];
  /** An empty folder for the network's files; default a temporary one. */
  folder?: string;
  /** Timings that differ from the local ones. */
  timings?: ConfigFile["timings"];
  /** Where its relayer fetches updates of pull feeds; default nowhere. */
  pullFeeds?: NonNullable<ConfigFile["pullFeeds"]>;
  /** Where the configuration looks for what is not in its file; default nothing. */
  environment?: Environment;
  /** Receives every line that a chain prints. */
  log?: (line: string) => void;
}

/** A running local network. To everything else it is a network like any other: a configuration file. */
export interface LocalNetwork {
  config: Config;
  /** The configuration's file, for commands that run in another process. */
  configFile: string;
  /** Accounts with ether on every chain, besides those of the roles. */
  accounts: readonly HDAccount[];
  /** Process ids of the chains. */
  pids: readonly number[];
  /** Ends the chains and removes the network's folder. */
  stop(): Promise<void>;
}

/** The mnemonic that every local development node uses; nothing of value may ever be sent to its accounts. */
export const MNEMONIC = "test test test test test test test test test test test junk";

const roles = ["deployer", "relayer", "dvn-a", "dvn-b", "oracle-a", "oracle-b", "oracle-c"] as const;

/** 1 % a year with nothing lent, 9 % at 80 %, 109 % with everything lent; a tenth is the reserve's. */
const LOCAL_INTEREST: NonNullable<ConfigFile["interest"]> = {
  base: "0.01",
  toKink: "0.08",
  beyondKink: "1",
  kink: "0.8",
  reserve: "0.1",
};

/** Local chains are quick, and somebody is watching. */
const LOCAL_TIMINGS: ConfigFile["timings"] = {
  transactionTimeoutMs: 30_000,
  reportIntervalMs: 500,
  settleIntervalMs: 5_000,
  renewIntervalMs: 1_000,
};

/**
 * Starts local chains and writes their configuration into a folder, which also gets the deployment records.
 * The chains end with this process, however it ends.
 *
 * @throws CausewayError `ConfigInvalid` for a wrong number of chains, `AnvilNotStarting`
 */
export async function startLocalNetwork(parameters: StartLocalNetworkParameters): Promise<LocalNetwork> {
  const { chains, accounts = 20, markets = [], timings, pullFeeds, environment = {}, log } = parameters;
  if (!Number.isInteger(chains) || chains < 2 || chains > localChains.length) {
    throw new CausewayError("ConfigInvalid", {
      details: {
        key: "chains",
        found: chains,
        expected: `2 to ${localChains.length}`,
        file: "the command line",
      },
      hint: "Ask for 2 to 8 chains; the hub's is one of them.",
    });
  }
  const definitions = localChains.slice(0, chains);
  const starts = await Promise.allSettled(
    definitions.map((definition) =>
      startAnvil({ definition, mnemonic: MNEMONIC, accounts: roles.length + accounts, ...(log && { log }) }),
    ),
  );
  const running = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const stopChains = () => Promise.all(running.map((anvil) => anvil.stop()));
  const failed = starts.find((start) => start.status === "rejected");
  if (failed) {
    await stopChains();
    throw failed.reason;
  }

  const folder = parameters.folder ?? mkdtempSync(join(tmpdir(), "causeway-local-"));
  const configFile = join(folder, "causeway.json");
  const file = {
    ...localConfig(
      definitions.map((definition) => definition.name),
      running,
      { ...LOCAL_TIMINGS, ...timings },
      markets,
    ),
    ...(pullFeeds && { pullFeeds }),
  };
  // The keys in it are public knowledge; other users of the machine still have no business with the file.
  writeFileSync(configFile, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  return {
    config: loadConfig(configFile, environment),
    configFile,
    accounts: Array.from({ length: accounts }, (_, index) => account(roles.length + index)),
    pids: running.map((anvil) => anvil.pid),
    async stop() {
      await stopChains();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function localConfig(
  names: readonly string[],
  running: readonly Anvil[],
  timings: ConfigFile["timings"],
  markets: readonly MarketParameters[],
): ConfigFile {
  const key = (role: (typeof roles)[number]) => ({ privateKey: privateKey(roles.indexOf(role)) });
  return {
    hub: names[0]!,
    chains: Object.fromEntries(names.map((name, index) => [name, { rpcUrls: [running[index]!.rpcUrl] }])),
    keys: {
      deployer: key("deployer"),
      relayer: key("relayer"),
      dvnSigners: [key("dvn-a"), key("dvn-b")],
      oracleSigners: [key("oracle-a"), key("oracle-b"), key("oracle-c")],
      oracleQuorum: 2,
    },
    markets: markets.map(marketConfig),
    interest: LOCAL_INTEREST,
    deployments: "deployments",
    dataFolder: "data",
    timings,
  };
}

/** BIP-39: 2,048 rounds, once for all accounts. */
const root = HDKey.fromMasterSeed(pbkdf2Sync(MNEMONIC, "mnemonic", 2_048, 64, "sha512"));

function account(index: number): HDAccount {
  return hdKeyToAccount(root, { addressIndex: index });
}

function privateKey(index: number): Hex {
  return bytesToHex(account(index).getHdKey().privateKey!);
}
