import { BaseError, ContractFunctionRevertedError, type Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clearingHubAbi, marginEngineAbi, priceRouterAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { underlyingOf } from "../../clearing/codec/instrumentId.ts";
import { random } from "../../clearing/random.ts";
import { DEFAULT_CLEARING_SETTINGS } from "../../relayer/clearing/settings.ts";
import type { PriceSource } from "../../relayer/price/priceSource.ts";
import { settled } from "../../relayer/settled.ts";
import { checkRequirements } from "../../scripts/checks/index.ts";
import { untilHolds } from "../../scripts/demo/network.ts";
import {
  type ClearingNetwork,
  ETH,
  ETH_PRICE,
  HUB,
  SPOKE,
  startClearingNetwork,
} from "./support/clearingNetwork.ts";
import { requestWithdrawal, trade, tradeNow, untilIssued } from "./support/traders.ts";

/*
 * CLR-13, in a run: prices stop, in one of several ways and for a while that the seed decides, while the market moves. Nothing is decided at the
 * price of before; when there are prices again the same relayer goes on, within seconds. CAUSEWAY_STALL_SEED replays a run.
 */

const SEED = Number(process.env.CAUSEWAY_STALL_SEED ?? 7);
const EPISODES = 3;
const ONE = 10n ** 8n;
const DOLLAR = 10n ** 6n;
const MAX_PRICE_AGE = 60;
const LONGEST_OUTAGE = 400;
/** What was refused for another reason than the price the relayer does not ask for again while these tests run. */
const REFUSED_HOLD_MS = 3_600_000;

/** How a publisher of prices fails: it says nothing, it says that it cannot, or it does not answer. */
const outages = ["silent", "failing", "hanging"] as const;
type Outage = (typeof outages)[number];

/** A publisher that can be broken. */
function breakable(source: PriceSource) {
  let outage: Outage | undefined;
  let over = Promise.withResolvers<void>();
  return {
    async latest() {
      if (outage === "silent") return new Map<Hex, bigint>();
      if (outage === "failing") throw new Error("the publisher is down, says the test");
      if (outage === "hanging") await over.promise;
      return source.latest();
    },
    stop(kind: Outage) {
      outage = kind;
      over = Promise.withResolvers();
    },
    resume() {
      outage = undefined;
      over.resolve();
    },
  };
}

let clearing: ClearingNetwork;
let publisher: ReturnType<typeof breakable>;
const draw = random(SEED);
const firstOutage = draw.integer(outages.length);

beforeAll(async () => {
  clearing = await startClearingNetwork({
    publisher: (source) => {
      publisher = breakable(source);
      return publisher;
    },
    logLevel: "fatal",
    local: { timings: { priceIntervalMs: 1_000 } },
    relayer: { settings: { clearing: { ...DEFAULT_CLEARING_SETTINGS, refusedHoldMs: REFUSED_HOLD_MS } } },
  });
});
afterAll(async () => {
  publisher?.resume();
  await clearing?.devnet.stop();
});

const hub = () => clearing.network.chain(HUB);
const hubCall = () => ({
  address: clearing.network.hub.clearingHub,
  abi: [...clearingHubAbi, ...marginEngineAbi] as const,
  account: clearing.mallory.address,
});

/** Name of the error with which the hub refuses a call of anybody's; undefined if it would do it. */
async function refusal(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (cause) {
    const reverted =
      cause instanceof BaseError && cause.walk((one) => one instanceof ContractFunctionRevertedError);
    if (!(reverted instanceof ContractFunctionRevertedError)) throw cause;
    return reverted.data?.errorName;
  }
}

const settleArgs = () => {
  const accounts = [clearing.alice.id, clearing.bob.id].toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return [ETH, accounts, "0x"] as const;
};
const spokeEid = () => clearing.network.chain(SPOKE).definition.eid;
const refusedRenewal = () =>
  refusal(
    hub().client.simulateContract({
      ...hubCall(),
      functionName: "renewCredit",
      args: [spokeEid(), [clearing.alice.id], "0x"],
    }),
  );
const readLine = () =>
  hub().client.readContract({
    ...hubCall(),
    functionName: "creditLineOf",
    args: [clearing.alice.id, spokeEid()],
  });
const readPosition = () =>
  hub().client.readContract({ ...hubCall(), functionName: "positionOf", args: [clearing.alice.id, ETH] });

test.each(Array.from({ length: EPISODES }, (_, at) => at))(
  `CLR-13: nothing is decided without prices, and all goes on with them (seed ${SEED}, outage %i)`,
  async (episode) => {
    const { network, alice, prices } = clearing;
    const { context } = network.relayer;
    const kind = outages[(firstOutage + episode) % outages.length]!;
    const seconds = MAX_PRICE_AGE + 1 + draw.integer(LONGEST_OUTAGE - MAX_PRICE_AGE);
    const moved = (ETH_PRICE * BigInt(80 + draw.integer(41))) / 100n;

    await trade(clearing, SPOKE, ONE);
    await settled(context);
    publisher.stop(kind);
    prices.set("ETH", moved);
    await clearing.warp(seconds);
    const [line, position] = [await readLine(), await readPosition()];

    // Anyone may ask, and nobody is given anything.
    const requestId = await requestWithdrawal(clearing, alice, {
      amount: DOLLAR,
      chain: SPOKE,
      recipient: alice.owner.address,
    });
    // Once the lane is in step again, only the price is missing.
    await untilHolds(hub(), "only the price to be missing", 60, async () => {
      return (await refusedRenewal()) === "Margin_StalePrice";
    });
    const process = { ...hubCall(), functionName: "process", args: [requestId, "0x"] } as const;
    expect(await refusal(hub().client.simulateContract(process))).toBe("Margin_StalePrice");
    const settle = { ...hubCall(), functionName: "settle", args: settleArgs() } as const;
    expect(await refusal(hub().client.simulateContract(settle))).toBe("Margin_StalePrice");
    await expect(tradeNow(clearing, SPOKE, ONE)).rejects.toMatchObject({
      kind: "SubmissionReverted",
      details: { error: expect.stringMatching(/^Vault_(CreditLapsed|StaleReferencePrice)$/) },
    });
    expect(await readPosition()).toEqual(position);
    const meanwhile = await readLine();
    expect([meanwhile.limit, meanwhile.version]).toEqual([line.limit, line.version]);
    const request = { ...hubCall(), functionName: "withdrawalOf", args: [requestId] } as const;
    expect((await hub().client.readContract(request)).remaining).toBe(DOLLAR);

    publisher.resume();
    const spoke = network.chain(SPOKE);
    await untilHolds(spoke, "credit", 60, async () => {
      const { validUntil } = await spoke.client.readContract({
        address: spoke.deployment.causeway.vault,
        abi: spokeVaultAbi,
        functionName: "creditOf",
        args: [alice.id],
      });
      return validUntil > spoke.relayed.heads.latest.timestamp;
    });
    const issued = await untilIssued(clearing, requestId);
    expect(issued.pay.amount).toBe(DOLLAR);
    const [priceWad] = await hub().client.readContract({
      address: network.hub.oracle,
      abi: priceRouterAbi,
      functionName: "latest",
      args: [underlyingOf(ETH)],
    });
    expect(priceWad).toBe(moved);
    await settled(context);
    const checks = await checkRequirements(clearing.checked);
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
  },
);
