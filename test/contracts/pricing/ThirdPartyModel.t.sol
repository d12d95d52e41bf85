// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IPricingModel, OptionTerms, Shock, Slice} from "../../../contracts/interfaces/IPricingModel.sol";
import {ModelConformance} from "./ModelConformance.sol";

/// @notice An engine as somebody else would write it, from the interface alone: the forward ends up or down by a share of itself, with
/// equal chances (one step of a binomial tree). Parameters: `abi.encode(uint256 shareWad)`.
contract CoinTossModel is IPricingModel {
    error CoinToss_Invalid();

    function price(OptionTerms calldata o, bytes calldata parameters) public pure returns (uint256 priceWad) {
        return _price(o, o.forwardWad, _share(parameters));
    }

    function prices(OptionTerms calldata o, bytes calldata parameters, Shock[] calldata shocks)
        external
        pure
        returns (uint256[] memory pricesWad)
    {
        pricesWad = new uint256[](shocks.length);
        for (uint256 i; i < shocks.length; ++i) {
            if (o.forwardWad >> 120 != 0 || shocks[i].forwardFactorWad >> 96 != 0 || shocks[i].volFactorWad >> 96 != 0) {
                revert CoinToss_Invalid();
            }
            uint256 share = FixedPointMathLib.min(_share(parameters) * shocks[i].volFactorWad / 1e18, 1e18);
            pricesWad[i] = _price(o, o.forwardWad * shocks[i].forwardFactorWad / 1e18, share);
        }
    }

    function vol(OptionTerms calldata, bytes calldata parameters) external pure returns (uint256 volWad) {
        return _share(parameters);
    }

    function check(Slice calldata slice, Slice calldata, Slice calldata) external pure {
        _share(slice.parameters);
    }

    function _price(OptionTerms calldata o, uint256 forward, uint256 share) private pure returns (uint256) {
        if (forward >> 120 != 0 || o.strikeWad >> 120 != 0 || o.discountWad >> 64 != 0) revert CoinToss_Invalid();
        uint256 move = o.yearsWad == 0 ? 0 : forward * share / 1e18;
        uint256 up = forward + move;
        uint256 down = forward - move;
        uint256 twice = o.isCall
            ? FixedPointMathLib.zeroFloorSub(up, o.strikeWad) + FixedPointMathLib.zeroFloorSub(down, o.strikeWad)
            : FixedPointMathLib.zeroFloorSub(o.strikeWad, up) + FixedPointMathLib.zeroFloorSub(o.strikeWad, down);
        return twice * o.discountWad / 2e18;
    }

    function _share(bytes calldata parameters) private pure returns (uint256 shareWad) {
        if (parameters.length != 32) revert CoinToss_Invalid();
        shareWad = abi.decode(parameters, (uint256));
        if (shareWad == 0 || shareWad > 1e18) revert CoinToss_Invalid();
    }
}

/// @dev Nothing but its address and its parameters is new to who calls it: it passes what ours pass.
contract CoinTossModelTest is ModelConformance {
    function _model() internal override returns (IPricingModel) {
        return new CoinTossModel();
    }

    function _parameters(uint256 seed, uint256) internal pure override returns (bytes memory) {
        return abi.encode(1 + seed % 1e18);
    }
}
