import { encodeFunctionData, erc20Abi } from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { walletRights } from "../../clearing/codec/walletRights.ts";
import { registerWalletData } from "../trader/wallet.ts";
import { withdrawalData } from "../trader/withdrawalData.ts";
import type { Actor } from "./actors.ts";
import { type DemoNetwork, hubPlace, untilHolds } from "./network.ts";

/** Part of its deposit that each trader takes out. */
const WITHDRAW_PERCENT = 8n;
/** A cent in the settlement asset's shared unit. */
const UNITS_PER_CENT = 10_000n;
const DAY_SECONDS = 86_400;
const RELEASE_SECONDS = 90;
const PAYOUT_SECONDS = 60;

/** A trader's withdrawal to a chain where it never deposited. */
export interface DemoWithdrawal {
  actor: Actor;
  /** Chain index. */
  destination: number;
  /** Shared units of the settlement asset. */
  amount: bigint;
  paid: boolean;
}

/** Resolves when the leases of traders who lowered their mandates have lapsed and the hub knows that nothing is outstanding. */
export async function untilReleased(network: DemoNetwork, traders: readonly Actor[]): Promise<void> {
  const hub = network.chain(0);
  await untilHolds(hub, "leases to lapse and credit to be released", RELEASE_SECONDS, async () => {
    const lines = await Promise.all(
      traders.flatMap(({ id, plan }) =>
        plan.creditCents.flatMap((cents, chain) =>
          cents === 0n
            ? []
            : [
                hub.client.readContract({
                  address: network.hub.clearingHub,
                  abi: clearingHubAbi,
                  functionName: "creditLineOf",
                  args: [id, network.chain(chain).definition.eid],
                }),
              ],
        ),
      ),
    );
    return lines.every(({ ceiling, usedApplied }) => ceiling === usedApplied);
  });
}

/**
 * Every trader asks for dollars on a chain where it never deposited: most by a signature that the courier brings to the
 * hub, every third by a transaction of its own on its home chain, to a recipient that it registered before.
 */
export async function withdrawAll(
  network: DemoNetwork,
  traders: readonly Actor[],
): Promise<DemoWithdrawal[]> {
  const deadline = Number(await network.hubTime()) + DAY_SECONDS;
  const withdrawals = traders.map((actor): DemoWithdrawal => {
    const deposited = actor.plan.deposits.reduce((total, { cents }) => total + cents, 0n);
    const amount = (deposited * UNITS_PER_CENT * WITHDRAW_PERCENT) / 100n;
    return { actor, destination: elsewhere(actor, network.size), amount, paid: false };
  });
  await Promise.all(
    withdrawals.map((withdrawal, index) =>
      index % 3 === 2
        ? withdrawFromHome(network, withdrawal, deadline)
        : withdrawBySignature(network, withdrawal, deadline),
    ),
  );
  await Promise.all(
    withdrawals.map(async (withdrawal) => {
      const chain = network.chain(withdrawal.destination);
      await untilHolds(chain, "payouts to arrive", PAYOUT_SECONDS, () => isPaid(network, withdrawal));
      withdrawal.paid = true;
    }),
  );
  return withdrawals;
}

/** The first chain after its home where the account has deposited nothing. */
function elsewhere({ plan }: Actor, chains: number): number {
  const used = new Set(plan.deposits.map(({ chain }) => chain));
  const order = Array.from({ length: chains }, (_, i) => (plan.home + 1 + i) % chains);
  return order.find((chain) => !used.has(chain)) ?? order[0]!;
}

async function withdrawBySignature(
  network: DemoNetwork,
  { actor, destination, amount }: DemoWithdrawal,
  deadline: number,
): Promise<void> {
  const order = {
    account: actor.id,
    asset: settlementAsset.id,
    amount,
    dstEid: network.chain(destination).definition.eid,
    recipient: actor.owner.address,
    minimum: amount,
    deadline,
    nonce: 1n,
  };
  await network.courier(0).submit({
    label: "signed withdrawal",
    to: network.hub.clearingHub,
    data: await withdrawalData(hubPlace(network), actor.owner, order),
  });
}

async function withdrawFromHome(
  network: DemoNetwork,
  { actor, destination, amount }: DemoWithdrawal,
  deadline: number,
): Promise<void> {
  const dstEid = network.chain(destination).definition.eid;
  const recipient = actor.owner.address;
  const registration = {
    account: actor.id,
    eid: dstEid,
    wallet: recipient,
    rights: walletRights.bePaid,
    nonce: 1n,
  };
  await network.courier(0).submit({
    label: "wallet",
    to: network.hub.clearingHub,
    data: await registerWalletData(hubPlace(network), actor.owner, registration),
  });
  await network.wallet(actor.plan.home, actor.owner).submit({
    label: "withdrawal from home",
    to: network.chain(actor.plan.home).deployment.causeway.vault,
    data: encodeFunctionData({
      abi: spokeVaultAbi,
      functionName: "requestWithdrawal",
      args: [actor.id, settlementAsset.id, amount, dstEid, recipient, amount, deadline],
    }),
  });
}

async function isPaid(
  network: DemoNetwork,
  { actor, destination, amount }: DemoWithdrawal,
): Promise<boolean> {
  const { deployment, definition, client } = network.chain(destination);
  const { symbol, sharedDecimals } = settlementAsset;
  const { decimals } = definition.tokens.find((token) => token.symbol === symbol)!;
  const balance = await client.readContract({
    address: deployment.causeway.tokens[symbol]!,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [actor.owner.address],
  });
  return balance >= amount * 10n ** BigInt(decimals - sharedDecimals);
}
