// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {RiskArray} from "../../../contracts/risk/RiskArray.sol";
import {RiskBook} from "../../../contracts/risk/RiskBook.sol";
import {Scenarios} from "../../../contracts/risk/Scenarios.sol";

/// @notice The sums in lanes are those that a plain loop gives.
contract RiskBookTest is Test {
    uint256 private constant RANGE = 0.15e9;

    /// @dev Sizes and entries of any length, with the ends forced in where lanes would overflow first.
    function testFuzz_LanesAreExact(uint256 seed) public pure {
        uint256 count = 1 + seed % 40;
        bytes memory arrays;
        int256[32][] memory entries = new int256[32][](count);
        int88[] memory bases = new int88[](count);
        for (uint256 i; i < count; ++i) {
            for (uint256 s; s < 32; ++s) {
                if (s != Scenarios.UNMOVED) entries[i][s] = _entry(uint256(keccak256(abi.encode(seed, i, s))));
            }
            bases[i] = _base(uint256(keccak256(abi.encode(seed, i))));
            arrays = bytes.concat(arrays, RiskArray.pack(entries[i]));
        }
        RiskBook.Book memory book;
        RiskBook.addPerpetual(book, bases[0], 3);
        for (uint256 i; i < count; ++i) {
            _addOption(book, bases[i], uint96(i), uint40(1 + i % 3), i % 2 == 1, RiskArray.at(arrays, i));
        }
        RiskBook.Totals memory t = RiskBook.totals(book, RANGE / 3, 1, 0, 0);
        (int256[32] memory loss,) = RiskBook.losses(book, t, RANGE, 0);
        for (uint256 s; s < 32; ++s) {
            // The near points are those of the options alone.
            int256 expected = s < 30 ? -int256(bases[0]) * Scenarios.moves(RANGE)[s] : int256(0);
            for (uint256 i; i < count; ++i) {
                expected += (bases[i] < 0 ? -int256(bases[i]) : int256(bases[i])) - int256(bases[i]) * entries[i][s];
            }
            assertEq(loss[s], expected);
        }
        assertEq(book.offset, 3 + count * (count - 1) / 2);
    }

    /// @dev 128 times the largest base with the most extreme entries: the bound that makes lanes exact is reached, not passed.
    function test_LanesHoldTheLargestAccount() public pure {
        int256[32] memory entries;
        for (uint256 s; s < 32; ++s) {
            if (s != Scenarios.UNMOVED) entries[s] = s % 2 == 0 ? int256(type(int32).min) : int256(type(int32).max);
        }
        bytes memory arrays = RiskArray.pack(entries);
        RiskBook.Book memory book;
        for (uint256 i; i < 128; ++i) {
            _addOption(book, type(int88).min, type(uint96).max, 7, false, RiskArray.at(arrays, 0));
        }
        RiskBook.Totals memory t = RiskBook.totals(book, RANGE / 3, 1, 0, 0);
        assertEq(t.size, 2 ** 94);
        assertEq(t.naked, 2 ** 94);
        (int256[32] memory loss,) = RiskBook.losses(book, t, RANGE, 0);
        for (uint256 s; s < 32; ++s) {
            assertEq(loss[s], 2 ** 94 + 2 ** 94 * entries[s]);
        }
    }

    function test_RevertWhen_SizesExceedWhatLanesHold() public {
        vm.expectRevert(abi.encodeWithSelector(RiskBook.RiskBook_SizeOutOfRange.selector, 129 * 2 ** 87, 2 ** 94));
        this.sumOf(129);
    }

    function test_RevertWhen_AnOptionHasNoExpiry() public {
        vm.expectRevert(RiskBook.RiskBook_NoExpiry.selector);
        this.addWithoutExpiry();
    }

    /// @dev Of the same remainder by 31, by which they are looked up.
    function test_ExpiriesComeInAnyOrder() public pure {
        int256[32] memory entries;
        entries[0] = -5;
        entries[4] = 7;
        bytes memory arrays = RiskArray.pack(entries);
        (RiskBook.Book memory grouped, RiskBook.Book memory mixed) = (_empty(), _empty());
        for (uint256 i; i < 9; ++i) {
            _addOption(grouped, int88(int256(i)) - 4, 0, uint40(31e5 * (1 + i / 3)), i % 2 == 0, RiskArray.at(arrays, 0));
            uint256 j = (i * 4) % 9;
            _addOption(mixed, int88(int256(j)) - 4, 0, uint40(31e5 * (1 + j / 3)), j % 2 == 0, RiskArray.at(arrays, 0));
        }
        RiskBook.Totals memory a = RiskBook.totals(grouped, RANGE / 3, 5e8, 2e9, 1e6);
        RiskBook.Totals memory b = RiskBook.totals(mixed, RANGE / 3, 5e8, 2e9, 1e6);
        assertEq(abi.encode(a), abi.encode(b));
        assertGt(a.naked, 0);
        assertGt(a.basisLoss, 0);
    }

    function sumOf(uint256 count) external pure {
        RiskBook.Book memory book;
        int256[32] memory entries;
        bytes memory arrays = RiskArray.pack(entries);
        for (uint256 i; i < count; ++i) {
            _addOption(book, type(int88).min, 0, 7, false, RiskArray.at(arrays, 0));
        }
        RiskBook.totals(book, RANGE / 3, 1, 0, 0);
    }

    function addWithoutExpiry() external pure {
        RiskBook.Book memory book;
        _addOption(book, 1, 0, 0, false, 128);
    }

    function _addOption(RiskBook.Book memory book, int88 base, uint96 offset, uint256 expiry, bool isPut, uint256 array)
        private
        pure
    {
        RiskBook.addOption(book, RiskBook.OptionLeg(base, offset, expiry, isPut ? 1 : 0, array));
    }

    function _empty() private pure returns (RiskBook.Book memory book) {}

    function _entry(uint256 random) private pure returns (int256) {
        if (random % 8 == 0) return type(int32).min;
        if (random % 8 == 1) return type(int32).max;
        return int32(uint32(random >> 8)) >> ((random >> 40) % 32);
    }

    function _base(uint256 random) private pure returns (int88) {
        if (random % 8 == 0) return type(int88).min;
        if (random % 8 == 1) return type(int88).max;
        return int88(uint88(random >> 8)) >> ((random >> 96) % 88);
    }
}
