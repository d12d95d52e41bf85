import { CausewayError } from "../../errors/CausewayError.ts";
import type { ChainDefinition } from "../types.ts";
import { localA } from "./local-a.ts";
import { localB } from "./local-b.ts";
import { localC } from "./local-c.ts";
import { localD } from "./local-d.ts";
import { localE } from "./local-e.ts";
import { localF } from "./local-f.ts";
import { localG } from "./local-g.ts";
import { localHub } from "./local-hub.ts";

/** Chains that exist only on this machine; the first is the hub's. */
export const localChains: readonly ChainDefinition[] = [
  localHub,
  localA,
  localB,
  localC,
  localD,
  localE,
  localF,
  localG,
];

/** Every chain that a configuration can name. To add one, add its file and put it here. */
export const chains: readonly ChainDefinition[] = [...localChains];

/** @throws CausewayError `UnknownChain`, listing the known ones */
export function getChain(name: string): ChainDefinition {
  const chain = chains.find((candidate) => candidate.name === name);
  if (chain) return chain;
  throw new CausewayError("UnknownChain", {
    details: { found: name, expected: chains.map((known) => known.name) },
  });
}
