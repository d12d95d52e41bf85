import { encodeFunctionData, isAddressEqual } from "viem";
import { accessManagerAbi } from "../abi/index.ts";
import { grantRole, readMembership } from "./bindRoles.ts";
import { type Ensure, ensure, ensureCall } from "./ensure.ts";
import { type RoleHolder, roleHolders } from "./roleHolders.ts";
import { type RoleName, roles } from "./roles.ts";
import type { WiredChain, WiredNetwork } from "./wiredNetwork.ts";

/** Whether the deployer still administers the chain, at once. */
export async function administers({ client, writer, record }: WiredChain): Promise<boolean> {
  const { accessManager } = record.causeway;
  const found = await readMembership(client, accessManager, roles.admin, writer.account.address);
  return found.isMember && found.delaySeconds === 0;
}

/**
 * Gives every role to its configured holder, with its delay, and takes them from the deployer, its administration last. Whoever
 * stops it in between can run it again; where it was done already it sends nothing.
 *
 * @throws as `ChainWriter.send`
 */
export async function handOverRoles(network: WiredNetwork): Promise<void> {
  await Promise.all(
    network.chains.map(async (chain) => {
      if (!(await administers(chain))) return;
      const deployer = chain.writer.account.address;
      const holders = roleHolders(chain.definition, deployer);
      const isOwn = ({ account }: RoleHolder) => isAddressEqual(account, deployer);
      // The deployer's own administration changes last: with a delay on it, it could not do the rest.
      const isLast = (holder: RoleHolder) => holder.role === "admin" && isOwn(holder);
      await ensure(chain.writer, [
        ...holders
          .filter((holder) => !isLast(holder))
          .map(({ role, account, delaySeconds }) => grantRole(chain, role, account, delaySeconds)),
        ...holders
          .filter((holder) => holder.role !== "admin" && !isOwn(holder))
          .map(({ role }) => revokeFromDeployer(chain, role)),
      ]);
      const admin = holders.find(({ role }) => role === "admin")!;
      await ensure(chain.writer, [
        isOwn(admin)
          ? grantRole(chain, "admin", deployer, admin.delaySeconds)
          : renounceAdministration(chain),
      ]);
    }),
  );
}

function revokeFromDeployer({ client, writer, record }: WiredChain, role: RoleName): Ensure {
  const { accessManager } = record.causeway;
  const deployer = writer.account.address;
  return ensureCall({
    what: `AccessManager.revokeRole ${role}`,
    to: accessManager,
    data: encodeFunctionData({
      abi: accessManagerAbi,
      functionName: "revokeRole",
      args: [roles[role], deployer],
    }),
    isDone: async () => !(await readMembership(client, accessManager, roles[role], deployer)).granted,
  });
}

function renounceAdministration({ client, writer, record }: WiredChain): Ensure {
  const { accessManager } = record.causeway;
  const deployer = writer.account.address;
  return ensureCall({
    what: "AccessManager.renounceRole admin",
    to: accessManager,
    data: encodeFunctionData({
      abi: accessManagerAbi,
      functionName: "renounceRole",
      args: [roles.admin, deployer],
    }),
    isDone: async () => !(await readMembership(client, accessManager, roles.admin, deployer)).granted,
  });
}
