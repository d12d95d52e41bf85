import { resolve } from "node:path";
import { Command, Option } from "commander";
import { pino } from "pino";
import { loadNetworkConfig } from "../../chains/config.ts";
import { readDeployment } from "../../chains/deployments.ts";
import { loadKey } from "../../chains/keys.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { startSigner } from "../../relayer/signer/startSigner.ts";
import { pricesById, readPrices } from "../devnet/pricesFile.ts";
import { readSurfaces } from "../devnet/surfacesFile.ts";
import { onInterruption, untilAborted } from "../interruption.ts";
import { configOption, requireConfig, wadNumber, wholeNumber, withReportOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { jsonSchema } from "../schema/jsonSchema.ts";
import { type SignerResult, signerInput, signerResult } from "../schema/signer.ts";
import { readOwnFile } from "./ownFile.ts";

interface SignerOptions {
  config?: string;
  keyFile?: string;
  prices?: string;
  surfaces?: string;
  host: string;
  port: number;
  maxPriceGap: bigint;
  maxVolGap: bigint;
  maxRatioGap: bigint;
  maxPriceAge: number;
  maxSurfaceAge: number;
  verbose?: true;
  schema?: true;
}

const KEY_VARIABLE = "CAUSEWAY_SIGNER_KEY";
const MAX_TIME_GAP_SECONDS = 120;
const DEFAULT_PORT = 8_650;

/** `./causeway signer`: signs the prices and surfaces that a relayer asks for, if they are near its own, until Ctrl-C. */
export function signerCommand(output: Output): Command {
  const gap = (flags: string, text: string, share: string) =>
    new Option(flags, text).argParser(wadNumber).default(wadNumber(share), share);
  const age = (flags: string, text: string, seconds: number) =>
    new Option(flags, text).argParser(wholeNumber(1, 2 ** 31)).default(seconds);
  const command = new Command("signer")
    .addOption(configOption())
    .addOption(new Option("--key-file <file>", `file with its private key (default: ${KEY_VARIABLE})`))
    .addOption(new Option("--prices <file>", "JSON file of its own prices (default: it signs none)"))
    .addOption(new Option("--surfaces <file>", "JSON file of its own surfaces (default: it signs none)"))
    .addOption(new Option("--host <address>", "where to listen").default("127.0.0.1"))
    .addOption(
      new Option("--port <number>", "0: a free one").argParser(wholeNumber(0, 65_535)).default(DEFAULT_PORT),
    )
    .addOption(gap("--max-price-gap <share>", "how far a price may be from its own, of it", "0.005"))
    .addOption(gap("--max-vol-gap <vol>", "how far a volatility may be from its own, 1 = 100 %", "0.02"))
    .addOption(gap("--max-ratio-gap <share>", "how far forward and discount may be, of its own", "0.01"))
    .addOption(age("--max-price-age <seconds>", "how old its file of prices may be to sign by it", 300))
    .addOption(age("--max-surface-age <seconds>", "how old its file of surfaces may be", 3_600))
    .addOption(new Option("--verbose", "all of its log on stderr, not only warnings"))
    .addHelpText(
      "after",
      '\nA relayer asks it if its configuration has {"url": …, "address": …} among keys.oracleSigners. Runs until Ctrl-C (SIGINT, exit code 130)\nor SIGTERM (143). With --json the object is printed once it is ready. See docs/oracle.md.',
    );
  return withReportOptions(command).action(async (options: SignerOptions) => {
    if (options.schema) {
      output.result(jsonSchema(signerResult, signerInput), (schema) => JSON.stringify(schema, null, 2));
      return;
    }
    const interruption = onInterruption(output.progress);
    try {
      await run(options, output, interruption.signal);
    } finally {
      interruption.dispose();
    }
  });
}

async function run(options: SignerOptions, output: Output, signal: AbortSignal): Promise<void> {
  const { hub, deploymentsFolder } = loadNetworkConfig(requireConfig(options.config));
  const places = readDeployment(deploymentsFolder, hub.name).causeway?.hub;
  if (!places)
    throw new CausewayError("DeploymentMissing", {
      details: { chain: hub.name, folder: deploymentsFolder },
    });
  const key = loadKey({
    source: options.keyFile === undefined ? { env: KEY_VARIABLE } : { file: options.keyFile },
    key: options.keyFile === undefined ? KEY_VARIABLE : "--key-file",
    // Relative to the folder where the command runs.
    file: resolve("command line"),
    local: false,
    environment: process.env,
  });
  const complain = ({ message, hint }: CausewayError) => output.progress(`${message} ${hint}`);
  /** Nothing without a file. */
  const own = <Key, Value>(
    what: string,
    file: string | undefined,
    maxAgeSeconds: number,
    read: (file: string) => ReadonlyMap<Key, Value>,
  ): ReadonlyMap<Key, Value> =>
    file === undefined
      ? new Map()
      : readOwnFile({ what, file, maxAgeSeconds, read, complain, now: Date.now });
  // What is wrong with them is told at once, not at the first request.
  if (options.prices !== undefined) readPrices(options.prices);
  if (options.surfaces !== undefined) readSurfaces(options.surfaces);
  const signer = await startSigner({
    key,
    chainId: hub.chainId,
    places,
    prices: {
      latest: async () => pricesById(own("prices", options.prices, options.maxPriceAge, readPrices)),
    },
    surfaces: { latest: async () => own("surfaces", options.surfaces, options.maxSurfaceAge, readSurfaces) },
    limits: {
      maxPriceGapWad: options.maxPriceGap,
      maxVolGapWad: options.maxVolGap,
      maxRatioGapWad: options.maxRatioGap,
      maxTimeGapSeconds: MAX_TIME_GAP_SECONDS,
    },
    now: () => Math.floor(Date.now() / 1_000),
    host: options.host,
    port: options.port,
    log: pino({ level: options.verbose ? "info" : "warn" }, pino.destination({ dest: 2, sync: true })),
  });
  try {
    const ready: SignerResult = { pid: process.pid, address: key.address, url: signer.url };
    output.result(signerResult.parse(ready), ({ address, url }) => `signing as ${address} at ${url}`);
    await untilAborted(new Promise<never>(() => undefined), signal);
  } finally {
    await signer.stop();
  }
}
