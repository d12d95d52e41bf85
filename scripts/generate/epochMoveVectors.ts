import { concat, keccak256, numberToHex } from "viem";
import { gainedByMove, movedScenarios, relativeMove } from "../../clearing/margin/epochMove.ts";
import { drawAnyArray, drawPayoffArray, list, magnitude } from "../../clearing/margin/randomMargin.ts";
import { PPB } from "../../clearing/margin/scenarios.ts";
import { minimum } from "../../clearing/math.ts";
import { random } from "../../clearing/random.ts";

const MOVES = 200;

/** What arrays say at a price that is not their epoch's, as `EpochMove` and `epochMove.ts` must both say it (CLR-20). */
export function epochMoveVectors(): Record<string, unknown>[] {
  const draw = random(43);
  return list(MOVES, (i) => {
    const wild = i % 3 === 0;
    const one = wild ? drawAnyArray(draw) : drawPayoffArray(draw, draw.integer(2) === 0);
    const size = magnitude(draw, wild ? 94 : 50);
    const gains = one.map((entry) => entry * size * (i % 2 === 0 ? 1n : -1n));
    const scanRangePpb = wild ? PPB / 1000n + (draw.bits(30) % ((PPB * 999n) / 1000n)) : (15n * PPB) / 100n;
    const epochWad = 1n + magnitude(draw, wild ? 112 : 76);
    const priceWad = wild
      ? 1n + magnitude(draw, 127)
      : minimum(2n ** 127n, (epochWad * (800n + BigInt(draw.integer(400)))) / 1000n + 1n);
    const move = relativeMove(priceWad, epochWad);
    const parameters = { gains, move, scanRangePpb, size };
    return {
      gains,
      scanRange: scanRangePpb,
      size,
      epochWad,
      priceWad,
      move,
      gained: gainedByMove(parameters),
      // A hash keeps the file small.
      scenarios: keccak256(
        concat(
          movedScenarios(parameters).map((gain) => numberToHex(BigInt.asUintN(256, gain), { size: 32 })),
        ),
      ),
    };
  });
}
