// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPricingModel} from "./IPricingModel.sol";

/// @title How the options of an expiry are priced: model, forward, discount and slice of parameters
interface ISurfaceBook {
    /// @notice What prices the options of an expiry now. One that was never posted, is older than the book lets it be used, or
    /// has expired, is none: everything is zero then. Never reverts.
    /// @return model of the underlying; zero if there is no slice that may be used
    /// @return forwardRatioWad forward as a share of the spot, 1e18: F = S · ratio
    /// @return discountWad what one dollar at expiry is worth now, 1e18
    /// @return time unix seconds at which the slice was published
    /// @return parameters of `model` for that expiry, which passed its `check`
    function sliceOf(bytes16 underlying, uint40 expiry)
        external
        view
        returns (
            IPricingModel model,
            uint256 forwardRatioWad,
            uint256 discountWad,
            uint256 time,
            bytes memory parameters
        );
}
