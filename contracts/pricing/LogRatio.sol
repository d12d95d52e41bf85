// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Logarithm of a ratio of prices. Mirrored by `clearing/pricing/logRatio.ts`.
library LogRatio {
    /// @dev e^41, 1e18. Up to here a price needs the tail of the normal distribution to 13.5 standard deviations only: what
    /// lies beyond counts for less than 1e-18 of the forward.
    uint256 internal constant MAX_RATIO = 639843493530054949222663403515570818;

    error Pricing_MoneynessOutOfRange(uint256 a, uint256 b);

    /// @notice ln(a/b), 1e18, within 2 wei; 0 if they are equal, and never of the wrong sign. Of the larger over the smaller,
    /// so that no digits are lost when b ≫ a.
    /// @dev With 2^n · m the ratio, m in [1, 2): n·ln 2 + ½·ln 2 + 2·atanh(t), t = (m − √2)/(m + √2), and atanh by a polynomial that
    /// `scripts/generate/logarithm.py` derived; rounded to the nearest within 0.6 wei. A ratio is never below 1, which
    /// makes this cheaper than a logarithm of any number.
    /// @param a above 0, below 2^195; `b` likewise, in the same unit
    function ln(uint256 a, uint256 b) internal pure returns (int256 logWad) {
        uint256 ratio;
        /// @solidity memory-safe-assembly
        assembly {
            switch lt(a, b)
            case 0 { ratio := div(mul(a, 1000000000000000000), b) }
            default { ratio := div(mul(b, 1000000000000000000), a) }
        }
        if (ratio > MAX_RATIO) revert Pricing_MoneynessOutOfRange(a, b);
        /// @solidity memory-safe-assembly
        assembly {
            // The ratio has its first bit at 59 + n: by halves down to less than 32, and the rest from a table.
            let n := shr(59, ratio)
            let high := shl(5, lt(0xffffffff, n))
            high := or(high, shl(4, lt(0xffff, shr(high, n))))
            high := or(high, shl(3, lt(0xff, shr(high, n))))
            high := or(high, shl(2, lt(0x1f, shr(high, n))))
            n :=
                or(
                    high,
                    byte(shr(high, n), 0x0000010102020202030303030303030304040404040404040404040404040404)
                )
            let m := shl(sub(68, n), ratio)
            let t :=
                sdiv(
                    shl(64, sub(m, 240615969168004511545033772477625056927)),
                    add(m, 240615969168004511545033772477625056927)
                )
            let u := shr(64, mul(t, t))
            let p :=
                add(
                    mul(add(mul(1365954829145105886, u), 26052916353574694157588088697748700257), u),
                    570702530054174564204193598389002491116328282290586180823
                )
            p :=
                add(
                    mul(add(mul(shr(128, p), u), 37809109063055668120495188922934385667), u),
                    896728825279534364416486353924262590647129407003421515882
                )
            p :=
                add(
                    mul(add(mul(shr(128, p), u), 68056473383000675253081030451780163334), u),
                    2092367245128924314319723087789728540662383189973114763934
                )
            p := shr(64, add(mul(shr(128, p), u), 340282366920938463080224633329424787310))
            // 1e18 with 128 places, and half a unit, which rounds to the nearest.
            logWad :=
                sar(
                    128,
                    add(
                        mul(mul(t, p), 2000000000000000000),
                        sub(
                            mul(n, 235865763225513294137944142764154484399253711888205176847),
                            69510986737854201118275010734391604560437460418706641423
                        )
                    )
                )
            if lt(a, b) { logWad := sub(0, logWad) }
        }
    }
}
