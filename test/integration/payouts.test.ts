import { encodeFunctionData, type Hex, hexToString } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { settled } from "../../relayer/settled.ts";
import { untilHolds } from "../../scripts/demo/network.ts";
import { HUB, SPOKE } from "./support/clearingNetwork.ts";
import { type DenyList, giveDenyList } from "./support/denyList.ts";
import {
  expectHealed,
  expectSentOnce,
  type LossyNetwork,
  startLossyNetwork,
} from "./support/lossyNetwork.ts";
import { queueKinds } from "./support/queues.ts";
import { cashOf, type IssuedPayout, pocketOf, withdraw } from "./support/traders.ts";

/*
 * Payouts that cannot be paid, or are given up: on real chains, through the real endpoint, to somebody whom the token denies.
 */

const DOLLAR = 10n ** 6n;
const HOUR_SECONDS = 3_600;

let lossy: LossyNetwork;
let denyList: DenyList;
const hub = () => lossy.network.chain(HUB);
const spoke = () => lossy.network.chain(SPOKE);
const eid = () => spoke().definition.eid;
const hubCall = () => ({ address: lossy.network.hub.clearingHub, abi: clearingHubAbi }) as const;
const vaultCall = () => ({ address: spoke().deployment.causeway.vault, abi: spokeVaultAbi }) as const;
const pocket = () => pocketOf(lossy, SPOKE, lossy.mallory.address);
const bobsCash = () => cashOf(lossy, lossy.bob);

describe.each(queueKinds)("with the queue on %s", (kind) => {
  beforeAll(async () => {
    lossy = await startLossyNetwork(kind);
    denyList = await giveDenyList(lossy, SPOKE);
  });
  afterAll(() => lossy?.stop());

  describe("CLR-10, CLR-09: a payout to whom the token denies", () => {
    test("becomes a claim with its liquidity reserved, and is paid once it can be", async () => {
      const [cash, had] = [await bobsCash(), await pocket()];
      const before = await readLiquidity();
      await denyList.deny(lossy.mallory.address, true);
      const { payoutId } = await claimFor(5n);
      expect(await readLiquidity()).toEqual({ ...before, reserved: before.reserved + 5n * DOLLAR });
      expect([await bobsCash(), await pocket()]).toEqual([cash - 5n * DOLLAR, had]);
      await expectHealed(lossy);

      // Nobody but the relayer claims.
      await denyList.deny(lossy.mallory.address, false);
      await untilRank(payoutId, payoutRank.paid);
      await expectHealed(lossy);
      expect(await readLiquidity()).toEqual({ total: before.total - 5n * DOLLAR, reserved: before.reserved });
      expect([await bobsCash(), await pocket()]).toEqual([cash - 5n * DOLLAR, had + 5n * DOLLAR]);
    });

    test("is refunded when its owner cancels it, and never paid", async () => {
      const [cash, had] = [await bobsCash(), await pocket()];
      const before = await readLiquidity();
      await denyList.deny(lossy.mallory.address, true);
      const { payoutId, pay } = await claimFor(6n);
      await expect(cancel(pay)).rejects.toMatchObject({ details: { error: "Vault_TooEarly" } });
      await lossy.warp(HOUR_SECONDS + 1);
      await cancel(pay);
      await untilRank(payoutId, payoutRank.cancelled);
      await denyList.deny(lossy.mallory.address, false);
      await expectHealed(lossy);
      expect(await readLiquidity()).toEqual(before);
      expect([await bobsCash(), await pocket()]).toEqual([cash, had]);
    });
  });

  test("CLR-10: a payout that was cancelled before its delivery came is refunded once, and never paid", async () => {
    const { network, bob, mallory } = lossy;
    await settled(network.relayer.context);
    const [cash, had] = [await bobsCash(), await pocket()];
    lossy.hold(HUB);
    const { payoutId, pay } = await withdraw(lossy, bob, {
      amount: 11n * DOLLAR,
      chain: SPOKE,
      recipient: mallory.address,
    });
    expect(await bobsCash()).toBe(cash - 11n * DOLLAR);
    await lossy.warp(HOUR_SECONDS + 1);
    await cancel(pay);
    await untilRank(payoutId, payoutRank.cancelled);
    expect(await bobsCash()).toBe(cash);

    const fromBlock = await spoke().client.getBlockNumber();
    lossy.release(HUB);
    await expectHealed(lossy);
    const skipped = await spoke().client.getContractEvents({
      ...vaultCall(),
      eventName: "CommandItemSkipped",
      fromBlock,
      strict: true,
    });
    expect(skipped.map(({ args }) => [args.key, hexToString(args.reason, { size: 32 })])).toContainEqual([
      payoutId,
      "Cancelled",
    ]);
    expect([await bobsCash(), await pocket()]).toEqual([cash, had]);
  });

  test("what the hub never issued is cancelled in vain, and reported by nobody", async () => {
    const { network, bob } = lossy;
    await settled(network.relayer.context);
    const pay = {
      account: bob.id,
      recipient: bob.owner.address,
      asset: settlementAsset.id,
      amount: 1n,
      issuedAt: 1,
      nonce: 999_999n,
    };
    const fromBlock = await hub().client.getBlockNumber();
    const cash = await bobsCash();
    await cancel(pay);
    await settled(network.relayer.context);
    // It is wanted from the event on, until the relayer has asked the hub about it.
    const { reports } = network.relayer.context.clearing;
    await untilHolds(hub(), "nobody wants it reported", 60, async () =>
      reports.opened(eid()).every(({ kind }) => kind !== "payoutResult"),
    );
    await untilReported();
    const skipped = await hub().client.getContractEvents({
      ...hubCall(),
      eventName: "ReportItemSkipped",
      fromBlock,
    });
    expect([skipped, await bobsCash()]).toEqual([[], cash]);
    await expectHealed(lossy);

    /** A report that was made after the cancellation has arrived: it would have told of it. */
    async function untilReported() {
      const sent = await spoke().client.readContract({ ...vaultCall(), functionName: "sequence" });
      await untilHolds(hub(), "another report", 60, async () => {
        const lane = await hub().client.readContract({
          ...hubCall(),
          functionName: "laneOf",
          args: [eid()],
        });
        return lane.lastSequence > sent;
      });
    }
  });

  test("no nonce was used twice, and every transaction is accounted for", () => expectSentOnce(lossy));
});

/** Has dollars of bob paid to mallory, whom the token denies; resolves when the hub knows that it became a claim. */
async function claimFor(dollars: bigint): Promise<IssuedPayout> {
  const recipient = lossy.mallory.address;
  const issued = await withdraw(lossy, lossy.bob, { amount: dollars * DOLLAR, chain: SPOKE, recipient });
  await untilRank(issued.payoutId, payoutRank.claim);
  return issued;
}

/** Bob's home is on the spoke: there he acts by calling. */
async function cancel(pay: IssuedPayout["pay"]): Promise<void> {
  await lossy.network.wallet(SPOKE, lossy.bob.owner).submit({
    label: "cancel",
    to: vaultCall().address,
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "cancel", args: [pay, "0x"] }),
  });
}

async function untilRank(payoutId: Hex, wanted: number): Promise<void> {
  await untilHolds(hub(), `the payout to have rank ${wanted}`, 120, async () => {
    const { rank } = await hub().client.readContract({
      ...hubCall(),
      functionName: "payoutOf",
      args: [payoutId],
    });
    return rank === wanted;
  });
}

function readLiquidity(): Promise<{ total: bigint; reserved: bigint }> {
  return hub().client.readContract({
    ...hubCall(),
    functionName: "liquidityOf",
    args: [eid(), settlementAsset.id],
  });
}
