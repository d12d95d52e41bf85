import type { MarketParameters } from "../../chains/markets.ts";
import { WAD } from "../../clearing/math.ts";
import type { SliceParameters } from "../../clearing/oracle/surface.ts";
import type { Surfaces } from "../../relayer/price/surfaceSource.ts";

/**
 * The smile that local networks say of every expiry, of a year: 53 % at the money, more for low strikes. It is nobody's
 * market: edit the file that it is written to, or fit an exchange's quotes (`./causeway fit`).
 */
const SMILE: SliceParameters = {
  model: "svi",
  slice: {
    a: WAD / 5n,
    b: WAD / 5n,
    rho: -WAD / 5n,
    m: 0n,
    sigma: (2n * WAD) / 5n,
    yearsWad: WAD,
  },
};

/** A slice for each expiry of the markets' options; the forward is the spot. */
export function localSurfaces(
  markets: readonly Pick<MarketParameters, "underlying" | "options">[],
): Surfaces {
  return new Map(
    markets.flatMap(({ underlying, options = [] }) =>
      options.length === 0
        ? []
        : [
            [
              underlying,
              options.map(({ expiry }) => ({
                expiry,
                forwardRatioWad: WAD,
                discountWad: WAD,
                parameters: SMILE,
              })),
            ] as const,
          ],
    ),
  );
}
