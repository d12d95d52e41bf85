// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {StdAssertions} from "forge-std/StdAssertions.sol";

/// @notice The same assertions, but a cheat code is called only by one that fails: a campaign makes millions.
abstract contract QuickAssertions is StdAssertions {
    function assertEq(uint256 left, uint256 right, string memory what) internal pure override {
        if (left != right) super.assertEq(left, right, what);
    }

    function assertEq(int256 left, int256 right, string memory what) internal pure override {
        if (left != right) super.assertEq(left, right, what);
    }

    function assertEq(bytes32 left, bytes32 right, string memory what) internal pure override {
        if (left != right) super.assertEq(left, right, what);
    }

    function assertLe(uint256 left, uint256 right, string memory what) internal pure override {
        if (left > right) super.assertLe(left, right, what);
    }

    function assertGe(uint256 left, uint256 right, string memory what) internal pure override {
        if (left < right) super.assertGe(left, right, what);
    }

    function assertGe(int256 left, int256 right, string memory what) internal pure override {
        if (left < right) super.assertGe(left, right, what);
    }
}
