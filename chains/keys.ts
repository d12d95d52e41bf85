import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Hex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { CausewayError } from "../errors/CausewayError.ts";
import { addressSchema } from "./defineChain.ts";

const PRIVATE_KEY = /^0x[0-9a-fA-F]{64}$/;

/** Where a private key is. In the configuration itself only if all its chains are local. */
export const keySourceSchema = z.union(
  [
    z.strictObject({ env: z.string().min(1) }),
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ privateKey: z.string().regex(PRIVATE_KEY) }),
  ],
  {
    error: 'one of {"env": "NAME"}, {"file": "path"} or, on local chains only, {"privateKey": "0x…32 bytes"}',
  },
);

/** A key of our own, or a signer that somebody else runs. */
export const signerSourceSchema = z.union(
  [
    ...keySourceSchema.options,
    z.strictObject({ url: z.url({ protocol: /^https?$/ }), address: addressSchema }),
  ],
  {
    error:
      '{"env": "NAME"}, {"file": "path"}, {"url": "https://…", "address": "0x…"} or, on local chains only, {"privateKey": "0x…32 bytes"}',
  },
);

export type SignerSource = z.output<typeof signerSourceSchema>;

export type KeySource = z.output<typeof keySourceSchema>;

export interface LoadKeyParameters {
  source: KeySource;
  /** The configuration key that it stands at, for errors. */
  key: string;
  /** The configuration file; a key file's path is relative to it. */
  file: string;
  /** Whether all chains are local. */
  local: boolean;
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Loads a private key. No error shows what was read.
 *
 * @throws CausewayError `KeyUnavailable`, or `ConfigInvalid` for a key in the configuration of chains that are not local
 */
export function loadKey({ source, key, file, local, environment }: LoadKeyParameters): PrivateKeyAccount {
  if ("privateKey" in source) {
    if (local) return privateKeyToAccount(source.privateKey as Hex);
    const details = {
      key,
      found: "a private key",
      expected: '{"env": …} or {"file": …}: not all chains are local',
      file,
    };
    throw new CausewayError("ConfigInvalid", { details });
  }
  const { text, place } =
    "env" in source ? fromEnvironment(source.env, environment) : fromFile(source.file, file);
  if (text === undefined)
    throw new CausewayError("KeyUnavailable", { details: { key, found: `${place} is not there` } });
  const value = text.trim();
  const hex = value.startsWith("0x") ? value : `0x${value}`;
  if (!PRIVATE_KEY.test(hex)) {
    throw new CausewayError("KeyUnavailable", {
      details: { key, found: `${place} is not a 32-byte hexadecimal key` },
    });
  }
  return privateKeyToAccount(hex as Hex);
}

function fromEnvironment(name: string, environment: LoadKeyParameters["environment"]) {
  return { text: environment[name], place: `environment variable ${name}` };
}

function fromFile(path: string, configFile: string) {
  const absolute = resolve(dirname(configFile), path);
  const place = `file ${absolute}`;
  try {
    return { text: readFileSync(absolute, "utf8"), place };
  } catch {
    return { text: undefined, place };
  }
}
