// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test, console} from "forge-std/Test.sol";
import {HeldLegs, RiskLeg, RiskLegs} from "../../../contracts/mocks/RiskLegs.sol";
import {AccountParameters, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";
import {PortfolioMargin, PortfolioRequirement} from "../../../contracts/risk/PortfolioMargin.sol";
import {UnderlyingMarket} from "../../../contracts/risk/UnderlyingMargin.sol";

/// @notice What the arithmetic of one requirement costs, everything in memory: an engine's storage reads come on top. `-vvv` prints it.
contract ScenarioMarginGasTest is Test {
    uint256 private constant EXPIRIES = 8;

    function test_GasOfOptions() public view {
        _options(1, 23_500);
        _options(8, 42_000);
        _options(16, 55_000);
        _options(32, 80_500);
        _options(64, 130_000);
        _options(128, 230_000);
    }

    function test_GasOfPerpetuals() public view {
        _perpetuals(1, 15_500);
        _perpetuals(8, 143_000);
    }

    /// @dev A perpetual and options of one underlying over eight expiries, grouped.
    function _options(uint256 count, uint256 most) private view {
        HeldLegs[] memory held = new HeldLegs[](1);
        held[0] = _held(count);
        held[0].arrays = new bytes(128 * count);
        for (uint256 i; i < held[0].arrays.length; ++i) {
            if (i % 128 < 12 || i % 128 > 15) held[0].arrays[i] = bytes1(uint8(i * 7 + i / 128) & 0x8f);
        }
        for (uint256 i; i < count; ++i) {
            int88 base = int88(int256(1e8 + i * 1e6)) * (i % 3 == 0 ? -1 : int88(1));
            held[0].legs[i] = RiskLeg(base, uint96(i * 1e6), uint40(2e9 + i * EXPIRIES / count * 1e6), i % 2 == 0, uint16(i), 0);
        }
        _measure(held, "options", count, most);
    }

    /// @dev One on each of so many underlyings.
    function _perpetuals(uint256 count, uint256 most) private view {
        HeldLegs[] memory held = new HeldLegs[](count);
        for (uint256 u; u < count; ++u) {
            held[u] = _held(1);
            held[u].legs[0] = RiskLeg(u % 2 == 0 ? int88(1e8) : -int88(2e8), 1e8, 0, false, 0, 0);
        }
        _measure(held, "perpetuals", count, most);
    }

    function _measure(HeldLegs[] memory held, string memory what, uint256 count, uint256 most) private view {
        AccountParameters memory account = AccountParameters(0.8e9, 0.5e9, 0.15e9);
        uint256 before = gasleft();
        PortfolioRequirement memory r = PortfolioMargin.requirement(RiskLegs.sum(held), account, 1.9e9);
        uint256 used = before - gasleft();
        console.log(what, count, used);
        assertGt(r.initial, 0);
        assertLe(used, most);
    }

    /// @dev Everything charged: beyond the depth, between the open-interest caps, a price with an age and a confidence.
    function _held(uint256 legs) private pure returns (HeldLegs memory h) {
        h.parameters = UnderlyingParameters({
            scanRange: 0.15e9,
            optionMinimumInitial: 0.01e9,
            optionMinimumMaintenance: 0.005e9,
            perpMinimumInitial: 0.02e9,
            perpMinimumMaintenance: 0.015e9,
            venueRate: 0.005e9,
            oracleAllowance: 0.001e9,
            dailyVolatility: 0.04e9,
            depth: 50_000,
            openInterestFrom: 1_000_000,
            openInterestTo: 2_000_000,
            basisFlat: 0.5e9,
            basisPerYear: 2e9,
            concentrationCap: 3e9
        });
        h.market = UnderlyingMarket(60_000e18, 30e18, 30, 1_200_000e18);
        h.legs = new RiskLeg[](legs);
    }
}
