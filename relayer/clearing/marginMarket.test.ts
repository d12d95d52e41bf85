import { numberToHex } from "viem";
import { expect, test } from "vitest";
import { type Assessment, assess } from "../../clearing/margin/assess.ts";
import { type BatchAccount, batchBooks } from "../../clearing/margin/batch/batchBooks.ts";
import { batchMargin } from "../../clearing/margin/batch/batchMargin.ts";
import { batchMarket } from "../../clearing/margin/batch/batchMarket.ts";
import { ANY_AGE } from "../../clearing/margin/engineReading.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import { drawCase } from "../../scripts/fuzz/margin/drawCase.ts";
import type { EngineCase } from "../../scripts/fuzz/margin/drawEngineCase.ts";
import { batchMarketOf } from "./marginMarket.ts";

const idOf = (number: number) => numberToHex(number, { size: 32 });

/** As the engine says; undefined if it refuses. */
function exactly(engineCase: EngineCase): Assessment | undefined {
  try {
    return assess({ ...engineCase, maxPriceAge: ANY_AGE });
  } catch (error) {
    if (error instanceof CausewayError) return undefined;
    throw error;
  }
}

test("over 1,000 random markets the batch agrees with the engine, or leaves an account to it", () => {
  const found = { agreed: 0, left: 0, refused: 0 };
  for (let index = 0; index < 1_000; index++) {
    const { engine } = drawCase(31, index);
    const exposures = engine.exposures.slice(0, 128);
    const exact = exactly({ ...engine, exposures });
    const numbers = new Map(exposures.map(({ number }) => [idOf(number), number]));
    const market = batchMarketOf(engine.market, numbers);
    const legs = exposures.map((exposure) => ({
      ...exposure,
      instrument: market.places.get(idOf(exposure.number))!,
    }));
    if (legs.some(({ instrument }) => instrument === undefined)) {
      found[exact === undefined ? "refused" : "left"]++;
      continue;
    }
    // Whom the engine refuses is never taken for covered.
    if (exact === undefined) throw new Error(`case ${index}: refused by the engine, margined by the batch`);
    const prepared = batchMarket({ ...market, parameters: engine.market.account });
    const account: BatchAccount = { legs, collateralWad: 0n };
    const batch = batchMargin(prepared, batchBooks(prepared, [account]));
    const far = (dollars: number, wad: bigint) => Math.abs(dollars - Number(wad) / 1e18);
    const slack = 1 + 2 ** -40;
    expect(far(batch.maintenance[0]!, exact.maintenanceWad)).toBeLessThanOrEqual(
      batch.error[0]! * slack + Number(exact.maintenanceWad) / 2 ** 110,
    );
    expect(far(batch.equity[0]!, exact.valueMaintenanceWad)).toBeLessThanOrEqual(
      batch.equityError[0]! * slack + Math.abs(Number(exact.valueMaintenanceWad)) / 2 ** 110,
    );
    found.agreed++;
  }
  expect(found.agreed).toBeGreaterThan(400);
  expect(found.left).toBeGreaterThan(50);
  expect(found.refused).toBeGreaterThan(50);
});
