import { mandateData } from "../trader/mandateData.ts";
import type { Actor } from "./actors.ts";
import { type DemoNetwork, hubPlace } from "./network.ts";

const DAY_SECONDS = 86_400;

/**
 * Every actor signs, for each chain it trades on, how much credit may be lent to it there and how much the venue may
 * ever cost it. Anyone can bring the signatures to the hub; here the courier does.
 */
export async function signMandates(network: DemoNetwork, actors: readonly Actor[]): Promise<void> {
  await bringMandates(network, actors, 1n, (cents) => cents);
}

/** The traders lower their mandates to nothing: leases are not renewed, and once they have lapsed no credit is outstanding. */
export async function revokeMandates(network: DemoNetwork, actors: readonly Actor[]): Promise<void> {
  await bringMandates(network, actors, 2n, () => 0n);
}

async function bringMandates(
  network: DemoNetwork,
  actors: readonly Actor[],
  nonce: bigint,
  maxOutstanding: (creditCents: bigint) => bigint,
): Promise<void> {
  const deadline = Number(await network.hubTime()) + DAY_SECONDS;
  const wanted = actors.flatMap((actor) =>
    actor.plan.creditCents.flatMap((cents, chain) => (cents === 0n ? [] : [{ actor, chain, cents }])),
  );
  await Promise.all(
    wanted.map(async ({ actor, chain, cents }) => {
      const mandate = {
        account: actor.id,
        eid: network.chain(chain).definition.eid,
        maxOutstanding: maxOutstanding(cents),
        venue: network.chain(chain).deployment.causeway.orderVenue,
        venueLimit: cents,
        nonce,
        deadline,
      };
      await network.courier(0).submit({
        label: "mandate",
        to: network.hub.clearingHub,
        data: await mandateData(hubPlace(network), actor.owner, mandate),
      });
    }),
  );
}
