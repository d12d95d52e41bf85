import type { Address } from "viem";
import { type CreationCodeParameters, causewayArtifact } from "../artifacts.ts";
import { bytes16, type MarketParameters } from "../markets.ts";
import { type FeedTerms, testFeedId } from "../oracleTerms.ts";
import type { SourceRecord } from "../types.ts";
import type { Deploy } from "./ensure.ts";

/** So that a price is told to the last digit. */
const TEST_AGGREGATOR_DECIMALS = 18;

/** A contract that is wanted, and what is recorded of it. */
interface WantedSource {
  underlying: string;
  kind: SourceRecord["kind"];
  feed: Address;
  isTest: boolean;
  /** With its arguments: other terms are another contract, not a difference. */
  name: string;
  code: CreationCodeParameters;
}

/** What sources read besides feeds. */
export interface SourcePlaces {
  signedPrices: Address;
  signers: Address;
  router: Address;
}

/**
 * Deploys a source for the signed prices, for each feed of each market, and for our own trades where a market has terms of them. Feeds without an address too: they are of
 * local chains, as the configuration's check says.
 *
 * @returns by underlying, the signed prices first, then the feeds in their order, then the trades
 */
export async function deploySources(
  deploy: Deploy,
  places: SourcePlaces,
  markets: readonly MarketParameters[],
): Promise<Record<string, SourceRecord[]>> {
  const feeds = markets.flatMap(({ underlying, oracle }) =>
    oracle.feeds.map((terms, place) => ({
      underlying,
      terms,
      testName: testFeedName(underlying, terms, place),
    })),
  );
  const testFeeds = await deploy(
    Object.fromEntries(
      feeds
        .filter(({ terms }) => terms.address === undefined)
        .map(({ terms, testName }) => [testName, testFeedCode(terms)]),
    ),
  );
  const wanted = [
    ...markets.map((market) => signedSource(market, places.signedPrices)),
    ...feeds.map(({ underlying, terms, testName }) =>
      feedSource(underlying, terms, terms.address ?? testFeeds[testName]!),
    ),
    ...markets.flatMap((market) => tradeSource(market, places)),
  ];
  const deployed = await deploy(Object.fromEntries(wanted.map(({ name, code }) => [name, code])));
  return Object.fromEntries(
    markets.map(({ underlying }) => [
      underlying,
      wanted
        .filter((one) => one.underlying === underlying)
        .map(({ kind, feed, isTest, name }) => ({ kind, source: deployed[name]!, feed, isTest })),
    ]),
  );
}

/** One pull feed for all; an aggregator is of one price. */
function testFeedName(underlying: string, { kind }: FeedTerms, place: number): string {
  return kind === "pyth" ? "TestPyth" : `TestAggregator ${underlying} ${place}`;
}

function testFeedCode({ kind }: FeedTerms): CreationCodeParameters {
  if (kind === "pyth") return { artifact: causewayArtifact("mocks/TestPyth.sol/TestPyth"), args: [0n] };
  const artifact = causewayArtifact("mocks/TestAggregator.sol/TestAggregator");
  return { artifact, args: [TEST_AGGREGATOR_DECIMALS] };
}

function signedSource({ underlying, oracle }: MarketParameters, feed: Address): WantedSource {
  const { confidenceBps } = oracle.signed;
  return {
    underlying,
    kind: "signed",
    feed,
    isTest: false,
    name: `SignedSource ${underlying} ${confidenceBps}`,
    code: {
      artifact: causewayArtifact("oracle/sources/SignedSource.sol/SignedSource"),
      args: [feed, bytes16(underlying), BigInt(confidenceBps)],
    },
  };
}

function feedSource(underlying: string, terms: FeedTerms, feed: Address): WantedSource {
  const common = { underlying, kind: terms.kind, feed, isTest: terms.address === undefined };
  if (terms.kind === "pyth") {
    const id = terms.feedId ?? testFeedId(underlying);
    return {
      ...common,
      name: `PythSource ${feed} ${id}`,
      code: { artifact: causewayArtifact("oracle/sources/PythSource.sol/PythSource"), args: [feed, id] },
    };
  }
  const artifact = causewayArtifact("oracle/sources/AggregatorSource.sol/AggregatorSource");
  return {
    ...common,
    name: `AggregatorSource ${feed} ${terms.thresholdBps}`,
    code: { artifact, args: [feed, BigInt(terms.thresholdBps)] },
  };
}

function tradeSource(
  { underlying, oracle: { trades } }: MarketParameters,
  { signers, router }: SourcePlaces,
): WantedSource[] {
  if (trades === undefined) return [];
  const { periodSeconds, bandBps, allowanceBase } = trades;
  return [
    {
      underlying,
      kind: "trades",
      feed: router,
      isTest: false,
      name: `TradeSource ${underlying} ${periodSeconds} ${bandBps} ${allowanceBase}`,
      code: {
        artifact: causewayArtifact("oracle/sources/TradeSource.sol/TradeSource"),
        args: [signers, router, bytes16(underlying), periodSeconds, BigInt(bandBps), allowanceBase],
      },
    },
  ];
}
