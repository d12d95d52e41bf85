// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InterestCurve} from "../../../contracts/funding/UtilisationCurve.sol";
import {Lending, LendingPool} from "../../../contracts/hub/LendingPool.sol";
import {VectorFile} from "../codec/VectorFile.sol";

/// @notice Lending is, to the bit and over many acts, that of `clearing/funding/lendingPool.ts`.
contract LendingVectorsTest is VectorFile {
    using LendingPool for Lending;

    struct Act {
        uint8 kind;
        uint8 account;
        uint32 elapsed;
        uint256 amount;
        uint256 owned;
        uint256 owes;
        uint256 indexWad;
        uint256 debt;
        uint256 idle;
        uint256 reserve;
        uint256 shares;
    }

    Lending private _pool;
    mapping(uint256 account => uint256) private _owned;
    mapping(uint256 account => uint256) private _owes;

    function test_CLR20_EveryActOfLendersAndDebtors() public {
        load("lending.json");
        InterestCurve[] memory curves = abi.decode(
            cases(".curve", "Case(uint32 base,uint32 toKink,uint32 beyondKink,uint32 kink,uint32 reserve)"), (InterestCurve[])
        );
        vm.warp(1_800_000_000);
        _pool.setCurve(curves[0]);
        Act[] memory acts = abi.decode(
            cases(
                ".acts",
                "Case(uint8 kind,uint8 account,uint32 elapsed,uint256 amount,uint256 owned,uint256 owes,uint256 indexWad,uint256 debt,uint256 idle,uint256 reserve,uint256 shares)"
            ),
            (Act[])
        );
        assertGe(acts.length, 500);
        for (uint256 i; i < acts.length; ++i) {
            Act memory a = acts[i];
            vm.warp(block.timestamp + a.elapsed);
            _do(a, _pool.accrue());
            assertEq(_owned[a.account], a.owned);
            assertEq(_owes[a.account], a.owes);
            assertEq(_pool.indexWad, a.indexWad);
            assertEq(_pool.debt, a.debt);
            assertEq(_pool.idle, a.idle);
            assertEq(_pool.reserve, a.reserve);
            assertEq(_pool.shares, a.shares);
        }
    }

    function _do(Act memory a, uint256 index) private {
        if (a.amount == 0) return;
        if (a.kind == 0) _owned[a.account] += _pool.supply(a.amount, index);
        else if (a.kind == 1) _redeem(a, index);
        else if (a.kind == 2) _owes[a.account] = _pool.lend(_owes[a.account], a.amount, index);
        else if (a.kind == 3) _owes[a.account] = _pool.repay(_owes[a.account], a.amount, index);
    }

    function _redeem(Act memory a, uint256 index) private {
        _pool.redeem(a.amount, _pool.worthOf(a.amount, index));
        _owned[a.account] -= a.amount;
    }
}
