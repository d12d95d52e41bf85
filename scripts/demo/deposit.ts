import { type Address, parseEther } from "viem";
import { getAsset } from "../../chains/assets.ts";
import { depositCalls, mintCall } from "../trader/depositCalls.ts";
import type { Actor } from "./actors.ts";
import type { DemoNetwork } from "./network.ts";
import type { DemoPlan } from "./plan.ts";

const GAS_MONEY = parseEther("1");
/** The courier pays for everybody's orders, mandates and messages. */
const COURIER_MONEY = parseEther("100");

/** Gives the actors gas money and test tokens where they deposit, and has each approve and deposit with its own key. */
export async function depositAll(
  network: DemoNetwork,
  plan: DemoPlan,
  actors: readonly Actor[],
): Promise<void> {
  const gasReceivers = actors.flatMap((actor) =>
    [...new Set([actor.plan.home, ...actor.plan.deposits.map(({ chain }) => chain)])].map((chain) => ({
      chain,
      actor,
    })),
  );
  await Promise.all([
    ...gasReceivers.map(({ chain, actor }) => giveGas(network, chain, actor.owner.address, GAS_MONEY)),
    ...Array.from({ length: network.size }, (_, chain) =>
      giveGas(network, chain, network.courier(chain).address, COURIER_MONEY),
    ),
  ]);
  await Promise.all(
    actors.flatMap((actor) =>
      actor.plan.deposits.map((deposit) => depositOne(network, plan, actor, deposit)),
    ),
  );
}

function giveGas(network: DemoNetwork, chain: number, to: Address, value: bigint): Promise<unknown> {
  return network.deployer(chain).submit({ label: "gas money", to, data: "0x", value, gas: 21_000n });
}

async function depositOne(
  network: DemoNetwork,
  plan: DemoPlan,
  actor: Actor,
  { chain, symbol, cents }: Actor["plan"]["deposits"][number],
): Promise<void> {
  const { deployment, definition } = network.chain(chain);
  const { decimals } = definition.tokens.find((one) => one.symbol === symbol)!;
  const amount = tokenAmount(cents, decimals, priceWadOf(symbol, plan));
  const contracts = deployment.causeway;
  const wallet = network.wallet(chain, actor.owner);
  await network.deployer(chain).submit(mintCall(contracts.tokens[symbol]!, actor.owner.address, amount));
  for (const call of depositCalls({ contracts, asset: symbol, account: actor.id, amount }))
    await wallet.submit(call);
}

function priceWadOf(symbol: string, plan: DemoPlan): bigint {
  const { underlying } = getAsset(symbol);
  return underlying === null ? 10n ** 18n : plan.firstPrices.get(underlying)!;
}

/** Token units worth `cents` dollars, rounded up. */
export function tokenAmount(cents: bigint, decimals: number, priceWad: bigint): bigint {
  const numerator = cents * 10n ** 16n * 10n ** BigInt(decimals);
  return (numerator + priceWad - 1n) / priceWad;
}
