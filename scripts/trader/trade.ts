import { type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import { spokeVaultAbi } from "../../chains/abi/index.ts";
import { isPerpetual, optionTerms, underlyingOf } from "../../clearing/codec/instrumentId.ts";
import { instrumentName, parseInstrumentName } from "../../clearing/codec/instrumentName.ts";
import { formatDecimal } from "../../clearing/decimal.ts";
import { fairPrice, type OptionReference, tradeCharge } from "../../clearing/tradeCharge.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { TradeResult } from "../schema/trader.ts";
import { formatCents, parseAmount } from "./amounts.ts";
import { type Trader, usage } from "./identity.ts";
import { chainTime, sendCall, type TraderChain, type TraderNetwork } from "./network.ts";
import { fillData, signOrder } from "./order.ts";
import { readInstruments } from "./readEvents.ts";
import { untilReady } from "./readiness.ts";
import { waitFor } from "./waitFor.ts";

export interface TradeParameters {
  network: TraderNetwork;
  chain: TraderChain;
  /** By name: a perpetual's underlying, or an option such as BTC-26DEC25-60000-C. */
  instrument: string;
  /** The first sends the transaction. */
  trader: Trader;
  counterparty: Trader;
  isBuy: boolean;
  /** Units of the underlying, as given. */
  size: string;
  /** Dollars, as given; without it the reference price, of an option what it is worth at that. */
  price?: string | undefined;
  seconds: number;
  progress(line: string): void;
}

const BASE_DECIMALS = 8;
const PRICE_DECIMALS = 18;
const MICRO_DECIMALS = 6;
/** `uint88` and `uint128` in an order. */
const MAX_BASE = 2n ** 88n - 1n;
const MAX_PRICE = 2n ** 128n - 1n;
const ORDER_SECONDS = 600n;

/**
 * Two orders, each signed with its owner's key, matched at the venue of one chain; then waits until the hub has netted both
 * sides.
 *
 * @throws CausewayError `UsageInvalid`, `UnknownMarket`, `NotReadyToTrade`, `WaitedInVain`, and as `sendCall`
 */
export async function trade(parameters: TradeParameters): Promise<TradeResult> {
  const { network, chain, trader, counterparty, isBuy, seconds, progress } = parameters;
  const sizeOption = isBuy ? "--buy" : "--sell";
  const base = parseAmount({
    option: sizeOption,
    text: parameters.size,
    decimals: BASE_DECIMALS,
    maximum: MAX_BASE,
  });
  if (trader.account === counterparty.account) throw usage("an account cannot trade with itself");
  const instrument = await findInstrument(network, parameters.instrument);
  const { referencePriceWad, option } = await reference(parameters, instrument);
  const priceWad =
    parameters.price === undefined
      ? fairPrice(referencePriceWad, option).ceilWad
      : parseAmount({
          option: "--price",
          text: parameters.price,
          decimals: PRICE_DECIMALS,
          maximum: MAX_PRICE,
        });
  const [buyer, seller] = isBuy ? [trader, counterparty] : [counterparty, trader];

  const { ratePpm, feePpm } = await chain.vault.read.termsOf([instrument]);
  const charge = tradeCharge({
    base,
    priceWad,
    referencePriceWad,
    option,
    ratePpm: BigInt(ratePpm),
    feePpm: BigInt(feePpm),
  });
  // Whoever runs the command hears of its own side first.
  for (const side of [trader, counterparty]) {
    const cents = side === buyer ? charge.buyerCents : charge.sellerCents;
    await untilReady({ network, chain, trader: side, cents, seconds });
  }

  const venue = { chainId: chain.definition.chainId, orderVenue: chain.contracts.orderVenue };
  const expiry = Number((await chainTime(chain)) + ORDER_SECONDS);
  // Tells orders apart that are the same otherwise, and rises, so that a venue's `cancelBelow` means earlier ones.
  const nonce = BigInt(Date.now());
  const [buy, sell] = await Promise.all(
    [buyer, seller].map(({ account, key }) =>
      signOrder(venue, key, {
        account,
        instrument,
        isBuy: account === buyer.account,
        base,
        priceWad,
        nonce,
        expiry,
      }),
    ),
  );
  const receipt = await sendCall(network, chain, trader.key, {
    label: "trade",
    to: venue.orderVenue,
    data: fillData(buy!, sell!, base),
  });
  progress(
    `traded on ${chain.definition.name}, final, transaction ${receipt.transactionHash}; waiting for the hub to net it`,
  );
  const start = performance.now();
  for (const { account, name } of [buyer, seller]) await untilNetted(parameters, account, name, instrument);
  const nettedSeconds = Math.round((performance.now() - start) / 100) / 10;
  return {
    ...describe(receipt),
    chain: chain.definition.name,
    instrument: parameters.instrument,
    nettedSeconds,
  };
}

async function findInstrument({ hub }: TraderNetwork, name: string): Promise<Hex> {
  const listed = await readInstruments(hub);
  const named = parseInstrumentName(name);
  const found = listed.find((one) => one === named);
  if (found !== undefined) return found;
  const names = (instruments: readonly Hex[]) => instruments.map(instrumentName);
  const [perpetuals, options] = [listed.filter(isPerpetual), listed.filter((one) => !isPerpetual(one))];
  const expected = [
    ...names(perpetuals),
    ...names(options.slice(0, 1)).map((one) => `an option such as ${one}`),
  ];
  throw new CausewayError("UnknownMarket", { details: { found: name, expected } });
}

interface Reference {
  referencePriceWad: bigint;
  /** Of an option. */
  option?: OptionReference | undefined;
}

/** Prices and terms come from the hub: a chain that was just connected has none yet. */
async function reference({ chain, instrument, seconds }: TradeParameters, id: Hex): Promise<Reference> {
  const isOption = optionTerms(id) !== null;
  return waitFor<Reference>({
    chain,
    what: `the market ${instrument}`,
    seconds,
    look: async () => {
      const [[referencePriceWad], { version }, told] = await Promise.all([
        chain.vault.read.referencePriceOf([underlyingOf(id)]),
        chain.vault.read.termsOf([id]),
        isOption ? chain.vault.read.optionReferenceOf([id]) : undefined,
      ]);
      if (version === 0) return { missing: "the hub's message with its terms has not arrived" };
      if (referencePriceWad === 0n) return { missing: "the hub's message with its price has not arrived" };
      if (told === undefined) return { found: { referencePriceWad } };
      if (told.time === 0) return { missing: "the hub's message with what it is worth has not arrived" };
      const option = { ...told, deltaPpb: BigInt(told.deltaPpb), ratePpm: BigInt(told.ratePpm) };
      return { found: { referencePriceWad, option } };
    },
  });
}

async function untilNetted(
  { network: { hub }, chain, seconds }: TradeParameters,
  account: Hex,
  name: string,
  instrument: Hex,
): Promise<void> {
  const [pair, accountIndex, instrumentIndex] = await Promise.all([
    chain.vault.read.pairOf([account, instrument]),
    chain.vault.read.accountIndexOf([account]),
    chain.vault.read.instrumentIndexOf([instrument]),
  ]);
  await waitFor({
    chain: hub.chain,
    what: `${name}'s side to be netted`,
    seconds,
    look: async () => {
      const { version } = await hub.contract.read.pairOf([
        chain.definition.eid,
        accountIndex,
        instrumentIndex,
      ]);
      if (version >= pair.version) return { found: true };
      return { missing: `the hub has its version ${version}, ${chain.definition.name} ${pair.version}` };
    },
  });
}

function describe({ logs, transactionHash }: TransactionReceipt) {
  const [recorded] = parseEventLogs({ abi: spokeVaultAbi, eventName: "TradeRecorded", logs });
  if (recorded === undefined) {
    const what = `transaction ${transactionHash} recorded no trade`;
    throw new CausewayError("InternalInvariant", { details: { what } });
  }
  const { base, priceWad, buyer, seller, buyerCharge, sellerCharge, feeEach } = recorded.args;
  return {
    size: formatDecimal(base, BASE_DECIMALS),
    price: formatDecimal(priceWad, PRICE_DECIMALS),
    buyer: { account: buyer, chargedUsd: formatCents(buyerCharge) },
    seller: { account: seller, chargedUsd: formatCents(sellerCharge) },
    feeEachUsd: formatDecimal(feeEach, MICRO_DECIMALS),
    transaction: transactionHash,
  };
}
