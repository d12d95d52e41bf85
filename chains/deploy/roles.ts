import { type Abi, type Address, type Hex, toFunctionSelector } from "viem";
import {
  clearingHubAbi,
  fundingRatesAbi,
  priceRouterAbi,
  scenarioMarginEngineAbi,
  signerQuorumAbi,
  spokeVaultAbi,
  surfaceBookAbi,
} from "../abi/index.ts";
import { endpointAbi } from "../layerzero/abi.ts";
import type { WiredDeployment } from "./wiredNetwork.ts";

/** Who may do what, by AccessManager role. One role for each kind of damage that it could do. */
export const roles = {
  /** Grants roles, rebinds functions, and whatever no other role may. */
  admin: 0n,
  /** Lists tokens, assets, instruments, lanes: widens what can be traded and deposited. */
  listing: 1n,
  /** Connects contracts over chains: could redirect messages. */
  wiring: 2n,
  /** Sets prices' sources and signers, pricing models, margin parameters, funding terms and modules: could misvalue portfolios. */
  risk: 3n,
  /** Stops things, at once, and cancels what the other roles scheduled. Starts nothing. */
  guardian: 4n,
} as const;

export type RoleName = keyof typeof roles;

/** Roles whose scheduled operations the guardian may cancel. The admin's cannot have a guardian. */
export const guardedRoles = ["listing", "wiring", "risk"] as const satisfies readonly RoleName[];

export interface Privilege {
  role: RoleName;
  target: Address;
  /** Names of the functions, with their selectors. */
  functions: ReadonlyMap<string, Hex>;
}

/**
 * Every privileged function of a chain's contracts, with its role. What is not here (the AccessManager's own functions, ownership, whatever
 * else an OApp's delegate may ask of the endpoint) is the admin's: that is AccessManager's default.
 */
export function privileges({ layerZero, causeway: { vault, hub } }: WiredDeployment): Privilege[] {
  const onVault = [
    privilege("listing", vault, spokeVaultAbi, ["listToken"]),
    privilege("wiring", vault, spokeVaultAbi, ["setPeer", "setDelegate"]),
    privilege("wiring", layerZero.endpoint, endpointAbi, [
      "setConfig",
      "setSendLibrary",
      "setReceiveLibrary",
      "setReceiveLibraryTimeout",
    ]),
    privilege("guardian", vault, spokeVaultAbi, ["pause", "suspendToken"]),
    privilege("risk", vault, spokeVaultAbi, ["unpause", "resumeToken"]),
  ];
  if (hub === undefined) return onVault;
  return [
    ...onVault,
    privilege("listing", hub.clearingHub, clearingHubAbi, ["listLane", "listAsset", "listInstrument"]),
    privilege("wiring", hub.clearingHub, clearingHubAbi, ["setPeer", "setDelegate"]),
    privilege("guardian", hub.clearingHub, clearingHubAbi, ["pauseLane"]),
    privilege("risk", hub.clearingHub, clearingHubAbi, [
      "setFundingRates",
      "setInterestCurve",
      "setInstrumentRegistry",
      "setRiskModules",
      "unpauseLane",
    ]),
    privilege("risk", hub.oracle, priceRouterAbi, ["setUnderlying", "setSequencer"]),
    privilege("risk", hub.signers, signerQuorumAbi, ["setSigners"]),
    privilege("risk", hub.surfaceBook, surfaceBookAbi, ["setModel"]),
    privilege("risk", hub.marginEngine, scenarioMarginEngineAbi, [
      "setUnderlyingParameters",
      "setAccountParameters",
    ]),
    privilege("risk", hub.fundingRates, fundingRatesAbi, ["setTerms"]),
  ];
}

function privilege(role: RoleName, target: Address, abi: Abi, functions: readonly string[]): Privilege {
  const selectorOf = (name: string): Hex => {
    const item = abi.find((one) => one.type === "function" && one.name === name);
    return toFunctionSelector(item as Extract<Abi[number], { type: "function" }>);
  };
  return { role, target, functions: new Map(functions.map((name) => [name, selectorOf(name)])) };
}
