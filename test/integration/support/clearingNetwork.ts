import { type Address, erc20Abi, type Hex } from "viem";
import { expect } from "vitest";
import { clearingHubAbi, spokeVaultAbi } from "../../../chains/abi/index.ts";
import { settlementAsset } from "../../../chains/assets.ts";
import type { MarketParameters } from "../../../chains/markets.ts";
import { perpetual } from "../../../clearing/codec/instrumentId.ts";
import type { PriceSource } from "../../../relayer/price/priceSource.ts";
import { settled } from "../../../relayer/settled.ts";
import { type CheckedNetwork, checkedNetwork, checkRequirements } from "../../../scripts/checks/index.ts";
import { type Actor, createActors, demoKey } from "../../../scripts/demo/actors.ts";
import { depositAll } from "../../../scripts/demo/deposit.ts";
import { signMandates } from "../../../scripts/demo/mandates.ts";
import { type DemoNetwork, demoNetwork } from "../../../scripts/demo/network.ts";
import type { DemoPlan } from "../../../scripts/demo/plan.ts";
import { createReplayPrices, type ReplayPrices } from "../../../scripts/demo/replayPrices.ts";
import { untilReady } from "../../../scripts/demo/trade.ts";
import { localOracle } from "../../../scripts/devnet/localMarket.ts";
import { type Devnet, type StartDevnetParameters, startDevnet } from "../../../scripts/devnet/startDevnet.ts";
import { anvilOf } from "./anvilOf.ts";

const SEED = 1;
const WAD = 10n ** 18n;
export const ETH = perpetual("ETH");
/** The price of ether, which stays; a trade at it has no value, so that settlement moves nothing. */
export const ETH_PRICE = 4_000n * WAD;
export const HUB = 0;
export const SPOKE = 1;
/** Credit and venue allowance of each trader on each chain. */
export const CREDIT_CENTS = 1_000_000n;
const DEPOSIT_CENTS = 5_000_000n;

const plan: DemoPlan = {
  tape: "none",
  rows: 0,
  chains: 2,
  accounts: [planned("alice", HUB), planned("bob", SPOKE)],
  trades: [],
  markets: [
    {
      underlying: "ETH",
      priceScanRangeWad: (15n * WAD) / 100n,
      venueRateWad: WAD / 100n,
      ratePpm: 160_000n,
      feePpm: 0n,
      maxBase: 10n ** 12n,
      oracle: localOracle(4_000n * 10n ** 18n),
    },
  ],
  firstPrices: new Map([["ETH", ETH_PRICE]]),
  marks: new Map([["ETH", ETH_PRICE]]),
  options: { trades: [], expiry: undefined },
  skipped: { otherUnderlying: 0, noTrader: 0 },
};

function planned(name: string, home: number): DemoPlan["accounts"][number] {
  return {
    name,
    role: "trader",
    home,
    creditCents: [CREDIT_CENTS, CREDIT_CENTS],
    deposits: [{ chain: home, symbol: settlementAsset.symbol, cents: DEPOSIT_CENTS }],
  };
}

/** Two chains on which two traders can trade, and somebody who means no good. */
export interface ClearingNetwork {
  devnet: Devnet;
  network: DemoNetwork;
  /** At home on the hub's chain. */
  alice: Actor;
  /** At home on the spoke. */
  bob: Actor;
  /** Has gas money and nothing else. */
  mallory: ReturnType<typeof demoKey>;
  checked: CheckedNetwork;
  prices: ReplayPrices;
  rpcUrl(chain: number): string;
  /** Lets seconds pass on both chains at once; resolves when the relayer has seen it. */
  warp(seconds: number): Promise<void>;
}

export interface StartClearingNetworkParameters
  extends Partial<Pick<StartDevnetParameters, "local" | "logLevel" | "relayer" | "surfaces">> {
  /** How its market differs. */
  market?: Partial<MarketParameters>;
  /** Stands between the prices and the relayer. */
  publisher?: (source: PriceSource) => PriceSource;
}

/** Starts the network; its traders have deposited, signed mandates, and credit and prices have arrived. */
export async function startClearingNetwork({
  market,
  publisher = (source) => source,
  ...parameters
}: StartClearingNetworkParameters = {}): Promise<ClearingNetwork> {
  const prices = createReplayPrices(plan.firstPrices);
  const devnet = await startDevnet({
    chains: 2,
    markets: plan.markets.map((one) => ({ ...one, ...market })),
    prices: publisher(prices),
    ...parameters,
    progress: () => undefined,
  });
  try {
    const network = demoNetwork(devnet, SEED);
    const { context } = network.relayer;
    const eids = devnet.deployments.map(({ eid }) => eid);
    const actors = createActors(plan.accounts, SEED, eids);
    const mallory = demoKey(SEED, "mallory");
    await depositAll(network, plan, actors);
    for (const chain of [HUB, SPOKE])
      await network
        .deployer(chain)
        .submit({ label: "gas money", to: mallory.address, data: "0x", value: WAD, gas: 21_000n });
    await settled(context);
    await signMandates(network, actors);
    await untilReady(network, plan, actors);
    await settled(context);
    const clients = new Map([...context.chains].map(([eid, { client }]) => [eid, client]));
    return {
      devnet,
      network,
      alice: actors[0]!,
      bob: actors[1]!,
      mallory,
      checked: checkedNetwork(devnet.deployments, clients),
      prices,
      rpcUrl: (chain) => devnet.local.config.chains[chain]!.rpcUrls[0]!,
      warp: (seconds) => warp(devnet, seconds),
    };
  } catch (cause) {
    await devnet.stop();
    throw cause;
  }
}

async function warp({ local, relayer }: Devnet, seconds: number): Promise<void> {
  await Promise.all(
    local.config.chains.map(async (definition) => {
      const { heads } = relayer.context.chains.get(definition.eid)!;
      const end = heads.latest.timestamp + BigInt(seconds);
      const anvil = anvilOf({ definition });
      await anvil.increaseTime({ seconds });
      await anvil.mine({ blocks: 1 });
      // Whoever waits for chain time from now on, waits from the new time.
      while (heads.latest.timestamp < end) await heads.next();
    }),
  );
}

/** Does `work`, then expects every balance to be what it was, and all that must hold to hold. */
export async function expectNothingMoved(
  clearing: ClearingNetwork,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = await readBalances(clearing);
  await work();
  expect(await readBalances(clearing)).toEqual(before);
  const checks = await checkRequirements(clearing.checked);
  expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(["CLR-01", "CLR-02", "CLR-10"]));
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
}

/** All that anybody has: at the hub, in the vaults and in their own pockets. */
async function readBalances({
  network,
  alice,
  bob,
  mallory,
}: ClearingNetwork): Promise<Record<string, unknown>> {
  const accounts = [alice.id, bob.id];
  const addresses = [alice.owner.address, bob.owner.address, mallory.address];
  const hub = { address: network.hub.clearingHub, abi: clearingHubAbi } as const;
  const { client } = network.chain(HUB);
  const atHub = await Promise.all(
    accounts.map(async (account) => ({
      cash: await client.readContract({
        ...hub,
        functionName: "balanceOf",
        args: [account, settlementAsset.id],
      }),
      position: await client.readContract({ ...hub, functionName: "positionOf", args: [account, ETH] }),
    })),
  );
  const onChains = await Promise.all(
    [HUB, SPOKE].map((chain) => readChain(network, chain, accounts, addresses)),
  );
  return { atHub, onChains };
}

async function readChain(
  network: DemoNetwork,
  chain: number,
  accounts: readonly Hex[],
  addresses: readonly Address[],
) {
  const { client, deployment } = network.chain(chain);
  const { vault, tokens } = deployment.causeway;
  const token = tokens[settlementAsset.symbol]!;
  const vaultCall = { address: vault, abi: spokeVaultAbi } as const;
  return {
    tokens: await Promise.all(
      [vault, ...addresses].map((owner) =>
        client.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [owner] }),
      ),
    ),
    deposits: await Promise.all(
      accounts.map((account) =>
        client.readContract({
          ...vaultCall,
          functionName: "depositTotalOf",
          args: [account, settlementAsset.id, 0],
        }),
      ),
    ),
    pairs: await Promise.all(
      accounts.map((account) =>
        client.readContract({ ...vaultCall, functionName: "pairOf", args: [account, ETH] }),
      ),
    ),
  };
}
