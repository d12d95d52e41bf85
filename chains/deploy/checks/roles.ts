import type { Address, Hex } from "viem";
import { type FoundRoles, type RoleMember, readRoles } from "../readRoles.ts";
import { type RoleHolder, roleHolders } from "../roleHolders.ts";
import { guardedRoles, privileges, type RoleName, roles as roleIds } from "../roles.ts";
import type { WiredChain } from "../wiredNetwork.ts";
import type { WiringCheck, WiringFault } from "./types.ts";

/** A fault without its chain. */
type Found = Omit<WiringFault, "chain">;

export const roles: WiringCheck = {
  id: "roles",
  rule: "each role is held by its configured holder alone, with its delay, and may call what it is for and nothing else",
  stage: "roles",
  find: async (network) => (await Promise.all(network.chains.map(findOn))).flat(),
};

async function findOn(chain: WiredChain): Promise<WiringFault[]> {
  const found = await readRoles(chain);
  const holders = roleHolders(chain.definition, chain.writer.account.address);
  return [
    ...memberFaults(found, holders),
    ...bindingFaults(found, chain),
    ...relationFaults(found),
    ...found.closed.map((target) => ({
      what: `the target ${target}`,
      found: "closed: nobody may call its privileged functions",
      expected: "open",
      next: "Open it, as admin: AccessManager.setTargetClosed(target, false).",
    })),
  ].map((fault) => ({ ...fault, chain: chain.definition.name }));
}

function memberFaults({ members }: FoundRoles, holders: readonly RoleHolder[]): Found[] {
  const key = (role: bigint, account: Address) => `${role} ${account.toLowerCase()}`;
  const wanted = new Map(holders.map((holder) => [key(roleIds[holder.role], holder.account), holder]));
  const faults = members.flatMap((member): Found[] => {
    const id = key(member.role, member.account);
    const holder = wanted.get(id);
    wanted.delete(id);
    if (!holder) {
      return [
        {
          what: `a member of ${nameOf(member.role)}`,
          found: member.account,
          expected: `${holders.find(({ role }) => roleIds[role] === member.role)?.account ?? "nobody"} alone`,
          next: "Revoke it, as admin: AccessManager.revokeRole.",
        },
      ];
    }
    const { role, delaySeconds } = holder;
    const isDelay =
      member.delaySeconds === delaySeconds &&
      (member.delayChangesAt === 0 || member.pendingDelaySeconds === delaySeconds);
    if (isDelay) return [];
    return [
      {
        what: `the delay of ${role}`,
        found: showDelay(member),
        expected: `${delaySeconds} s`,
        next: "Grant it again with the configured delay, as admin: AccessManager.grantRole.",
      },
    ];
  });
  const missing = [...wanted.values()].map(({ role, account }) => ({
    what: `the holder of ${role}`,
    found: "not a member",
    expected: account,
    next: "Run `./causeway wire` as the deployer, or grant it as admin: AccessManager.grantRole.",
  }));
  return [...faults, ...missing];
}

function showDelay({ delaySeconds, pendingDelaySeconds, delayChangesAt }: RoleMember): string {
  return delayChangesAt === 0
    ? `${delaySeconds} s`
    : `${delaySeconds} s, and ${pendingDelaySeconds} s from ${delayChangesAt} on`;
}

function bindingFaults({ bindings }: FoundRoles, { record }: WiredChain): Found[] {
  const key = (target: Address, selector: Hex) => `${target.toLowerCase()} ${selector}`;
  const wanted = new Map(
    privileges(record).flatMap(({ role, target, functions }) =>
      [...functions].map(([name, selector]) => [key(target, selector), { role, target, name }] as const),
    ),
  );
  const fault = (what: string, found: bigint, expected: RoleName): Found[] =>
    found === roleIds[expected]
      ? []
      : [
          {
            what,
            found: `bound to ${nameOf(found)}`,
            expected: `bound to ${expected}`,
            next: "Bind it again, as admin: AccessManager.setTargetFunctionRole.",
          },
        ];
  const faults = bindings.flatMap(({ target, selector, role }) => {
    const id = key(target, selector);
    const privilege = wanted.get(id);
    wanted.delete(id);
    return privilege
      ? fault(`${privilege.name} of ${target}`, role, privilege.role)
      : fault(`${selector} of ${target}`, role, "admin");
  });
  // What was never bound is the admin's.
  const unbound = [...wanted.values()].flatMap(({ name, target, role }) =>
    fault(`${name} of ${target}`, roleIds.admin, role),
  );
  return [...faults, ...unbound];
}

function relationFaults({ relations }: FoundRoles): Found[] {
  const guarded = new Set<bigint>(guardedRoles.map((role) => roleIds[role]));
  return relations.flatMap(({ role, admin, guardian }): Found[] => {
    const expected = guarded.has(role) ? roleIds.guardian : roleIds.admin;
    const what = (relation: string) => `the ${relation} of ${nameOf(role)}`;
    return [
      ...(admin === roleIds.admin
        ? []
        : [
            {
              what: what("admin"),
              found: nameOf(admin),
              expected: "admin",
              next: "Set it back, as admin: AccessManager.setRoleAdmin.",
            },
          ]),
      ...(guardian === expected
        ? []
        : [
            {
              what: what("guardian"),
              found: nameOf(guardian),
              expected: nameOf(expected),
              next: "Set it back, as admin: AccessManager.setRoleGuardian.",
            },
          ]),
    ];
  });
}

function nameOf(role: bigint): string {
  const name = Object.entries(roleIds).find(([, id]) => id === role)?.[0];
  if (name !== undefined) return name;
  return role === 2n ** 64n - 1n ? "everybody" : `role ${role}`;
}
