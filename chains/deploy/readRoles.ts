import { type Address, type Hex, parseEventLogs } from "viem";
import { accessManagerAbi } from "../abi/index.ts";
import { readLogs } from "../readLogs.ts";
import type { WiredChain } from "./wiredNetwork.ts";

/** Somebody who has a role, or will have it. */
export interface RoleMember {
  role: bigint;
  account: Address;
  /** Unix seconds from which it is a member. */
  since: number;
  delaySeconds: number;
  /** The delay that follows at `delayChangesAt`, if that is not zero. */
  pendingDelaySeconds: number;
  delayChangesAt: number;
}

/** Everything that an AccessManager was ever told and that still counts. */
export interface FoundRoles {
  members: RoleMember[];
  bindings: { target: Address; selector: Hex; role: bigint }[];
  /** Who administers and who guards each role that was ever named. */
  relations: { role: bigint; admin: bigint; guardian: bigint }[];
  /** Targets whose privileged functions nobody may call. */
  closed: Address[];
}

/**
 * Reads all roles of a chain. An AccessManager lists nobody, so whom to ask about stands in its logs; what they have now is asked of it.
 */
export async function readRoles({ client, record }: WiredChain): Promise<FoundRoles> {
  const { accessManager } = record.causeway;
  const blockNumber = await client.getBlockNumber();
  const logs = parseEventLogs({
    abi: accessManagerAbi,
    logs: await readLogs(client, [accessManager], BigInt(record.fromBlock), blockNumber),
  });
  const named = {
    members: new Map<string, { role: bigint; account: Address }>(),
    bindings: new Map<string, { target: Address; selector: Hex }>(),
    roles: new Set<bigint>(),
    targets: new Set<Address>(),
  };
  for (const { eventName, args } of logs) {
    if (eventName === "RoleGranted") {
      named.members.set(`${args.roleId} ${args.account}`, { role: args.roleId, account: args.account });
      named.roles.add(args.roleId);
    } else if (eventName === "TargetFunctionRoleUpdated") {
      named.bindings.set(`${args.target} ${args.selector}`, { target: args.target, selector: args.selector });
      named.roles.add(args.roleId);
    } else if (eventName === "RoleAdminChanged" || eventName === "RoleGuardianChanged") {
      named.roles.add(args.roleId);
    } else if (eventName === "TargetClosed") named.targets.add(args.target);
  }

  const call = { address: accessManager, abi: accessManagerAbi, blockNumber } as const;
  const [members, bindings, relations, targets] = await Promise.all([
    Promise.all(
      [...named.members.values()].map(async ({ role, account }) => {
        const [since, delaySeconds, pendingDelaySeconds, delayChangesAt] = await client.readContract({
          ...call,
          functionName: "getAccess",
          args: [role, account],
        });
        return { role, account, since, delaySeconds, pendingDelaySeconds, delayChangesAt };
      }),
    ),
    Promise.all(
      [...named.bindings.values()].map(async (binding) => ({
        ...binding,
        role: await client.readContract({
          ...call,
          functionName: "getTargetFunctionRole",
          args: [binding.target, binding.selector],
        }),
      })),
    ),
    Promise.all(
      [...named.roles].map(async (role) => {
        const [admin, guardian] = await Promise.all([
          client.readContract({ ...call, functionName: "getRoleAdmin", args: [role] }),
          client.readContract({ ...call, functionName: "getRoleGuardian", args: [role] }),
        ]);
        return { role, admin, guardian };
      }),
    ),
    Promise.all(
      [...named.targets].map(async (target) => ({
        target,
        isClosed: await client.readContract({ ...call, functionName: "isTargetClosed", args: [target] }),
      })),
    ),
  ]);
  return {
    members: members.filter(({ since }) => since !== 0),
    bindings,
    relations,
    closed: targets.filter(({ isClosed }) => isClosed).map(({ target }) => target),
  };
}
