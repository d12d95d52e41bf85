// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "./TestToken.sol";

/// @title A token that answers a transfer with `size` bytes, reverting or not
/// @notice Test only: whoever copies the answer pays for it.
contract ReturnBombToken is TestToken {
    uint256 public size;
    bool public reverting;

    constructor() TestToken("Return bomb", "BOMB", 6) {}

    function setBomb(uint256 size_, bool reverting_) external {
        size = size_;
        reverting = reverting_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (size == 0) return super.transfer(to, amount);
        uint256 length = size;
        bool bad = reverting;
        assembly ("memory-safe") {
            switch bad
            case 0 { return(0x80, length) }
            default { revert(0x80, length) }
        }
    }
}
