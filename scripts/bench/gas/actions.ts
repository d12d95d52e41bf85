import {
  encodeFunctionData,
  erc20Abi,
  type Hex,
  type LocalAccount,
  maxUint256,
  type TransactionReceipt,
} from "viem";
import { clearingHubAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import { settlementAsset } from "../../../chains/assets.ts";
import { underlyingId } from "../../../clearing/codec/instrumentId.ts";
import { signSamples } from "../../../relayer/funding/signSamples.ts";
import { signersOf } from "../../../relayer/price/signAscending.ts";
import { signPriceProof } from "../../../relayer/price/signPriceProof.ts";
import { mintCall } from "../../trader/depositCalls.ts";
import { mandateData } from "../../trader/mandateData.ts";
import { fillData, signOrder } from "../../trader/order.ts";
import { withdrawalData } from "../../trader/withdrawalData.ts";
import type { BenchNetwork } from "./benchNetwork.ts";
import { type Arrival, deliver } from "./deliver.ts";

/** An account with its owner's key. */
export interface BenchAccount {
  owner: LocalAccount;
  id: Hex;
}

/** A trade between two accounts. */
export interface BenchTrade {
  buyer: BenchAccount;
  seller: BenchAccount;
  instrument: Hex;
  /** 1e-8. */
  base: bigint;
  priceWad: bigint;
}

/** What a report is to carry: `ISpokeVault.ReportKeys`, without what is empty. */
export interface ReportKeys {
  creditStates?: readonly Hex[];
  deposits?: readonly { account: Hex; asset: number; purpose: number }[];
  pairs?: readonly { account: Hex; instrument: Hex }[];
  withdrawals?: readonly bigint[];
  payouts?: readonly Hex[];
}

/** What a command is to carry: `IClearingHub.CommandKeys`, without what is empty. */
export interface CommandKeys {
  credits?: readonly Hex[];
  venues?: readonly { account: Hex; venue: Hex }[];
  payouts?: readonly Hex[];
  prices?: readonly Hex[];
  instruments?: readonly Hex[];
}

/** A message: the transaction that sent it, and how it arrived. */
export interface Message {
  sent: TransactionReceipt;
  arrival: Arrival;
}

const DAY_SECONDS = 86_400;
/** For any message's fee; the rest comes back. */
const FEE_WEI = 10n ** 18n;
const NO_REPORT_KEYS = {
  creditStates: [],
  deposits: [],
  pairs: [],
  withdrawals: [],
  payouts: [],
  balances: [],
};
const NO_COMMAND_KEYS = {
  credits: [],
  venues: [],
  payouts: [],
  prices: [],
  instruments: [],
  freezes: [],
  optionReferences: [],
  closings: [],
};

export type BenchActions = ReturnType<typeof benchActions>;

/** What people and relayers do in the benchmark, each by a real transaction, on the spoke or at the hub. */
export function benchActions(network: BenchNetwork, time: number) {
  const { spoke, hubChain, hub, courier, config } = network;
  const { causeway } = spoke.deployment;
  const { vault, orderVenue, tokens } = causeway;
  const { symbol } = settlementAsset;
  const token = tokens[symbol]!;
  const { decimals } = spoke.definition.tokens.find((one) => one.symbol === symbol)!;
  const hubPlace = { chainId: hubChain.definition.chainId, clearingHub: hub.clearingHub };
  const venuePlace = { chainId: spoke.definition.chainId, orderVenue };
  const spokeEid = spoke.definition.eid;
  const deadline = time + DAY_SECONDS;

  const toVault = (from: LocalAccount, data: Hex, value = 0n) => spoke.send({ from, to: vault, data, value });
  const toHub = (data: Hex, value = 0n) => hubChain.send({ from: courier, to: hub.clearingHub, data, value });
  /** A call of the hub that sends a command. */
  async function command(data: Hex): Promise<Message> {
    const sent = await toHub(data, FEE_WEI);
    return { sent, arrival: await deliver(network, hubChain, sent) };
  }

  return {
    /** Gives ether and whole dollars, and lets the vault take those. */
    async fund(who: LocalAccount, dollars: bigint): Promise<void> {
      await spoke.send({ from: courier, to: who.address, data: "0x", value: 10n * FEE_WEI });
      await spoke.send({ from: courier, ...mintCall(token, who.address, dollars * 10n ** BigInt(decimals)) });
      const data = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [vault, maxUint256] });
      await spoke.send({ from: who, to: token, data });
    },

    deposit(from: LocalAccount, { id }: BenchAccount, dollars: bigint): Promise<TransactionReceipt> {
      const amount = dollars * 10n ** BigInt(decimals);
      const args = [id, settlementAsset.id, amount] as const;
      return toVault(from, encodeFunctionData({ abi: spokeVaultAbi, functionName: "deposit", args }));
    },

    async report(keys: ReportKeys): Promise<Message> {
      const args = [{ ...NO_REPORT_KEYS, ...keys }, false] as const;
      const sent = await toVault(
        courier,
        encodeFunctionData({ abi: spokeVaultAbi, functionName: "report", args }),
        FEE_WEI,
      );
      return { sent, arrival: await deliver(network, spoke, sent) };
    },

    async setMandate({ owner, id }: BenchAccount, venue: Hex, cents: bigint, nonce: bigint) {
      const mandate = {
        account: id,
        eid: spokeEid,
        maxOutstanding: cents,
        venue,
        venueLimit: cents,
        nonce,
        deadline,
      };
      return toHub(await mandateData(hubPlace, owner, mandate));
    },

    push(keys: CommandKeys): Promise<Message> {
      const args = [spokeEid, { ...NO_COMMAND_KEYS, ...keys }] as const;
      return command(encodeFunctionData({ abi: clearingHubAbi, functionName: "push", args }));
    },

    /** Signed prices of one moment, for the hub's calls that need fresh ones. */
    priceProof(prices: ReadonlyMap<string, bigint>, at: number): Promise<Hex> {
      const pricesWad = new Map([...prices].map(([symbol, price]) => [underlyingId(symbol), price]));
      const place = { chainId: hubChain.definition.chainId, ...hub };
      return signPriceProof(place, { time: at, pricesWad }, signersOf(config));
    },

    renewCredit(accounts: readonly BenchAccount[], proof: Hex): Promise<Message> {
      const args = [spokeEid, accounts.map(({ id }) => id), proof] as const;
      return command(encodeFunctionData({ abi: clearingHubAbi, functionName: "renewCredit", args }));
    },

    /** By the venue's own key: what a venue pays for the vault's part alone. */
    recordTrade({ buyer, seller, instrument, base, priceWad }: BenchTrade): Promise<TransactionReceipt> {
      const args = [instrument, buyer.id, seller.id, base, priceWad] as const;
      return toVault(
        network.venue,
        encodeFunctionData({ abi: spokeVaultAbi, functionName: "recordTrade", args }),
      );
    },

    /** Two signed orders, matched by anyone. */
    async fill({ buyer, seller, instrument, base, priceWad }: BenchTrade, nonce: bigint) {
      const terms = { instrument, base, priceWad, nonce, expiry: deadline };
      const [buy, sell] = await Promise.all([
        signOrder(venuePlace, buyer.owner, { ...terms, account: buyer.id, isBuy: true }),
        signOrder(venuePlace, seller.owner, { ...terms, account: seller.id, isBuy: false }),
      ]);
      return spoke.send({ from: courier, to: orderVenue, data: fillData(buy, sell, base) });
    },

    /** Signed books of one moment, all above the index: longs are to pay. */
    async postBooks(prices: ReadonlyMap<string, bigint>, at: number): Promise<TransactionReceipt> {
      const samples = [...prices].map(([symbol, price]) => ({
        underlying: underlyingId(symbol),
        bidWad: (price * 1_001n) / 1_000n,
        askWad: (price * 1_002n) / 1_000n,
        indexWad: price,
      }));
      const place = { chainId: hubChain.definition.chainId, ...hub };
      const data = await signSamples(place, { time: at, samples }, signersOf(config));
      return hubChain.send({ from: courier, to: hub.fundingRates, data, value: 0n });
    },

    accrueFunding(instrument: Hex, proof: Hex): Promise<TransactionReceipt> {
      const args = [instrument, proof] as const;
      return toHub(encodeFunctionData({ abi: clearingHubAbi, functionName: "accrueFunding", args }));
    },

    settle(instrument: Hex, accounts: readonly BenchAccount[], proof: Hex): Promise<TransactionReceipt> {
      const ids = accounts.map(({ id }) => id).sort();
      const args = [instrument, ids, proof] as const;
      return toHub(encodeFunctionData({ abi: clearingHubAbi, functionName: "settle", args }));
    },

    /** To the owner's own address on the spoke. */
    async requestWithdrawal({ owner, id }: BenchAccount, amount: bigint, nonce: bigint) {
      const order = {
        account: id,
        asset: settlementAsset.id,
        amount,
        dstEid: spokeEid,
        recipient: owner.address,
        minimum: amount,
        deadline,
        nonce,
      };
      return toHub(await withdrawalData(hubPlace, owner, order));
    },

    process(requestId: Hex, proof: Hex): Promise<Message> {
      const args = [requestId, proof] as const;
      return command(encodeFunctionData({ abi: clearingHubAbi, functionName: "process", args }));
    },
  };
}
