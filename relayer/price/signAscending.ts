import type { Account, Address, Hex, TypedDataDefinition } from "viem";
import type { Config } from "../../chains/config.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { RelayerContext } from "../context.ts";
import { toRelayerError } from "../toRelayerError.ts";

/** Who is asked to sign, and how many of them have to. */
export interface SignerSet {
  signers: readonly Account[];
  quorum: number;
  /** Told of each that did not, though a quorum did. */
  onMissing?(signer: Address, error: CausewayError): void;
}

/** The signers of a configuration. */
export function signersOf({ accounts, oracleQuorum }: Pick<Config, "accounts" | "oracleQuorum">): SignerSet {
  return { signers: accounts.oracleSigners, quorum: oracleQuorum };
}

/** The relayer's; its log tells of those that do not sign. */
export function relayerSigners({ config, log }: Pick<RelayerContext, "config" | "log">): SignerSet {
  return {
    ...signersOf(config),
    onMissing: (signer, { message }) => log.warn({ signer, reason: message }, "a signer did not sign"),
  };
}

/**
 * Has every signer sign, each for itself, and waits for no more of them than a quorum: one that hangs delays nobody. Ascending by signer, as `SignerQuorum` wants
 * signatures, so that none counts twice.
 *
 * @throws CausewayError `QuorumMissing` with the reasons if fewer than a quorum do
 */
export async function signAscending(
  data: TypedDataDefinition,
  { signers, quorum, onMissing }: SignerSet,
): Promise<Hex[]> {
  const signed = new Map<Account, Hex>();
  const missing = new Map<Account, CausewayError>();
  const all = signers.map(async (signer) => {
    try {
      signed.set(signer, await sign(data, signer));
    } catch (cause) {
      missing.set(signer, toRelayerError(cause));
    }
  });
  await atLeast(all, () => signed.size >= quorum);
  if (signed.size < quorum) {
    const reasons = signers.flatMap((signer) => missing.get(signer)?.message.replace(/\.$/, "") ?? []);
    const reason = reasons.join("; ") || "there are no more";
    throw new CausewayError("QuorumMissing", {
      details: { found: signed.size, expected: quorum, reason },
    });
  }
  // One that answers later is named then.
  void Promise.all(all).then(() => {
    for (const [signer, error] of missing) onMissing?.(signer.address, error);
  });
  const ascending = [...signed].toSorted(([a], [b]) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  return ascending.map(([, signature]) => signature);
}

/** Waits for all of `acts`, none of which fails, or until `enough` after one of them. */
function atLeast(acts: readonly Promise<void>[], enough: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    for (const act of acts)
      void act.then(() => {
        if (enough()) resolve();
      });
    void Promise.all(acts).then(() => resolve());
  });
}

async function sign(data: TypedDataDefinition, signer: Account): Promise<Hex> {
  if (!signer.signTypedData)
    throw new CausewayError("SignerCannotSign", { details: { signer: signer.address } });
  return signer.signTypedData(data);
}
