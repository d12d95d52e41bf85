import { type Address, createPublicClient, type Hash, http, toHex } from "viem";
import { CausewayError } from "../../../errors/CausewayError.ts";
import type { BenchChain } from "./benchChain.ts";

interface Step {
  op: string;
  gas: number;
  gasCost: number;
  depth: number;
  stack?: readonly string[] | null;
}

/** Gas by what it was spent on. */
export type Profile = ReadonlyMap<string, { gas: number; count: number }>;

const CALLS = new Set(["CALL", "DELEGATECALL", "STATICCALL"]);
const COLD_SLOAD = 2_100;
const TRACE_TIMEOUT_MS = 60_000;

/** A call that is worth looking into. */
export interface ProfiledCall {
  chain: BenchChain;
  transaction: Hash;
  /** The transaction's own receiver, or the first call to this address in it. */
  to: Address;
}

/**
 * Where the gas of one call's frame went, step by step, those that it called included. Calls count with what the call itself
 * costs. The trace of a report of a hundred pairs is some ten megabytes.
 */
export async function profileFrame({ chain, transaction, to }: ProfiledCall): Promise<Profile> {
  const { definition } = chain;
  const client = createPublicClient({
    transport: http(definition.rpcUrls[0], { timeout: TRACE_TIMEOUT_MS, maxResponseBodySize: false }),
  });
  const {
    from,
    to: target,
    input,
    gas,
    value,
    blockNumber,
  } = await client.getTransaction({ hash: transaction });
  // Done again on the state before it: anvil keeps no steps of what it mined, unless told to do so for every transaction.
  const { structLogs } = (await client.request({
    method: "debug_traceCall",
    params: [
      { from, to: target, data: input, gas: toHex(gas), value: toHex(value) },
      toHex(blockNumber - 1n),
      { disableMemory: true, disableStorage: true },
    ],
  } as never)) as { structLogs: readonly Step[] };
  const steps = target === to.toLowerCase() ? structLogs : stepsWithin(structLogs, to);
  const profile = new Map<string, { gas: number; count: number }>();
  steps.forEach((step, at) => {
    const gas = CALLS.has(step.op) ? callOverhead(steps, at) : step.gasCost;
    const kind = kindOf(step.op, gas);
    const known = profile.get(kind) ?? { gas: 0, count: 0 };
    profile.set(kind, { gas: known.gas + gas, count: known.count + 1 });
  });
  return new Map([...profile].sort(([, a], [, b]) => b.gas - a.gas));
}

/** The steps of the first call to `to`. */
function stepsWithin(steps: readonly Step[], to: Address): readonly Step[] {
  const call = steps.findIndex(
    ({ op, stack }) => op === "CALL" && stack?.at(-2)?.toLowerCase().endsWith(to.slice(2).toLowerCase()),
  );
  if (call === -1) {
    const what = `no call to ${to} among ${steps.length} traced steps`;
    throw new CausewayError("InternalInvariant", { details: { what } });
  }
  return steps.slice(call + 1, endOfCall(steps, call));
}

/** Index of the step after which the caller goes on. */
function endOfCall(steps: readonly Step[], call: number): number {
  let at = call + 1;
  while (at < steps.length && steps[at]!.depth > steps[call]!.depth) at += 1;
  return at;
}

/** What a call took that its callee did not use. */
function callOverhead(steps: readonly Step[], call: number): number {
  const end = endOfCall(steps, call);
  const [first, last] = [steps[call + 1]!, steps[end - 1]!];
  const used = end === call + 1 ? 0 : first.gas - last.gas + last.gasCost;
  return steps[call]!.gas - (steps[end]?.gas ?? 0) - used;
}

function kindOf(op: string, gas: number): string {
  if (op === "SLOAD") return gas >= COLD_SLOAD ? "SLOAD cold" : "SLOAD warm";
  if (op === "SSTORE") return `SSTORE ${gas}`;
  if (op.startsWith("LOG") || op === "KECCAK256") return op;
  if (CALLS.has(op)) return "calls";
  if (/^(PUSH|DUP|SWAP|POP)/.test(op)) return "stack";
  if (/^(MLOAD|MSTORE|MCOPY)/.test(op)) return "memory";
  if (op.startsWith("CALLDATA")) return "calldata";
  if (op.startsWith("JUMP")) return "jumps";
  return "arithmetic and the rest";
}
