// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "./TestToken.sol";

/// @title A token whose transfers answer true and take from the sender `percent` of what they should
/// @notice Test only: over 100, a fee on top; under, and at 0, it pretends.
contract OddToken is TestToken {
    uint256 public percent = 100;

    constructor() TestToken("Odd", "ODD", 6) {}

    function setPercent(uint256 percent_) external {
        percent = percent_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        uint256 taken = (amount * percent) / 100;
        if (taken < amount) return super.transfer(to, taken);
        _burn(msg.sender, taken - amount);
        return super.transfer(to, amount);
    }
}
