import { storedQuote } from "../../clearing/funding/fundingIndex.ts";
import type { FundingState, HubState, PositionState } from "./state.ts";

/** Funding of an instrument; of an option nothing. */
export function fundingAt(hub: HubState, instrument: PositionState["instrument"]): FundingState {
  return hub.funding.get(instrument) ?? { long: 0n, short: 0n, kept: 0n };
}

/** What the hub stores of a position's quote, 1e-6 dollar: time does not change it. */
export function storedQuoteAt(hub: HubState, { instrument, base, quote }: PositionState): bigint {
  return storedQuote(base, quote, fundingAt(hub, instrument));
}
