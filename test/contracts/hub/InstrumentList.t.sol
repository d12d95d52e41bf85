// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {InstrumentList, InstrumentListLib} from "../../../contracts/hub/InstrumentList.sol";

/// @notice The packed list against a plain one.
contract InstrumentListTest is Test {
    using InstrumentListLib for InstrumentList;

    InstrumentList private _list;
    uint32[] private _plain;

    function testFuzz_SameAsAPlainListWithSwapRemove(uint256 seed, uint256 size) public {
        size = bound(size, 0, 300);
        for (uint32 i = 1; i <= size; ++i) {
            _add(i);
        }
        for (uint256 step; step < 64; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 2 == 0) _add(uint32(1_000 + step));
            else if (_plain.length != 0) _remove((seed >> 8) % _plain.length);
        }
        _check();
    }

    function test_EveryPlaceHoldsTheLargestNumberAndNoOther() public {
        for (uint256 i; i < InstrumentListLib.MAX_LISTED; ++i) {
            assertEq(_list.add(type(uint32).max), i + 1);
        }
        for (uint256 i = InstrumentListLib.MAX_LISTED; i > 0; --i) {
            assertEq(_list.all().length, i);
            assertEq(_list.remove(1), i == 1 ? 0 : type(uint32).max);
        }
        for (uint256 i; i < 32; ++i) {
            assertEq(_list.words[i], 0);
        }
    }

    function test_WhatFindsNoPlaceIsCounted() public {
        for (uint32 i = 1; i <= InstrumentListLib.MAX_LISTED; ++i) {
            _list.add(i);
        }
        assertEq(_list.add(7_000), InstrumentListLib.OFF);
        assertEq(_list.add(7_001), InstrumentListLib.OFF);
        assertEq(_list.count(), InstrumentListLib.MAX_LISTED);
        assertEq(_list.countOff(), 2);
        assertEq(_list.remove(InstrumentListLib.OFF), 0);
        assertEq(_list.remove(InstrumentListLib.MAX_LISTED), 0);
        assertEq(_list.countOff(), 1);
        assertEq(_list.add(7_002), InstrumentListLib.MAX_LISTED);
    }

    function _add(uint32 number) private {
        uint256 place = _list.add(number);
        if (_plain.length == InstrumentListLib.MAX_LISTED) {
            assertEq(place, InstrumentListLib.OFF);
        } else {
            _plain.push(number);
            assertEq(place, _plain.length);
        }
    }

    function _remove(uint256 at) private {
        uint32 moved = _list.remove(at + 1);
        uint32 last = _plain[_plain.length - 1];
        assertEq(moved, at + 1 == _plain.length ? 0 : last);
        _plain[at] = last;
        _plain.pop();
    }

    function _check() private view {
        uint32[] memory all = _list.all();
        assertEq(all.length, _plain.length);
        assertEq(_list.count(), _plain.length);
        for (uint256 i; i < all.length; ++i) {
            assertEq(all[i], _plain[i]);
        }
    }
}
