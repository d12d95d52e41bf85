// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {HeldLegs, RiskLeg, RiskLegs} from "../../../contracts/mocks/RiskLegs.sol";
import {MarginParameters, UnderlyingParameters} from "../../../contracts/risk/MarginParameters.sol";
import {MarginSettings} from "../../../contracts/risk/MarginSettings.sol";
import {PortfolioMargin, PortfolioRequirement} from "../../../contracts/risk/PortfolioMargin.sol";
import {RiskArray} from "../../../contracts/risk/RiskArray.sol";
import {UnderlyingMargin, UnderlyingMarket} from "../../../contracts/risk/UnderlyingMargin.sol";
import {DefaultMargin} from "../support/DefaultMargin.sol";

contract PortfolioMarginTest is Test {
    /// @dev What nothing that the types hold may make overflow: the requirement is defined for all of it.
    function testFuzz_EveryNumberHasARequirement(RiskLeg[4] memory legs, UnderlyingMarket memory market, uint40 time, int32 entry)
        public
        pure
    {
        if (market.priceWad == 0) market.priceWad = 1;
        HeldLegs[] memory held = _held(4);
        int256[32] memory entries;
        for (uint256 s = 4; s < 32; ++s) {
            entries[s] = s % 2 == 0 ? entry : ~entry;
        }
        held[0].arrays = RiskArray.pack(entries);
        held[0].market = market;
        for (uint256 i; i < 4; ++i) {
            (legs[i].array, legs[i].closing) = (0, 0);
            held[0].legs[i] = legs[i];
        }
        PortfolioRequirement memory r = PortfolioMargin.requirement(RiskLegs.sum(held), DefaultMargin.account(), time);
        assertGe(r.initial, r.underlyings[0].scan);
        assertGe(r.initial, r.maintenance);
        assertEq(r.crossCreditInitial, 0);
    }

    /// @dev A book and its exact mirror on another chain: nothing is left but the venue charge.
    function testFuzz_AMirroredBookNeedsOnlyTheVenueCharge(uint80 size, uint112 price) public pure {
        vm.assume(price != 0);
        HeldLegs[] memory held = _held(2);
        held[0].arrays = RiskArray.pack(_call());
        held[0].market.priceWad = price;
        held[0].legs[0].offset = size;
        held[0].legs[1] = RiskLeg(0, size, 1e9, false, 0, 0);
        PortfolioRequirement memory r = PortfolioMargin.requirement(RiskLegs.sum(held), DefaultMargin.account(), 1e6);
        assertEq(r.initial, _ceil(2 * uint256(size) * price, 200 * 1e8));
        assertEq(r.initial, r.underlyings[0].venue);
    }

    function test_NothingNeedsNothing() public pure {
        PortfolioRequirement memory r = PortfolioMargin.requirement(RiskLegs.sum(new HeldLegs[](0)), DefaultMargin.account(), 0);
        assertEq(r.initial, 0);
        assertEq(r.maintenance, 0);
    }

    /// @dev 1 BTC at 60,000 against 18 ETH at 3,000: scans of 9,000 and 9,720, of which 720 are left on the grid.
    function test_UnderlyingsOffsetByHalf() public pure {
        HeldLegs[] memory held = new HeldLegs[](2);
        (held[0], held[1]) = (_held(1)[0], _held(1)[0]);
        held[0].market.priceWad = 60_000e18;
        held[0].legs[0].base = 1e8;
        held[1].parameters.scanRange = 0.18e9;
        held[1].market.priceWad = 3_000e18;
        held[1].legs[0].base = -18e8;
        PortfolioRequirement memory r = PortfolioMargin.requirement(RiskLegs.sum(held), DefaultMargin.account(), 0);
        assertEq(r.crossCreditInitial, 9_000e18);
        assertEq(r.initial, 9_720e18);
        assertEq(r.maintenance, 7_776e18);
        assertEq(r.worstScenario, 6);
    }

    function test_RevertWhen_ThereIsNoPrice() public {
        HeldLegs[] memory held = _held(1);
        held[0].market.priceWad = 0;
        vm.expectRevert(UnderlyingMargin.Margin_NoPrice.selector);
        this.requirement(held, 0);
    }

    function test_RevertWhen_TheUnderlyingIsUnknown() public {
        HeldLegs[] memory held = _held(1);
        delete held[0].parameters;
        vm.expectRevert(UnderlyingMargin.Margin_UnknownUnderlying.selector);
        this.requirement(held, 0);
    }

    function test_RevertWhen_ParametersAreOutOfRange() public {
        UnderlyingParameters memory p = DefaultMargin.parameters(0.15e9);
        this.check(p);
        p.scanRange = 0;
        _refused(p, "scanRange", 0, 1e6, 0.95e9);
        p = DefaultMargin.parameters(0.15e9);
        p.optionMinimumMaintenance = 0.02e9;
        _refused(p, "optionMinimumMaintenance", 0.02e9, 0, 0.01e9);
        p = DefaultMargin.parameters(0.15e9);
        p.depth = 0;
        _refused(p, "depth", 0, 1, type(uint48).max);
        p = DefaultMargin.parameters(0.15e9);
        p.openInterestFrom = p.openInterestTo;
        _refused(p, "openInterestFrom", p.openInterestTo, 0, p.openInterestTo - 1);
        p = DefaultMargin.parameters(0.15e9);
        p.concentrationCap = 1e9 - 1;
        _refused(p, "concentrationCap", 1e9 - 1, 1e9, 4e9);
    }

    /// @dev An expired option counts as expiring now, whatever the clock says.
    function test_AnExpiredOptionExpiresNow() public pure {
        HeldLegs[] memory held = _held(1);
        held[0].arrays = RiskArray.pack(_call());
        held[0].legs[0] = RiskLeg(-1e8, 0, 1e9, false, 0, 0);
        uint256 atExpiry = PortfolioMargin.requirement(RiskLegs.sum(held), DefaultMargin.account(), 1e9).underlyings[0].basis;
        assertEq(PortfolioMargin.requirement(RiskLegs.sum(held), DefaultMargin.account(), type(uint256).max).underlyings[0].basis, atExpiry);
        assertGt(PortfolioMargin.requirement(RiskLegs.sum(held), DefaultMargin.account(), 0).underlyings[0].basis, atExpiry);
    }

    function test_TheBufferKeepsAFurtherShareFree() public pure {
        assertEq(PortfolioMargin.bufferMargin(1000e18, 1200e18, 0.15e9), -380e18);
        assertEq(PortfolioMargin.bufferMargin(0, 1, 0.15e9), -2);
    }

    function requirement(HeldLegs[] memory held, uint256 time) external pure returns (PortfolioRequirement memory) {
        return PortfolioMargin.requirement(RiskLegs.sum(held), DefaultMargin.account(), time);
    }

    function check(UnderlyingParameters memory p) external pure {
        MarginParameters.check(p);
    }

    function _refused(UnderlyingParameters memory p, string memory field, uint256 found, uint256 least, uint256 most) private {
        vm.expectRevert(
            abi.encodeWithSelector(MarginSettings.Margin_ParameterOutOfRange.selector, field, found, least, most)
        );
        this.check(p);
    }

    /// @dev One underlying at a dollar with so many empty perpetuals.
    function _held(uint256 legs) private pure returns (HeldLegs[] memory held) {
        held = new HeldLegs[](1);
        held[0].parameters = DefaultMargin.parameters(0.15e9);
        held[0].market.priceWad = 1e18;
        held[0].legs = new RiskLeg[](legs);
    }

    /// @dev Of a call at the money, by its payoff.
    function _call() private pure returns (int256[32] memory entries) {
        (entries[4], entries[5], entries[6]) = (0.05e9, 0.1e9, 0.15e9);
        (entries[12], entries[13], entries[14]) = (0.06e9, 0.11e9, 0.16e9);
        (entries[20], entries[21], entries[22]) = (0.04e9, 0.09e9, 0.14e9);
        (entries[23], entries[24], entries[25]) = (0.5e9, 1e9, 2e9);
    }

    function _ceil(uint256 a, uint256 b) private pure returns (uint256) {
        return (a + b - 1) / b;
    }
}
