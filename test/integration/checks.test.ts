import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  createTestClient,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  http,
  type LocalAccount,
  parseAbiItem,
  type TransactionReceipt,
} from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  clearingHubAbi,
  loopbackAbi,
  priceRouterAbi,
  spokeVaultAbi,
  testTokenAbi,
} from "../../chains/abi/index.ts";
import { causewayErrorAbi, deployCauseway } from "../../chains/deploy/causeway.ts";
import { createChainWriter } from "../../chains/deploy/chainWriter.ts";
import { deployLayerZero } from "../../chains/deploy/layerzero.ts";
import { connectNetwork, type Network } from "../../chains/deploy/network.ts";
import { wire } from "../../chains/deploy/wire.ts";
import { type LocalNetwork, startLocalNetwork } from "../../chains/local/startLocalNetwork.ts";
import type { OracleDeployment } from "../../chains/types.ts";
import { accountId } from "../../clearing/codec/accountId.ts";
import { perpetual, underlyingId } from "../../clearing/codec/instrumentId.ts";
import { requestIdOf } from "../../clearing/codec/requestId.ts";
import { signersOf } from "../../relayer/price/signAscending.ts";
import { signPriceProof } from "../../relayer/price/signPriceProof.ts";
import {
  allCommandKeys,
  allReportKeys,
  type CheckedNetwork,
  checkedNetwork,
  checkRequirements,
  countInFlight,
  type ReportKeys,
  readNetwork,
  snapshotLedger,
  splitKeys,
} from "../../scripts/checks/index.ts";
import { localOracle } from "../../scripts/devnet/localMarket.ts";

/*
 * The readers against real contracts. The hub's own chain does all the clearing, over the loopback, which needs no
 * relayer; a deposit on the other chain stays unreported.
 */

const USDC = 1;
const ETH = perpetual("ETH");
const nothing: ReportKeys = {
  creditStates: [],
  deposits: [],
  pairs: [],
  withdrawals: [],
  payouts: [],
  balances: [],
};
const noCommands = {
  credits: [],
  venues: [],
  payouts: [],
  prices: [],
  instruments: [],
  freezes: [],
  optionReferences: [],
  closings: [],
};
const messageQueued = parseAbiItem(
  "event MessageQueued(uint64 indexed nonce, address indexed from, address indexed to, uint256 gas, bytes message)",
);

let local: LocalNetwork;
let network: Network;
let oracleRecord: OracleDeployment;
let checked: CheckedNetwork;
let owners: LocalAccount[];
let venue: LocalAccount;
let accounts: Hex[];

beforeAll(async () => {
  local = await startLocalNetwork({
    chains: 2,
    markets: [
      {
        underlying: "ETH",
        priceScanRangeWad: 10n ** 17n,
        venueRateWad: 10n ** 15n,
        ratePpm: 150_000n,
        feePpm: 300n,
        maxBase: 10n ** 12n,
        oracle: localOracle(4_000n * 10n ** 18n),
      },
    ],
  });
  network = await connectNetwork(local.config, causewayErrorAbi);
  await deployLayerZero(network);
  const deployments = await deployCauseway(network);
  oracleRecord = deployments[0]!.causeway!.hub!;
  await wire(network);
  checked = checkedNetwork(
    deployments,
    new Map(network.chains.map(({ definition, client }) => [definition.eid, client])),
  );
  owners = [local.accounts[0]!, local.accounts[1]!].toSorted((a, b) => (a.address < b.address ? -1 : 1));
  venue = local.accounts[2]!;
  accounts = owners.map(({ address }) => accountId(address, checked.hub.eid));
}, 120_000);
afterAll(() => local.stop());

describe("checks on chain", () => {
  test("an empty network holds every requirement", async () => {
    await expectAll();
  });

  test("deposits in flight are counted from both ends", async () => {
    await deposit(0, owners[0]!, accounts[0]!, 10_000_000000n);
    await deposit(0, owners[1]!, accounts[1]!, 10_000_000000n);
    await deposit(1, owners[0]!, accounts[0]!, 5n * 10n ** 18n);
    await report({ deposits: accounts.map((account) => ({ account, asset: USDC, purpose: 0 })) });
    expect(countInFlight(await readNetwork(checked))).toEqual({
      deposits: 3,
      pairs: 0,
      payouts: 0,
      payoutResults: 0,
    });
    await deliverAll();
    const checks = await expectAll();
    expect(checks.get("CLR-01")).toContain(
      "20005 USDC in vaults = 20000 USDC balances + 0 USDC pools + 5 USDC",
    );
  });

  test("a trade is netted, settled, and paid out", async () => {
    const { eid, clearingHub, oracle } = checked.hub;
    await send(owners[0]!, oracle, priceRouterAbi, "update", [await priceProof(4_000n)]);
    await push({ prices: [underlyingId("ETH")], instruments: [ETH] });
    const deadline = Number((await checked.hub.client.getBlock()).timestamp) + 3_600;
    for (const [i, account] of accounts.entries()) {
      const mandate = {
        account,
        eid,
        maxOutstanding: 200_000n,
        venue: venue.address,
        venueLimit: 500_000n,
        nonce: 1n,
      };
      await send(owners[i]!, clearingHub, clearingHubAbi, "setMandate", [{ ...mandate, deadline }, "0x"]);
    }
    await push({ venues: accounts.map((account) => ({ account, venue: venue.address })) });
    await send(owners[0]!, clearingHub, clearingHubAbi, "renewCredit", [
      eid,
      accounts,
      await priceProof(4_000n),
    ]);
    await deliverAll();
    await send(venue, vault(), spokeVaultAbi, "recordTrade", [
      ETH,
      accounts[0]!,
      accounts[1]!,
      10n ** 8n,
      4_001n * 10n ** 18n,
    ]);
    expect((await expectAll()).get("CLR-02")).toContain("3 pairs not yet applied at the hub");

    const keys = await allReportKeys(checked, eid);
    expect(keys.pairs).toHaveLength(3);
    await report(keys);
    await deliverAll();
    await send(owners[0]!, clearingHub, clearingHubAbi, "settle", [ETH, accounts, await priceProof(4_100n)]);
    const settled = await expectAll();
    expect(settled.get("CLR-02")).toContain("every pair applied at the hub");
    expect(settled.get("CLR-06")).toContain("after 2 of 2 grants and payouts");

    const ask = [accounts[0]!, USDC, 100_000000n, eid, owners[0]!.address, 0n, deadline] as const;
    await send(owners[0]!, vault(), spokeVaultAbi, "requestWithdrawal", ask);
    await report({ withdrawals: [1n] });
    await deliverAll();
    await send(owners[1]!, clearingHub, clearingHubAbi, "process", [
      requestIdOf(eid, 1n),
      await priceProof(4_100n),
    ]);
    expect((await expectAll()).get("CLR-01")).toContain("100 USDC payouts in flight");
    await deliverAll();
    expect(countInFlight(await readNetwork(checked))).toMatchObject({ payouts: 0, payoutResults: 1 });
    await expectAll();
    await report({ payouts: (await allReportKeys(checked, eid)).payouts });
    await deliverAll();
    const paid = await expectAll();
    expect(paid.get("CLR-10")).toBe("1 payouts issued, 1 paid, each once and as issued, 1 booked at the hub");
    expect(paid.get("CLR-05")).toContain("1 withdrawals asked for at home");
  });

  test("CLR-03: sending every key again, both ways, changes nothing", async () => {
    const { eid } = checked.hub;
    const before = await snapshotLedger(checked);
    const [reports, commands] = await Promise.all([
      allReportKeys(checked, eid),
      allCommandKeys(checked, eid),
    ]);
    for (const keys of splitKeys(reports, 4)) await report(keys, true);
    for (const keys of splitKeys(commands, 4)) await push(keys);
    await deliverAll();
    const checks = await checkRequirements(checked, { before });
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(checks.map(({ id }) => id)).toContain("CLR-03");
  });

  test("a token that leaves the vault without a payout breaks CLR-01 and CLR-09, and nothing else", async () => {
    const anvil = createTestClient({ mode: "anvil", transport: http(rpcUrl()) });
    await anvil.impersonateAccount({ address: vault() });
    await anvil.setBalance({ address: vault(), value: 10n ** 18n });
    const hash = await checked.hub.client.request({
      method: "eth_sendTransaction" as never,
      params: [
        {
          from: vault(),
          to: token(0),
          data: encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [venue.address, 1n] }),
        },
      ] as never,
    });
    await checked.hub.client.waitForTransactionReceipt({ hash: hash as Hex });
    const broken = (await checkRequirements(checked)).filter(({ holds }) => !holds);
    expect(broken.map(({ id }) => id)).toEqual(["CLR-01", "CLR-09"]);
    expect(broken[0]!.detail).toContain("lacks 0.000001 USDC");
  });
});

async function expectAll(): Promise<Map<string, string>> {
  const checks = await checkRequirements(checked);
  expect(checks.map(({ id }) => id)).toEqual([
    "CLR-01",
    "CLR-02",
    "CLR-04",
    "CLR-05",
    "CLR-06",
    "CLR-09",
    "CLR-10",
  ]);
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
  return new Map(checks.map(({ id, detail }) => [id, detail]));
}

async function deposit(chain: number, owner: LocalAccount, account: Hex, amount: bigint): Promise<void> {
  const spoke = checked.spokes[chain]!;
  await send(owner, token(chain), testTokenAbi, "mint", [owner.address, amount], chain);
  await send(owner, token(chain), testTokenAbi, "approve", [spoke.vault, amount], chain);
  await send(owner, spoke.vault, spokeVaultAbi, "deposit", [account, USDC, amount], chain);
}

async function report(keys: Partial<ReportKeys>, withNames = false): Promise<void> {
  await send(owners[0]!, vault(), spokeVaultAbi, "report", [{ ...nothing, ...keys }, withNames]);
}

async function push(keys: Partial<Awaited<ReturnType<typeof allCommandKeys>>>): Promise<void> {
  const { eid, clearingHub } = checked.hub;
  await send(owners[0]!, clearingHub, clearingHubAbi, "push", [eid, { ...noCommands, ...keys }]);
}

/** Delivers everything that waits in the loopback. */
async function deliverAll(): Promise<void> {
  const { client, loopback } = checked.hub;
  const logs = await client.getLogs({ address: loopback, event: messageQueued, fromBlock: 0n, strict: true });
  for (const { args } of logs) {
    const { nonce, from, to, gas, message } = args;
    const hash = await client.readContract({
      address: loopback,
      abi: loopbackAbi,
      functionName: "queued",
      args: [nonce],
    });
    if (BigInt(hash) !== 0n)
      await send(venue, loopback, loopbackAbi, "deliver", [nonce, from, to, gas, message]);
  }
}

async function priceProof(dollars: bigint): Promise<Hex> {
  const { timestamp } = await checked.hub.client.getBlock();
  const batch = {
    time: Number(timestamp),
    pricesWad: new Map([[underlyingId("ETH"), dollars * 10n ** 18n]]),
  };
  const place = { chainId: network.chains[0]!.definition.chainId, ...oracleRecord };
  return signPriceProof(place, batch, signersOf(local.config));
}

async function send<
  const A extends Abi,
  N extends ContractFunctionName<A, "nonpayable" | "payable">,
  const P extends ContractFunctionArgs<A, "nonpayable" | "payable", N>,
>(
  account: LocalAccount,
  to: Address,
  abi: A,
  functionName: N,
  args: P,
  chain = 0,
): Promise<TransactionReceipt> {
  const { definition, client } = network.chains[chain]!;
  const writer = createChainWriter({
    chain: definition.name,
    client,
    account,
    timeoutMs: 30_000,
    errorAbi: causewayErrorAbi,
  });
  // The generic types above have checked the arguments already.
  const data = encodeFunctionData({
    abi: abi as Abi,
    functionName: functionName as string,
    args: args as unknown[],
  });
  const [receipt] = await writer.send([{ what: functionName, to, data }]);
  return receipt!;
}

function vault(): Address {
  return checked.spokes[0]!.vault;
}

function token(chain: number): Address {
  return checked.spokes[chain]!.tokens.USDC!;
}

function rpcUrl(): string {
  return network.chains[0]!.definition.rpcUrls[0]!;
}
