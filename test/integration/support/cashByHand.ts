import type { LocalAccount } from "viem";
import { clearingHubAbi, spokeVaultAbi, testTokenAbi } from "../../../chains/abi/index.ts";
import type { WiredChain } from "../../../chains/deploy/wiredNetwork.ts";
import { accountId } from "../../../clearing/codec/accountId.ts";
import { requestIdOf } from "../../../clearing/codec/requestId.ts";
import type { ReportKeys } from "../../../scripts/checks/index.ts";
import { deliverAll, sendCall } from "./byHand.ts";

const USDC = 1;
const nothing: ReportKeys = {
  creditStates: [],
  deposits: [],
  pairs: [],
  withdrawals: [],
  payouts: [],
  balances: [],
};

/** A deposit on the hub's chain of `amount` units of a test dollar, credited at the hub. */
export async function depositByHand(hub: WiredChain, trader: LocalAccount, amount: bigint): Promise<void> {
  const { vault, tokens } = hub.record.causeway;
  const account = accountId(trader.address, hub.definition.eid);
  await sendCall(hub, trader, tokens.USDC!, testTokenAbi, "mint", [trader.address, amount]);
  await sendCall(hub, trader, tokens.USDC!, testTokenAbi, "approve", [vault, amount]);
  await sendCall(hub, trader, vault, spokeVaultAbi, "deposit", [account, USDC, amount]);
  await report(hub, trader, { deposits: [{ account, asset: USDC, purpose: 0 }] });
}

/** The first withdrawal of a hub's chain, from asking to being paid there; `anyone` makes the calls that anyone may make. */
export async function withdrawByHand(
  hub: WiredChain,
  trader: LocalAccount,
  anyone: LocalAccount,
  amount: bigint,
): Promise<void> {
  const { eid } = hub.definition;
  const { vault, hub: contracts } = hub.record.causeway;
  const deadline = Number((await hub.client.getBlock()).timestamp) + 3_600;
  const account = accountId(trader.address, eid);
  const ask = [account, USDC, amount, eid, trader.address, amount, deadline] as const;
  await sendCall(hub, trader, vault, spokeVaultAbi, "requestWithdrawal", ask);
  await report(hub, anyone, { withdrawals: [1n] });
  const { clearingHub, loopback } = contracts!;
  await sendCall(hub, anyone, clearingHub, clearingHubAbi, "process", [requestIdOf(eid, 1n), "0x"]);
  await deliverAll(hub, loopback, anyone);
}

async function report(hub: WiredChain, sender: LocalAccount, keys: Partial<ReportKeys>): Promise<void> {
  const { vault, hub: contracts } = hub.record.causeway;
  await sendCall(hub, sender, vault, spokeVaultAbi, "report", [{ ...nothing, ...keys }, false]);
  await deliverAll(hub, contracts!.loopback, sender);
}
