import {
  type Account,
  type Address,
  createTestClient,
  type Hash,
  type Hex,
  hexToBytes,
  http,
  numberToHex,
  type TestClient,
  type TransactionReceipt,
} from "viem";
import { sendRawTransactionSync } from "viem/actions";
import type { ChainClient } from "../../../chains/clients.ts";
import type { ConfiguredChain } from "../../../chains/config.ts";
import type { CausewayDeployment, Deployment } from "../../../chains/types.ts";
import { CausewayError } from "../../../errors/CausewayError.ts";

export type WiredDeployment = Deployment & { causeway: CausewayDeployment };

/** What is sent: by whom, to whom, with how much. */
export interface BenchCall {
  from: Account;
  to: Address;
  data: Hex;
  value?: bigint;
}

/** A local chain whose clock stands still unless it is set, so that the same calls take the same gas in every run. */
export interface BenchChain {
  definition: ConfiguredChain;
  client: ChainClient;
  deployment: WiredDeployment;
  /** Unix seconds of every block from now on. */
  setTime(time: number): Promise<void>;
  /**
   * Sends a transaction of its own block and gives its receipt.
   * @throws CausewayError `TransactionReverted`
   */
  send(call: BenchCall): Promise<TransactionReceipt>;
  /** Gas of a call as a transaction of its own, so that all that it touches is cold, without what every transaction takes. */
  callGas(to: Address, data: Hex): Promise<number>;
  /** Writes a word of a contract's storage. */
  setStorage(address: Address, slot: Hex, value: Hex): Promise<void>;
  /** Gas of the one call of `selector` to `to` inside a mined transaction, what it called in turn included. */
  frameGas(transaction: Hash, to: Address, selector: Hex): Promise<number>;
}

/** Far above what anything here takes, far below a block's limit of 30 M. */
const GAS_LIMIT = 29_000_000n;
const FEES = { maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };

interface Frame {
  to?: Address;
  input: Hex;
  gasUsed: Hex;
  calls?: readonly Frame[];
}

/** Takes over a chain that mines: from here on a block comes with each transaction, and only then. */
export async function createBenchChain(
  definition: ConfiguredChain,
  client: ChainClient,
  deployment: WiredDeployment,
): Promise<BenchChain> {
  const anvil = testClientOf(definition, client);
  await stopClock(anvil);
  const nonces = new Map<Address, number>();

  return {
    definition,
    client,
    deployment,
    async setTime(time) {
      await anvil.setNextBlockTimestamp({ timestamp: BigInt(time) });
      await anvil.setBlockTimestampInterval({ interval: 0 });
      await anvil.mine({ blocks: 1 });
    },
    async send({ from, to, data, value = 0n }) {
      const nonce = nonces.get(from.address) ?? (await client.getTransactionCount({ address: from.address }));
      nonces.set(from.address, nonce + 1);
      const serializedTransaction = await from.signTransaction!({
        type: "eip1559",
        chainId: definition.chainId,
        nonce,
        to,
        data,
        value,
        gas: GAS_LIMIT,
        ...FEES,
      });
      const receipt = await sendRawTransactionSync(client, { serializedTransaction });
      if (receipt.status === "success") return receipt;
      const reason = await client.call({ account: from.address, to, data, value, gas: GAS_LIMIT }).then(
        () => "no reason given",
        (cause) => String(cause.details ?? cause.shortMessage),
      );
      throw new CausewayError("TransactionReverted", {
        details: { what: data.slice(0, 10), chain: definition.name, reason, hash: receipt.transactionHash },
      });
    },
    async callGas(to, data) {
      const { gasUsed } = (await client.request({
        method: "debug_traceCall",
        params: [{ to, data, gas: numberToHex(GAS_LIMIT) }, "latest", { tracer: "callTracer" }],
      } as never)) as Frame;
      return Number(gasUsed) - intrinsicGas(data);
    },
    setStorage: (address, index, value) => anvil.setStorageAt({ address, index, value }),
    async frameGas(transaction, to, selector) {
      const root = (await client.request({
        method: "debug_traceTransaction",
        params: [transaction, { tracer: "callTracer" }],
      } as never)) as Frame;
      const found = framesOf(root).filter(
        (frame) => frame.to?.toLowerCase() === to.toLowerCase() && frame.input.startsWith(selector),
      );
      if (found.length !== 1) {
        const what = `${found.length} calls of ${selector} to ${to} in ${transaction}, expected one`;
        throw new CausewayError("InternalInvariant", { details: { what } });
      }
      return Number(found[0]!.gasUsed);
    },
  };
}

/** What a transaction takes before it runs. */
function intrinsicGas(data: Hex): number {
  const bytes = hexToBytes(data);
  return bytes.reduce((total, byte) => total + (byte === 0 ? 4 : 16), 21_000);
}

function framesOf(frame: Frame): Frame[] {
  return [frame, ...(frame.calls ?? []).flatMap(framesOf)];
}

function testClientOf(definition: ConfiguredChain, client: ChainClient): TestClient {
  return createTestClient({ mode: "anvil", transport: http(definition.rpcUrls[0]), chain: client.chain });
}

/** No block by the clock any more; instead one with each transaction. */
async function stopClock(anvil: TestClient): Promise<void> {
  await anvil.setIntervalMining({ interval: 0 });
  await anvil.setAutomine(true);
}
