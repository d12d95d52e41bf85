// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice What options gain by scenario, summed over many of them: two entries of an array by one multiplication.
/// @dev Sums are kept in 16 words of two lanes of 128 bits: word 4v + k has entry 8v + k above and entry 8v + k + 4 below, which one shift
/// and one mask take out of word v of an array. So 16 multiplications serve all 32. Reading and writing a lane takes as much as
/// multiplying for it, so that four options are added at once.
///
/// This is exact. Entries are read with 2^31 added, thus as 0 to 2^32 − 1; a base is an int88, and `RiskBook.totals` refuses more than 2^94 of
/// Σ |base|. So a lane's sum is within ±2^126, and a word's, high · 2^128 + low modulo 2^256, has exactly one reading: low is the lower
/// half as a signed number, high is what is left. What the 2^31 add is 2^31 · Σ base, taken off at the end.
library OptionLanes {
    uint256 private constant BIAS = 0x8000000080000000800000008000000080000000800000008000000080000000;
    uint256 private constant PAIR = 0x000000000000000000000000ffffffff000000000000000000000000ffffffff;

    /// @notice Adds what four options gain, and to the sums of their expiries what they gain at ∓1/3.
    /// @param slots where in memory four slots begin. A slot has the base, where the sums of the expiry stand (32 bytes each), and what the epoch has
    /// of the option (`RiskEntry`, 144), and is 224 bytes long. With a base of zero nothing else in it matters but the sums, which must be some
    function addFour(uint256[16] memory lanes, uint256 slots) internal pure {
        // In assembly since Solidity would check bounds 128 times. It reads the slots, and writes the 16 words of lanes and a word of
        // all sums. Written out and with constants in variables, since a call, or pushing them each time, takes half as much again.
        assembly ("memory-safe") {
            let bias := BIAS
            let pair := PAIR
            let a := mload(slots)
            let b := mload(add(slots, 224))
            let c := mload(add(slots, 448))
            let d := mload(add(slots, 672))
            let w := xor(mload(add(slots, 80)), bias)
            let x := xor(mload(add(slots, 304)), bias)
            let y := xor(mload(add(slots, 528)), bias)
            let z := xor(mload(add(slots, 752)), bias)
            {
                // Of this lane also by expiry.
                let one := mul(a, and(shr(96, w), pair))
                let sum := add(mload(add(slots, 32)), 64)
                mstore(sum, add(mload(sum), one))
                let two := mul(b, and(shr(96, x), pair))
                sum := add(mload(add(slots, 256)), 64)
                mstore(sum, add(mload(sum), two))
                one := add(one, two)
                two := mul(c, and(shr(96, y), pair))
                sum := add(mload(add(slots, 480)), 64)
                mstore(sum, add(mload(sum), two))
                one := add(one, two)
                two := mul(d, and(shr(96, z), pair))
                sum := add(mload(add(slots, 704)), 64)
                mstore(sum, add(mload(sum), two))
                mstore(lanes, add(mload(lanes), add(one, two)))
            }
            mstore(add(lanes, 32), add(mload(add(lanes, 32)), add(
                add(mul(a, and(shr(64, w), pair)), mul(b, and(shr(64, x), pair))),
                add(mul(c, and(shr(64, y), pair)), mul(d, and(shr(64, z), pair)))
            )))
            mstore(add(lanes, 64), add(mload(add(lanes, 64)), add(
                add(mul(a, and(shr(32, w), pair)), mul(b, and(shr(32, x), pair))),
                add(mul(c, and(shr(32, y), pair)), mul(d, and(shr(32, z), pair)))
            )))
            mstore(add(lanes, 96), add(mload(add(lanes, 96)), add(
                add(mul(a, and(w, pair)), mul(b, and(x, pair))),
                add(mul(c, and(y, pair)), mul(d, and(z, pair)))
            )))
            w := xor(mload(add(slots, 112)), bias)
            x := xor(mload(add(slots, 336)), bias)
            y := xor(mload(add(slots, 560)), bias)
            z := xor(mload(add(slots, 784)), bias)
            mstore(add(lanes, 128), add(mload(add(lanes, 128)), add(
                add(mul(a, and(shr(96, w), pair)), mul(b, and(shr(96, x), pair))),
                add(mul(c, and(shr(96, y), pair)), mul(d, and(shr(96, z), pair)))
            )))
            mstore(add(lanes, 160), add(mload(add(lanes, 160)), add(
                add(mul(a, and(shr(64, w), pair)), mul(b, and(shr(64, x), pair))),
                add(mul(c, and(shr(64, y), pair)), mul(d, and(shr(64, z), pair)))
            )))
            mstore(add(lanes, 192), add(mload(add(lanes, 192)), add(
                add(mul(a, and(shr(32, w), pair)), mul(b, and(shr(32, x), pair))),
                add(mul(c, and(shr(32, y), pair)), mul(d, and(shr(32, z), pair)))
            )))
            mstore(add(lanes, 224), add(mload(add(lanes, 224)), add(
                add(mul(a, and(w, pair)), mul(b, and(x, pair))),
                add(mul(c, and(y, pair)), mul(d, and(z, pair)))
            )))
            w := xor(mload(add(slots, 144)), bias)
            x := xor(mload(add(slots, 368)), bias)
            y := xor(mload(add(slots, 592)), bias)
            z := xor(mload(add(slots, 816)), bias)
            mstore(add(lanes, 256), add(mload(add(lanes, 256)), add(
                add(mul(a, and(shr(96, w), pair)), mul(b, and(shr(96, x), pair))),
                add(mul(c, and(shr(96, y), pair)), mul(d, and(shr(96, z), pair)))
            )))
            mstore(add(lanes, 288), add(mload(add(lanes, 288)), add(
                add(mul(a, and(shr(64, w), pair)), mul(b, and(shr(64, x), pair))),
                add(mul(c, and(shr(64, y), pair)), mul(d, and(shr(64, z), pair)))
            )))
            mstore(add(lanes, 320), add(mload(add(lanes, 320)), add(
                add(mul(a, and(shr(32, w), pair)), mul(b, and(shr(32, x), pair))),
                add(mul(c, and(shr(32, y), pair)), mul(d, and(shr(32, z), pair)))
            )))
            mstore(add(lanes, 352), add(mload(add(lanes, 352)), add(
                add(mul(a, and(w, pair)), mul(b, and(x, pair))),
                add(mul(c, and(y, pair)), mul(d, and(z, pair)))
            )))
            w := xor(mload(add(slots, 176)), bias)
            x := xor(mload(add(slots, 400)), bias)
            y := xor(mload(add(slots, 624)), bias)
            z := xor(mload(add(slots, 848)), bias)
            mstore(add(lanes, 384), add(mload(add(lanes, 384)), add(
                add(mul(a, and(shr(96, w), pair)), mul(b, and(shr(96, x), pair))),
                add(mul(c, and(shr(96, y), pair)), mul(d, and(shr(96, z), pair)))
            )))
            mstore(add(lanes, 416), add(mload(add(lanes, 416)), add(
                add(mul(a, and(shr(64, w), pair)), mul(b, and(shr(64, x), pair))),
                add(mul(c, and(shr(64, y), pair)), mul(d, and(shr(64, z), pair)))
            )))
            mstore(add(lanes, 448), add(mload(add(lanes, 448)), add(
                add(mul(a, and(shr(32, w), pair)), mul(b, and(shr(32, x), pair))),
                add(mul(c, and(shr(32, y), pair)), mul(d, and(shr(32, z), pair)))
            )))
            mstore(add(lanes, 480), add(mload(add(lanes, 480)), add(
                add(mul(a, and(w, pair)), mul(b, and(x, pair))),
                add(mul(c, and(y, pair)), mul(d, and(z, pair)))
            )))
        }
    }

    /// @notice Sets every place of `loss` to charged − sum(s), times `sign`.
    function read(uint256[16] memory lanes, int256[32] memory loss, int256 charged, int256 sign) internal pure {
        // In assembly for the same reason: 32 places, all in `loss`.
        assembly ("memory-safe") {
            let end := add(loss, 1024)
            for { let to := loss } lt(to, end) { to := add(to, 256) } {
                for { let at := to } lt(at, add(to, 128)) { at := add(at, 32) } {
                    let word := mload(lanes)
                    let low := signextend(15, word)
                    mstore(at, mul(sign, sub(charged, sar(128, sub(word, low)))))
                    mstore(add(at, 128), mul(sign, sub(charged, low)))
                    lanes := add(lanes, 32)
                }
            }
        }
    }
}
