import {
  BaseError,
  ContractFunctionRevertedError,
  createTestClient,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  http,
  keccak256,
  toHex,
} from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { payoutRank } from "../../clearing/codec/payoutId.ts";
import { holderId } from "../../relayer/clearing/clearingBook.ts";
import { signersOf } from "../../relayer/price/signAscending.ts";
import { signPriceProof } from "../../relayer/price/signPriceProof.ts";
import { settled } from "../../relayer/settled.ts";
import { untilHolds } from "../../scripts/demo/network.ts";
import { depositCalls, mintCall } from "../../scripts/trader/depositCalls.ts";
import { asOwner } from "./support/breakWiring.ts";
import { ETH_PRICE, HUB, SPOKE } from "./support/clearingNetwork.ts";
import { giveDenyList } from "./support/denyList.ts";
import { expectHealed, type LossyNetwork, startLossyNetwork } from "./support/lossyNetwork.ts";
import { cashOf, requestWithdrawal, untilIssued, withdraw } from "./support/traders.ts";

/*
 * What stops when a vault and the hub hold different totals, and what never does; and that a lane on which nothing happens stays in step.
 */

const DOLLAR = 10n ** 6n;
/** Of local chains: `maxLagSeconds`. */
const LAG_SECONDS = 60;

let lossy: LossyNetwork;
beforeAll(async () => {
  lossy = await startLossyNetwork();
});
afterAll(() => lossy?.stop());

const hub = () => lossy.network.chain(HUB);
const spoke = () => lossy.network.chain(SPOKE);
const eid = () => spoke().definition.eid;
const context = () => lossy.network.relayer.context;
const hubCall = () => ({ address: lossy.network.hub.clearingHub, abi: clearingHubAbi }) as const;
const vaultCall = () => ({ address: spoke().deployment.causeway.vault, abi: spokeVaultAbi }) as const;
const readLane = () => hub().client.readContract({ ...hubCall(), functionName: "laneOf", args: [eid()] });

test("CLR-18: a lane on which nothing happens stays in step, and credit on it is renewed, for longer than its lag", async () => {
  const { alice, wired } = lossy;
  const [lag, { leaseSeconds }] = [12, spoke().definition];
  await listLane(lag);
  await settled(context());
  const [lane, from] = [await readLane(), hub().relayed.heads.latest.timestamp];
  const [fromBlock, before] = await Promise.all([spoke().client.getBlockNumber(), readCredit()]);
  await untilHolds(
    hub(),
    "twice the lag to pass",
    3 * lag,
    async () => hub().relayed.heads.latest.timestamp >= from + BigInt(2 * lag),
  );
  const [now, after] = [await readLane(), await readCredit()];
  const time = hub().relayed.heads.latest.timestamp;
  expect(BigInt(now.settledTime)).toBeGreaterThan(time - BigInt(lag));
  expect(after.version).toBeGreaterThan(before.version + 1);
  expect(BigInt(after.validUntil)).toBeGreaterThan(spoke().relayed.heads.latest.timestamp);
  expect(context().clearing.refused.failures(holderId({ eid: eid(), account: alice.id }))).toBe(0);
  // Reports there were, and nothing in them but heartbeats.
  expect(now.lastSequence).toBeGreaterThan(lane.lastSequence + 2n);
  const changes = await spoke().client.getContractEvents({
    ...vaultCall(),
    eventName: "PairChanged",
    fromBlock,
  });
  expect(changes).toEqual([]);
  await listLane(LAG_SECONDS);

  async function listLane(maxLagSeconds: number) {
    const args = [eid(), leaseSeconds, maxLagSeconds] as const;
    const data = encodeFunctionData({ abi: clearingHubAbi, functionName: "listLane", args });
    await asOwner(wired.hub, wired.hub.contracts.clearingHub, data);
  }
});

test("CLR-18, CLR-04: a lane that stays different is paused on the proof of it, and opens by itself once it is healed", async () => {
  const { network, alice, bob, mallory } = lossy;
  const denyList = await giveDenyList(lossy, SPOKE);
  await denyList.deny(mallory.address, true);
  const claimed = await withdraw(lossy, bob, {
    amount: 3n * DOLLAR,
    chain: SPOKE,
    recipient: mallory.address,
  });
  await untilRank(claimed.payoutId, payoutRank.claim);
  const fromBlock = await hub().client.getBlockNumber();

  await shiftDigest(1n);
  // Seen with the next report: the relayer's own, as the lane lends.
  await untilHolds(hub(), "the ends to differ", 60, async () => (await readLane()).divergedSince !== 0);
  expect(await proveDivergence()).toBe("Hub_NotDiverged");
  await lossy.warp(LAG_SECONDS + 1);
  await untilHolds(hub(), "the lane to be paused", 60, async () => (await readLane()).diverged);

  // What adds risk is refused.
  expect(await renewError()).toBe("Hub_Paused");
  const wanted = { amount: 4n * DOLLAR, chain: SPOKE, recipient: bob.owner.address };
  const requestId = await requestWithdrawal(lossy, bob, wanted);
  await untilHolds(
    hub(),
    "the withdrawal to be tried",
    60,
    async () => context().clearing.unprocessed.failures(requestId) > 0,
  );
  // A deposit, its report, and a claim are not.
  const cash = await cashOf(lossy, alice);
  await depositDollars(25n);
  await untilHolds(
    hub(),
    "the deposit to be credited",
    60,
    async () => (await cashOf(lossy, alice)) === cash + 25n * DOLLAR,
  );
  await denyList.deny(mallory.address, false);
  await untilRank(claimed.payoutId, payoutRank.paid);
  expect(await readLane()).toMatchObject({ diverged: true });
  expect(await renewError()).toBe("Hub_Paused");

  // Repaired: nobody but the relayer sends anything again.
  await shiftDigest(-1n);
  await untilHolds(hub(), "the lane to open", 90, async () => !(await readLane()).diverged);
  await untilIssued(lossy, requestId);
  await untilHolds(
    spoke(),
    "credit to be live again",
    60,
    async () => BigInt((await readCredit()).validUntil) > spoke().relayed.heads.latest.timestamp,
  );
  await expectHealed(lossy);
  const pauses = await Promise.all(
    (["LanePaused", "LaneUnpaused"] as const).map((eventName) =>
      hub().client.getContractEvents({ ...hubCall(), eventName, fromBlock, strict: true }),
    ),
  );
  expect(pauses.map((logs) => logs.map(({ args }) => args))).toEqual([
    [{ eid: eid(), diverged: true }],
    [{ eid: eid(), diverged: true }],
  ]);

  async function renewError(): Promise<string> {
    const time = Number((await hub().client.getBlock()).timestamp);
    const place = { chainId: hub().definition.chainId, ...network.hub };
    const batch = { time, pricesWad: new Map([[underlyingId("ETH"), ETH_PRICE]]) };
    const proof = await signPriceProof(place, batch, signersOf(context().config));
    const args = [eid(), [alice.id], proof] as const;
    return errorOf(
      hub().client.simulateContract({
        ...hubCall(),
        functionName: "renewCredit",
        args,
        account: mallory,
        value: 10n ** 17n,
      }),
    );
  }

  function proveDivergence(): Promise<string> {
    return errorOf(
      hub().client.simulateContract({ ...hubCall(), functionName: "pauseDiverged", args: [eid()] }),
    );
  }

  /** A fault of the hub that no sending again heals: its digest of the lane is another than what it holds. */
  async function shiftDigest(by: bigint): Promise<void> {
    const node = createTestClient({ mode: "anvil", transport: http(lossy.rpcUrl(HUB)) });
    const address = network.hub.clearingHub;
    const { digest } = await readLane();
    // Which of the contract's first slots the lanes' mapping has is the compiler's choice: the lane that holds the digest tells.
    for (let base = 0n; base < 64n; base += 1n) {
      const lane = BigInt(
        keccak256(encodeAbiParameters([{ type: "uint32" }, { type: "uint256" }], [eid(), base])),
      );
      for (let offset = 0n; offset < 6n; offset += 1n) {
        const slot = toHex(lane + offset, { size: 32 });
        const found = await hub().client.getStorageAt({ address, slot });
        if (found === undefined || BigInt(found) !== digest) continue;
        const shifted = BigInt.asUintN(256, digest + by);
        await node.setStorageAt({
          address,
          index: slot,
          value: toHex(shifted, { size: 32 }),
        });
        // `told` holds the same word: whichever of the two it was, the ends differ now only if it was the digest.
        if ((await readLane()).digest === shifted) return;
        await node.setStorageAt({ address, index: slot, value: toHex(digest, { size: 32 }) });
      }
    }
    expect.unreachable("the lane's digest was not found in the hub's storage");
  }

  async function depositDollars(dollars: bigint): Promise<void> {
    const { deployment, definition } = spoke();
    const { symbol } = settlementAsset;
    const contracts = deployment.causeway;
    const { decimals } = definition.tokens.find((one) => one.symbol === symbol)!;
    const amount = dollars * 10n ** BigInt(decimals);
    const wallet = network.wallet(SPOKE, bob.owner);
    await wallet.submit(mintCall(contracts.tokens[symbol]!, bob.owner.address, amount));
    for (const call of depositCalls({ contracts, asset: symbol, account: alice.id, amount }))
      await wallet.submit(call);
  }
});

function readCredit() {
  return spoke().client.readContract({
    ...vaultCall(),
    functionName: "creditOf",
    args: [lossy.alice.id],
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

/** Name of the Solidity error that a call reverts with. */
async function errorOf(call: Promise<unknown>): Promise<string> {
  const cause = await call.then(
    () => "it passed",
    (error: unknown) => error,
  );
  const revert =
    cause instanceof BaseError && cause.walk((one) => one instanceof ContractFunctionRevertedError);
  return revert instanceof ContractFunctionRevertedError
    ? (revert.data?.errorName ?? "unknown")
    : String(cause);
}
