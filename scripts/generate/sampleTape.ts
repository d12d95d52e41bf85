import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { formatDecimal } from "../../clearing/decimal.ts";
import { type Random, random } from "../../clearing/random.ts";

/** The sample tape that the demo replays where no real one is at hand. */
export const sampleTapeFile = fileURLToPath(new URL("../demo/sampleTape.csv", import.meta.url));

const TRADES = 640;
const ACCOUNTS = 48;
const START_MILLIS = 1_760_000_000_000;

/** First price in units of its last decimal, its decimals, a typical size in units of 1/1000, and how often it trades. */
const markets = [
  { underlying: "BTC", price: 1_135_000, decimals: 1, size: 120, weight: 18 },
  { underlying: "ETH", price: 41_500, decimals: 1, size: 2_500, weight: 15 },
  { underlying: "SOL", price: 19_850, decimals: 2, size: 40_000, weight: 12 },
  { underlying: "XRP", price: 26_310, decimals: 4, size: 2_500_000, weight: 8 },
  { underlying: "DOGE", price: 20_145, decimals: 5, size: 30_000_000, weight: 8 },
  { underlying: "AVAX", price: 28_420, decimals: 3, size: 200_000, weight: 6 },
  { underlying: "LINK", price: 21_870, decimals: 3, size: 250_000, weight: 6 },
  { underlying: "BNB", price: 113_250, decimals: 2, size: 5_000, weight: 6 },
  { underlying: "LTC", price: 11_920, decimals: 2, size: 40_000, weight: 3 },
  { underlying: "SUI", price: 34_800, decimals: 4, size: 1_500_000, weight: 3 },
] as const;

/** A tape of our own: a random walk of prices, a few busy accounts and many that trade now and then. */
export function renderSampleTape(): string {
  const draw = random(7);
  const accounts = Array.from(
    { length: ACCOUNTS },
    () => `0x${draw.bits(160).toString(16).padStart(40, "0")}`,
  );
  const prices = markets.map(({ price }) => price);
  const lottery = markets.flatMap(({ weight }, market) => Array.from({ length: weight }, () => market));
  let millis = START_MILLIS;
  const rows = Array.from({ length: TRADES }, () => {
    millis += 40 + draw.integer(400);
    const market = lottery[draw.integer(lottery.length)]!;
    const { underlying, decimals, size } = markets[market]!;
    // Up to 0.1 % a trade either way.
    const step = Math.max(1, Math.floor(prices[market]! / 1000));
    prices[market]! += draw.integer(2 * step + 1) - step;
    const buyer = account(draw);
    let seller = account(draw);
    while (seller === buyer) seller = account(draw);
    return [
      formatDecimal(BigInt(millis), 3),
      `${underlying}-PERP`,
      accounts[buyer],
      accounts[seller],
      formatDecimal(BigInt(1 + draw.integer(2 * size)), 3),
      formatDecimal(BigInt(prices[market]!), decimals),
    ].join(",");
  });
  return `time,instrument,buyer,seller,size,price\n${rows.join("\n")}\n`;
}

/** Whether the committed tape differs from what this file gives. */
export async function isSampleTapeStale(): Promise<boolean> {
  return (await readFile(sampleTapeFile, "utf8").catch(() => "")) !== renderSampleTape();
}

/** Low numbers far more often than high ones, as real accounts are. */
function account(draw: Random): number {
  return Math.min(draw.integer(ACCOUNTS), draw.integer(ACCOUNTS), draw.integer(ACCOUNTS));
}

if (import.meta.main) await writeFile(sampleTapeFile, renderSampleTape());
