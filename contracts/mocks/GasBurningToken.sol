// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "./TestToken.sol";

/// @title A token whose transfers burn `burn` gas before they succeed
/// @notice Test only.
contract GasBurningToken is TestToken {
    uint256 public burn;

    constructor() TestToken("Gas burning", "GAS", 6) {}

    function setBurn(uint256 burn_) external {
        burn = burn_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        uint256 start = gasleft();
        while (start - gasleft() < burn) {}
        return super.transfer(to, amount);
    }
}
