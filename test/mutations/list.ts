import { closingMutations } from "./closing.ts";
import { creditMutations } from "./credit.ts";
import { fundingMutations } from "./funding.ts";
import { lendingMutations } from "./lending.ts";
import { messageMutations } from "./messages.ts";
import { moneyMutations } from "./money.ts";
import type { Mutation } from "./mutation.ts";
import { riskMutations } from "./risk.ts";
import { tradeMutations } from "./trades.ts";

/** Every mutation that `./causeway mutate` tries. */
export const mutations: readonly Mutation[] = [
  ...creditMutations,
  ...moneyMutations,
  ...tradeMutations,
  ...messageMutations,
  ...fundingMutations,
  ...riskMutations,
  ...closingMutations,
  ...lendingMutations,
];
