// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExpiryPrices} from "../../../contracts/interfaces/IExpiryPrices.sol";

/// @notice Settlement prices as the test sets them.
contract StubExpiryPrices is IExpiryPrices {
    /// @inheritdoc IExpiryPrices
    mapping(bytes16 underlying => mapping(uint40 expiry => uint256)) public priceOf;

    function set(bytes16 underlying, uint40 expiry, uint256 priceWad) external {
        priceOf[underlying][expiry] = priceWad;
    }

    function sample(bytes16 underlying, uint40 expiry) external {}

    function fix(bytes16 underlying, uint40 expiry) external view returns (uint256) {
        return priceOf[underlying][expiry];
    }

    function meanOf(bytes16, uint40) external pure returns (Mean memory) {}
}
