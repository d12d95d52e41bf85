import { encodeFunctionData, type Hex, hexToString } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { endpointAbi } from "../../chains/layerzero/abi.ts";
import { decodePacket } from "../../chains/layerzero/packet.ts";
import { type CommandSection, decodeCommand } from "../../clearing/codec/command.ts";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { decodeReport } from "../../clearing/codec/report.ts";
import { settled } from "../../relayer/settled.ts";
import type { ReportKeys } from "../../scripts/checks/index.ts";
import { hubPlace, untilHolds } from "../../scripts/demo/network.ts";
import { mandateData } from "../../scripts/trader/mandateData.ts";
import { CREDIT_CENTS, ETH, HUB, SPOKE } from "./support/clearingNetwork.ts";
import {
  expectHealed,
  expectSentOnce,
  type LossyNetwork,
  startLossyNetwork,
} from "./support/lossyNetwork.ts";
import { queueKinds } from "./support/queues.ts";
import { pocketOf, tradeNow, untilTradable, withdraw } from "./support/traders.ts";

/*
 * Messages that are lost for ever, between chains that go on. The relayer of these tests sends nothing again for the time that passed: it has to
 * prove the loss.
 */

const ONE = 10n ** 8n;
const DOLLAR = 10n ** 6n;
const HOUR_SECONDS = 3_600;
const noKeys: ReportKeys = {
  creditStates: [],
  deposits: [],
  pairs: [],
  withdrawals: [],
  payouts: [],
  balances: [],
};

let lossy: LossyNetwork;
const hub = () => lossy.network.chain(HUB);
const spoke = () => lossy.network.chain(SPOKE);
const eid = () => spoke().definition.eid;
const hubCall = () => ({ address: lossy.network.hub.clearingHub, abi: clearingHubAbi }) as const;
const vaultCall = () => ({ address: spoke().deployment.causeway.vault, abi: spokeVaultAbi }) as const;

const readBeat = () => spoke().client.readContract({ ...vaultCall(), functionName: "heartbeat" });

describe.each(queueKinds)("with the queue on %s", (kind) => {
  beforeAll(async () => {
    lossy = await startLossyNetwork(kind);
  });
  afterAll(() => lossy?.stop());

  test("CLR-04: what was lost for ever in both directions is found out and sent again", async () => {
    const { network, alice, bob, mallory } = lossy;
    const { context } = network.relayer;
    await settled(context);
    // No credit is renewed while messages are held.
    await untilTradable(lossy, SPOKE);
    const fromBlock = await hub().client.getBlockNumber();
    lossy.hold(SPOKE);
    lossy.hold(HUB);

    // To be lost on the way to the hub: a trade. On the way to the vault: a payout, a venue allowance, and the credit renewed meanwhile.
    await tradeNow(lossy, SPOKE, ONE / 2n);
    const { payoutId, pay } = await withdraw(lossy, bob, {
      amount: 7n * DOLLAR,
      chain: SPOKE,
      recipient: mallory.address,
    });
    const venue = spoke().deployment.causeway.orderVenue;
    await raiseMandate(CREDIT_CENTS * 2n);
    await untilHolds(
      spoke(),
      "the trade to be reported",
      60,
      async () => (await readBeat()).dirtyPairs === 0,
    );
    await untilHolds(
      hub(),
      "payout and allowance to be sent",
      60,
      async () =>
        (await wasCommanded(
          fromBlock,
          ({ kind, items }) => kind === "pay" && items.some(({ nonce }) => nonce === pay.nonce),
        )) &&
        (await wasCommanded(
          fromBlock,
          ({ kind, items }) => kind === "venueAllowance" && items.some(({ account }) => account === alice.id),
        )),
    );
    // Somebody else reports the trade too, without the names, which are lost.
    const byHand = () => reportByHand({ pairs: [{ account: alice.id, instrument: ETH }] });
    const lost = [await lossy.loseAll(SPOKE, HUB, byHand), await lossy.loseAll(HUB, SPOKE)];
    expect(Math.min(...lost)).toBeGreaterThanOrEqual(1);
    // None of it arrived.
    expect(await baseOf()).toBe(0n);
    expect(await rankOf(payoutId)).toBe(payoutRank.none);
    expect(await allowanceOf()).toBe(CREDIT_CENTS);

    lossy.release(SPOKE);
    lossy.release(HUB);
    await expectHealed(lossy);
    expect(await skippedSince(fromBlock)).toContain("UnknownName");
    expect(await rankOf(payoutId)).toBe(payoutRank.paid);
    expect(await pocketOf(lossy, SPOKE, mallory.address)).toBe(7n * DOLLAR);
    expect(await allowanceOf()).toBe(CREDIT_CENTS * 2n);
    expect(await baseOf()).toBe(ONE / 2n);
    await untilHolds(spoke(), "credit to be live again", 60, async () => {
      const { validUntil } = await spoke().client.readContract({
        ...vaultCall(),
        functionName: "creditOf",
        args: [alice.id],
      });
      return BigInt(validUntil) > spoke().relayed.heads.latest.timestamp;
    });

    async function baseOf() {
      const { base } = await hub().client.readContract({
        ...hubCall(),
        functionName: "positionOf",
        args: [alice.id, ETH],
      });
      return base;
    }

    async function allowanceOf() {
      const args = [alice.id, venue] as const;
      const { limit } = await spoke().client.readContract({
        ...vaultCall(),
        functionName: "venueAllowanceOf",
        args,
      });
      return limit;
    }
  });

  test("a freeze is obeyed everywhere, and the hub hears that it is, although its command and the answer are lost", async () => {
    const { network, alice } = lossy;
    await settled(network.relayer.context);
    const [fromHub, { version }] = await Promise.all([hub().client.getBlockNumber(), readFreeze()]);
    lossy.hold(HUB);
    await setFreeze(true, 1n);
    await untilHolds(hub(), "the freeze to be sent", 60, () =>
      wasCommanded(
        fromHub,
        ({ kind, items }) =>
          kind === "freeze" && items.some(({ account, frozen }) => account === alice.id && frozen),
      ),
    );
    expect(await lossy.loseAll(HUB, SPOKE)).toBeGreaterThanOrEqual(1);
    expect(await readFreeze()).toMatchObject({ frozen: false, version });
    lossy.hold(SPOKE);
    const fromSpoke = await spoke().client.getBlockNumber();
    lossy.release(HUB);
    await untilHolds(spoke(), "the freeze to be obeyed", 60, async () => (await readFreeze()).frozen);
    await untilHolds(spoke(), "the answer to be sent", 60, async () =>
      (await sentSince(SPOKE, fromSpoke)).some((message) =>
        decodeReport(message).sections.some(
          ({ kind, items }) => kind === "creditState" && items.some(({ frozen }) => frozen),
        ),
      ),
    );
    expect(await lossy.loseAll(SPOKE, HUB)).toBeGreaterThanOrEqual(1);
    expect(await isFrozenEverywhere()).toBe(false);
    lossy.release(SPOKE);
    await untilHolds(hub(), "the hub to hear of it", 60, async () => {
      const seen = await hub().client.getContractEvents({
        ...hubCall(),
        eventName: "FreezeSeen",
        args: { eid: eid(), account: alice.id },
        fromBlock: fromHub,
      });
      return seen.length > 0;
    });

    await setFreeze(false, 2n);
    await untilHolds(spoke(), "the account to be free again", 60, async () => !(await readFreeze()).frozen);
    await expectHealed(lossy);
  });

  test("no nonce was used twice, and every transaction is accounted for", () => expectSentOnce(lossy));
});

/** Alice allows more on the spoke. */
async function raiseMandate(venueLimit: bigint): Promise<void> {
  const { network, alice } = lossy;
  const mandate = {
    account: alice.id,
    eid: eid(),
    maxOutstanding: CREDIT_CENTS,
    venue: spoke().deployment.causeway.orderVenue,
    venueLimit,
    nonce: 2n,
    deadline: Number(await network.hubTime()) + HOUR_SECONDS,
  };
  await network.courier(HUB).submit({
    label: "mandate",
    to: network.hub.clearingHub,
    data: await mandateData(hubPlace(network), alice.owner, mandate),
  });
}

async function sentSince(chain: number, fromBlock: bigint): Promise<Hex[]> {
  const { client, deployment } = lossy.network.chain(chain);
  const sent = await client.getContractEvents({
    address: deployment.layerZero.endpoint,
    abi: endpointAbi,
    eventName: "PacketSent",
    fromBlock,
    strict: true,
  });
  return sent.map(({ args }) => decodePacket(args.encodedPayload).message);
}

/** Whether the hub has sent such a part of a command. */
async function wasCommanded(fromBlock: bigint, is: (section: CommandSection) => boolean): Promise<boolean> {
  return (await sentSince(HUB, fromBlock)).some((message) => decodeCommand(message).sections.some(is));
}

function readFreeze() {
  return spoke().client.readContract({
    ...vaultCall(),
    functionName: "freezeOf",
    args: [lossy.alice.id],
  });
}

function isFrozenEverywhere() {
  return hub().client.readContract({
    ...hubCall(),
    functionName: "isFrozenEverywhere",
    args: [lossy.alice.id],
  });
}

/** Alice's home is on the hub's chain: there she acts by calling. */
async function setFreeze(frozen: boolean, nonce: bigint): Promise<void> {
  const { network, alice } = lossy;
  await network.wallet(HUB, alice.owner).submit({
    label: "freeze",
    to: network.hub.clearingHub,
    data: encodeFunctionData({
      abi: clearingHubAbi,
      functionName: "setFreeze",
      args: [alice.id, frozen, nonce, "0x"],
    }),
  });
}

async function reportByHand(keys: Partial<ReportKeys>): Promise<void> {
  const args = [{ ...noKeys, ...keys }, false] as const;
  const { nativeFee } = await spoke().client.readContract({
    ...vaultCall(),
    functionName: "quoteReport",
    args,
  });
  await lossy.network.courier(SPOKE).submit({
    label: "report by hand",
    to: vaultCall().address,
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "report", args }),
    value: nativeFee,
  });
}

/** Why the hub skipped items of the spoke. */
async function skippedSince(fromBlock: bigint): Promise<string[]> {
  const skipped = await hub().client.getContractEvents({
    ...hubCall(),
    eventName: "ReportItemSkipped",
    args: { eid: eid() },
    fromBlock,
    strict: true,
  });
  return skipped.map(({ args }) => hexToString(args.reason, { size: 32 }));
}

function rankOf(payoutId: Hex): Promise<number> {
  return spoke().client.readContract({ ...vaultCall(), functionName: "payoutRankOf", args: [payoutId] });
}
