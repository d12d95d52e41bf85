import { erc20Abi, type Hex, zeroAddress } from "viem";
import { expect } from "vitest";
import { spokeVaultAbi } from "../../../chains/abi/index.ts";
import { underlyingOf } from "../../../clearing/codec/instrumentId.ts";
import { key } from "../../../clearing/ledger/entry.ts";
import { noPair } from "../../../clearing/ledger/hubLedger.ts";
import { heartbeatOf, noClosing, noCredit, type VaultLedger } from "../../../clearing/ledger/rebuildVault.ts";
import type { Universe } from "./expectHubLedger.ts";
import type { LoggedChain } from "./ledgerEvents.ts";

const SPARE_INDICES = 2;

/** Compares what was rebuilt of a vault with its views, and its tokens, at a block. */
export async function expectVaultLedger(
  { client, deployment }: LoggedChain,
  blockNumber: bigint,
  ledger: VaultLedger,
  { accounts, assets, instruments, addresses }: Universe,
): Promise<number> {
  const { vault } = deployment.causeway;
  const zero: Hex = `0x${"00".repeat(32)}`;
  const views: { view: string; args: readonly unknown[]; rebuilt: unknown }[] = [];
  const add = (view: string, args: readonly unknown[], rebuilt: unknown) =>
    views.push({ view, args, rebuilt });

  add("sequence", [], ledger.sequence);
  add("paused", [], ledger.paused);
  add("heartbeat", [], heartbeatOf(ledger));
  add("withdrawalCount", [], BigInt(ledger.withdrawals.size));
  add("accountCount", [], ledger.accountAt.size);
  add("instrumentCount", [], ledger.instrumentAt.size);
  for (let i = 0; i <= ledger.accountAt.size + SPARE_INDICES; i++) {
    add("accountAt", [i], ledger.accountAt.get(i) ?? zero);
  }
  for (let i = 0; i <= ledger.instrumentAt.size + SPARE_INDICES; i++) {
    add("instrumentAt", [i], ledger.instrumentAt.get(i) ?? zero);
  }
  for (const asset of assets) {
    const token = ledger.tokens.get(asset) ?? { token: zeroAddress, scale: 0n, suspended: false };
    add("tokenOf", [asset], token);
  }
  for (const instrument of instruments) {
    const terms = ledger.terms.get(key(instrument));
    add("termsOf", [instrument], terms ?? { instrument, ratePpm: 0, feePpm: 0, maxBase: 0n, version: 0 });
    const underlying = underlyingOf(instrument);
    const reference = ledger.references.get(key(underlying)) ?? { priceWad: 0n, time: 0 };
    add("referencePriceOf", [underlying], [reference.priceWad, reference.time]);
    const unknown = { instrument, markWad: 0n, deltaPpb: 0, spotWad: 0n, ratePpm: 0, time: 0 };
    add("optionReferenceOf", [instrument], ledger.optionReferences.get(key(instrument)) ?? unknown);
  }
  for (const account of accounts) {
    add("creditOf", [account], ledger.credits.get(key(account)) ?? noCredit());
    add("freezeOf", [account], ledger.freezes.get(key(account)) ?? { frozen: false, version: 0 });
    for (const asset of assets) {
      add("depositTotalOf", [account, asset, 0], ledger.deposits.get(key(account, asset, 0)) ?? 0n);
    }
    for (const instrument of instruments) {
      add("pairOf", [account, instrument], ledger.pairs.get(key(account, instrument)) ?? noPair());
      const closing = ledger.closingAllowances.get(key(account, instrument)) ?? noClosing();
      add("closingAllowanceOf", [account, instrument], closing);
    }
    for (const venue of addresses) {
      const nothing = { limit: 0n, used: 0n, version: 0n };
      add("venueAllowanceOf", [account, venue], ledger.allowances.get(key(account, venue)) ?? nothing);
    }
  }
  for (const [number, request] of ledger.withdrawals) add("withdrawalOf", [number], request);
  for (const [id, rank] of ledger.payoutRanks) add("payoutRankOf", [id], rank);

  const [found, held] = await Promise.all([
    Promise.all(
      views.map(({ view, args }) =>
        client.readContract({
          address: vault,
          abi: spokeVaultAbi,
          functionName: view,
          args,
          blockNumber,
        } as never),
      ),
    ),
    Promise.all(
      [...ledger.tokens].map(async ([asset, { token, scale }]) => ({
        asset,
        held:
          (await client.readContract({
            address: token,
            abi: erc20Abi,
            functionName: "balanceOf",
            args: [vault],
            blockNumber,
          })) / scale,
      })),
    ),
  ]);
  const shown = (value: (index: number) => unknown) =>
    views.map(({ view, args }, index) => ({ view, args, value: value(index) }));
  expect(shown((index) => views[index]!.rebuilt)).toEqual(shown((index) => found[index]));
  expect([...ledger.tokens.keys()].map((asset) => ({ asset, held: ledger.held.get(asset) ?? 0n }))).toEqual(
    held,
  );
  return views.length + held.length;
}
