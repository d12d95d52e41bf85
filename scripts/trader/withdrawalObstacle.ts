import type { AssetDefinition } from "../../chains/assets.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { underlyingId } from "../../clearing/codec/instrumentId.ts";
import { minimum } from "../../clearing/math.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { formatShared } from "./amounts.ts";
import type { Trader } from "./identity.ts";
import { findPause } from "./laneTrouble.ts";
import { freeMargin } from "./margin.ts";
import type { TraderChain, TraderNetwork } from "./network.ts";
import type { WithdrawalOrder } from "./withdrawalData.ts";

export interface FindObstacleParameters {
  network: TraderNetwork;
  chain: TraderChain;
  trader: Trader;
  asset: AssetDefinition;
  order: WithdrawalOrder;
}

const WAD = 10n ** 18n;
const BPS = 10_000n;

/**
 * Why the hub would not decide a withdrawal now, if it would not: as `WithdrawalLogic.process` sees it, at the latest prices.
 *
 * @returns `LanePaused`, `LiquidityShort` or `WithdrawalNotCovered`, with the next step
 */
export async function findObstacle(parameters: FindObstacleParameters): Promise<CausewayError | undefined> {
  const { network, chain, asset, order } = parameters;
  const { contract } = network.hub;
  const pause = await findPause(network, chain);
  if (pause !== undefined) {
    return new CausewayError("LanePaused", { details: { chain: chain.definition.name, found: pause } });
  }
  const liquidity = await contract.read.liquidityOf([chain.definition.eid, asset.id]);
  const free = liquidity.total - liquidity.reserved;
  const least = minimum(order.minimum, order.amount);
  if (free === 0n || free < least) return liquidityShort(parameters, least, free);

  const amount = minimum(free, order.amount);
  const balance = await contract.read.balanceOf([order.account, asset.id]);
  if (balance < amount) {
    const kind = asset === settlementAsset ? "in cash" : "as collateral";
    return notCovered(parameters, `it has ${formatShared(balance, asset)} ${asset.symbol} ${kind}`);
  }
  const margin = await contract.read.marginOf([order.account]);
  const { equityInitialWad, equityMaintenanceWad, initialWad, maintenanceWad, outstandingWad, closingWad } =
    margin;
  const taken = await equityOf(parameters, amount, asset.initialHaircutBps);
  const takenOfMaintenance = await equityOf(parameters, amount, asset.maintenanceHaircutBps);
  const isCovered =
    equityInitialWad - taken >= initialWad + outstandingWad &&
    equityMaintenanceWad - takenOfMaintenance >= maintenanceWad + outstandingWad + closingWad;
  if (isCovered) return undefined;
  const found = await freeMargin(network, order.account);
  return notCovered(
    parameters,
    found,
    outstandingWad + closingWad > 0n ? await lendingChains(parameters) : [],
  );
}

/** What an amount counts after a haircut, dollars 1e18. */
async function equityOf(
  { network, asset }: FindObstacleParameters,
  amount: bigint,
  haircutBps: number,
): Promise<bigint> {
  const unit = 10n ** BigInt(asset.sharedDecimals);
  if (asset.underlying === null) return (amount * WAD) / unit;
  const [priceWad] = await network.hub.oracle.read.latest([underlyingId(asset.underlying)]);
  return (amount * priceWad * (BPS - BigInt(haircutBps))) / (unit * BPS);
}

/** Where the hub holds margin back for credit. */
async function lendingChains({ network, order }: FindObstacleParameters): Promise<string[]> {
  const lines = await Promise.all(
    network.chains.map(async ({ definition: { eid, name } }) => ({
      name,
      line: await network.hub.contract.read.creditLineOf([order.account, eid]),
    })),
  );
  return lines.flatMap(({ name, line }) => (line.ceiling > line.usedApplied ? [name] : []));
}

function notCovered(
  { trader, asset, order }: FindObstacleParameters,
  found: string,
  lending: readonly string[] = [],
): CausewayError {
  const details = {
    account: trader.name,
    amount: formatShared(order.amount, asset),
    asset: asset.symbol,
    found,
  };
  const commands = lending.map(
    (name) => `\`./causeway mandate ${trader.options} --chain ${name} --credit 0\``,
  );
  return new CausewayError("WithdrawalNotCovered", {
    details,
    ...(commands.length > 0 && {
      hint: `Withdraw less, or end what is lent for trading: ${commands.join(" and ")}, then withdraw again.`,
    }),
  });
}

async function liquidityShort(
  { network, chain, asset, order }: FindObstacleParameters,
  least: bigint,
  free: bigint,
): Promise<CausewayError> {
  const others = await Promise.all(
    network.chains.map(async ({ definition: { eid, name } }) => {
      const { total, reserved } = await network.hub.contract.read.liquidityOf([eid, asset.id]);
      return { name, free: total - reserved };
    }),
  );
  const elsewhere = others
    .filter((other) => other.free >= order.amount)
    .map((other) => `${other.name} has ${formatShared(other.free, asset)}`);
  return new CausewayError("LiquidityShort", {
    details: {
      chain: chain.definition.name,
      asset: asset.symbol,
      found: formatShared(free, asset),
      expected: formatShared(least, asset),
      elsewhere: elsewhere.length > 0 ? elsewhere : "none has so much",
    },
  });
}
