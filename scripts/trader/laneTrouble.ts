import type { Hex } from "viem";
import { freeMargin } from "./margin.ts";
import { chainTime, type TraderChain, type TraderNetwork } from "./network.ts";

/** `eid` of the hub as a whole, where lanes are paused. */
const WHOLE_HUB = 0;

/** Why the hub pays nothing on a chain, if it does not: as `LaneLogic.requireOpen`. */
export async function findPause(
  { hub }: TraderNetwork,
  { definition: { eid, name } }: TraderChain,
): Promise<string | undefined> {
  const [all, lane] = await Promise.all([
    hub.contract.read.laneOf([WHOLE_HUB]),
    hub.contract.read.laneOf([eid]),
  ]);
  if (all.paused) return "the guardian has paused the hub";
  if (lane.paused) return `the guardian has paused the lane of ${name}`;
  return lane.diverged ? `the lane of ${name} is paused: hub and vault disagree` : undefined;
}

/** Why the hub lends an account no more on a chain, in words. */
export async function whyNotLent(network: TraderNetwork, chain: TraderChain, account: Hex): Promise<string> {
  return (
    (await findLag(network, chain)) ??
    `the hub lends what margin covers: ${await freeMargin(network, account)}`
  );
}

/** As `LaneLogic.requireInStep`. */
async function findLag(network: TraderNetwork, chain: TraderChain): Promise<string | undefined> {
  const paused = await findPause(network, chain);
  if (paused !== undefined) return paused;
  const { hub } = network;
  const [{ settledTime, oldestDirty, maxLagSeconds }, time] = await Promise.all([
    hub.contract.read.laneOf([chain.definition.eid]),
    chainTime(hub.chain),
  ]);
  const oldest = oldestDirty !== 0 && oldestDirty < settledTime ? oldestDirty : settledTime;
  const age = Number(time) - oldest;
  if (age <= maxLagSeconds) return undefined;
  return `${chain.definition.name} is ${age} s behind at the hub, which lends nothing beyond ${maxLagSeconds} s`;
}
