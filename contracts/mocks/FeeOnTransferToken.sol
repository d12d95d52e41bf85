// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "./TestToken.sol";

/// @title A token that burns a share of every transfer
/// @notice Test only.
contract FeeOnTransferToken is TestToken {
    uint256 public immutable feeBps;

    constructor(uint8 decimals_, uint256 feeBps_) TestToken("Fee on transfer", "FEE", decimals_) {
        feeBps = feeBps_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount * feeBps / 10_000;
        if (fee != 0) super._update(from, address(0), fee);
        super._update(from, to, amount - fee);
    }
}
