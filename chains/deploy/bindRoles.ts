import { type Address, encodeFunctionData } from "viem";
import { accessManagerAbi } from "../abi/index.ts";
import type { ChainClient } from "../clients.ts";
import { type Ensure, ensureCall } from "./ensure.ts";
import { guardedRoles, privileges, type RoleName, roles } from "./roles.ts";
import type { WiredChain } from "./wiredNetwork.ts";

/** Binds the privileged functions to their roles, and the roles to their guardian. */
export function bindRoles({ client, record }: WiredChain): Ensure[] {
  const { accessManager } = record.causeway;
  const bindings = privileges(record).map(({ role, target, functions }) => {
    const selectors = [...functions.values()];
    return ensureCall({
      what: "AccessManager.setTargetFunctionRole",
      to: accessManager,
      data: encodeFunctionData({
        abi: accessManagerAbi,
        functionName: "setTargetFunctionRole",
        args: [target, selectors, roles[role]],
      }),
      isDone: async () => {
        const found = await Promise.all(
          selectors.map((selector) =>
            client.readContract({
              address: accessManager,
              abi: accessManagerAbi,
              functionName: "getTargetFunctionRole",
              args: [target, selector],
            }),
          ),
        );
        return found.every((one) => one === roles[role]);
      },
    });
  });
  const guardians = guardedRoles.map((role) =>
    ensureCall({
      what: "AccessManager.setRoleGuardian",
      to: accessManager,
      data: encodeFunctionData({
        abi: accessManagerAbi,
        functionName: "setRoleGuardian",
        args: [roles[role], roles.guardian],
      }),
      isDone: async () =>
        (await client.readContract({
          address: accessManager,
          abi: accessManagerAbi,
          functionName: "getRoleGuardian",
          args: [roles[role]],
        })) === roles.guardian,
    }),
  );
  return [...bindings, ...guardians];
}

/** An account's membership in a role. */
export interface Membership {
  /** Whether it was granted: `since` may still be ahead. */
  granted: boolean;
  isMember: boolean;
  delaySeconds: number;
}

export async function readMembership(
  client: ChainClient,
  accessManager: Address,
  role: bigint,
  account: Address,
): Promise<Membership> {
  const call = { address: accessManager, abi: accessManagerAbi, args: [role, account] } as const;
  const [[since], [isMember, delaySeconds]] = await Promise.all([
    client.readContract({ ...call, functionName: "getAccess" }),
    client.readContract({ ...call, functionName: "hasRole" }),
  ]);
  return { granted: since !== 0, isMember, delaySeconds };
}

/** Gives `account` a role, or changes the delay with which it has it. */
export function grantRole(
  { client, record }: WiredChain,
  role: RoleName,
  account: Address,
  delaySeconds: number,
): Ensure {
  const { accessManager } = record.causeway;
  return ensureCall({
    what: `AccessManager.grantRole ${role}`,
    to: accessManager,
    data: encodeFunctionData({
      abi: accessManagerAbi,
      functionName: "grantRole",
      args: [roles[role], account, delaySeconds],
    }),
    isDone: async () => {
      const found = await readMembership(client, accessManager, roles[role], account);
      return found.isMember && found.delaySeconds === delaySeconds;
    },
  });
}
