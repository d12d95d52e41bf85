import { WAD } from "../../clearing/math.ts";
import type { ExpiryFit } from "../../clearing/volatility/fitChain.ts";
import { CausewayError } from "../../errors/CausewayError.ts";
import type { QuotedSlice, Surfaces } from "../../relayer/price/surfaceSource.ts";
import { wadNumber } from "../options.ts";

/**
 * The accepted slices of a fit as the relayer posts them. The forward is a share of the venue's spot, and the discount its inverse (cash and carry): so an
 * option's price in coin, which knows no interest, is its price in dollars divided by the spot.
 *
 * @throws CausewayError `ChainLineMalformed` if the chain has no spots
 */
export function fittedSurfaces(chain: string, fits: readonly ExpiryFit[]): Surfaces {
  const accepted = fits.filter(({ refused }) => refused === null);
  const byUnderlying = Map.groupBy(accepted, ({ underlying }) => underlying);
  return new Map(
    Array.from(byUnderlying, ([underlying, ofIt]) => [underlying, ofIt.map((fit) => quoted(chain, fit))]),
  );
}

function quoted(chain: string, { expirySeconds, slice, years, forward, spot }: ExpiryFit): QuotedSlice {
  if (spot === null) {
    const details = {
      file: chain,
      line: 1,
      column: "header",
      found: "no spot",
      expected: "a column index_price",
    };
    throw new CausewayError("ChainLineMalformed", { details });
  }
  const wad = (value: number) => wadNumber(String(value));
  const { a, b, rho, m, sigma } = slice!;
  const forwardRatioWad = wad(forward!.forward / spot);
  return {
    expiry: expirySeconds,
    forwardRatioWad,
    discountWad: (WAD * WAD) / forwardRatioWad,
    parameters: {
      model: "svi",
      slice: { a: wad(a), b: wad(b), rho: wad(rho), m: wad(m), sigma: wad(sigma), yearsWad: wad(years) },
    },
  };
}
