import { type Address, isAddressEqual } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { Config, ConfiguredChain } from "../config.ts";
import { type RoleName, roles } from "./roles.ts";

/** Shortest delay on a chain that is not local: who disagrees with what was scheduled must have time to withdraw (CLR-22). */
export const MIN_ROLE_DELAY_SECONDS = 2 * 86_400;

/** Who is to hold a role on one chain, and how long after scheduling it acts. */
export interface RoleHolder {
  role: RoleName;
  account: Address;
  delaySeconds: number;
}

const roleNames = Object.keys(roles) as RoleName[];

/** The one holder of each role on a chain: as configured, else the deployer without a delay. */
export function roleHolders({ roles: holders }: ConfiguredChain, deployer: Address): RoleHolder[] {
  return roleNames.map((role) => ({
    role,
    account: holders?.[role] ?? deployer,
    delaySeconds: role === "guardian" ? 0 : (holders?.delaySeconds ?? 0),
  }));
}

/**
 * Refuses roles under which funds could be redirected before anyone can leave: on chains that are not local.
 *
 * @throws CausewayError `RolesUnsafe`
 */
export function requireSafeRoles({ chains, accounts: { deployer } }: Config): void {
  for (const chain of chains) {
    if (chain.local) continue;
    const { name, roles: configured } = chain;
    const key = `chains.${name}.roles`;
    if (!configured) throw unsafe(name, key, "nothing: the deployer would keep every role");
    if (configured.delaySeconds < MIN_ROLE_DELAY_SECONDS) {
      throw unsafe(
        name,
        `${key}.delaySeconds`,
        configured.delaySeconds,
        `at least ${MIN_ROLE_DELAY_SECONDS}`,
      );
    }
    for (const role of roleNames) {
      const holder = configured[role];
      if (isAddressEqual(holder, deployer.address)) {
        throw unsafe(name, `${key}.${role}`, `the deployer ${holder}`, "another account");
      }
      // It is on call and acts at once, so it is the easiest to take over: then it must be able to stop things only.
      if (role !== "guardian" && isAddressEqual(holder, configured.guardian)) {
        throw unsafe(name, `${key}.guardian`, `${holder}, which is also ${role}`, "an account of its own");
      }
    }
  }
}

function unsafe(
  chain: string,
  key: string,
  found: unknown,
  expected = "a holder of each role",
): CausewayError {
  return new CausewayError("RolesUnsafe", { details: { chain, key, found, expected } });
}
