import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultUnderlyingParameters } from "../clearing/margin/marginParameters.ts";
import { CausewayError } from "../errors/CausewayError.ts";
import { type ConfigFile, loadConfig, loadNetworkConfig, parseConfig } from "./config.ts";
import { marginSettings } from "./marginTerms.ts";
import { findTestFeed, marketConfig } from "./markets.ts";

const key = (digit: string) => `0x${digit.repeat(64)}`;

function valid(): ConfigFile {
  return {
    hub: "local-a",
    chains: {
      "local-hub": { rpcUrls: ["http://127.0.0.1:1"] },
      "local-a": { rpcUrls: ["http://127.0.0.1:2"] },
    },
    keys: {
      deployer: { privateKey: key("1") },
      relayer: { env: "RELAYER_KEY" },
      dvnSigners: [{ privateKey: key("3") }, { file: "dvn.key" }],
      oracleSigners: [{ privateKey: key("5") }, { privateKey: key("6") }],
      oracleQuorum: 2,
    },
    deployments: "records",
    timings: { rpcTimeoutMs: 500 },
  };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-config-"));
  writeFileSync(join(folder, "dvn.key"), `${"4".repeat(64)}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const environment = { RELAYER_KEY: key("2") };
const parse = (json: unknown, env: Record<string, string> = environment) =>
  parseConfig(json, join(folder, "net.json"), env);

/** Sets the value at a dotted path. */
function at(path: string, value: unknown): unknown {
  const json = valid() as unknown as Record<string, unknown>;
  const names = path.split(".");
  let target = json;
  for (const name of names.slice(0, -1)) target = target[name] as Record<string, unknown>;
  target[names.at(-1)!] = value;
  return json;
}

test("an oracle signer may be somebody else's, named by URL and address", async () => {
  const address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  const url = "https://signer.example/token";
  const [signer] = parse(at("keys.oracleSigners.0", { url, address })).accounts.oracleSigners;
  expect(signer!.address).toBe(address);
  await expect(signer!.signMessage({ message: "anything else" })).rejects.toMatchObject({
    kind: "SignerCannotSign",
  });
  const error = errorOf(() => parse(at("keys.oracleSigners.0", { url })));
  expect(JSON.stringify(error)).not.toContain("token");
});

test("of pull feeds the key is the environment's, and no error shows the URL", () => {
  const url = "https://prices.example/token";
  expect(parse(at("pullFeeds", { url })).pullFeeds).toEqual({
    url,
    intervalMs: 20_000,
    timeoutMs: 5_000,
    maxFee: 10n ** 15n,
    apiKey: undefined,
  });
  const env = { ...environment, PULL_FEEDS_API_KEY: "secret" };
  expect(parse(at("pullFeeds", { url }), env).pullFeeds?.apiKey).toBe("secret");
  const error = errorOf(() => parse(at("pullFeeds", { url: "ftp://prices.example/token" })));
  expect(error.details).toMatchObject({ key: "pullFeeds.url" });
  expect(JSON.stringify(error)).not.toContain("token");
});

function errorOf(act: () => unknown): CausewayError {
  try {
    act();
  } catch (error) {
    if (error instanceof CausewayError) return error;
    throw error;
  }
  return expect.unreachable("it did not throw");
}

describe("a valid configuration", () => {
  test("has the hub first, keys from all three places, defaults, and folders relative to the file", () => {
    const config = parse(valid());
    expect(config.chains.map((chain) => chain.name)).toEqual(["local-a", "local-hub"]);
    expect(config.hub.rpcUrls).toEqual(["http://127.0.0.1:2"]);
    const { deployer, relayer, dvnSigners, oracleSigners } = config.accounts;
    expect(new Set([deployer, relayer, ...dvnSigners, ...oracleSigners].map((a) => a.address)).size).toBe(6);
    expect(config.timings).toMatchObject({ rpcTimeoutMs: 500, transactionTimeoutMs: 60_000 });
    expect(config.deploymentsFolder).toBe(join(folder, "records"));
  });

  test("without a folder keeps its records beside the definitions", () => {
    const { deployments: _, ...rest } = valid();
    expect(parse(rest).deploymentsFolder).toMatch(/chains\/deployments\/net$/);
  });

  test("is read without its keys by those who have none", () => {
    const file = join(folder, "traders.json");
    writeFileSync(file, JSON.stringify(valid()));
    const { chains, hub, deploymentsFolder, timings } = loadConfig(file, environment);
    expect(() => loadConfig(file, {})).toThrow("RELAYER_KEY is not there");
    expect(loadNetworkConfig(file)).toEqual({ chains, hub, deploymentsFolder, timings });
  });
});

describe("the database and the queue", () => {
  test("are embedded, in a folder beside the file, unless the environment names others", () => {
    expect(parse(valid())).toMatchObject({
      dataFolder: join(folder, ".causeway", "net"),
      databaseUrl: undefined,
      redisUrl: undefined,
    });
    const DATABASE_URL = "postgres://me:secret@db.example/relayer";
    const REDIS_URL = "rediss://cache.example:6380";
    const config = parse({ ...valid(), dataFolder: "data" }, { ...environment, DATABASE_URL, REDIS_URL });
    expect(config).toMatchObject({
      dataFolder: join(folder, "data"),
      databaseUrl: DATABASE_URL,
      redisUrl: REDIS_URL,
    });
  });

  test("show no password when their address is wrong", () => {
    const error = errorOf(() => parse(valid(), { ...environment, DATABASE_URL: "mysql://me:secret@db" }));
    expect(error).toMatchObject({ code: 1001, details: { key: "DATABASE_URL" } });
    expect(JSON.stringify(error) + error.message).not.toContain("secret");
  });
});

describe("roles of a chain", () => {
  const holder = (digit: string) => `0x${digit.repeat(40)}`;
  const roles = {
    delaySeconds: 172_800,
    admin: holder("1"),
    listing: holder("2"),
    wiring: holder("3"),
    risk: holder("4"),
    guardian: holder("5"),
  };

  test("are the chain's own", () => {
    const config = parse(at("chains.local-hub.roles", roles));
    expect(config.chains.map(({ roles: given }) => given)).toEqual([undefined, roles]);
  });

  test.each([
    ["chains.local-hub.roles.risk", "0x12", "a 20-byte address with a correct checksum"],
    ["chains.local-hub.roles.guardian", undefined, "a 20-byte address with a correct checksum"],
    ["chains.local-hub.roles.delaySeconds", -1, expect.stringContaining("0")],
    ["chains.local-hub.roles.delaySeconds", 31 * 86_400, expect.stringContaining("2592000")],
  ])("%s = %j is refused", (path, value, expected) => {
    const json = at("chains.local-hub.roles", { ...roles, [path.split(".").at(-1)!]: value });
    const error = errorOf(() => parse(json));
    expect(error).toMatchObject({ kind: "ConfigInvalid", details: { key: path, expected } });
  });
});

describe("a wrong value names its key, what was found and what was expected", () => {
  test.each([
    ["hub", "local-z", "hub", '"local-z"', "one of local-hub, local-a"],
    ["hub", undefined, "hub", "nothing", "string"],
    [
      "chains",
      { "local-hub": { rpcUrls: ["http://a"] } },
      "chains",
      expect.anything(),
      "at least two chains",
    ],
    ["chains.local-a.rpcUrls", [], "chains.local-a.rpcUrls", "a list (not shown)", "at least one URL"],
    [
      "chains.local-a.rpcUrls",
      ["ws://token@x"],
      "chains.local-a.rpcUrls.0",
      "a string (not shown)",
      "an http(s) URL",
    ],
    ["keys.oracleQuorum", 3, "keys.oracleQuorum", 3, "at most 2, the number of oracleSigners"],
    [
      "keys.dvnSigners",
      [{ env: "RELAYER_KEY" }],
      "keys.dvnSigners",
      "a list (not shown)",
      "at least two keys, one per DVN",
    ],
    [
      "keys.dvnSigners",
      [{ env: "RELAYER_KEY" }, { env: "RELAYER_KEY" }],
      "keys.dvnSigners",
      "the same key twice",
      "a key of its own for each",
    ],
    [
      "keys.deployer",
      key("1"),
      "keys.deployer",
      "a string (not shown)",
      expect.stringContaining('{"env": "NAME"}'),
    ],
    ["timings.rpcTimeoutMs", -5, "timings.rpcTimeoutMs", "-5", "more than 0"],
    ["timings.rpcTimeoutMs", "1s", "timings.rpcTimeoutMs", '"1s"', "number"],
  ])("%s = %j", (path, value, where, found, expected) => {
    const error = errorOf(() => parse(at(path, value)));
    expect(error.kind).toBe("ConfigInvalid");
    expect(error.details).toMatchObject({ key: where, found, expected });
    expect(error.hint).toContain("net.json");
  });

  const oracle = {
    minPrice: "1000",
    maxPrice: "1000000",
    feeds: [
      { kind: "pyth", heartbeatSeconds: 60 },
      { kind: "aggregator", threshold: "0.005", heartbeatSeconds: 3_700 },
    ],
  };
  const market = {
    underlying: "BTC",
    priceScanRange: "0.15",
    venueRate: "0.005",
    creditRate: "0.155",
    fee: "0",
    maxBase: "1",
    oracle,
    surface: { model: "svi", maxAgeSeconds: 3_600 },
  };

  test("a market's oracle has the defaults of the risk model, and is written as it was read", () => {
    const [parsed] = parse(at("markets", [market])).markets;
    expect(parsed!.oracle).toMatchObject({
      quorum: 2,
      maxDeviationBps: 150,
      maxConfidenceBps: 200,
      maxMoveBpsPerMinute: 2_000,
      minPriceWad: 1_000n * 10n ** 18n,
      signed: { confidenceBps: 10, heartbeatSeconds: 90 },
      feeds: [{ kind: "pyth" }, { kind: "aggregator", thresholdBps: 50 }],
    });
    expect(parse(at("markets", [marketConfig(parsed!)])).markets).toEqual([parsed]);
  });

  test.each<[string, object, string]>([
    ["more sources to agree than there are", { quorum: 4 }, "quorum"],
    ["one source alone", { feeds: [] }, "feeds"],
    ["a share of nothing", { maxDeviation: "0" }, "maxDeviation"],
    ["a deviation at which agreeing says nothing", { maxDeviation: "0.1001" }, "maxDeviation"],
    ["no lowest price", { minPrice: "0" }, "minPrice"],
    ["bounds the wrong way round", { maxPrice: "999" }, "maxPrice"],
    [
      "an id without its contract",
      { feeds: [{ ...oracle.feeds[0], feedId: `0x${"1".repeat(64)}` }] },
      "feeds.0.feedId",
    ],
    ["a feed of no known kind", { feeds: [{ ...oracle.feeds[0], kind: "band" }] }, "feeds.0.kind"],
  ])("CLR-13: an oracle with %s", (_, change, key) => {
    const error = errorOf(() => parse(at("markets", [{ ...market, oracle: { ...oracle, ...change } }])));
    expect(error).toMatchObject({ kind: "ConfigInvalid", details: { key: `markets.0.oracle.${key}` } });
  });

  test("a feed without an address is found: only local chains deploy one", () => {
    const [local] = parse(at("markets", [market])).markets;
    expect(findTestFeed([local!])).toBe("markets.0.oracle.feeds.0.address");
    const address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
    const real = { ...market, oracle: { ...oracle, feeds: [{ ...oracle.feeds[1], address }] } };
    expect(findTestFeed(parse(at("markets", [real])).markets)).toBeUndefined();
  });

  test("a market whose credit would not cover its risk", () => {
    const refused = (change: object) =>
      errorOf(() => parse(at("markets", [{ ...market, ...change }]))).details;
    const key = "markets.0.creditRate";
    expect(refused({ creditRate: "0.154999" })).toMatchObject({ key, found: '"0.154999"' });
    expect(refused({ creditRate: "0.154999" }).expected).toContain("at least 0.155:");
    // A perpetual requires its minimum where that is more than the worst scenario.
    expect(refused({ priceScanRange: "0.01", creditRate: "0.024" }).expected).toContain("at least 0.025:");
    const margin = { perpMinimumInitial: "0.3" };
    expect(refused({ margin, creditRate: "0.3" }).expected).toContain("at least 0.305:");
    expect(parse(at("markets", [market])).markets[0]).toMatchObject({
      priceScanRangeWad: 15n * 10n ** 16n,
      ratePpm: 155_000n,
      maxBase: 10n ** 8n,
    });
  });

  test("what differs from the margin's defaults, and that only", () => {
    const margin = { depth: 40_000_000, perpMinimumInitial: "0.03", maxEpochAge: 900, maxMove: "0.2" };
    const parsed = parse(at("markets", [{ ...market, margin }])).markets[0]!;
    expect(parsed.margin).toEqual({
      depth: 40_000_000n,
      perpMinimumInitial: 30_000_000n,
      maxEpochAge: 900n,
      maxMove: 200_000_000n,
    });
    expect(marketConfig(parsed)).toMatchObject({ margin });
    const { parameters, limits } = marginSettings(parsed);
    expect(parameters).toEqual({
      ...defaultUnderlyingParameters(parsed.underlying),
      scanRange: 150_000_000n,
      venueRate: parsed.venueRateWad / 10n ** 9n,
      depth: 40_000_000n,
      perpMinimumInitial: 30_000_000n,
    });
    expect(limits).toEqual({
      gainsCap: 1_000_000n,
      maxEpochAge: 900n,
      maxMove: 200_000_000n,
      rampPerDay: 50_000_000n,
    });
    const error = errorOf(() => parse(at("markets", [{ ...market, margin: { scanRange: "0.2" } }])));
    expect(error.kind).toBe("ConfigUnknownKey");
  });

  test("funding terms of a market, and what they need", () => {
    const pool = { account: `0x${"0a".repeat(32)}`, rate: "0.002", scale: "500" };
    const funding = { interest: "0.0001", band: "0.0005", hourlyCap: "0.004", minSamples: 30, pool };
    const parsed = parse(at("markets", [{ ...market, funding }])).markets[0]!;
    expect(parsed.funding).toEqual({
      interestPpb: 100_000n,
      bandPpb: 500_000n,
      hourlyCapPpb: 4_000_000n,
      minSamples: 30,
      pool: { account: pool.account, ratePpb: 2_000_000n, scale: 500n * 10n ** 8n },
    });
    expect(marketConfig(parsed)).toMatchObject({ funding });
    const wrong = { ...funding, pool: { ...pool, account: "0x01" } };
    const error = errorOf(() => parse(at("markets", [{ ...market, funding: wrong }])));
    expect(error.details).toMatchObject({ key: "markets.0.funding.pool.account" });
  });

  test("what borrowing costs, and what it may", () => {
    const interest = { base: "0.01", toKink: "0.08", beyondKink: "1", kink: "0.8", reserve: "0.1" };
    expect(parse(at("interest", interest)).interest).toEqual({
      base: 10_000_000n,
      toKink: 80_000_000n,
      beyondKink: 1_000_000_000n,
      kink: 800_000_000n,
      reserve: 100_000_000n,
    });
    const error = errorOf(() => parse(at("interest", { ...interest, kink: "1" })));
    expect(error.details).toMatchObject({
      key: "interest",
      expected: "each rate at most 4, the kink above 0 and below 1, the reserve at most 1",
    });
  });

  test.each([
    [
      "chain",
      "chain",
      "hub, chains, keys, markets, maxPriceAgeSeconds, interest, deployments, dataFolder, timings",
    ],
    ["chains.local-a.rpcUrl", "chains.local-a.rpcUrl", "rpcUrls"],
    ["timings.speed", "timings.speed", "rpcTimeoutMs, "],
  ])("an unknown key: %s", (path, where, expected) => {
    const error = errorOf(() => parse(at(path, "x")));
    expect(error.kind).toBe("ConfigUnknownKey");
    expect(error.message).toContain(`${where} is not known: expected one of ${expected}`);
  });

  test("an unknown chain", () => {
    const error = errorOf(() => parse(at("chains.mars", { rpcUrls: ["http://127.0.0.1:1"] })));
    expect(error.kind).toBe("UnknownChain");
    expect(error.message).toContain("mars: expected one of local-hub");
  });
});

describe("secrets", () => {
  test("a key that is missing or malformed is not shown", () => {
    expect(errorOf(() => parse(valid(), {})).message).toBe(
      "The key for keys.relayer could not be read: environment variable RELAYER_KEY is not there.",
    );
    const error = errorOf(() => parse(valid(), { RELAYER_KEY: "hunter2" }));
    expect(error.kind).toBe("KeyUnavailable");
    expect(JSON.stringify(error) + error.stack).not.toContain("hunter2");
    expect(errorOf(() => parse(at("keys.deployer", { file: "none.key" }))).message).toContain(
      "none.key is not there",
    );
  });

  test("in a malformed private key, or a broken file, are not shown", () => {
    const error = errorOf(() => parse(at("keys.deployer", { privateKey: "0xdeadbeef" })));
    expect(JSON.stringify(error) + error.stack).not.toContain("deadbeef");
    const file = join(folder, "broken.json");
    writeFileSync(file, '{"privateKey": deadbeef}');
    const broken = errorOf(() => loadConfig(file, {}));
    expect(broken.kind).toBe("ConfigNotJson");
    expect(JSON.stringify(broken) + broken.stack).not.toContain("deadbeef");
  });
});

test("a missing file is named", () => {
  expect(errorOf(() => loadConfig(join(folder, "none.json"), {})).message).toContain("none.json");
});
