import { CausewayError } from "../../errors/CausewayError.ts";
import { absolute, ceilDiv, maximum, WAD } from "../math.ts";
import type { EngineMarket } from "./engineMarket.ts";
import { ANY_AGE } from "./engineReading.ts";
import { gainedByMove } from "./epochMove.ts";
import { type Exposure, readExposures, worthOf } from "./exposures.ts";
import type { AccountParameters } from "./marginParameters.ts";
import type { UnderlyingHoldings } from "./portfolioMargin.ts";
import { type Holdings, type RiskBook, sumHoldings } from "./riskBook.ts";
import { entries, grid, nearShock, PPB, scenarios, scenarioWeight, tailsLast, UNMOVED } from "./scenarios.ts";
import { concentrationFactor } from "./underlyingRequirement.ts";

/** Scenarios that are to prove that an account lacks margin, by place. Mirror of the contracts' `Certificate`. */
export interface Certificate {
  /** One of the grid, for all underlyings together; of one underlying alone it says nothing more. */
  joint: number;
  /** One for each underlying, in the order in which the account has them. */
  scenarios: readonly number[];
}

/** What a certificate proves, dollars, 1e18. Mirror of `CertifiedMargin`. */
export interface CertifiedMargin {
  /** `Assessment.valueMaintenanceWad`. */
  valueWad: bigint;
  /** By how much more positions may be worth within the oracle's confidence. */
  bandWad: bigint;
  /** At the most `Assessment.maintenanceWad`. */
  maintenanceWad: bigint;
}

export interface CertifyParameters {
  market: EngineMarket;
  /** No number twice: as the hub lists them. */
  exposures: readonly Exposure[];
  certificate: Certificate;
}

export interface CertificateBoundParameters {
  /** As for `portfolioMargin`. */
  underlyings: readonly UnderlyingHoldings[];
  parameters: AccountParameters;
  /** With one scenario for each of `underlyings`. */
  certificate: Certificate;
}

const PER_BASE = 10n ** 8n;
const PER_SPOT = 10n ** 17n;

/**
 * What a certificate proves of an account at the latest prices and epochs, however old, to the bit as the margin engine's `certify` (CLR-20).
 *
 * @throws CausewayError as `assess`; `MarginScenarioCount`, `MarginNotOnGrid`, `MarginUnknownScenario`
 */
export function certify({ market, exposures, certificate }: CertifyParameters): CertifiedMargin {
  const account = readExposures(market, exposures, ANY_AGE);
  const books = account.map(({ risk }) => risk && bookOf(risk));
  requireCertificate(certificate, account.length);
  const values = account.map((one, u) => worthOf(market, one, books[u]?.gained ?? 0n));
  const risky = account.flatMap(({ risk }, u) =>
    risk === undefined ? [] : { risk, scenario: certificate.scenarios[u]! },
  );
  const bound = certificateBound({
    underlyings: risky.map(({ risk }) => risk),
    parameters: market.account,
    certificate: { joint: certificate.joint, scenarios: risky.map(({ scenario }) => scenario) },
  });
  return { valueWad: sum(values), ...bound };
}

/**
 * The least maintenance requirement that the scenarios of a certificate leave possible: at the most what `portfolioMargin` requires, whatever the
 * other scenarios say. `docs/margin.md` proves it.
 *
 * @throws CausewayError as `portfolioMargin`; `MarginScenarioCount`, `MarginNotOnGrid`, `MarginUnknownScenario`
 */
export function certificateBound(
  parameters: CertificateBoundParameters,
): Pick<CertifiedMargin, "bandWad" | "maintenanceWad"> {
  const { underlyings, certificate } = parameters;
  const { maintenanceRatio, crossCredit } = parameters.parameters;
  requireCertificate(certificate, underlyings.length);
  const joint = underlyings.length > 1 ? certificate.joint : undefined;
  const each = underlyings.map((held, u) =>
    leastOf(held, certificate.scenarios[u]!, joint, maintenanceRatio),
  );
  const total = (of: (one: Least) => bigint): bigint => sum(each.map(of));
  const [scaled, venue] = [total((one) => one.scaled), total((one) => one.venue)];
  const bandWad = sum(underlyings.map(bandOf));
  if (joint === undefined) return { bandWad, maintenanceWad: scaled + venue };
  // A wei for each underlying, since `scaled` is rounded up.
  const credit = ceilDiv((total((one) => one.base) + BigInt(each.length)) * crossCredit, PPB);
  const lost = maximum(
    0n,
    total((one) => one.joint),
  );
  const kept = (lost * crossCredit * maintenanceRatio) / (PER_SPOT * PPB * PPB);
  const bound = maximum(0n, scaled - credit) + kept + venue;
  return { bandWad, maintenanceWad: maximum(bound, total((one) => one.minimum) + venue) };
}

/** The certificate that proves most: the worst scenario of each underlying, and the worst of the grid for all together. */
export function bestCertificate(underlyings: readonly UnderlyingHoldings[]): Certificate {
  const books = underlyings.map(bookOf);
  const joint = grid.map((s) =>
    sum(books.map(({ losses }, u) => losses[s]! * underlyings[u]!.market.priceWad)),
  );
  return {
    joint: grid[joint.reduce((worst, loss, i) => (loss > joint[worst]! ? i : worst), UNMOVED)]!,
    scenarios: books.map((book, u) => {
      const weighted = scenarios.map((_, s) => weightedLoss(book, s, underlyings[u]!.parameters.scanRange));
      return tailsLast.reduce((worst, s) => (weighted[s]! > weighted[worst]! ? s : worst), UNMOVED);
    }),
  };
}

/** The same of an account: underlyings without a risk have the scenario in which nothing moves. */
export function bestCertificateOf({
  market,
  exposures,
}: Omit<CertifyParameters, "certificate">): Certificate {
  const account = readExposures(market, exposures, ANY_AGE);
  const { joint, scenarios: worst } = bestCertificate(account.flatMap(({ risk }) => risk ?? []));
  let next = 0;
  return { joint, scenarios: account.map(({ risk }) => (risk === undefined ? UNMOVED : worst[next++]!)) };
}

/** Terms of the requirement of one underlying, none above what they are with all scenarios, dollars, 1e18. */
interface Least {
  /** max(f · scan, minimum); `scaled` times concentration. */
  base: bigint;
  scaled: bigint;
  minimum: bigint;
  venue: bigint;
  /** Loss in the joint scenario, exact, dollars at 1e35. */
  joint: bigint;
}

function leastOf(
  held: UnderlyingHoldings,
  scenario: number,
  joint: number | undefined,
  maintenanceRatio: bigint,
): Least {
  const { parameters, market } = held;
  const { scanRange } = parameters;
  const price = market.priceWad;
  const book = bookOf(held);
  const share = (term: bigint): bigint => ceilDiv(term * maintenanceRatio, PPB);
  const worst = maximum(
    weightedLoss(book, scenario, scanRange),
    joint === undefined ? 0n : weightedLoss(book, joint, scanRange),
  );
  const scan = ceilDiv(worst * price, PER_SPOT * PPB);
  const minimum = ceilDiv(book.perpetual * parameters.perpMinimumMaintenance * price, PER_SPOT);
  const base = maximum(share(scan), minimum);
  return {
    base,
    scaled: ceilDiv(base * concentrationFactor(ceilDiv(scan * PPB, scanRange), parameters), WAD),
    minimum,
    venue: share(ceilDiv(book.offset * parameters.venueRate * price, PER_SPOT)),
    joint: joint === undefined ? 0n : book.losses[joint]! * price,
  };
}

/** What is held, without closing allowances: to count them would only raise the requirement. */
function bookOf({ holdings, parameters, move = 0n }: UnderlyingHoldings): RiskBook {
  return sumHoldings({ holdings: withoutClosing(holdings), scanRangePpb: parameters.scanRange, move });
}

function withoutClosing({ perpetuals, options }: Holdings): Holdings {
  const without = <T extends { closing?: bigint }>(leg: T): T => ({ ...leg, closing: 0n });
  return { perpetuals: perpetuals.map(without), options: options.map(without) };
}

/** 1e-26 of the spot, at least nothing. */
function weightedLoss({ losses }: RiskBook, s: number, scanRangePpb: bigint): bigint {
  return maximum(0n, losses[s]!) * scenarioWeight(scenarios[s]!, scanRangePpb);
}

/** |Δ| · confidence, rounded up, with the delta between the near points around the price as it is now. */
function bandOf({ holdings, parameters, market, move = 0n }: UnderlyingHoldings): bigint {
  const near = nearShock(parameters.scanRange);
  const { perpetuals, options } = holdings;
  const gainedAt = (at: bigint): bigint =>
    gainedByMove({
      gains: entries.map((s) => sum(options.map(({ base, array }) => base * array[s]!))),
      move: at,
      scanRangePpb: parameters.scanRange,
      size: sum(options.map(({ base }) => absolute(base))),
    });
  const change =
    2n * near * sum(perpetuals.map(({ base }) => base)) + gainedAt(move + near) - gainedAt(move - near);
  return ceilDiv(absolute(change) * market.confidenceWad, 2n * near * PER_BASE);
}

function requireCertificate({ joint, scenarios: named }: Certificate, count: number): void {
  if (named.length !== count)
    throw new CausewayError("MarginScenarioCount", { details: { found: named.length, expected: count } });
  if (!grid.includes(joint)) throw new CausewayError("MarginNotOnGrid", { details: { found: joint } });
  for (const found of named)
    if (scenarios[found] === undefined)
      throw new CausewayError("MarginUnknownScenario", { details: { found, expected: scenarios.length } });
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
