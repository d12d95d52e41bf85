import { type Abi, type Address, encodeFunctionData, type Hex, toFunctionSelector } from "viem";
import {
  accessManagerAbi,
  clearingHubAbi,
  scanMarginEngineAbi,
  signedPriceOracleAbi,
  spokeVaultAbi,
} from "../abi/index.ts";
import type { CausewayDeployment } from "../types.ts";
import type { ChainWriter } from "./chainWriter.ts";
import { type Ensure, ensureCall } from "./ensure.ts";

/** Who may do what, by AccessManager role. One role for each kind of damage that it could do. */
export const roles = {
  /** Lists tokens, assets, instruments, lanes: widens what can be traded and deposited. */
  listing: 1n,
  /** Connects contracts over chains: could redirect messages. */
  wiring: 2n,
  /** Sets prices' signers, margin parameters and modules: could misvalue portfolios. */
  risk: 3n,
} as const;

interface Privilege {
  role: bigint;
  target: Address;
  selectors: readonly Hex[];
}

/** Every privileged function of a chain's contracts, with its role. */
export function privileges({ vault, hub }: CausewayDeployment): Privilege[] {
  const onVault = [
    privilege(roles.listing, vault, spokeVaultAbi, ["listToken"]),
    privilege(roles.wiring, vault, spokeVaultAbi, ["setPeer", "setDelegate"]),
  ];
  if (hub === undefined) return onVault;
  return [
    ...onVault,
    privilege(roles.listing, hub.clearingHub, clearingHubAbi, ["listLane", "listAsset", "listInstrument"]),
    privilege(roles.wiring, hub.clearingHub, clearingHubAbi, ["setPeer", "setDelegate"]),
    privilege(roles.risk, hub.clearingHub, clearingHubAbi, ["setRiskModules"]),
    privilege(roles.risk, hub.oracle, signedPriceOracleAbi, ["setSigners"]),
    privilege(roles.risk, hub.marginEngine, scanMarginEngineAbi, ["setParameters"]),
  ];
}

/** Binds the privileged functions to their roles, and gives the roles to `operator` without delay: for local chains only. */
export function ensureRoles(writer: ChainWriter, causeway: CausewayDeployment, operator: Address): Ensure[] {
  const { accessManager } = causeway;
  const bind = privileges(causeway).map(({ role, target, selectors }) =>
    ensureCall({
      what: "AccessManager.setTargetFunctionRole",
      to: accessManager,
      data: encodeFunctionData({
        abi: accessManagerAbi,
        functionName: "setTargetFunctionRole",
        args: [target, selectors, role],
      }),
      isDone: async () => {
        const found = await Promise.all(
          selectors.map((selector) =>
            writer.client.readContract({
              address: accessManager,
              abi: accessManagerAbi,
              functionName: "getTargetFunctionRole",
              args: [target, selector],
            }),
          ),
        );
        return found.every((one) => one === role);
      },
    }),
  );
  const grant = Object.values(roles).map((role) =>
    ensureCall({
      what: "AccessManager.grantRole",
      to: accessManager,
      data: encodeFunctionData({
        abi: accessManagerAbi,
        functionName: "grantRole",
        args: [role, operator, 0],
      }),
      isDone: async () => {
        const [isMember] = await writer.client.readContract({
          address: accessManager,
          abi: accessManagerAbi,
          functionName: "hasRole",
          args: [role, operator],
        });
        return isMember;
      },
    }),
  );
  return [...bind, ...grant];
}

function privilege(role: bigint, target: Address, abi: Abi, functions: readonly string[]): Privilege {
  const selectors = functions.map((name) => {
    const item = abi.find((one) => one.type === "function" && one.name === name);
    return toFunctionSelector(item as Extract<Abi[number], { type: "function" }>);
  });
  return { role, target, selectors };
}
