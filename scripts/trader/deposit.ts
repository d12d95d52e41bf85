import { erc20Abi, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { formatDecimal } from "../../clearing/decimal.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { DepositResult } from "../schema/trader.ts";
import { assetOn, formatShared, parseShared } from "./amounts.ts";
import { depositCalls, mintCall } from "./depositCalls.ts";
import { sendCall, type TraderChain, type TraderNetwork } from "./network.ts";
import { waitFor } from "./waitFor.ts";

export interface DepositTraderParameters {
  network: TraderNetwork;
  chain: TraderChain;
  /** Whose tokens. */
  key: PrivateKeyAccount;
  /** Who gets them: anybody's account. */
  account: Hex;
  asset: string;
  amount: string;
  seconds: number;
  progress(line: string): void;
}

/** `ReportCodec.COLLATERAL`: what a deposit is for. */
export const COLLATERAL = 0;

/**
 * Deposits on one chain and waits until the hub has credited it. On a local chain, test tokens that are missing are made.
 *
 * @throws CausewayError `UsageInvalid`, `UnknownAsset`, `TokensMissing`, `WaitedInVain`, and as `sendCall`
 */
export async function deposit(parameters: DepositTraderParameters): Promise<DepositResult> {
  const { network, chain, key, account, progress, seconds } = parameters;
  const { hub } = network;
  const { name, eid } = chain.definition;
  const { asset, token, scale, decimals } = assetOn(chain, parameters.asset);
  const shared = parseShared("--amount", parameters.amount, asset);
  const units = shared * scale;
  const held = await chain.client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [key.address],
  });
  const lacking = units > held ? units - held : 0n;
  if (lacking > 0n) {
    if (!chain.definition.local) {
      const [found, expected] = [formatDecimal(held, decimals), formatShared(shared, asset)];
      const details = { owner: key.address, asset: asset.symbol, chain: name, found, expected };
      throw new CausewayError("TokensMissing", { details });
    }
    progress(`${name} is a local chain: making ${formatDecimal(lacking, decimals)} test ${asset.symbol}`);
    await sendCall(network, chain, key, mintCall(token, key.address, lacking));
  }
  const [approve, call] = depositCalls({
    contracts: chain.contracts,
    asset: asset.symbol,
    account,
    amount: units,
  });
  await sendCall(network, chain, key, approve);
  const { transactionHash } = await sendCall(network, chain, key, call);
  progress(`deposited on ${name}, transaction ${transactionHash}; waiting for the hub to credit it`);

  const total = await chain.vault.read.depositTotalOf([account, asset.id, COLLATERAL]);
  await waitFor({
    chain: hub.chain,
    what: `the deposit on ${name} to be credited`,
    seconds,
    look: async () => {
      const seen = await hub.contract.read.depositSeenOf([eid, account, asset.id, COLLATERAL]);
      const underWay = formatShared(total - seen, asset);
      return seen >= total ? { found: seen } : { missing: `${underWay} ${asset.symbol} not yet reported` };
    },
  });
  const balance = await hub.contract.read.balanceOf([account, asset.id]);
  return {
    account,
    chain: name,
    asset: asset.symbol,
    amount: formatShared(shared, asset),
    minted: formatDecimal(lacking, decimals),
    transaction: transactionHash,
    balance: formatShared(balance, asset),
  };
}
