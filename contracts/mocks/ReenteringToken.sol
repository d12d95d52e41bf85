// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "./TestToken.sol";

/// @title A token that calls out in the middle of every transfer, as with a hook
/// @notice Test only. Records what the call answered; the transfer itself goes on.
contract ReenteringToken is TestToken {
    address public target;
    bytes public data;
    bool public called;
    bool public succeeded;
    bytes public answer;

    constructor() TestToken("Re-entering", "HOOK", 6) {}

    function setCall(address target_, bytes calldata data_) external {
        target = target_;
        data = data_;
        called = false;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (target == address(0)) return;
        called = true;
        (succeeded, answer) = target.call(data);
    }
}
