import { resolve } from "node:path";
import { type Hex, isHex, size } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { privateKeyToAccount } from "viem/accounts";
import { loadKey } from "../../chains/keys.ts";
import { accountId, parseAccountId } from "../../clearing/codec/accountId.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { DevnetAccount, DevnetResult } from "../schema/devnet.ts";
import { chainNamed, type TraderNetwork } from "./network.ts";

/** The environment variable that a key is read from, when neither a name nor a file is given. */
export const KEY_VARIABLE = "CAUSEWAY_KEY";

/** Somebody who acts: a key, the account it owns, and how people call it. */
export interface Trader {
  name: string;
  account: Hex;
  key: PrivateKeyAccount;
  /** The options by which it acts itself, for commands in hints. */
  options: string;
}

export interface IdentityOptions {
  /** Name of a devnet's account. */
  as?: string | undefined;
  /** File with a private key. */
  keyFile?: string | undefined;
  /** Chain on which the key's address is believed. */
  home?: string | undefined;
  /** Name or id of the account, where it is not the key's own on its home. */
  account?: string | undefined;
}

/** What names can be looked up in. */
export interface Names {
  network: TraderNetwork;
  /** Only if the network is a devnet found by its folder. */
  devnet: DevnetResult | undefined;
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Who acts, by the options of the command.
 *
 * @param prefix of the options' names, for errors: `--as`, or `--with` for the other side of a trade
 * @throws CausewayError `UsageInvalid`, `UnknownAccount`, `KeyUnavailable`, or `NotAccountOwner`
 */
export function findTrader(names: Names, options: IdentityOptions, prefix: "as" | "with" = "as"): Trader {
  if (options.as !== undefined) {
    const known = devnetAccount(names.devnet, options.as);
    const key = privateKeyToAccount(known.privateKey as Hex);
    const account =
      options.account === undefined ? (known.account as Hex) : findAccount(names, options.account);
    return owning({ name: options.as, account, key, options: `--as ${options.as}` });
  }
  const key = readKey(names, options.keyFile, prefix);
  const homeOption = prefix === "as" ? "--home" : "--with-home";
  const how = options.keyFile === undefined ? "" : `--key-file ${options.keyFile} `;
  if (options.account !== undefined) {
    const account = findAccount(names, options.account);
    return owning({ name: account, account, key, options: `${how}--account ${account}` });
  }
  if (options.home === undefined)
    throw usage(`required option '${homeOption} <chain>' not given: it belongs to the account of a key`);
  const account = accountId(key.address, chainNamed(names.network, options.home).definition.eid);
  return { name: key.address, account, key, options: `${how}--home ${options.home}` };
}

/**
 * The key that acts, whatever account it owns.
 *
 * @throws CausewayError `UsageInvalid`, `UnknownAccount` or `KeyUnavailable`
 */
export function findKey(
  names: Names,
  { as, keyFile }: Pick<IdentityOptions, "as" | "keyFile">,
): PrivateKeyAccount {
  if (as === undefined) return readKey(names, keyFile, "as");
  return privateKeyToAccount(devnetAccount(names.devnet, as).privateKey as Hex);
}

/**
 * The account of a devnet's name or of an id.
 *
 * @throws CausewayError `UnknownAccount`
 */
export function findAccount({ devnet }: Pick<Names, "devnet">, text: string): Hex {
  if (isHex(text) && size(text) === 32) return text.toLowerCase() as Hex;
  return devnetAccount(devnet, text).account as Hex;
}

function devnetAccount(devnet: DevnetResult | undefined, name: string): DevnetAccount {
  const found = devnet?.accounts.find((account) => account.name === name);
  if (found) return found;
  const names = devnet?.accounts.map((account) => account.name) ?? [];
  throw new CausewayError("UnknownAccount", {
    details: { found: name, expected: [...names, "an account id of 32 bytes"] },
    ...(devnet === undefined && {
      hint: "Names are a devnet's: with --config give --key-file and --home, or an account id.",
    }),
  });
}

function readKey(
  { environment }: Names,
  keyFile: string | undefined,
  prefix: "as" | "with",
): PrivateKeyAccount {
  // Relative to the folder where the command runs: the file's own folder is that of this path.
  const common = { file: resolve("command line"), local: false, environment };
  if (keyFile !== undefined) {
    const key = prefix === "as" ? "--key-file" : "--with-key-file";
    return loadKey({ source: { file: keyFile }, key, ...common });
  }
  if (prefix === "with") throw usage("required option '--with <name>' or '--with-key-file <file>' not given");
  if (environment[KEY_VARIABLE] === undefined)
    throw usage(`no key: give --as <name>, --key-file <file>, or set ${KEY_VARIABLE}`);
  return loadKey({ source: { env: KEY_VARIABLE }, key: KEY_VARIABLE, ...common });
}

function owning(trader: Trader): Trader {
  const { owner } = parseAccountId(trader.account);
  if (owner.toLowerCase() === trader.key.address.toLowerCase()) return trader;
  const { account, key } = trader;
  throw new CausewayError("NotAccountOwner", { details: { found: key.address, account, expected: owner } });
}

/** @returns the error that wrong usage is reported with */
export function usage(found: string): CausewayError {
  return new CausewayError("UsageInvalid", { details: { found } });
}
