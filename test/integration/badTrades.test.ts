import { createTestClient, encodeFunctionData, type Hex, http } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi, orderVenueAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { perpetual } from "../../clearing/codec/instrumentId.ts";
import { settled } from "../../relayer/settled.ts";
import type { Submitter } from "../../relayer/submit/submitter.ts";
import type { Actor } from "../../scripts/demo/actors.ts";
import { venuePlace } from "../../scripts/demo/network.ts";
import { fillData, type Order, type SignedOrder, signOrder } from "../../scripts/trader/order.ts";
import {
  type ClearingNetwork,
  CREDIT_CENTS,
  ETH,
  ETH_PRICE,
  expectNothingMoved,
  HUB,
  SPOKE,
  startClearingNetwork,
} from "./support/clearingNetwork.ts";
import { untilTradable } from "./support/traders.ts";

/*
 * What a trader or a venue can get wrong: each is mined on a real chain, is refused with an error that says why, and moves nothing.
 */

const ONE = 10n ** 8n;
/** Of the largest age of a reference price at a vault: five minutes. */
const STALE_SECONDS = 301;
/** Enough for any of the calls, so that a call that must fail is sent at all: no estimate finds it. */
const GAS = 2_000_000n;

let clearing: ClearingNetwork;
let good: { buy: SignedOrder; sell: SignedOrder };
let lastNonce = 1_000n;

beforeAll(async () => {
  clearing = await startClearingNetwork();
});
afterAll(() => clearing?.devnet.stop());

test("good orders are matched, partly, and netted", async () => {
  const { network, alice, bob } = clearing;
  good = { buy: await signed(SPOKE, alice, { isBuy: true }), sell: await signed(SPOKE, bob, {}) };
  const { orderVenue } = network.chain(SPOKE).deployment.causeway;
  await untilTradable(clearing, SPOKE);
  for (const part of [ONE / 4n, (ONE * 3n) / 4n])
    await network
      .courier(SPOKE)
      .submit({ label: "good trade", to: orderVenue, data: fillData(good.buy, good.sell, part) });
  await settled(network.relayer.context);
  const { base } = await network.chain(HUB).client.readContract({
    address: network.hub.clearingHub,
    abi: clearingHubAbi,
    functionName: "positionOf",
    args: [alice.id, ETH],
  });
  expect(base).toBe(ONE);
});

describe("is refused, by name, and moves nothing", () => {
  test("a deposit of an unlisted token", async () => {
    const args = [clearing.alice.id, 99, 10n ** 18n] as const;
    const data = encodeFunctionData({ abi: spokeVaultAbi, functionName: "deposit", args });
    await expectRefused("Vault_UnknownAsset", () => atVault(SPOKE, data));
  });

  test("an order that somebody else signed", async () => {
    const { mallory, alice, bob } = clearing;
    const forged = await signed(SPOKE, { ...alice, owner: mallory }, { isBuy: true });
    const sell = await signed(SPOKE, bob, {});
    await expectRefused("Venue_BadSignature", () => fill(SPOKE, forged, sell));
  });

  test("an order that was signed for another chain", async () => {
    const buy = await signed(HUB, clearing.alice, { isBuy: true });
    const sell = await signed(SPOKE, clearing.bob, {});
    await expectRefused("Venue_BadSignature", () => fill(SPOKE, buy, sell));
  });

  test("an order that was changed after it was signed", async () => {
    const { order, signature } = await signed(SPOKE, clearing.alice, { isBuy: true });
    const sell = await signed(SPOKE, clearing.bob, {});
    const changed = { order: { ...order, base: 2n * order.base }, signature };
    await expectRefused("Venue_BadSignature", () => fill(SPOKE, changed, sell));
  });

  test("a replayed order", async () => {
    await expectRefused("Venue_Overfilled", () => fill(SPOKE, good.buy, good.sell, ONE / 4n));
  });

  test("an expired order", async () => {
    const expiry = Number(clearing.network.chain(SPOKE).relayed.heads.latest.timestamp);
    const buy = await signed(SPOKE, clearing.alice, { isBuy: true, expiry });
    const sell = await signed(SPOKE, clearing.bob, {});
    await expectRefused("Venue_Expired", () => fill(SPOKE, buy, sell));
  });

  test("a cancelled order", async () => {
    const { network, alice, bob } = clearing;
    const buy = await signed(HUB, alice, { isBuy: true, nonce: 9n });
    const sell = await signed(HUB, bob, {});
    await network.wallet(HUB, alice.owner).submit({
      label: "cancel",
      to: network.chain(HUB).deployment.causeway.orderVenue,
      data: encodeFunctionData({ abi: orderVenueAbi, functionName: "cancelBelow", args: [alice.id, 10n] }),
    });
    await expectRefused("Venue_Cancelled", () => fill(HUB, buy, sell));
  });

  test("limits that do not cross", async () => {
    const buy = await signed(SPOKE, clearing.alice, { isBuy: true, priceWad: ETH_PRICE - 1n });
    const sell = await signed(SPOKE, clearing.bob, {});
    await expectRefused("Venue_NotCrossing", () => fill(SPOKE, buy, sell));
  });

  test("an instrument that is not listed", async () => {
    const instrument = perpetual("DOGE");
    const buy = await signed(SPOKE, clearing.alice, { isBuy: true, instrument });
    const sell = await signed(SPOKE, clearing.bob, { instrument });
    await expectRefused("Vault_InstrumentNotListed", () => fill(SPOKE, buy, sell));
  });

  test("buyer = seller", async () => {
    const buy = await signed(SPOKE, clearing.alice, { isBuy: true });
    const sell = await signed(SPOKE, clearing.alice, {});
    await expectRefused("Vault_SameAccount", () => fill(SPOKE, buy, sell));
  });

  test("a trade beyond credit", async () => {
    // Charged 15 % of 4,000 dollars a unit.
    const base = (CREDIT_CENTS / 60_000n + 1n) * ONE;
    const buy = await signed(SPOKE, clearing.alice, { isBuy: true, base });
    const sell = await signed(SPOKE, clearing.bob, { base });
    await untilTradable(clearing, SPOKE);
    await expectRefused("Vault_InsufficientCredit", () => fill(SPOKE, buy, sell, base));
  });

  test("a trade beyond what the owner allows the venue, and one at a venue without allowance", async () => {
    const { network, alice, bob, mallory } = clearing;
    const args = [ETH, alice.id, bob.id, ONE, ETH_PRICE] as const;
    const data = encodeFunctionData({ abi: spokeVaultAbi, functionName: "recordTrade", args });
    const venue = network.wallet(HUB, mallory);
    await untilTradable(clearing, HUB);
    await expectRefused("Vault_InsufficientAllowance", () => atVault(HUB, data, venue));

    await allowVenue(59_999n);
    await untilTradable(clearing, HUB);
    await expectRefused("Vault_InsufficientAllowance", () => atVault(HUB, data, venue));
  });

  test("a trade at a stale reference price", async () => {
    const { network, alice, bob, rpcUrl } = clearing;
    const chain = network.chain(SPOKE);
    const anvil = createTestClient({
      mode: "anvil",
      transport: http(rpcUrl(SPOKE)),
      chain: chain.client.chain!,
    });
    await anvil.increaseTime({ seconds: STALE_SECONDS });
    await anvil.mine({ blocks: 1 });
    const expiry = Number((await chain.client.getBlock()).timestamp) + 3_600;
    const buy = await signed(SPOKE, alice, { isBuy: true, expiry });
    const sell = await signed(SPOKE, bob, { expiry });
    await expectRefused("Vault_StaleReferencePrice", () => fill(SPOKE, buy, sell));
  });
});

/** An order of one ether at the market's price, unless `terms` say otherwise. */
async function signed(chain: number, { id, owner }: Actor, terms: Partial<Order>): Promise<SignedOrder> {
  lastNonce += 1n;
  return signOrder(venuePlace(clearing.network, chain), owner, {
    account: id,
    instrument: ETH,
    isBuy: false,
    base: ONE,
    priceWad: ETH_PRICE,
    nonce: lastNonce,
    expiry: Number(clearing.network.chain(chain).relayed.heads.latest.timestamp) + 3_600,
    ...terms,
  });
}

function fill(chain: number, buy: SignedOrder, sell: SignedOrder, base = ONE) {
  const { orderVenue } = clearing.network.chain(chain).deployment.causeway;
  const data = fillData(buy, sell, base);
  return clearing.network.courier(chain).submit({ label: "bad trade", to: orderVenue, data, gas: GAS });
}

function atVault(chain: number, data: Hex, sender: Submitter = clearing.network.courier(chain)) {
  const { vault } = clearing.network.chain(chain).deployment.causeway;
  return sender.submit({ label: "bad call", to: vault, data, gas: GAS });
}

/** Lets mallory's key cost alice so much on the hub's chain, and waits until the vault knows. */
async function allowVenue(venueLimit: bigint): Promise<void> {
  const { network, alice, mallory } = clearing;
  const mandate = {
    account: alice.id,
    eid: network.chain(HUB).definition.eid,
    maxOutstanding: CREDIT_CENTS,
    venue: mallory.address,
    venueLimit,
    nonce: 2n,
    deadline: Number(await network.hubTime()) + 3_600,
  };
  await network.wallet(HUB, alice.owner).submit({
    label: "mandate",
    to: network.hub.clearingHub,
    data: encodeFunctionData({ abi: clearingHubAbi, functionName: "setMandate", args: [mandate, "0x"] }),
  });
  await settled(network.relayer.context);
  const { vault } = network.chain(HUB).deployment.causeway;
  const { limit } = await network.chain(HUB).client.readContract({
    address: vault,
    abi: spokeVaultAbi,
    functionName: "venueAllowanceOf",
    args: [alice.id, mallory.address],
  });
  expect(limit).toBe(venueLimit);
}

/** The call is mined, and reverts with the error. */
async function expectRefused(error: string, call: () => Promise<unknown>): Promise<void> {
  await expectNothingMoved(clearing, () =>
    expect(call()).rejects.toMatchObject({
      kind: "SubmissionReverted",
      details: { error, transaction: expect.stringMatching(/^0x/) },
    }),
  );
}
