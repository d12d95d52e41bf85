import { type Address, encodeAbiParameters, type Hex, parseAbiParameters } from "viem";
import { type SignerSet, signAscending } from "./signAscending.ts";

/** As `ObservedTrade` of `TradeSource`. */
export interface ObservedTrade {
  buyer: Hex;
  seller: Hex;
  /** 1e-8 of the underlying. */
  base: bigint;
  /** Dollars per unit, 1e18. */
  priceWad: bigint;
}

/** Trades of one underlying's perpetual at the vault of one chain, as `TradeBatch` of `TradeSource`. */
export interface TradeBatch {
  eid: number;
  /** First and last of the blocks that were looked at, both final. */
  fromBlock: bigint;
  toBlock: bigint;
  /** Of `toBlock`, unix seconds. */
  time: number;
  trades: readonly ObservedTrade[];
}

/** The source that is to accept a batch. */
export interface TradePlace {
  chainId: number;
  source: Address;
}

const types = {
  TradeBatch: [
    { name: "eid", type: "uint32" },
    { name: "fromBlock", type: "uint64" },
    { name: "toBlock", type: "uint64" },
    { name: "time", type: "uint48" },
    { name: "trades", type: "ObservedTrade[]" },
  ],
  ObservedTrade: [
    { name: "buyer", type: "bytes32" },
    { name: "seller", type: "bytes32" },
    { name: "base", type: "uint88" },
    { name: "priceWad", type: "uint128" },
  ],
} as const;

const pushed = parseAbiParameters([
  "TradeBatch batch, bytes[] signatures",
  "struct TradeBatch { uint32 eid; uint64 fromBlock; uint64 toBlock; uint48 time; ObservedTrade[] trades; }",
  "struct ObservedTrade { bytes32 buyer; bytes32 seller; uint88 base; uint128 priceWad; }",
]);

/**
 * Signs a batch with every signer, each for itself, and packs what `TradeSource.push` takes.
 * @throws CausewayError `QuorumMissing` if too few sign
 */
export async function signTrades(
  { chainId, source }: TradePlace,
  batch: TradeBatch,
  signers: SignerSet,
): Promise<Hex> {
  const domain = { name: "CausewayTradeSource", version: "1", chainId, verifyingContract: source };
  const message = { ...batch };
  const signatures = await signAscending({ domain, types, primaryType: "TradeBatch", message }, signers);
  return encodeAbiParameters(pushed, [batch, signatures]);
}
