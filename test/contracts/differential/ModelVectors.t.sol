// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel, OptionTerms, Shock, Slice} from "../../../contracts/interfaces/IPricingModel.sol";
import {Black76} from "../../../contracts/pricing/Black76.sol";
import {GramCharlier} from "../../../contracts/pricing/GramCharlier.sol";
import {GramCharlierModel} from "../../../contracts/pricing/models/GramCharlierModel.sol";
import {SviModel} from "../../../contracts/pricing/models/SviModel.sol";
import {Refusal} from "../../../contracts/pricing/SviAcceptance.sol";
import {Svi, SviSlice} from "../../../contracts/pricing/SviSlice.sol";
import {VectorFile} from "../codec/VectorFile.sol";

/// @notice The engines behind `IPricingModel` price and refuse, to the bit, as `clearing/pricing` does.
contract ModelVectorsTest is VectorFile {
    struct GramCharlierCase {
        uint256 forwardWad;
        uint256 strikeWad;
        uint256 yearsWad;
        uint256 discountWad;
        bool isCall;
        uint256 volWad;
        int256 skewWad;
        int256 excessKurtosisWad;
        uint256 deviationWad;
        int256 unclampedWad;
        uint256 callWad;
        uint256 forwardFactorWad;
        uint256 volFactorWad;
        uint256 priceWad;
        uint256 shockedWad;
    }

    struct SviCase {
        uint256 forwardWad;
        uint256 strikeWad;
        uint256 yearsWad;
        uint256 discountWad;
        bool isCall;
        int256[] slice;
        uint256 volWad;
        uint256 forwardFactorWad;
        uint256 volFactorWad;
        uint256 priceWad;
        uint256 shockedWad;
    }

    struct SliceCase {
        int256[] slice;
        int256[] before;
        int256[] later;
        uint256 refusal;
        int256 kWad;
        int256 valueWad;
        int256 at;
        int256 varianceWad;
    }

    IPricingModel private gramCharlier = new GramCharlierModel();
    IPricingModel private svi = new SviModel();

    function setUp() public {
        load("models.json");
    }

    function test_CLR20_EveryGramCharlierPrice() public view {
        GramCharlierCase[] memory all = abi.decode(
            cases(
                ".gramCharlier",
                "Case(uint256 forwardWad,uint256 strikeWad,uint256 yearsWad,uint256 discountWad,bool isCall,uint256 volWad,int256 skewWad,int256 excessKurtosisWad,uint256 deviationWad,int256 unclampedWad,uint256 callWad,uint256 forwardFactorWad,uint256 volFactorWad,uint256 priceWad,uint256 shockedWad)"
            ),
            (GramCharlierCase[])
        );
        assertGe(all.length, 250);
        for (uint256 i; i < all.length; ++i) {
            GramCharlierCase memory c = all[i];
            assertEq(Black76.deviation(c.volWad, c.yearsWad), c.deviationWad);
            assertEq(
                GramCharlier.unclampedCall(
                    c.forwardWad, c.strikeWad, c.deviationWad, c.skewWad, c.excessKurtosisWad
                ),
                c.unclampedWad
            );
            assertEq(
                GramCharlier.call(c.forwardWad, c.strikeWad, c.deviationWad, c.skewWad, c.excessKurtosisWad),
                c.callWad
            );
            _check(
                gramCharlier,
                OptionTerms(c.forwardWad, c.strikeWad, c.yearsWad, c.discountWad, c.isCall),
                abi.encode(c.volWad, c.skewWad, c.excessKurtosisWad),
                Shock(c.forwardFactorWad, c.volFactorWad),
                c.priceWad,
                c.shockedWad
            );
        }
    }

    function test_CLR20_EverySviPrice() public view {
        SviCase[] memory all = abi.decode(
            cases(
                ".svi",
                "Case(uint256 forwardWad,uint256 strikeWad,uint256 yearsWad,uint256 discountWad,bool isCall,int256[] slice,uint256 volWad,uint256 forwardFactorWad,uint256 volFactorWad,uint256 priceWad,uint256 shockedWad)"
            ),
            (SviCase[])
        );
        assertGe(all.length, 250);
        for (uint256 i; i < all.length; ++i) {
            SviCase memory c = all[i];
            OptionTerms memory option =
                OptionTerms(c.forwardWad, c.strikeWad, c.yearsWad, c.discountWad, c.isCall);
            assertEq(svi.vol(option, _encode(c.slice)), c.volWad);
            _check(
                svi, option, _encode(c.slice), Shock(c.forwardFactorWad, c.volFactorWad), c.priceWad, c.shockedWad
            );
        }
    }

    /// @dev A slice is taken, or refused for the same reason at the same strike with the same value.
    function test_CLR20_EverySlice() public view {
        SliceCase[] memory all = abi.decode(
            cases(
                ".slices",
                "Case(int256[] slice,int256[] before,int256[] later,uint256 refusal,int256 kWad,int256 valueWad,int256 at,int256 varianceWad)"
            ),
            (SliceCase[])
        );
        assertGe(all.length, 250);
        uint256 met;
        for (uint256 i; i < all.length; ++i) {
            SliceCase memory c = all[i];
            Svi memory own = abi.decode(_encode(c.slice), (Svi));
            assertEq(SviSlice.variance(own, c.at), c.varianceWad);
            Refusal found;
            try svi.check(_slice(c.slice), _slice(c.before), _slice(c.later)) {}
            catch (bytes memory reason) {
                found = Refusal(c.refusal);
                assertEq(
                    reason, abi.encodeWithSelector(SviModel.Pricing_SliceRefused.selector, found, c.kWad, c.valueWad)
                );
            }
            assertEq(uint256(found), c.refusal);
            met |= 1 << c.refusal;
        }
        // None, and every reason but parameters out of range.
        assertEq(met, 0xfd);
    }

    function _check(
        IPricingModel model,
        OptionTerms memory option,
        bytes memory parameters,
        Shock memory shock,
        uint256 priceWad,
        uint256 shockedWad
    ) private view {
        assertEq(model.price(option, parameters), priceWad);
        Shock[] memory shocks = new Shock[](2);
        shocks[0] = Shock(1e18, 1e18);
        shocks[1] = shock;
        uint256[] memory prices = model.prices(option, parameters, shocks);
        assertEq(prices[0], priceWad);
        assertEq(prices[1], shockedWad);
    }

    function _slice(int256[] memory fields) private pure returns (Slice memory) {
        return fields.length == 0 ? Slice(0, "") : Slice(uint256(fields[5]), _encode(fields));
    }

    function _encode(int256[] memory f) private pure returns (bytes memory) {
        return abi.encode(f[0], f[1], f[2], f[3], f[4], f[5]);
    }
}
