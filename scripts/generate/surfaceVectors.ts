import { bytesToHex, getAddress, toHex } from "viem";
import { type Surface, surfaceHash, surfaceYearsWad } from "../../clearing/oracle/surface.ts";
import { random } from "../../clearing/random.ts";

const CASES = 24;

/** Surfaces as signers sign them: their EIP-712 hash, and the years that the model is given, which must be the contract's too (CLR-20). */
export function surfaceVectors(): unknown[] {
  const draw = random(44);
  return Array.from({ length: CASES }, (_, index) => {
    const time = 1_800_000_000 + draw.integer(1_000_000);
    const surface: Surface = {
      underlying: toHex(draw.bits(128), { size: 16 }),
      model: getAddress(toHex(draw.bits(160), { size: 20 })),
      time,
      slices: Array.from({ length: index % 7 }, () => ({
        expiry: time + 1 + draw.integer(100_000_000),
        forwardRatioWad: draw.bits(64),
        discountWad: draw.bits(64),
        parameters: bytesToHex(Uint8Array.from({ length: draw.integer(80) }, () => draw.integer(256))),
      })),
    };
    return {
      underlying: surface.underlying,
      model: surface.model,
      time,
      expiry: surface.slices.map(({ expiry }) => expiry),
      forwardRatioWad: surface.slices.map(({ forwardRatioWad }) => forwardRatioWad),
      discountWad: surface.slices.map(({ discountWad }) => discountWad),
      parameters: surface.slices.map(({ parameters }) => parameters),
      yearsWad: surface.slices.map(({ expiry }) => surfaceYearsWad(time, expiry)),
      hash: surfaceHash(surface),
    };
  });
}
