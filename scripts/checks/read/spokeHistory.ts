import { type Hex, parseEventLogs } from "viem";
import { spokeVaultAbi } from "../../../chains/abi/index.ts";
import { readLogs } from "../../../chains/readLogs.ts";
import type { SpokeState } from "../state.ts";
import type { CheckedSpoke } from "../types.ts";

/** Which keys exist at a vault, and what it paid, from its log. */
export interface SpokeHistory {
  accounts: Set<Hex>;
  instruments: Set<Hex>;
  assets: Set<number>;
  /** One per deposit: keys repeat; likewise pairs. */
  deposits: { account: Hex; asset: number; purpose: number }[];
  pairs: { account: Hex; instrument: Hex }[];
  withdrawals: bigint[];
  /** Accounts that were ever granted credit. */
  credits: Set<Hex>;
  resolutions: SpokeState["resolutions"];
}

/** Reads a vault's log up to `toBlock`. */
export async function readSpokeHistory(spoke: CheckedSpoke, toBlock: bigint): Promise<SpokeHistory> {
  const logs = await readLogs(spoke.client, [spoke.vault], spoke.fromBlock, toBlock);
  const history: SpokeHistory = {
    accounts: new Set(),
    instruments: new Set(),
    assets: new Set(),
    deposits: [],
    pairs: [],
    withdrawals: [],
    credits: new Set(),
    resolutions: [],
  };
  for (const event of parseEventLogs({ abi: spokeVaultAbi, logs })) {
    if ("account" in event.args) history.accounts.add(event.args.account);
    switch (event.eventName) {
      case "TokenListed":
        history.assets.add(event.args.asset);
        break;
      case "Deposited":
        history.deposits.push(event.args);
        break;
      case "PairChanged":
        history.instruments.add(event.args.instrument);
        history.pairs.push({ account: event.args.account, instrument: event.args.instrument });
        break;
      case "InstrumentTermsSet":
        history.instruments.add(event.args.instrument);
        break;
      case "WithdrawalRequested":
        history.withdrawals.push(event.args.number);
        break;
      case "CreditSet":
        history.credits.add(event.args.account);
        break;
      case "PayoutResolved":
        history.resolutions.push(event.args);
        break;
    }
  }
  return history;
}
