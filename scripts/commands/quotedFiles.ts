import type { PriceSource } from "../../relayer/price/priceSource.ts";
import type { SurfaceSource } from "../../relayer/price/surfaceSource.ts";
import { createFilePrices, readPrices } from "../devnet/pricesFile.ts";
import { createFileSurfaces, readSurfaces } from "../devnet/surfacesFile.ts";
import type { Output } from "../output.ts";

/** Prices of a command's file; none without it. */
export function pricesFrom(file: string | undefined, output: Output): PriceSource {
  if (file === undefined) return { latest: async () => new Map() };
  return createFilePrices(file, readPrices(file), ({ message, hint }) =>
    output.progress(`${message} ${hint}`),
  );
}

/** Surfaces likewise. */
export function surfacesFrom(file: string | undefined, output: Output): SurfaceSource | undefined {
  if (file === undefined) return undefined;
  return createFileSurfaces(file, readSurfaces(file), ({ message, hint }) =>
    output.progress(`${message} ${hint}`),
  );
}
