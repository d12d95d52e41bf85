import { encodeFunctionData } from "viem";
import { z } from "zod";
import { clearingHubAbi } from "../../chains/abi/index.ts";
import { minimum } from "../../clearing/math.ts";
import { readHub } from "../clearing/calls.ts";
import { hubOf } from "../clearing/places.ts";
import type { RelayerContext } from "../context.ts";
import { type ChainLog, forEachItem, type RelayerJob } from "../job.ts";
import { toRelayerError } from "../toRelayerError.ts";

const schema = z.object({ account: z.templateLiteral(["0x", z.string()]) });

/** Names an account. */
export type RepayData = z.infer<typeof schema>;

/**
 * Pays debts from cash that came in beside them, so that nobody pays interest on what it could have paid back: what arrives at the hub is
 * not set off there.
 */
export const repay: RelayerJob<RepayData> = {
  name: "repay",
  schema,
  id: ({ account }) => account,
  lane: ({ account }) => account,
  run: forEachItem((context, { account }) => repayOne(context, account), toRelayerError),
  subscriptions: (context) => {
    const { eid, clearingHub } = hubOf(context);
    return [
      {
        eid,
        when: "final",
        address: clearingHub,
        abi: clearingHubAbi,
        events: ["DepositCredited", "PayoutResultApplied"],
        on: ({ args }: ChainLog) => context.enqueue(repay, { account: args.account as RepayData["account"] }),
      },
    ];
  },
};

async function repayOne(context: RelayerContext, account: RepayData["account"]): Promise<void> {
  const hub = hubOf(context);
  const [debt] = await readHub(hub, "debtOf", [[account]]);
  if (debt === 0n) return;
  const [asset] = await readHub(hub, "settlementAsset", [[]]);
  const [balance] = await readHub(hub, "balanceOf", [[account, asset!]]);
  // What it has is the balance with the debt back in it. Less than a little is not worth a transaction, or anyone could have us send many.
  if (balance! + debt! < minimum(debt!, context.settings.clearing.settleMinimum)) return;
  await hub.chain.submitter.submit({
    label: `repay ${account}`,
    to: hub.clearingHub,
    data: encodeFunctionData({ abi: clearingHubAbi, functionName: "repay", args: [account] }),
  });
}
