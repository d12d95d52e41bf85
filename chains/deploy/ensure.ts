import { type Address, getAddress, type Hex, keccak256 } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { type CreationCodeParameters, creationCode } from "../artifacts.ts";
import { readLedger, writeLedger } from "../deployments.ts";
import type { ChainWriter, WriteRequest } from "./chainWriter.ts";

/** Looks at the chain; answers with the transaction that is still needed, or with `undefined`. */
export type Ensure = () => Promise<WriteRequest | undefined>;

/**
 * Brings a chain into a wanted state: asks all at once what is needed, then sends that. None may depend on another of the same call.
 *
 * @throws as `ChainWriter.send`
 */
export async function ensure(writer: ChainWriter, wanted: readonly Ensure[]): Promise<void> {
  await writer.send(await findNeeded(wanted));
}

/** The transactions that are still needed. */
export async function findNeeded(wanted: readonly Ensure[]): Promise<WriteRequest[]> {
  const needed = await Promise.all(wanted.map((look) => look()));
  return needed.filter((request) => request !== undefined);
}

/** A call that is needed unless `isDone` says that it was made. */
export function ensureCall(request: WriteRequest & { isDone(): Promise<boolean> }): Ensure {
  const { isDone, ...call } = request;
  return async () => ((await isDone()) ? undefined : call);
}

/** One call that sets many items: it is made with those that differ, if any does. */
export function ensureItems<Item>(parameters: {
  what: string;
  to: Address;
  items: readonly Item[];
  isDone(item: Item): Promise<boolean>;
  encode(items: readonly Item[]): Hex;
}): Ensure {
  const { what, to, items, isDone, encode } = parameters;
  return async () => {
    const done = await Promise.all(items.map(isDone));
    const differing = items.filter((_, index) => !done[index]);
    return differing.length === 0 ? undefined : { what, to, data: encode(differing) };
  };
}

/** {@link ensureDeployed} on one chain. */
export type Deploy = (wanted: Record<string, CreationCodeParameters>) => Promise<Record<string, Address>>;

/**
 * Deploys what the chain's ledger does not have yet (or has, but the chain does not: a local chain that was started afresh), all at once.
 * The ledger is written after each call, so that a broken run is continued by the next.
 *
 * @param wanted by the names under which the ledger has them
 * @returns addresses by the same names
 * @throws CausewayError `DeployedStateDiffers` if what is deployed was made of other code or arguments, and as `ChainWriter.send`
 */
export async function ensureDeployed<Wanted extends Readonly<Record<string, CreationCodeParameters>>>(
  writer: ChainWriter,
  folder: string,
  wanted: Wanted,
): Promise<{ [Name in keyof Wanted]: Address }> {
  const ledger = readLedger(folder, writer.chain);
  const contracts = Object.entries(wanted).map(([name, parameters]) => {
    const data = creationCode(parameters);
    return { name, data, creationCodeHash: keccak256(data) };
  });
  const present = await Promise.all(
    contracts.map(async ({ name }) => {
      const entry = ledger[name];
      return entry !== undefined && (await writer.client.getCode({ address: entry.address })) !== undefined;
    }),
  );
  for (const [index, { name, creationCodeHash }] of contracts.entries()) {
    const entry = ledger[name];
    if (!present[index] || entry === undefined || entry.creationCodeHash === creationCodeHash) continue;
    throw new CausewayError("DeployedStateDiffers", {
      details: {
        what: `The creation code of ${name} at ${entry.address}`,
        chain: writer.chain,
        found: entry.creationCodeHash,
        expected: creationCodeHash,
      },
      hint: `Its code or constructor arguments changed since it was deployed. To deploy everything afresh, remove ${folder}.`,
    });
  }

  const missing = contracts.filter((_, index) => !present[index]);
  const receipts = await writer.send(
    missing.map(({ name, data }) => ({ what: `Deployment of ${name}`, data })),
  );
  for (const [index, { name, creationCodeHash }] of missing.entries()) {
    const { contractAddress, blockNumber } = receipts[index]!;
    ledger[name] = {
      address: getAddress(contractAddress!),
      creationCodeHash,
      blockNumber: String(blockNumber),
    };
  }
  if (missing.length > 0) writeLedger(folder, writer.chain, ledger);
  return Object.fromEntries(contracts.map(({ name }) => [name, ledger[name]!.address])) as {
    [Name in keyof Wanted]: Address;
  };
}
