// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "./TestToken.sol";

/// @title A token with a deny list, as dollar stablecoins have: a payout to whom it denies becomes a claim
/// @notice Test only.
contract DenyingToken is TestToken {
    mapping(address => bool) public denied;

    error DenyingToken_Denied(address to);

    constructor(uint8 decimals_) TestToken("Denying", "DENY", decimals_) {}

    function deny(address to, bool denied_) external {
        denied[to] = denied_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (denied[to]) revert DenyingToken_Denied(to);
        super._update(from, to, amount);
    }
}
