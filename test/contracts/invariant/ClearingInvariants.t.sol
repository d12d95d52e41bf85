// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {RiskSequences} from "./RiskSequences.sol";
import {World} from "./World.sol";
import {WorldBuilder} from "./WorldBuilder.sol";

/// @notice Everybody who uses or attacks a hub and its vaults, and what must hold of them.
/// @dev In this file because invariant tests only find contracts of test files.
contract Handler is RiskSequences {
    constructor(World memory world) {
        w = world;
    }
}

/// @notice One campaign for all requirements that hold over a hub and its vaults whatever messages do: one, because
/// building its world and running its steps is what takes the time.
contract ClearingInvariantsTest is Test, WorldBuilder {
    /// @dev So few that what a failure keeps fits into memory.
    uint256 private constant ROUNDS = 8;

    Handler private handler;

    function setUp() public {
        _buildWorld();
        handler = new Handler(w);
        handler.open();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), _actions()));
    }

    function invariant_CLR01_CLR02_CLR03_CLR04_CLR05_CLR06_CLR07_CLR09_CLR10_CLR11_CLR12_CLR13_CLR16_CLR18_CLR23() public {
        handler.checkAlways();
    }

    /// @dev Once a run: what takes long, and what holds only when everything has arrived.
    function afterInvariant() public {
        handler.checkAtTheEnd(uint256(keccak256(abi.encode(handler.time()))));
    }

    function test_CLR11_ReportThatOvertakesTheFirstOfItsPairs() public {
        handler.overtake();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR18_LaneWhoseEndsDifferIsPausedUntilTheyAgree() public {
        handler.diverge();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR01_UnmatchedGainIsNotPaid() public {
        handler.settleUnmatched();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR01_LossBeyondCash() public {
        handler.loseMoreThanThereIs();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR09_LiquidityIsPromisedOnce() public {
        handler.promiseTwice();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR06_NoCreditWherePairsWait() public {
        handler.lendBehind();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR23_ATokenCallsBack() public {
        handler.callBack();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR10_CLR23_PayoutsOfATokenWithTricks() public {
        handler.payWithTricks();
        handler.checkAtTheEnd(1);
    }

    function test_CLR10_AClaimThatIsToldOfLate() public {
        handler.tellInReverse();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR02_AnOptionBeyondItsExpiryIsNoOpenInterest() public {
        handler.holdBeyondExpiry();
        handler.checkAlways();
    }

    function test_CLR13_NoNewRiskOnArraysOfAnotherPrice() public {
        handler.lendOnOtherArrays();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR16_NoLoanOnGainsThatNobodyPaid() public {
        handler.borrowAgainstGains();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function test_CLR06_AClosingAllowanceOfANetThatTurned() public {
        handler.turnAround();
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    /// @dev A campaign whose actions are all refused would prove nothing. Ends as soon as each has succeeded: of a test that fails
    /// Hardhat keeps every step, some 40 MB an action. What `proveDiverged`, options, allowances and loans need comes by chance too seldom.
    function test_EveryActionSucceeds() public {
        bytes4[] memory actions = _actions();
        bytes32[28] memory names = [
            bytes32("deposit"), "donate", "requestWithdrawal", "signWithdrawal", "process", "claim", "cancel", "trick",
            "pause", "setMandate", "renewCredit", "freeze", "trade", "tradeMaliciously", "reduce", "movePrices", "settle",
            "report", "deliver", "duplicate", "starve", "forge", "garble", "push", "drop", "wait", "accrueFunding",
            "misprice"
        ];
        uint256 left = names.length;
        for (uint256 round; round < ROUNDS && left != 0; ++round) {
            for (uint256 i; i < actions.length; ++i) {
                (bool success, bytes memory reason) =
                    address(handler).call(abi.encodeWithSelector(actions[i], keccak256(abi.encode(round, i))));
                assertTrue(success, string(reason));
            }
            for (uint256 i = left; i != 0; --i) {
                if (handler.countOf(names[i - 1]).succeeded == 0) continue;
                (names[i - 1], names[left - 1]) = (names[left - 1], names[i - 1]);
                left -= 1;
            }
        }
        string memory missing;
        for (uint256 i; i < left; ++i) {
            missing = string(abi.encodePacked(missing, names[i], " "));
        }
        assertEq(left, 0, missing);
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    /// @dev The same of what options do, in the order in which it can happen: so often at the least.
    function test_CLR06_CLR13_OptionsFromTheirFirstTradeToTheEnd() public {
        _until(handler.trade.selector, "tradeOption", 6);
        handler.hearOfAll();
        _until(handler.refreshArrays.selector, "refreshArrays", 1);
        _until(handler.misprice.selector, "refuseStale", 2);
        _until(handler.expire.selector, "expire", 1);
        handler.hearOfAll();
        _until(handler.settle.selector, "settleOption", 1);
        _until(handler.settle.selector, "rollOff", 3);
        _until(handler.trade.selector, "tradeOption", 8);
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    /// @dev The same of closing allowances and loans.
    function test_AllowancesClose_AndLendersLend() public {
        _until(handler.trade.selector, "trade", 6);
        handler.hearOfAll();
        _until(handler.close.selector, "renewClosing", 3);
        _until(handler.close.selector, "close", 2);
        _until(handler.renewClosing.selector, "renewClosing", 6);
        _until(handler.supply.selector, "supply", 3);
        _until(handler.borrow.selector, "borrow", 1);
        _until(handler.repay.selector, "repay", 1);
        _until(handler.redeem.selector, "redeem", 2);
        handler.checkAlways();
        handler.checkAtTheEnd(1);
    }

    function _until(bytes4 action, bytes32 name, uint256 least) private {
        for (uint256 i; i < 30 && handler.countOf(name).succeeded < least; ++i) {
            bytes memory call = abi.encodeWithSelector(action, keccak256(abi.encode(name, least, i)));
            (bool success, bytes memory reason) = address(handler).call(call);
            assertTrue(success, string(reason));
        }
        assertGe(handler.countOf(name).succeeded, least, string(abi.encodePacked(name)));
    }

    function _actions() private view returns (bytes4[] memory actions) {
        actions = new bytes4[](37);
        actions[0] = handler.deposit.selector;
        actions[1] = handler.donate.selector;
        actions[2] = handler.requestWithdrawal.selector;
        actions[3] = handler.signWithdrawal.selector;
        actions[4] = handler.process.selector;
        actions[5] = handler.claim.selector;
        actions[6] = handler.setMandate.selector;
        actions[7] = handler.renewCredit.selector;
        actions[8] = handler.trade.selector;
        actions[9] = handler.tradeMaliciously.selector;
        actions[10] = handler.movePrices.selector;
        actions[11] = handler.settle.selector;
        actions[12] = handler.wait.selector;
        actions[13] = handler.report.selector;
        actions[14] = handler.push.selector;
        actions[15] = handler.deliver.selector;
        actions[16] = handler.drop.selector;
        actions[17] = handler.duplicate.selector;
        actions[18] = handler.starve.selector;
        actions[19] = handler.garble.selector;
        actions[20] = handler.forge.selector;
        actions[21] = handler.cancel.selector;
        actions[22] = handler.trick.selector;
        actions[23] = handler.pause.selector;
        actions[24] = handler.proveDiverged.selector;
        actions[25] = handler.freeze.selector;
        actions[26] = handler.reduce.selector;
        actions[27] = handler.accrueFunding.selector;
        actions[28] = handler.refreshArrays.selector;
        actions[29] = handler.expire.selector;
        actions[30] = handler.misprice.selector;
        actions[31] = handler.renewClosing.selector;
        actions[32] = handler.close.selector;
        actions[33] = handler.supply.selector;
        actions[34] = handler.redeem.selector;
        actions[35] = handler.repay.selector;
        actions[36] = handler.borrow.selector;
    }
}
