import type { ScanRates } from "./scanMargin.ts";

const PERCENT = 10n ** 16n;
const VENUE_WAD = PERCENT / 2n;
const OTHER_SCAN_WAD = 40n * PERCENT;
const MAJORS = ["SOL", "XRP", "BNB", "DOGE", "ADA", "TRX", "AVAX", "LINK", "LTC", "BCH"];
const SCAN_WAD: ReadonlyMap<string, bigint> = new Map([
  ["BTC", 15n * PERCENT],
  ["ETH", 18n * PERCENT],
  ...MAJORS.map((underlying) => [underlying, 25n * PERCENT] as const),
]);

/** Default parameters of an underlying (risk model, section 3). A deployment may set others. */
export function scanRates(underlying: string): ScanRates {
  return { scanWad: SCAN_WAD.get(underlying) ?? OTHER_SCAN_WAD, venueWad: VENUE_WAD };
}
