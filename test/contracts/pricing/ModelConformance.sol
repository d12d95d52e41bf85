// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {IPricingModel, OptionTerms, Shock, Slice} from "../../../contracts/interfaces/IPricingModel.sol";

/// @notice What every pricing engine promises, as tests. A new engine, ours or anyone's, is tested by giving itself and
/// parameters here; nothing else of the system has to know it.
abstract contract ModelConformance is Test {
    IPricingModel internal model;

    function setUp() public {
        model = _model();
    }

    /// @dev The engine.
    function _model() internal virtual returns (IPricingModel);

    /// @dev Parameters that `check` takes for an expiry in `yearsWad`, different ones for different seeds.
    function _parameters(uint256 seed, uint256 yearsWad) internal pure virtual returns (bytes memory);

    function testFuzz_WhatNoArbitrageAllows(uint256 seed, uint256 f, uint256 k, uint256 t, uint256 d) public view {
        OptionTerms memory option = _option(f, k, t, d, true);
        bytes memory parameters = _parameters(seed, option.yearsWad);
        model.check(Slice(option.yearsWad, parameters), Slice(0, ""), Slice(0, ""));
        uint256 callWad = model.price(option, parameters);
        uint256 forward = option.forwardWad * option.discountWad / 1e18;
        uint256 strike = option.strikeWad * option.discountWad / 1e18;
        assertLe(callWad, forward + 1);
        assertGe(callWad + 1, forward > strike ? forward - strike : 0);
        option.isCall = false;
        uint256 put = model.price(option, parameters);
        assertLe(put, strike + 1);
        assertApproxEqAbs(callWad + strike, put + forward, 2, "parity");
    }

    function testFuzz_AShockedPriceIsThePriceOfTheShockedTerms(
        uint256 seed,
        uint256 f,
        uint256 k,
        uint256 t,
        uint256 factor
    ) public view {
        OptionTerms memory option = _option(f, k, t, 1e18, seed & 1 == 0);
        bytes memory parameters = _parameters(seed, option.yearsWad);
        Shock[] memory shocks = new Shock[](3);
        shocks[0] = Shock(1e18, 1e18);
        shocks[1] = Shock(bound(factor, 0.3e18, 3e18), 1e18);
        shocks[2] = Shock(1e18, bound(factor, 1e18, 3e18));
        uint256[] memory prices = model.prices(option, parameters, shocks);
        assertEq(prices.length, 3);
        assertEq(prices[0], model.price(option, parameters));
        // More volatility is worth more, but for the last digits.
        assertGe(prices[2] + option.forwardWad / 1e14, prices[0]);
        option.forwardWad = option.forwardWad * shocks[1].forwardFactorWad / 1e18;
        assertEq(prices[1], model.price(option, parameters));
        assertGt(model.vol(option, parameters), 0);
    }

    function testFuzz_ExpiredIsWorthItsPayoff(uint256 seed, uint256 f, uint256 k) public view {
        OptionTerms memory option = _option(f, k, 0, 1e18, true);
        option.yearsWad = 0;
        uint256 price = model.price(option, _parameters(seed, 1e18));
        assertEq(price, option.forwardWad > option.strikeWad ? option.forwardWad - option.strikeWad : 0);
    }

    /// @dev Any terms and any words for parameters: a price or a named error, never a panic, never nothing said.
    function testFuzz_AnyNumberHasAResultOrANamedError(
        OptionTerms memory option,
        uint256[6] memory words,
        uint8 count,
        uint256 seed
    ) public view {
        // Of any length, so that not every draw ends at the first check.
        option.forwardWad >>= seed >> 8 & 0xff;
        option.strikeWad >>= seed >> 16 & 0xff;
        option.yearsWad >>= seed >> 24 & 0xff;
        option.discountWad >>= seed >> 32 & 0xff;
        for (uint256 i; i < 6; ++i) {
            words[i] >>= seed >> 40 + 8 * i & 0xff;
        }
        bytes memory parameters = seed & 1 == 0 ? _parameters(seed, 1e18) : _words(words, count % 7);
        Shock[] memory shocks = new Shock[](1);
        shocks[0] = Shock(words[0], words[1]);
        try model.price(option, parameters) {}
        catch (bytes memory reason) {
            _named(reason);
        }
        try model.prices(option, parameters, shocks) {}
        catch (bytes memory reason) {
            _named(reason);
        }
        try model.vol(option, parameters) {}
        catch (bytes memory reason) {
            _named(reason);
        }
        try model.check(Slice(option.yearsWad, parameters), Slice(words[2], parameters), Slice(0, "")) {}
        catch (bytes memory reason) {
            _named(reason);
        }
    }

    function _option(uint256 f, uint256 k, uint256 t, uint256 d, bool isCall)
        private
        pure
        returns (OptionTerms memory option)
    {
        option.forwardWad = bound(f, 1e6, 1e30);
        option.strikeWad = bound(k, option.forwardWad / 10, option.forwardWad * 10);
        // An hour to three years.
        option.yearsWad = bound(t, 114155251141552, 3e18);
        option.discountWad = bound(d, 0.5e18, 1.2e18);
        option.isCall = isCall;
    }

    function _words(uint256[6] memory words, uint256 count) private pure returns (bytes memory parameters) {
        for (uint256 i; i < count; ++i) {
            parameters = abi.encodePacked(parameters, words[i]);
        }
    }

    /// @dev Neither nothing, nor a panic, nor a text.
    function _named(bytes memory reason) private pure {
        assertGe(reason.length, 4);
        bytes4 selector = bytes4(reason);
        assertTrue(selector != 0x4e487b71 && selector != 0x08c379a0);
    }
}
