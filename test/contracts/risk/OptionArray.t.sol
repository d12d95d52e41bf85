// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {IPricingModel, OptionTerms, Shock, Slice} from "../../../contracts/interfaces/IPricingModel.sol";
import {PricingLimits} from "../../../contracts/pricing/PricingLimits.sol";
import {OptionArray} from "../../../contracts/risk/OptionArray.sol";
import {RiskArray} from "../../../contracts/risk/RiskArray.sol";
import {Scenarios} from "../../../contracts/risk/Scenarios.sol";

/// @notice Answers as it is told: every price the same, but for one.
contract ScriptedModel is IPricingModel {
    uint256 public volWad = 0.5e18;
    uint256 public count = 32;
    uint256 public priceWad = 1e18;
    uint256 public oddPlace;
    uint256 public oddWad = 1e18;

    function set(uint256 volWad_, uint256 count_, uint256 priceWad_, uint256 oddPlace_, uint256 oddWad_) external {
        (volWad, count, priceWad, oddPlace, oddWad) = (volWad_, count_, priceWad_, oddPlace_, oddWad_);
    }

    function price(OptionTerms calldata, bytes calldata) external view returns (uint256) {
        return priceWad;
    }

    function prices(OptionTerms calldata, bytes calldata, Shock[] calldata) external view returns (uint256[] memory all) {
        all = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            all[i] = i == oddPlace ? oddWad : priceWad;
        }
    }

    function vol(OptionTerms calldata, bytes calldata) external view returns (uint256) {
        return volWad;
    }

    function check(Slice calldata, Slice calldata, Slice calldata) external pure {}
}

contract OptionArrayTest is Test {
    uint256 private constant RANGE = 0.15e9;

    ScriptedModel private scripted = new ScriptedModel();

    /// @dev Whatever a model answers: a result, or a named error.
    function testFuzz_AnyAnswerHasAResultOrANamedError(uint256 vol, uint8 count, uint256 price, uint8 place, uint256 odd, uint256 shift)
        public
    {
        // Of any length, so that not every draw ends at the first check.
        scripted.set(vol >> (shift & 0xff), count % 4 == 0 ? count : 32, price >> (shift >> 8 & 0xff), place, odd >> (shift >> 16 & 0xff));
        try this.arrayOf(scripted, "", 60_000e18) {}
        catch (bytes memory reason) {
            assertGe(reason.length, 4);
            assertTrue(bytes4(reason) != 0x4e487b71 && bytes4(reason) != 0x08c379a0);
        }
    }

    function test_RevertWhen_AModelAnswersOutOfRange() public {
        scripted.set(0, 32, 1, 0, 1);
        _refused(abi.encodeWithSelector(PricingLimits.Pricing_VolOutOfRange.selector, 0));
        scripted.set(1e18, 31, 1, 0, 1);
        _refused(abi.encodeWithSelector(OptionArray.OptionArray_PriceCount.selector, 31, 32));
        scripted.set(1e18, 32, 1, 29, 1 << 128);
        _refused(abi.encodeWithSelector(OptionArray.OptionArray_PriceOutOfRange.selector, 1 << 128, type(uint128).max));
        // More than 2.147 spots in a scenario; more than 281,000 spots now.
        scripted.set(1e18, 32, 0, 24, 180_000e18);
        _refused(abi.encodeWithSelector(RiskArray.RiskArray_EntryOutOfRange.selector, 24, int256(3e9)));
        scripted.set(1e18, 32, 300_000 * 60_000e18, 0, 300_000 * 60_000e18);
        _refused(
            abi.encodeWithSelector(OptionArray.OptionArray_MarkOutOfRange.selector, 300_000e9, type(uint48).max)
        );
    }

    /// @dev Rounded down, which is the same for who is long and who is short.
    function test_MarksRoundDown() public {
        scripted.set(1e18, 32, 1e18, 0, 1e18);
        (uint256 mark,) = this.arrayOf(scripted, "", 3e18);
        assertEq(mark, 333_333_333);
    }

    function arrayOf(IPricingModel model, bytes memory parameters, uint256 spotWad)
        external
        view
        returns (uint256 mark, bytes memory packed)
    {
        OptionTerms memory option = OptionTerms(60_300e18, 66_000e18, 0.1e18, 0.99e18, true);
        int256[32] memory entries;
        (mark, entries) = OptionArray.compute(model, option, parameters, spotWad, Scenarios.moves(RANGE));
        packed = RiskArray.pack(entries);
    }

    function _refused(bytes memory reason) private {
        vm.expectRevert(reason);
        this.arrayOf(scripted, "", 60_000e18);
    }
}
