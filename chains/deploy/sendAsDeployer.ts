import { type Address, decodeFunctionData, type Hex, isAddressEqual } from "viem";
import { CausewayError } from "../../errors/CausewayError.ts";
import { accessManagerAbi } from "../abi/index.ts";
import { grantRole } from "./bindRoles.ts";
import type { WriteRequest } from "./chainWriter.ts";
import { findNeeded } from "./ensure.ts";
import { administers } from "./handOverRoles.ts";
import { roleHolders } from "./roleHolders.ts";
import { privileges, type RoleName } from "./roles.ts";
import type { WiredChain } from "./wiredNetwork.ts";

/** A privileged call that the deployer may not make any more: what `AccessManager.schedule` and `execute` take, and from whom. */
export interface Operation {
  what: string;
  role: RoleName;
  holder: Address;
  delaySeconds: number;
  target: Address;
  data: Hex;
}

/**
 * Sends what is needed as the deployer, who for this grants itself the roles that act.
 *
 * @param bindings calls of the AccessManager itself
 * @param calls of privileged functions; none depends on another
 * @throws CausewayError `RoleNeeded`, with the operations, if the roles were handed over; and as `ChainWriter.send`
 */
export async function sendAsDeployer(
  chain: WiredChain,
  bindings: readonly WriteRequest[],
  calls: readonly WriteRequest[],
): Promise<void> {
  const needed = [...bindings, ...calls];
  if (needed.length === 0) return;
  if (!(await administers(chain))) throw roleNeeded(chain, needed);
  const deployer = chain.writer.account.address;
  const own =
    calls.length === 0
      ? []
      : await findNeeded(
          (["listing", "wiring", "risk"] as const).map((role) => grantRole(chain, role, deployer, 0)),
        );
  await chain.writer.send([...bindings, ...own]);
  await chain.writer.send(calls);
}

function roleNeeded(chain: WiredChain, needed: readonly WriteRequest[]): CausewayError {
  const operations = needed.map((request) => describe(chain, request));
  const { what, role, holder } = operations[0]!;
  return new CausewayError("RoleNeeded", {
    details: { chain: chain.definition.name, what, role, holder, left: operations.length, operations },
  });
}

/** The call itself, without the `execute` that it would have been wrapped in, and who may schedule it. */
function describe(chain: WiredChain, { what, to, data }: WriteRequest): Operation {
  const call = unwrap(chain.record.causeway.accessManager, to!, data);
  const privilege = privileges(chain.record).find(
    ({ target, functions }) =>
      isAddressEqual(target, call.target) && [...functions.values()].includes(call.data.slice(0, 10) as Hex),
  );
  const role = privilege?.role ?? "admin";
  const holder = roleHolders(chain.definition, chain.writer.account.address).find(
    (one) => one.role === role,
  )!;
  return { what, role, holder: holder.account, delaySeconds: holder.delaySeconds, ...call };
}

function unwrap(accessManager: Address, to: Address, data: Hex): { target: Address; data: Hex } {
  if (!isAddressEqual(to, accessManager)) return { target: to, data };
  const { functionName, args } = decodeFunctionData({ abi: accessManagerAbi, data });
  return functionName === "execute" ? { target: args[0], data: args[1] } : { target: to, data };
}
