import { type Hex, keccak256, toHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { accountId } from "../../clearing/codec/accountId.ts";
import type { PlannedAccount } from "./plan.ts";

/** A planned account with its own key. */
export interface Actor {
  plan: PlannedAccount;
  owner: PrivateKeyAccount;
  /** The hub's account id. */
  id: Hex;
}

/**
 * Gives every planned account a key that depends on seed and name alone, so that a run can be repeated.
 *
 * @param eids endpoint ids by chain index
 */
export function createActors(
  accounts: readonly PlannedAccount[],
  seed: number,
  eids: readonly number[],
): Actor[] {
  return accounts.map((plan) => {
    const owner = demoKey(seed, plan.name);
    return { plan, owner, id: accountId(owner.address, eids[plan.home]!) };
  });
}

/** A key of the demo. It is worth nothing: anyone can derive it. */
export function demoKey(seed: number, name: string): PrivateKeyAccount {
  return privateKeyToAccount(keccak256(toHex(`causeway demo ${seed} ${name}`)));
}
