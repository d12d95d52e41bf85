import { rmSync } from "node:fs";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { listingsOf } from "../../chains/markets.ts";
import { accountId } from "../../clearing/codec/accountId.ts";
import { instrumentName } from "../../clearing/codec/instrumentName.ts";
import { formatDecimal } from "../../clearing/decimal.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { untilAborted } from "../interruption.ts";
import type { DevnetResult } from "../schema/devnet.ts";
import { claimFolder, writeDevnetFile } from "./folder.ts";
import { localMarket, localOptions } from "./localMarket.ts";
import { localSurfaces } from "./localSurfaces.ts";
import { createFilePrices, type Prices, writePrices } from "./pricesFile.ts";
import { type Devnet, startDevnet } from "./startDevnet.ts";
import { createFileSurfaces, writeSurfaces } from "./surfacesFile.ts";

/** Whose keys the other commands find by name; their homes go round the chains. */
const NAMES = ["alice", "bob", "carol", "maker"] as const;
/** Somebody watches: an edited price should be seen soon. */
const PRICE_INTERVAL_MS = 5_000;
const WARNING =
  "Keys of a public test mnemonic, for local chains only: never send anything of value to them.";

export interface RunDevnetParameters {
  chains: number;
  folder: string;
  prices: Prices;
  progress(line: string): void;
  /** Told once, when it is ready. */
  ready(devnet: DevnetResult): void;
  logLevel?: string;
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * Runs a devnet until `signal` aborts, then stops all of it and removes its folder.
 *
 * @throws CausewayError as `claimFolder` and `startDevnet`; the signal's reason in the end, or why the relayer stopped by itself
 */
export async function runDevnet(parameters: RunDevnetParameters): Promise<never> {
  const { chains, prices, progress, signal, logLevel } = parameters;
  const folder = claimFolder(parameters.folder);
  try {
    const pricesFile = join(folder, "prices.json");
    writePrices(pricesFile, prices);
    const now = Math.floor(Date.now() / 1_000);
    const markets = [...prices].map(([underlying, priceWad]) => ({
      ...localMarket(underlying, priceWad),
      options: localOptions(priceWad, now),
    }));
    const surfacesFile = join(folder, "surfaces.json");
    const surfaces = localSurfaces(markets);
    writeSurfaces(surfacesFile, surfaces);
    const complain = ({ message, hint }: CausewayError) => progress(`${message} ${hint}`);
    const devnet = await startDevnet({
      chains,
      markets,
      prices: createFilePrices(pricesFile, prices, complain),
      surfaces: createFileSurfaces(surfacesFile, surfaces, complain),
      local: {
        folder,
        timings: { priceIntervalMs: PRICE_INTERVAL_MS, surfaceIntervalMs: PRICE_INTERVAL_MS },
      },
      progress,
      signal,
      ...(logLevel !== undefined && { logLevel }),
    });
    try {
      const described = describe(devnet, folder, pricesFile, surfacesFile, prices);
      writeDevnetFile(folder, described);
      parameters.ready(described);
      throw (await untilAborted(devnet.relayer.ended, signal)) ?? new CausewayError("RelayerStopped");
    } finally {
      await devnet.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe(
  { local, deployments }: Devnet,
  folder: string,
  pricesFile: string,
  surfacesFile: string,
  prices: Prices,
): DevnetResult {
  const { chains } = local.config;
  return {
    warning: WARNING,
    pid: process.pid,
    folder,
    config: local.configFile,
    prices: pricesFile,
    chains: chains.map(({ name, chainId, eid, rpcUrls }, index) => {
      const { vault, orderVenue, tokens, hub } = deployments[index]!.causeway!;
      return {
        name,
        chainId,
        eid,
        rpcUrl: rpcUrls[0]!,
        vault,
        orderVenue,
        tokens,
        ...(hub && { hub: { clearingHub: hub.clearingHub, oracle: hub.oracle } }),
      };
    }),
    markets: local.config.markets.map((market) => ({
      instrument: market.underlying,
      price: formatDecimal(prices.get(market.underlying)!, 18),
      options: listingsOf(market)
        .slice(1)
        .map(({ instrument }) => instrumentName(instrument)),
    })),
    surfaces: surfacesFile,
    accounts: NAMES.map((name, index) => {
      const owner = local.accounts[index]!;
      const home = chains[index % chains.length]!;
      return {
        name,
        home: home.name,
        account: accountId(owner.address, home.eid),
        address: owner.address,
        privateKey: bytesToHex(owner.getHdKey().privateKey!),
      };
    }),
  };
}
