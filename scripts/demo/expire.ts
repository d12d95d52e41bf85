import { createTestClient, type Hex, http } from "viem";
import { clearingHubAbi, expiryPricesAbi } from "../../chains/abi/index.ts";
import { optionTerms, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { windowStart } from "../../clearing/oracle/expiryMean.ts";
import { LATE_IN_MINUTE } from "../../relayer/clearing/decideSample.ts";
import type { Devnet } from "../devnet/startDevnet.ts";
import type { Actor } from "./actors.ts";
import { type DemoNetwork, untilHolds } from "./network.ts";
import type { DemoPlan } from "./plan.ts";

const MINUTE = 60;
/** How long a sample may take, and then settling. */
const SAMPLE_SECONDS = 60;
const SETTLE_SECONDS = 60;

/** What came of an option that expired. */
export interface ExpiredOption {
  instrument: Hex;
  /** Dollars, 1e18. */
  settlementWad: bigint;
}

/**
 * Lets the chains' clocks run ahead, minute by minute, past the expiry of some options. The relayer samples a price in each, fixes the settlement price,
 * settles the options and takes them off the accounts; nobody else does anything.
 */
export async function expireOptions(
  devnet: Devnet,
  network: DemoNetwork,
  { options }: DemoPlan,
  actors: readonly Actor[],
): Promise<ExpiredOption[]> {
  const { expiry, trades } = options;
  if (expiry === undefined) return [];
  const instruments = [...new Set(trades.map(({ instrument }) => instrument))].filter(
    (instrument) => optionTerms(instrument)!.expiry === expiry,
  );
  const underlyings = [...new Set(instruments.map((id) => underlyingId(optionTerms(id)!.underlying)))];
  const hub = network.chain(0);
  const { heads } = hub.relayed;
  const readMeans = () =>
    Promise.all(
      underlyings.map((underlying) =>
        hub.client.readContract({
          address: network.hub.expiryPrices,
          abi: expiryPricesAbi,
          functionName: "meanOf",
          args: [underlying, expiry],
        }),
      ),
    );
  for (let means = await readMeans(); !means.every(({ isFixed }) => isFixed); means = await readMeans()) {
    await passMinute(devnet, heads.latest.timestamp);
    const minute = (heads.latest.timestamp - windowStart(BigInt(expiry))) / BigInt(MINUTE);
    await untilHolds(hub, "a price to be sampled", SAMPLE_SECONDS, async () =>
      (await readMeans()).every(({ isFixed, nextMinute }) => isFixed || nextMinute > minute || minute < 0n),
    );
  }
  await untilHolds(hub, "expired options to be settled", SETTLE_SECONDS, async () => {
    const lists = await Promise.all(
      actors.map(({ id }) =>
        hub.client.readContract({
          address: network.hub.clearingHub,
          abi: clearingHubAbi,
          functionName: "instrumentsOf",
          args: [id],
        }),
      ),
    );
    return lists.every((list) => instruments.every((instrument) => !list.includes(instrument)));
  });
  const means = await readMeans();
  return instruments.map((instrument) => {
    const at = underlyings.indexOf(underlyingId(optionTerms(instrument)!.underlying));
    return { instrument, settlementWad: means[at]!.priceSumWad / BigInt(means[at]!.samples) };
  });
}

/** To where the relayer brings a price for the next minute, on all chains at once; resolves when it has seen it. */
async function passMinute({ local, relayer }: Devnet, now: bigint): Promise<void> {
  const intoMinute = Number(now % BigInt(MINUTE));
  const seconds = MINUTE - intoMinute + Number(LATE_IN_MINUTE) + 1;
  await Promise.all(
    local.config.chains.map(async ({ eid, rpcUrls }) => {
      const { heads } = relayer.context.chains.get(eid)!;
      const end = heads.latest.timestamp + BigInt(seconds);
      const anvil = createTestClient({ mode: "anvil", transport: http(rpcUrls[0]) });
      await anvil.increaseTime({ seconds });
      await anvil.mine({ blocks: 1 });
      while (heads.latest.timestamp < end) await heads.next();
    }),
  );
}
