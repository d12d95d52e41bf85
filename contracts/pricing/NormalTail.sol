// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The tail of the standard normal distribution, N(−x) = e^(−x²/2)·M(x), in its two factors. Distances and results are
/// fixed point with 64 binary places. Mirrored by `clearing/pricing/normalTail.ts`.
library NormalTail {
    /// @dev 9.25: e^(−x²/2) is less than 3e-19 from there on.
    uint256 private constant FAR = 170632382681813352448;

    /// @notice Whether the bell at d is as good as nothing.
    function isFar(int256 d) internal pure returns (bool) {
        unchecked {
            return uint256(d + int256(FAR)) > 2 * FAR;
        }
    }

    /// @notice e^(−d²/2), 2^64, within 2e-19 of 1.
    /// @dev As 2^(−n)·e^(−z) with |z| ≤ ½·ln 2, and e^(−z) by its Padé approximant of degrees 6 and 6, (even − odd)/(even + odd) with
    /// even = 665280 + 75600z² + 840z⁴ + z⁶ and odd = 332640z + 10080z³ + 42z⁵: error 2e-19.
    /// @param d 2^64, not far
    function bell(int256 d) internal pure returns (uint256 e) {
        /// @solidity memory-safe-assembly
        assembly {
            // d²/2 with 128 places; the nearest multiple of ln 2 to it; what is left, with 64 places.
            let half := shr(1, mul(d, d))
            let n := shr(192, add(mul(half, 26613026195688644983), shl(191, 1)))
            let z := sar(64, sub(half, mul(n, 235865763225513294137944142764154484399)))
            let z2 := shr(64, mul(z, z))
            let even := add(mul(add(z2, shl(64, 840)), z2), shl(128, 75600))
            even := add(shr(128, mul(even, z2)), shl(64, 665280))
            let odd := add(mul(add(mul(42, z2), shl(64, 10080)), z2), shl(128, 332640))
            odd := sar(128, mul(odd, z))
            e := shr(n, div(shl(64, sub(even, odd)), add(even, odd)))
        }
    }

    /// @notice M(x) = ½·erfcx(x/√2), 2^64: from ½ at 0 down to 1/(x·√(2π)).
    /// @dev One rational function, degree 8 over 9: the minimax approximation on [0, 9.25], error 2.1e-18 at most, falling in x; up to
    /// 13.5 its error is below 4e-14, where what it is multiplied by is below 1e-13. `scripts/generate/normalTail.py` derived it.
    /// Every two steps of Horner's scheme share one shift.
    /// @param x 2^64, up to 13.5
    function scaled(uint256 x) internal pure returns (uint256 m) {
        /// @solidity memory-safe-assembly
        assembly {
            let p := add(mul(add(mul(7359186284118180345, x), 3544624727689979250578454662306336329172), x), 813705118574678796857913815249670598351545654161630463586637)
            p := add(mul(add(mul(shr(128, p), x), 338880101750650608967291014066767644743640), x), 32317991744769843024415749656256295974631062855928693448720856)
            p := add(mul(add(mul(shr(128, p), x), 6246500168688308527826205407348551152045249), x), 278340831907605179636221943540766439399424076869180397749032640)
            p := add(mul(add(mul(shr(128, p), x), 22884595100735699891891099691702746288688516), x), 319352309507854971552081429789115822759814457807863822295891808)
            let q := add(mul(add(mul(add(x, 481659911074734845346), x), 110910247364248836760006708978670466393848), x), 15833432232241268910418437153265787173012703362049143402390142)
            q := add(mul(add(mul(shr(128, q), x), 4501395706986179228766382546191486017939304), x), 304177291084928665316298634589230765064887131370084798490590176)
            q := add(mul(add(mul(shr(128, q), x), 41994276143966605914253580871848238106782286), x), 1317589324432258630197472946664998005984142381866230501947963008)
            q := add(mul(add(mul(shr(128, q), x), 73395342133205287254246389589996721202204262), x), 638704619015709940548222645817264512661386914645092852984125440)
            m := div(p, shr(64, q))
        }
    }
}
