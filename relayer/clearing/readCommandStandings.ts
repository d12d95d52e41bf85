import type { Hex } from "viem";
import { marginEngineAbi, priceRouterAbi } from "../../chains/abi/index.ts";
import { orReverted } from "../../chains/deploy/orReverted.ts";
import type { RelayerContext } from "../context.ts";
import { readHub, readMany, readVault } from "./calls.ts";
import type { CommandKey, CommandKind } from "./keys.ts";
import type { Standing } from "./outbox.ts";
import { type HubPlace, hubOf, type VaultPlace, vaultAt } from "./places.ts";

type KeyOf<K extends CommandKind> = Extract<CommandKey, { kind: K }>;
type Reader<K extends CommandKind> = (
  hub: HubPlace,
  place: VaultPlace,
  keys: readonly KeyOf<K>[],
) => Promise<Standing[]>;

/** Compares hub (source) and vault (target): one standing per key, in order. */
export async function readCommandStandings(
  context: RelayerContext,
  eid: number,
  keys: readonly CommandKey[],
): Promise<Standing[]> {
  const [hub, place] = [hubOf(context), vaultAt(context, eid)];
  const standings = new Map<CommandKey, Standing>();
  async function read<K extends CommandKind>(kind: K, reader: Reader<K>) {
    const mine = keys.filter((key): key is KeyOf<K> => key.kind === kind);
    if (mine.length === 0) return;
    const found = await reader(hub, place, mine);
    mine.forEach((key, at) => {
      standings.set(key, found[at]!);
    });
  }
  await Promise.all([
    read("credit", readCredits),
    read("venueAllowance", readVenueAllowances),
    read("pay", readPayouts),
    read("referencePrice", readReferencePrices),
    read("instrument", readInstruments),
    read("freeze", readFreezes),
    read("optionReference", readOptionReferences),
    read("closingAllowance", readClosingAllowances),
  ]);
  return keys.map((key) => standings.get(key)!);
}

const readCredits: Reader<"credit"> = async (hub, place, keys) => {
  const [lines, credits] = await Promise.all([
    readHub(
      hub,
      "creditLineOf",
      keys.map(({ account }) => [account, place.eid]),
    ),
    readVault(
      place,
      "creditOf",
      keys.map(({ account }) => [account]),
    ),
  ]);
  return pairUp(lines.map(versionOf), credits.map(versionOf));
};

const readVenueAllowances: Reader<"venueAllowance"> = async (hub, place, keys) => {
  const [given, known] = await Promise.all([
    readHub(
      hub,
      "venueAllowanceOf",
      keys.map(({ account, venue }) => [account, place.eid, venue]),
    ),
    readVault(
      place,
      "venueAllowanceOf",
      keys.map(({ account, venue }) => [account, venue]),
    ),
  ]);
  return pairUp(given.map(versionOf), known.map(versionOf));
};

/** The vault has done with a payout when it has any rank there. */
const readPayouts: Reader<"pay"> = async (hub, place, keys) => {
  const ids = keys.map(({ payoutId }): [Hex] => [payoutId]);
  const [issued, ranks] = await Promise.all([
    readHub(hub, "payoutOf", ids),
    readVault(place, "payoutRankOf", ids),
  ]);
  return pairUp(
    issued.map(({ dstEid }) => (dstEid === place.eid ? 1n : 0n)),
    ranks.map((rank) => (rank === 0 ? 0n : 1n)),
  );
};

const readReferencePrices: Reader<"referencePrice"> = async ({ chain, oracle }, place, keys) => {
  const names = keys.map(({ underlying }): [Hex] => [underlying]);
  const [latest, references] = await Promise.all([
    readMany(chain, priceRouterAbi, oracle, "latest", names),
    readVault(place, "referencePriceOf", names),
  ]);
  return pairUp(
    latest.map(([, time]) => time),
    references.map(([, time]) => BigInt(time)),
  );
};

const readInstruments: Reader<"instrument"> = async (hub, place, keys) => {
  const names = keys.map(({ instrument }): [Hex] => [instrument]);
  const [listed, known] = await Promise.all([
    readHub(hub, "termsOf", names),
    readVault(place, "termsOf", names),
  ]);
  return pairUp(listed.map(versionOf), known.map(versionOf));
};

const readFreezes: Reader<"freeze"> = async (hub, place, keys) => {
  const accounts = keys.map(({ account }): [Hex] => [account]);
  const [set, known] = await Promise.all([
    readHub(hub, "freezeOf", accounts),
    readVault(place, "freezeOf", accounts),
  ]);
  return pairUp(set.map(versionOf), known.map(versionOf));
};

/** An option that the engine has no reference for, expired or not refreshed yet, has nothing to be told. */
const readOptionReferences: Reader<"optionReference"> = async ({ chain, marginEngine }, place, keys) => {
  const options = keys.map(({ instrument }): [Hex] => [instrument]);
  const engine = { address: marginEngine, abi: marginEngineAbi, functionName: "optionReferenceOf" } as const;
  const [latest, known] = await Promise.all([
    Promise.all(
      options.map((args) => orReverted(chain.client.readContract({ ...engine, args }), { time: 0 })),
    ),
    readVault(place, "optionReferenceOf", options),
  ]);
  return pairUp(
    latest.map(({ time }) => BigInt(time)),
    known.map(({ time }) => BigInt(time)),
  );
};

const readClosingAllowances: Reader<"closingAllowance"> = async (hub, place, keys) => {
  const [granted, known] = await Promise.all([
    readHub(
      hub,
      "closingOf",
      keys.map(({ account, instrument }) => [account, place.eid, instrument]),
    ),
    readVault(
      place,
      "closingAllowanceOf",
      keys.map(({ account, instrument }) => [account, instrument]),
    ),
  ]);
  return pairUp(granted.map(versionOf), known.map(versionOf));
};

function versionOf({ version }: { version: number | bigint }): bigint {
  return BigInt(version);
}

function pairUp(sources: readonly bigint[], targets: readonly bigint[]): Standing[] {
  return sources.map((source, at) => ({ source, target: targets[at]! }));
}
