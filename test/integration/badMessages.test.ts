import {
  type BaseError,
  ContractFunctionRevertedError,
  encodeFunctionData,
  type Hash,
  type Hex,
  hexToString,
  parseAbi,
  parseEventLogs,
} from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clearingHubAbi, spokeVaultAbi } from "../../chains/abi/index.ts";
import { settlementAsset } from "../../chains/assets.ts";
import { dvnAbi, endpointAbi, receiveUln302Abi } from "../../chains/layerzero/abi.ts";
import { addressToBytes32 } from "../../chains/layerzero/packet.ts";
import { encodeCommand } from "../../clearing/codec/command.ts";
import { checkReport, encodeReport, type ReportSection } from "../../clearing/codec/report.ts";
import { requestIdOf } from "../../clearing/codec/requestId.ts";
import type { TrackedPacket } from "../../relayer/packets/packetBook.ts";
import { readStages } from "../../relayer/packets/readStages.ts";
import { settled } from "../../relayer/settled.ts";
import { untilHolds } from "../../scripts/demo/network.ts";
import {
  type ClearingNetwork,
  expectNothingMoved,
  HUB,
  SPOKE,
  startClearingNetwork,
} from "./support/clearingNetwork.ts";
import { type RawMessage, sendRawMessage } from "./support/rawMessage.ts";

/*
 * What reaches the hub and must not be believed: withdrawals that the home did not ask for, malformed reports, and well-formed messages of
 * others than the peer. All through the real endpoint, carried by our relayer as any other message.
 */

const USDC = settlementAsset.id;
/** With what the endpoint says of a message that nobody verified. */
const receiveAbi = [...endpointAbi, ...parseAbi(["error LZ_InvalidNonce(uint64 nonce)"])];
const LOOT = 1_000_000n * 10n ** 6n;

let clearing: ClearingNetwork;
beforeAll(async () => {
  clearing = await startClearingNetwork();
});
afterAll(() => clearing?.devnet.stop());

const context = () => clearing.network.relayer.context;
const eidOf = (chain: number) => clearing.network.chain(chain).definition.eid;
const vaultOf = (chain: number) => clearing.network.chain(chain).deployment.causeway.vault;
const hubCall = () => ({ address: clearing.network.hub.clearingHub, abi: clearingHubAbi }) as const;

describe("a withdrawal by a spoke's word alone", () => {
  test("is not paid to a recipient that the home did not register", async () => {
    await expectNothingMoved(clearing, async () => {
      const number = await requestWithdrawal(clearing.alice.owner, SPOKE);
      await settled(context());
      const requestId = requestIdOf(eidOf(HUB), number);
      await expect(processError(requestId)).resolves.toBe("Hub_RecipientNotRegistered");
      expect(await stateOf(requestId)).toMatchObject({ state: 1, signed: false });
    });
  });

  test("is not even queued if somebody else than the home asks, whoever reports it", async () => {
    await expectNothingMoved(clearing, async () => {
      const number = await requestWithdrawal(clearing.mallory, HUB);
      // The relayer leaves it; anyone may report it.
      await settled(context());
      const guid = await reportWithdrawal(number);
      expect(await skipReason(guid)).toBe("NotAllowed");
      const requestId = requestIdOf(eidOf(HUB), number);
      expect(await stateOf(requestId)).toMatchObject({ state: 0 });
      await expect(processError(requestId)).resolves.toBe("Hub_NotPending");
    });
  });
});

describe("a report that is no report, from the peer itself, is rejected whole", () => {
  test.each<[string, () => Hex]>([
    ["truncated", () => lootReport().slice(0, -2) as Hex],
    ["overlong", () => `${lootReport()}00`],
    ["with an unknown kind of item", () => `${lootReport()}080001${"00".repeat(8)}`],
    ["of another version", () => `0x02${lootReport().slice(4)}`],
  ])("%s", async (_, message) => {
    expect(checkReport(message()).valid).toBe(false);
    await expectNothingMoved(clearing, async () => {
      const guid = await deliverFromPeer(message());
      const rejected = await clearing.network.chain(HUB).client.getContractEvents({
        ...hubCall(),
        eventName: "ReportRejected",
        args: { guid },
        fromBlock: 0n,
      });
      expect(rejected).toMatchObject([{ args: { eid: eidOf(SPOKE), message: message() } }]);
    });
  });

  test.each<[string, ReportSection, string]>([
    [
      "of an unlisted asset",
      { kind: "deposit", items: [{ account: `0x${"11".repeat(32)}`, asset: 99, purpose: 0, total: LOOT }] },
      "UnlistedAsset",
    ],
    [
      "of an unknown account and instrument",
      {
        kind: "pair",
        items: [{ account: 4_000_000, instrument: 999, base: 1n, quote: 1n, used: 1, version: 1 }],
      },
      "UnknownName",
    ],
    [
      "of a payout that was never issued",
      { kind: "payoutResult", items: [{ payoutId: `0x${"22".repeat(32)}`, rank: 2 }] },
      "NotThisLane",
    ],
  ])("or, well formed but with an item %s, applied without that item", async (_, section, reason) => {
    const message = encodeReport({ sequence: 0n, chainTime: 0, sections: [section] });
    expect(checkReport(message).valid).toBe(true);
    await expectNothingMoved(clearing, async () => {
      expect(await skipReason(await deliverFromPeer(message))).toBe(reason);
    });
  });
});

describe("a well-formed message that the peer did not send is never delivered", () => {
  const rows: [string, () => RawMessage][] = [
    [
      "a report from a non-peer",
      () => ({
        from: SPOKE,
        to: HUB,
        sender: clearing.mallory.address,
        receiver: clearing.network.hub.clearingHub,
        message: lootReport(),
      }),
    ],
    [
      "a report from the peer of another eid",
      () => ({
        from: SPOKE,
        to: HUB,
        sender: vaultOf(HUB),
        receiver: clearing.network.hub.clearingHub,
        message: lootReport(),
      }),
    ],
    [
      "a command to pay from a non-peer",
      () => ({
        from: HUB,
        to: SPOKE,
        sender: clearing.mallory.address,
        receiver: vaultOf(SPOKE),
        message: encodeCommand({
          sections: [
            {
              kind: "pay",
              items: [
                {
                  account: clearing.alice.id,
                  recipient: clearing.mallory.address,
                  asset: USDC,
                  amount: LOOT,
                  issuedAt: 1,
                  nonce: 1n,
                },
              ],
            },
          ],
        }),
      }),
    ],
  ];
  test.each(rows)("%s, not even after both DVNs verified it", async (_, raw) => {
    const message = raw();
    expect(vaultOf(HUB)).not.toBe(vaultOf(SPOKE));
    await expectNothingMoved(clearing, async () => {
      const packet = await refusedByRelayer(message);
      const to = context().chains.get(eidOf(message.to))!;
      expect(await readStages(to, [packet])).toEqual(["unready"]);

      await verifyByBothDvns(packet);
      const { endpoint, receiveUln302 } = to.deployment.layerZero;
      const origin = { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce };
      await expect(
        errorOf(() =>
          to.client.simulateContract({
            address: receiveUln302,
            abi: [...receiveUln302Abi, ...endpointAbi],
            functionName: "commitVerification",
            args: [packet.header, packet.payloadHash],
          }),
        ),
      ).resolves.toBe("LZ_PathNotInitializable");
      await expect(
        errorOf(() =>
          to.client.simulateContract({
            address: endpoint,
            abi: receiveAbi,
            functionName: "lzReceive",
            args: [origin, packet.receiver, packet.guid, packet.message, "0x"],
          }),
        ),
      ).resolves.toBe("LZ_InvalidNonce");
    });
  });

  test("a report of the peer, presented to the endpoint as another chain's", async () => {
    const { endpoint } = clearing.network.chain(HUB).deployment.layerZero;
    const origin = { srcEid: eidOf(HUB), sender: addressToBytes32(vaultOf(SPOKE)), nonce: 1n };
    const args = [
      origin,
      clearing.network.hub.clearingHub,
      `0x${"33".repeat(32)}`,
      lootReport(),
      "0x",
    ] as const;
    const present = () =>
      clearing.network
        .chain(HUB)
        .client.simulateContract({ address: endpoint, abi: receiveAbi, functionName: "lzReceive", args });
    await expect(errorOf(present)).resolves.toBe("LZ_InvalidNonce");
  });
});

/** What a thief would report: that alice deposited a million. */
function lootReport(): Hex {
  const account = clearing.alice.id;
  return encodeReport({
    sequence: 0n,
    chainTime: 0,
    sections: [{ kind: "deposit", items: [{ account, asset: USDC, purpose: 0, total: LOOT }] }],
  });
}

/** Asks alice's home vault for a dollar of hers, to mallory. */
async function requestWithdrawal(sender: typeof clearing.mallory, destination: number): Promise<bigint> {
  const { network, alice, mallory } = clearing;
  const deadline = Number(await network.hubTime()) + 3_600;
  const args = [alice.id, USDC, 10n ** 6n, eidOf(destination), mallory.address, 1n, deadline] as const;
  await network.wallet(HUB, sender).submit({
    label: "withdrawal",
    to: vaultOf(HUB),
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "requestWithdrawal", args }),
  });
  return network
    .chain(HUB)
    .client.readContract({ address: vaultOf(HUB), abi: spokeVaultAbi, functionName: "withdrawalCount" });
}

/** Has the hub's own vault report a withdrawal; resolves with the message's guid when it was delivered. */
async function reportWithdrawal(number: bigint): Promise<Hash> {
  const { network } = clearing;
  const keys = {
    creditStates: [],
    deposits: [],
    pairs: [],
    withdrawals: [number],
    payouts: [],
    balances: [],
  };
  const before = await network.chain(HUB).client.getBlockNumber();
  await network.courier(HUB).submit({
    label: "report",
    to: vaultOf(HUB),
    data: encodeFunctionData({ abi: spokeVaultAbi, functionName: "report", args: [keys, false] }),
  });
  await settled(context());
  const skipped = await network.chain(HUB).client.getContractEvents({
    ...hubCall(),
    eventName: "ReportItemSkipped",
    args: { eid: eidOf(HUB) },
    fromBlock: before,
  });
  expect(skipped).toHaveLength(1);
  return skipped[0]!.args.guid!;
}

async function deliverFromPeer(message: Hex): Promise<Hash> {
  const guid = await sendRawMessage(clearing, {
    from: SPOKE,
    to: HUB,
    sender: vaultOf(SPOKE),
    receiver: clearing.network.hub.clearingHub,
    message,
  });
  await clearing.network.relayer.whenDelivered(guid);
  return guid;
}

async function skipReason(guid: Hash): Promise<string> {
  const skipped = await clearing.network.chain(HUB).client.getContractEvents({
    ...hubCall(),
    eventName: "ReportItemSkipped",
    args: { guid },
    fromBlock: 0n,
  });
  expect(skipped).toHaveLength(1);
  return hexToString(skipped[0]!.args.reason!, { size: 32 });
}

/** Resolves once the relayer has seen the message final and has refused to verify it. */
async function refusedByRelayer(message: RawMessage): Promise<TrackedPacket> {
  const { relayer } = clearing.network;
  const refusals = () => relayer.stats().queues.verify?.retried ?? 0;
  const before = refusals();
  const guid = await sendRawMessage(clearing, message);
  const { packets } = relayer.context;
  const isRefused = async () => packets.get(guid) !== undefined && refusals() > before;
  await untilHolds(clearing.network.chain(message.to), "the relayer to refuse it", 30, isRefused);
  return packets.get(guid)!;
}

/** What our relayer does not do for such a message, and what others might. */
async function verifyByBothDvns({ srcEid, dstEid, location, header }: TrackedPacket): Promise<void> {
  const { chains, dvns } = context();
  const chain = chains.get(dstEid)!;
  const { receiveUln302: target, dvns: contracts } = chain.deployment.layerZero;
  const expiration = (await chain.client.getBlock()).timestamp + 3_600n;
  for (const [index, { address, vid }] of contracts.entries()) {
    const attestation = { srcEid, dstEid, locations: [location], vid, target, expiration };
    const [param] = await dvns[index]!.attest(attestation);
    const { logs } = await chain.submitter.submit({
      label: "verify all the same",
      to: address,
      data: encodeFunctionData({ abi: dvnAbi, functionName: "execute", args: [[param as never]] }),
      minGas: 300_000n,
    });
    const verified = parseEventLogs({ abi: receiveUln302Abi, eventName: "PayloadVerified", logs });
    expect(verified.map(({ args }) => args)).toMatchObject([{ dvn: address, header }]);
  }
}

function stateOf(requestId: Hash) {
  const { client } = clearing.network.chain(HUB);
  return client.readContract({ ...hubCall(), functionName: "withdrawalOf", args: [requestId] });
}

function processError(requestId: Hash): Promise<string> {
  const { client } = clearing.network.chain(HUB);
  return errorOf(() =>
    client.simulateContract({ ...hubCall(), functionName: "process", args: [requestId, "0x"] }),
  );
}

/** Name of the Solidity error that a call reverts with. */
async function errorOf(call: () => Promise<unknown>): Promise<string> {
  const cause = await call().then(
    () => "it passed",
    (error: BaseError) => error,
  );
  if (typeof cause === "string") return cause;
  const revert = cause.walk((error) => error instanceof ContractFunctionRevertedError);
  return revert instanceof ContractFunctionRevertedError
    ? (revert.data?.errorName ?? "unknown")
    : String(cause);
}
