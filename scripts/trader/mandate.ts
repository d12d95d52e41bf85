import type { Address } from "viem";
import type { MandateResult } from "../schema/trader.ts";
import { formatCents, parseCents } from "./amounts.ts";
import type { Trader } from "./identity.ts";
import { whyNotLent } from "./laneTrouble.ts";
import { mandateData } from "./mandateData.ts";
import { chainTime, sendCall, type TraderChain, type TraderNetwork } from "./network.ts";
import { type Found, waitFor } from "./waitFor.ts";

export interface SetMandateParameters {
  network: TraderNetwork;
  chain: TraderChain;
  trader: Trader;
  /** Dollars, as given. */
  credit: string;
  /** Dollars from now on; as `credit` without it. */
  venueLimit?: string | undefined;
  venue?: Address | undefined;
  seconds: number;
  progress(line: string): void;
}

/** How long the signature may be brought to the hub. */
const DEADLINE_SECONDS = 3_600;

/**
 * Signs a mandate, brings it to the hub and waits until it has its effect: credit on the chain, or, for a credit of 0, until the
 * hub holds nothing back any more.
 *
 * @throws CausewayError `UsageInvalid`, `WaitedInVain`, and as `sendCall`
 */
export async function setMandate(parameters: SetMandateParameters): Promise<MandateResult> {
  const { network, chain, trader, seconds, progress } = parameters;
  const { hub } = network;
  const { name, eid } = chain.definition;
  const venue = parameters.venue ?? chain.contracts.orderVenue;
  const credit = parseCents("--credit", parameters.credit);
  const venueCredit = parseCents("--venue-limit", parameters.venueLimit ?? parameters.credit);
  const [line, allowance, time] = await Promise.all([
    hub.contract.read.creditLineOf([trader.account, eid]),
    chain.vault.read.venueAllowanceOf([trader.account, venue]),
    chainTime(hub.chain),
  ]);
  const mandate = {
    account: trader.account,
    eid,
    maxOutstanding: credit,
    venue,
    venueLimit: allowance.used + venueCredit,
    nonce: line.mandateNonce + 1n,
    deadline: Number(time) + DEADLINE_SECONDS,
  };
  const place = { chainId: hub.chain.definition.chainId, clearingHub: hub.contract.address };
  const { transactionHash } = await sendCall(network, hub.chain, trader.key, {
    label: "mandate",
    to: place.clearingHub,
    data: await mandateData(place, trader.key, mandate),
  });
  progress(
    credit > 0n
      ? `mandate at the hub, transaction ${transactionHash}; waiting for credit on ${name}`
      : `mandate ended at the hub, transaction ${transactionHash}; waiting for the lease on ${name} to lapse`,
  );
  const available = await waitFor({
    chain,
    what: credit > 0n ? "credit" : "credit to be released",
    seconds,
    look: () => (credit > 0n ? lookForCredit(parameters, venue, mandate.nonce) : lookForRelease(parameters)),
  });
  const after = await hub.contract.read.creditLineOf([trader.account, eid]);
  return {
    account: trader.account,
    chain: name,
    venue,
    creditUsd: formatCents(credit),
    venueLimitUsd: formatCents(mandate.venueLimit),
    nonce: String(mandate.nonce),
    transaction: transactionHash,
    availableUsd: formatCents(available),
    outstandingUsd: formatCents(after.ceiling - after.usedApplied),
  };
}

async function lookForCredit(
  { network, chain, trader: { account } }: SetMandateParameters,
  venue: Address,
  nonce: bigint,
): Promise<Found<bigint>> {
  const [credit, allowance, time] = await Promise.all([
    chain.vault.read.creditOf([account]),
    chain.vault.read.venueAllowanceOf([account, venue]),
    chainTime(chain),
  ]);
  if (allowance.version < nonce)
    return { missing: "the hub's message with the venue's allowance has not arrived" };
  if (time < credit.validUntil && credit.limit > credit.used) return { found: credit.limit - credit.used };
  return { missing: `nothing is lent; ${await whyNotLent(network, chain, account)}` };
}

async function lookForRelease({ network, chain, trader }: SetMandateParameters): Promise<Found<bigint>> {
  const { ceiling, usedApplied } = await network.hub.contract.read.creditLineOf([
    trader.account,
    chain.definition.eid,
  ]);
  if (ceiling === usedApplied) return { found: 0n };
  return {
    missing: `${formatCents(ceiling - usedApplied)} USD are still held back for a lease that may be used`,
  };
}
