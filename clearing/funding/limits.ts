import { CausewayError } from "../../errors/CausewayError.ts";
import { WAD } from "../math.ts";

/** The range of every number that funding takes: those of `contracts/funding/FundingLimits.sol` (CLR-20). */
export const MAX_AMOUNT = 2n ** 128n - 1n;
export const MAX_PREMIUM = WAD;
export const MAX_HOURLY_RATE = (4n * WAD) / 100n;
export const HOUR = 3600n;
export const YEAR = 31_536_000n;
export const PPB = 10n ** 9n;
/** A share in 1e-9, times this, is one in 1e-18. */
export const PPB_TO_WAD = WAD / PPB;

/**
 * Refuses what is not from `least` to `most`.
 *
 * @throws CausewayError `FundingInputOutOfRange`, where Solidity reverts with `Funding_OutOfRange`
 */
export function requireRange(field: string, found: bigint, least: bigint, most: bigint): void {
  if (found >= least && found <= most) return;
  throw new CausewayError("FundingInputOutOfRange", {
    details: { field, found, expected: `${least} to ${most}` },
  });
}
