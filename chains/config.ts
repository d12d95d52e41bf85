import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalAccount, PrivateKeyAccount } from "viem/accounts";
import { z } from "zod";
import type { InterestCurve } from "../clearing/funding/utilisationCurve.ts";
import { CausewayError } from "../errors/CausewayError.ts";
import { decimal } from "./decimalSchema.ts";
import { addressSchema } from "./defineChain.ts";
import { getChain } from "./definitions/index.ts";
import { describeIssue } from "./describeIssue.ts";
import { interestSchema } from "./interestTerms.ts";
import { type KeySource, keySourceSchema, loadKey, type SignerSource, signerSourceSchema } from "./keys.ts";
import { marketSchema } from "./marketSchema.ts";
import { findTestFeed, type MarketParameters } from "./markets.ts";
import { remoteSigner } from "./remoteSigner.ts";
import type { ChainDefinition, RoleHolders } from "./types.ts";

const milliseconds = (fallback: number) => z.int().positive().max(3_600_000).default(fallback);

const timingsSchema = z.strictObject({
  /** Longest wait for an answer of an RPC endpoint. */
  rpcTimeoutMs: milliseconds(10_000),
  /** Longest wait for a transaction of ours to be mined. */
  transactionTimeoutMs: milliseconds(60_000),
  /** Between two pushes of signed prices and reference prices. */
  priceIntervalMs: milliseconds(60_000),
  /** Between two looks at the volatility surfaces that are to be posted. */
  surfaceIntervalMs: milliseconds(60_000),
  /** Between two reports of a spoke with something to report. */
  reportIntervalMs: milliseconds(5_000),
  /** Between two settlements of an instrument. */
  settleIntervalMs: milliseconds(30_000),
  /** Between two looks at what funding needs: a sample a minute, and accruals. */
  fundingIntervalMs: milliseconds(20_000),
  /** Between two looks at credit leases that end soon. */
  renewIntervalMs: milliseconds(5_000),
});

/** Where updates of pull feeds are fetched, and how. */
const pullFeedsSchema = z.strictObject({
  /** Of a service with the API of Pyth's Hermes. */
  url: z.url({ protocol: /^https?$/, error: "an http(s) URL" }),
  /** Between two looks; and the longest wait for an answer. */
  intervalMs: milliseconds(20_000),
  timeoutMs: milliseconds(5_000),
  /** Most that the feed's contract may ask for one update, in the native token. */
  maxFee: decimal(18).prefault("0.001"),
});

const MAX_ROLE_DELAY_SECONDS = 30 * 86_400;

const rolesSchema = z.strictObject({
  delaySeconds: z.int().nonnegative().max(MAX_ROLE_DELAY_SECONDS),
  admin: addressSchema,
  listing: addressSchema,
  wiring: addressSchema,
  risk: addressSchema,
  guardian: addressSchema,
}) satisfies z.ZodType<RoleHolders>;

const configSchema = z.strictObject({
  /** Name of the hub's chain; one of `chains`. */
  hub: z.string(),
  chains: z
    .record(
      z.string(),
      z.strictObject({
        /** Tried in this order. */
        rpcUrls: z.array(z.url({ protocol: /^https?$/, error: "an http(s) URL" })).min(1, "at least one URL"),
        /** Who holds the roles, and after what delay they act. Without it the deployer does, at once: on local chains only. */
        roles: z.exactOptional(rolesSchema),
      }),
    )
    .refine((chains) => Object.keys(chains).length >= 2, "at least two chains"),
  keys: z.strictObject({
    /** Owns what it deploys, until ownership is handed over. */
    deployer: keySourceSchema,
    /** Pays for and sends the relayer's transactions. */
    relayer: keySourceSchema,
    /** One key per DVN, in the order of the deployment records; every one is required on every pathway. */
    dvnSigners: z.array(keySourceSchema).min(2, "at least two keys, one per DVN"),
    oracleSigners: z.array(signerSourceSchema).min(2, "at least two keys"),
    /** Signatures that a price needs. */
    oracleQuorum: z.int().min(2),
  }),
  /** The markets that `wire` lists. */
  markets: z.array(marketSchema).default([]),
  /** Prices older than this stop grants, payouts and settlement. */
  maxPriceAgeSeconds: z.int().positive().max(3_600).default(60),
  /** What borrowing cash costs; without it nobody lends. */
  interest: z.exactOptional(interestSchema),
  /** Folder of the deployment records, relative to the configuration file. */
  deployments: z.string().min(1).optional(),
  /** Folder of the relayer's embedded database, relative to the configuration file. */
  dataFolder: z.string().min(1).optional(),
  timings: timingsSchema.prefault({}),
  /** Without it nobody brings updates of pull feeds. */
  pullFeeds: z.exactOptional(pullFeedsSchema),
});

/** A configuration file, as JSON. */
export type ConfigFile = z.input<typeof configSchema>;

export type Timings = z.output<typeof timingsSchema>;

/** As configured, and the service's key. Never print it: the URL, too, may hold a token. */
export interface PullFeedSettings extends z.output<typeof pullFeedsSchema> {
  apiKey: string | undefined;
}

/** A chain of the configuration: its definition and where to reach it. */
export interface ConfiguredChain extends ChainDefinition {
  rpcUrls: readonly string[];
  /** Who holds the roles; the deployer if not given. */
  roles?: RoleHolders;
}

/** What a configuration says of a network without its operators' keys: all that its traders need. */
export interface NetworkConfig {
  hub: ConfiguredChain;
  /** All chains, the hub's first. */
  chains: readonly ConfiguredChain[];
  /** Absolute path of the deployment records' folder. */
  deploymentsFolder: string;
  timings: Timings;
}

/** A parsed configuration. Accounts hold secrets: never print one. */
export interface Config extends NetworkConfig {
  accounts: {
    deployer: PrivateKeyAccount;
    relayer: PrivateKeyAccount;
    dvnSigners: readonly PrivateKeyAccount[];
    oracleSigners: readonly LocalAccount[];
  };
  oracleQuorum: number;
  markets: readonly MarketParameters[];
  maxPriceAgeSeconds: number;
  /** What borrowing cash costs; without it nobody lends. */
  interest?: InterestCurve;
  /** Absolute path of the folder that the relayer keeps its embedded database in. */
  dataFolder: string;
  /** PostgreSQL to use instead of the embedded one. May hold a password. */
  databaseUrl: string | undefined;
  /** Redis to queue jobs in, instead of the database. May hold a password. */
  redisUrl: string | undefined;
  pullFeeds?: PullFeedSettings;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks a configuration file. This happens once, at the edge; nothing else reads files, or the environment, for settings.
 *
 * @param environment where keys given as `{"env": "NAME"}` are looked up, and `DATABASE_URL`, `REDIS_URL` and `PULL_FEEDS_API_KEY`
 * @throws CausewayError `ConfigNotFound`, `ConfigNotJson`, `ConfigInvalid`, `ConfigUnknownKey`, `UnknownChain` or `KeyUnavailable`
 */
export function loadConfig(file: string, environment: Environment): Config {
  return parseConfig(readJson(file), resolve(file), environment);
}

/**
 * Likewise for somebody who has none of its keys. They are not looked up.
 *
 * @throws as `loadConfig`, but never `KeyUnavailable`
 */
export function loadNetworkConfig(file: string): NetworkConfig {
  const { hub, chains, deploymentsFolder, timings } = parseFile(readJson(file), resolve(file));
  return { hub, chains, deploymentsFolder, timings };
}

/**
 * Checks a configuration.
 *
 * @param path the file it came from: named in errors, and where relative paths start
 * @throws as `loadConfig`
 */
export function parseConfig(json: unknown, path: string, environment: Environment): Config {
  const { keys, pullFeeds, ...rest } = parseFile(json, path);
  if (keys.oracleQuorum > keys.oracleSigners.length) {
    throw invalid(
      path,
      "keys.oracleQuorum",
      keys.oracleQuorum,
      `at most ${keys.oracleSigners.length}, the number of oracleSigners`,
    );
  }

  const local = rest.chains.every((chain) => chain.local);
  const load = (source: KeySource, key: string) => loadKey({ source, key, file: path, local, environment });
  const loadSigner = (source: SignerSource, key: string) =>
    "url" in source ? remoteSigner(source.url, source.address) : load(source, key);
  const distinct = <Account extends LocalAccount>(name: string, accounts: readonly Account[]) => {
    if (new Set(accounts.map((account) => account.address)).size < accounts.length) {
      throw invalid(path, `keys.${name}`, "the same key twice", "a key of its own for each");
    }
    return accounts;
  };
  return {
    ...rest,
    accounts: {
      deployer: load(keys.deployer, "keys.deployer"),
      relayer: load(keys.relayer, "keys.relayer"),
      dvnSigners: distinct(
        "dvnSigners",
        keys.dvnSigners.map((source, index) => load(source, `keys.dvnSigners.${index}`)),
      ),
      oracleSigners: distinct(
        "oracleSigners",
        keys.oracleSigners.map((source, index) => loadSigner(source, `keys.oracleSigners.${index}`)),
      ),
    },
    oracleQuorum: keys.oracleQuorum,
    databaseUrl: urlOf("DATABASE_URL", /^postgres(ql)?:$/, environment),
    redisUrl: urlOf("REDIS_URL", /^rediss?:$/, environment),
    ...(pullFeeds && { pullFeeds: { ...pullFeeds, apiKey: environment.PULL_FEEDS_API_KEY || undefined } }),
  };
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(resolve(file), "utf8");
  } catch (cause) {
    throw new CausewayError("ConfigNotFound", { details: { file }, cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes the file, which may hold a key: it goes neither into the message nor into the cause.
    const at = /at position \d+|line \d+ column \d+/.exec(String(cause))?.[0] ?? "syntax error";
    throw new CausewayError("ConfigNotJson", { details: { file, found: at } });
  }
}

/** All of a configuration but the keys themselves, which nothing has looked up yet. */
function parseFile(json: unknown, path: string) {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) throw refuse(parsed.error, json, path);
  const { hub, keys, timings, deployments, dataFolder, markets, maxPriceAgeSeconds, pullFeeds, interest } =
    parsed.data;
  const chains = Object.entries(parsed.data.chains).map(
    ([name, chain]): ConfiguredChain => ({ ...getChain(name), ...chain }),
  );
  const hubChain = chains.find((chain) => chain.name === hub);
  if (!hubChain)
    throw invalid(path, "hub", `"${hub}"`, `one of ${chains.map((chain) => chain.name).join(", ")}`);
  const testFeed = findTestFeed(markets);
  if (!hubChain.local && testFeed !== undefined)
    throw invalid(
      path,
      testFeed,
      "nothing",
      "the feed's address: only local chains deploy feeds of their own",
    );
  if (!hubChain.local && interest !== undefined)
    throw invalid(
      path,
      "interest",
      "a curve",
      "none, but on local chains: nobody liquidates debtors yet, so lenders would bear their losses",
    );
  return {
    hub: hubChain,
    chains: [hubChain, ...chains.filter((chain) => chain !== hubChain)],
    keys,
    markets,
    maxPriceAgeSeconds,
    ...(interest && { interest }),
    deploymentsFolder: deployments
      ? resolve(dirname(path), deployments)
      : fileURLToPath(new URL(`./deployments/${basename(path, ".json")}`, import.meta.url)),
    dataFolder: resolve(dirname(path), dataFolder ?? join(".causeway", basename(path, ".json"))),
    timings,
    ...(pullFeeds && { pullFeeds }),
  };
}

/** An optional URL in the environment. What was found is not shown: it may hold a password. */
function urlOf(name: string, protocol: RegExp, environment: Environment): string | undefined {
  const url = environment[name];
  if (!url) return undefined;
  if (URL.canParse(url) && protocol.test(new URL(url).protocol)) return url;
  throw invalid("the environment", name, "something else", `a URL whose protocol matches ${protocol.source}`);
}

function refuse(error: z.ZodError, json: unknown, file: string): CausewayError {
  // Keys are secret; so may be the access token in an endpoint's URL.
  const issue = describeIssue(error, json, (key) => /^keys\b|rpcUrls|^pullFeeds\.url/.test(key));
  if (!issue.unknownKey) return invalid(file, issue.key, issue.found, issue.expected);
  const parent = issue.key.split(".").slice(0, -1);
  return new CausewayError("ConfigUnknownKey", {
    details: { key: issue.key, expected: knownKeys(configSchema, parent), file },
  });
}

/** The keys that the schema knows at `path`. */
function knownKeys(schema: z.core.$ZodType, [name, ...rest]: readonly string[]): string[] {
  if (
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional
  ) {
    return knownKeys(schema.unwrap(), name === undefined ? [] : [name, ...rest]);
  }
  if (schema instanceof z.ZodRecord) return knownKeys(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return name === undefined ? Object.keys(schema.shape) : knownKeys(schema.shape[name], rest);
}

function invalid(file: string, key: string, found: unknown, expected: string): CausewayError {
  return new CausewayError("ConfigInvalid", { details: { key, found, expected, file } });
}
