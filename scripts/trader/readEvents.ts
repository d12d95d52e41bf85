import type { Hex } from "viem";
import type { TraderHub } from "./network.ts";

/** Most blocks per question: few enough for public nodes. Indexed arguments keep the answers small. */
const MAX_RANGE = 5_000n;

/** Withdrawals of one account that the hub has queued. */
export function readQueued({ chain, contract }: TraderHub, account: Hex) {
  return inRanges(chain, (range) =>
    contract.getEvents.WithdrawalQueued({ account }, { strict: true, ...range }),
  );
}

/** Payouts of one account that the hub has decided. */
export function readIssued({ chain, contract }: TraderHub, account: Hex) {
  return inRanges(chain, (range) => contract.getEvents.PayoutIssued({ account }, { strict: true, ...range }));
}

/** Instruments that the hub lists. */
export async function readInstruments({ chain, contract }: TraderHub): Promise<Hex[]> {
  const events = await inRanges(chain, (range) =>
    contract.getEvents.InstrumentListed({}, { strict: true, ...range }),
  );
  return [...new Set(events.map(({ args }) => args.instrument!))];
}

async function inRanges<T>(
  { client, fromBlock: first }: TraderHub["chain"],
  read: (range: { fromBlock: bigint; toBlock: bigint }) => Promise<T[]>,
): Promise<T[]> {
  const last = await client.getBlockNumber();
  const found: T[] = [];
  for (let fromBlock = first; fromBlock <= last; fromBlock += MAX_RANGE) {
    const end = fromBlock + MAX_RANGE - 1n;
    found.push(...(await read({ fromBlock, toBlock: end < last ? end : last })));
  }
  return found;
}
