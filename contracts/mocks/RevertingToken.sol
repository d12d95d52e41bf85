// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "./TestToken.sol";

/// @title A token whose outgoing transfers can be made to revert, as with a deny list
/// @notice Test only.
contract RevertingToken is TestToken {
    bool public refusing;

    error RevertingToken_Refused(address to);

    constructor() TestToken("Reverting", "REV", 6) {}

    function setRefusing(bool refusing_) external {
        refusing = refusing_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (refusing) revert RevertingToken_Refused(to);
        return super.transfer(to, amount);
    }
}
