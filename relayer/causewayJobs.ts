import type { BookSource } from "./funding/bookSource.ts";
import type { RelayerJob } from "./job.ts";
import { claim } from "./jobs/claim.ts";
import { deliverLoopback } from "./jobs/deliverLoopback.ts";
import { createExpiryPrice } from "./jobs/expiryPrice.ts";
import { createFunding } from "./jobs/funding.ts";
import { createMaintenance } from "./jobs/maintenance.ts";
import { openInterest } from "./jobs/openInterest.ts";
import { createPrice } from "./jobs/price.ts";
import { createProcess } from "./jobs/process.ts";
import { pullFeeds } from "./jobs/pullFeeds.ts";
import { push } from "./jobs/push.ts";
import { reconcile } from "./jobs/reconcile.ts";
import { createRecordTrades } from "./jobs/recordTrades.ts";
import { createRefresh } from "./jobs/refresh.ts";
import { createRenewClosing } from "./jobs/renewClosing.ts";
import { createRenewCredit } from "./jobs/renewCredit.ts";
import { repay } from "./jobs/repay.ts";
import { report } from "./jobs/report.ts";
import { reportAgain } from "./jobs/reportAgain.ts";
import { createSettle } from "./jobs/settle.ts";
import { createSurface } from "./jobs/surface.ts";
import { transportJobs } from "./main.ts";
import { createPriceProofs } from "./price/createPriceProofs.ts";
import type { PriceSource } from "./price/priceSource.ts";
import type { SurfaceSource } from "./price/surfaceSource.ts";

export interface CausewayJobsParameters {
  prices: PriceSource;
  /** None: this relayer posts no surfaces. */
  surfaces?: SurfaceSource;
  /** Without it no book is sampled: perpetuals with a book then have no funding. */
  books?: BookSource;
}

/** All that a relayer of Causeway does: moves messages, and keeps hub and vaults in step. */
export function causewayJobs({ prices, surfaces, books }: CausewayJobsParameters): readonly RelayerJob[] {
  const signedPriceProof = createPriceProofs(prices);
  return [
    ...transportJobs,
    deliverLoopback,
    report,
    reportAgain,
    push,
    createRenewCredit(signedPriceProof),
    createRenewClosing(signedPriceProof),
    createPrice(signedPriceProof),
    createExpiryPrice(signedPriceProof),
    pullFeeds,
    createRecordTrades(),
    ...(surfaces ? [createSurface(surfaces)] : []),
    createRefresh(signedPriceProof),
    openInterest,
    createSettle(signedPriceProof),
    repay,
    createFunding(signedPriceProof, books),
    createProcess(signedPriceProof),
    claim,
    reconcile,
    createMaintenance(),
  ];
}
