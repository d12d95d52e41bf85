import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Address, Hash } from "viem";
import { z } from "zod";
import { CausewayError } from "../errors/CausewayError.ts";
import { addressSchema, layerZeroSchema } from "./defineChain.ts";
import { describeIssue } from "./describeIssue.ts";
import type { Deployment } from "./types.ts";

const addresses = z.record(z.string(), addressSchema);

const causewaySchema = z.strictObject({
  accessManager: addressSchema,
  vault: addressSchema,
  orderVenue: addressSchema,
  tokens: addresses,
  libraries: addresses,
  hub: z.exactOptional(
    z.strictObject({
      clearingHub: addressSchema,
      oracle: addressSchema,
      signers: addressSchema,
      instrumentRegistry: addressSchema,
      signedPrices: addressSchema,
      expiryPrices: addressSchema,
      surfaceBook: addressSchema,
      models: z.strictObject({ svi: addressSchema, black76: addressSchema, gramCharlier: addressSchema }),
      sources: z.record(
        z.string(),
        z.array(
          z.strictObject({
            kind: z.enum(["signed", "aggregator", "pyth", "trades"]),
            source: addressSchema,
            feed: addressSchema,
            isTest: z.boolean(),
          }),
        ),
      ),
      marginEngine: addressSchema,
      fundingRates: addressSchema,
      loopback: addressSchema,
    }),
  ),
});

const deploymentSchema = z.strictObject({
  chain: z.string(),
  chainId: z.int(),
  eid: z.int(),
  fromBlock: z.string().regex(/^\d+$/, "a block number in decimal"),
  layerZero: layerZeroSchema,
  causeway: z.exactOptional(causewaySchema),
}) satisfies z.ZodType<Deployment>;

/** One contract that `deploy` created. */
export interface LedgerEntry {
  address: Address;
  /** Of code and constructor arguments: what is recorded is what was asked for, or `deploy` says so. */
  creationCodeHash: Hash;
  blockNumber: string;
}

/** All contracts that `deploy` created on one chain, by a name of our own; kept after each step so that a broken run is continued. */
export type Ledger = Record<string, LedgerEntry>;

const ledgerSchema: z.ZodType<Ledger> = z.record(
  z.string(),
  z.strictObject({
    address: addressSchema,
    creationCodeHash: z.custom<Hash>((value) => /^0x[0-9a-f]{64}$/.test(String(value)), "a 32-byte hash"),
    blockNumber: z.string().regex(/^\d+$/),
  }),
);

/** @returns `undefined` if there is no record of `chain` in `folder`
 *  @throws CausewayError `DeploymentInvalid` */
export function findDeployment(folder: string, chain: string): Deployment | undefined {
  return readChecked(join(folder, `${chain}.json`), deploymentSchema);
}

/** @throws CausewayError `DeploymentMissing` or `DeploymentInvalid` */
export function readDeployment(folder: string, chain: string): Deployment {
  const deployment = findDeployment(folder, chain);
  if (deployment) return deployment;
  throw new CausewayError("DeploymentMissing", { details: { chain, folder } });
}

/** Replaces the record of `deployment.chain` as a whole, creating the folder if need be. */
export function writeDeployment(folder: string, deployment: Deployment): void {
  writeAtomically(join(folder, `${deployment.chain}.json`), deployment);
}

/** @returns an empty ledger if there is none
 *  @throws CausewayError `DeploymentInvalid` */
export function readLedger(folder: string, chain: string): Ledger {
  return readChecked(ledgerFile(folder, chain), ledgerSchema) ?? {};
}

/** Replaces the ledger of `chain` as a whole. */
export function writeLedger(folder: string, chain: string, ledger: Ledger): void {
  writeAtomically(ledgerFile(folder, chain), ledger);
}

function ledgerFile(folder: string, chain: string): string {
  return join(folder, `${chain}.contracts.json`);
}

function readChecked<T>(file: string, schema: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw invalid(
      file,
      "(file)",
      String((cause as NodeJS.ErrnoException).code),
      "a file that can be read",
      cause,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, "(file)", "a syntax error", "JSON", cause);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { key, found, expected } = describeIssue(parsed.error, json);
  throw invalid(file, key, found, expected, parsed.error);
}

function writeAtomically(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, file);
}

function invalid(file: string, key: string, found: string, expected: string, cause: unknown): CausewayError {
  return new CausewayError("DeploymentInvalid", { details: { file, key, found, expected }, cause });
}
