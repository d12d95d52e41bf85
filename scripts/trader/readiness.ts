import { CausewayError } from "../../errors/CausewayError.ts";
import { formatCents } from "./amounts.ts";
import type { Trader } from "./identity.ts";
import { whyNotLent } from "./laneTrouble.ts";
import { chainTime, type TraderChain, type TraderNetwork } from "./network.ts";
import { type Found, waitFor } from "./waitFor.ts";

export interface UntilReadyParameters {
  network: TraderNetwork;
  chain: TraderChain;
  trader: Trader;
  /** What the trade takes of credit and of the venue's allowance, at the present reference price. */
  cents: bigint;
  seconds: number;
}

const CENTS_PER_DOLLAR = 100n;

/**
 * Waits until an account's credit and its allowance for the order venue cover a trade.
 *
 * @throws CausewayError `NotReadyToTrade` if its mandate never can, with the command that mends it; `WaitedInVain`
 */
export async function untilReady(parameters: UntilReadyParameters): Promise<void> {
  const { chain, trader, seconds } = parameters;
  await waitFor({
    chain,
    what: `${trader.name}'s credit`,
    seconds,
    look: () => look(parameters),
  });
}

async function look({ network, chain, trader, cents }: UntilReadyParameters): Promise<Found<true>> {
  const { contract } = network.hub;
  const { account } = trader;
  const { eid } = chain.definition;
  const venue = chain.contracts.orderVenue;
  const [line, signed, freeze, credit, allowance, time] = await Promise.all([
    contract.read.creditLineOf([account, eid]),
    contract.read.venueAllowanceOf([account, eid, venue]),
    contract.read.freezeOf([account]),
    chain.vault.read.creditOf([account]),
    chain.vault.read.venueAllowanceOf([account, venue]),
    chainTime(chain),
  ]);
  if (freeze.frozen) {
    throw new CausewayError("NotReadyToTrade", {
      details: { name: trader.name, chain: chain.definition.name, found: "the account is frozen" },
      hint: "Its owner, or a wallet registered for it on the hub's chain, ends that with `setFreeze` at the hub.",
    });
  }
  if (line.maxOutstanding < cents) {
    throw notReady(
      chain,
      trader,
      cents,
      line.maxOutstanding === 0n
        ? "no mandate lets the hub lend it credit there"
        : `its mandate allows ${formatCents(line.maxOutstanding)} USD of credit there, the trade takes ${formatCents(cents)}`,
    );
  }
  if (signed.limit < allowance.used + cents) {
    const left = signed.limit > allowance.used ? signed.limit - allowance.used : 0n;
    throw notReady(
      chain,
      trader,
      cents,
      `its mandate lets the venue cost ${formatCents(left)} USD more, the trade takes ${formatCents(cents)}`,
    );
  }
  const available = credit.limit > credit.used && time < credit.validUntil ? credit.limit - credit.used : 0n;
  if (available < cents) {
    const why = await whyNotLent(network, chain, account);
    return { missing: `${formatCents(available)} of ${formatCents(cents)} USD are lent; ${why}` };
  }
  if (allowance.limit < allowance.used + cents)
    return { missing: "the hub's message with the venue's allowance has not arrived" };
  return { found: true };
}

/** Suggests twice what this trade takes: a price may move, and another trade may follow. */
function notReady(
  chain: TraderChain,
  { name, options }: Trader,
  cents: bigint,
  found: string,
): CausewayError {
  const dollars = (2n * cents) / CENTS_PER_DOLLAR + 1n;
  const command = `./causeway mandate ${options} --chain ${chain.definition.name} --credit ${dollars}`;
  return new CausewayError("NotReadyToTrade", {
    details: { name, chain: chain.definition.name, found, command },
  });
}
