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
 * Has every signer sign, each for itself. Ascending by signer, as `SignerQuorum` wants signatures, so that none counts twice.
 * @throws CausewayError `QuorumMissing` with the reasons if fewer than a quorum do
 */
export async function signAscending(
  data: TypedDataDefinition,
  { signers, quorum, onMissing }: SignerSet,
): Promise<Hex[]> {
  const ascending = signers.toSorted((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const results = await Promise.allSettled(ascending.map((signer) => sign(data, signer)));
  const signatures = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const missing = results.flatMap((result, at) =>
    result.status === "rejected"
      ? [{ signer: ascending[at]!.address, error: toRelayerError(result.reason) }]
      : [],
  );
  if (signatures.length < quorum) {
    const reasons = missing.map(({ error }) => error.message.replace(/\.$/, ""));
    const reason = reasons.join("; ") || "there are no more";
    throw new CausewayError("QuorumMissing", {
      details: { found: signatures.length, expected: quorum, reason },
    });
  }
  for (const { signer, error } of missing) onMissing?.(signer, error);
  return signatures;
}

async function sign(data: TypedDataDefinition, signer: Account): Promise<Hex> {
  if (!signer.signTypedData)
    throw new CausewayError("SignerCannotSign", { details: { signer: signer.address } });
  return signer.signTypedData(data);
}
