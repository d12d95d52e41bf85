// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {RiskArray} from "../../../contracts/risk/RiskArray.sol";
import {Scenarios} from "../../../contracts/risk/Scenarios.sol";

contract RiskArrayTest is Test {
    function testFuzz_UnpacksWhatItPacked(int32[32] memory values, uint8 before) public pure {
        int256[32] memory entries;
        for (uint256 s; s < 32; ++s) {
            entries[s] = s == Scenarios.UNMOVED ? int256(0) : int256(values[s]);
        }
        bytes memory arrays = bytes.concat(new bytes(RiskArray.SIZE * (before % 4)), RiskArray.pack(entries));
        assertEq(abi.encode(RiskArray.unpack(arrays, before % 4)), abi.encode(entries));
    }

    /// @dev Cut off, an entry would favour either the long or the short.
    function test_RevertWhen_AnEntryDoesNotFit() public {
        int256[32] memory entries;
        entries[29] = 2 ** 31;
        vm.expectRevert(abi.encodeWithSelector(RiskArray.RiskArray_EntryOutOfRange.selector, 29, int256(2 ** 31)));
        this.pack(entries);
        entries[29] = type(int256).min;
        vm.expectRevert(abi.encodeWithSelector(RiskArray.RiskArray_EntryOutOfRange.selector, 29, type(int256).min));
        this.pack(entries);
    }

    function test_RevertWhen_AnEntryChangesThoughNothingMoves() public {
        int256[32] memory entries;
        entries[Scenarios.UNMOVED] = 1;
        vm.expectRevert(abi.encodeWithSelector(RiskArray.RiskArray_EntryOutOfRange.selector, 3, int256(1)));
        this.pack(entries);
    }

    function test_RevertWhen_TheArrayIsNotThere() public {
        vm.expectRevert(abi.encodeWithSelector(RiskArray.RiskArray_Missing.selector, 1, 255));
        this.at(new bytes(255), 1);
        vm.expectRevert(abi.encodeWithSelector(RiskArray.RiskArray_Missing.selector, type(uint256).max, 0));
        this.at("", type(uint256).max);
    }

    function test_RevertWhen_ThereIsNoPrice() public {
        vm.expectRevert(RiskArray.RiskArray_NoPrice.selector);
        this.entryOf(1, 0);
    }

    /// @dev Floor, by the inequality that defines it.
    function testFuzz_EntriesRoundDown(int128 changeWad, uint128 priceWad) public pure {
        vm.assume(priceWad != 0);
        int256 entry = RiskArray.entryOf(changeWad, priceWad);
        int256 left = int256(changeWad) * 1e9 - entry * int256(uint256(priceWad));
        assertGe(left, 0);
        assertLt(left, int256(uint256(priceWad)));
    }

    function pack(int256[32] memory entries) external pure returns (bytes memory) {
        return RiskArray.pack(entries);
    }

    function at(bytes memory arrays, uint256 index) external pure returns (uint256) {
        return RiskArray.at(arrays, index);
    }

    function entryOf(int256 changeWad, uint256 priceWad) external pure returns (int256) {
        return RiskArray.entryOf(changeWad, priceWad);
    }
}
