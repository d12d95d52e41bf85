// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Deciding a withdrawal: margin, balance, liquidity, and the payout it becomes.
contract ProcessTest is HubTestBase {
    function setUp() public override {
        super.setUp();
        deposit(A_EID, 0, USDC, 1_000e6);
        deposit(B_EID, 2, USDC, 300e6);
    }

    function test_APayoutOnAChainWhereOneNeverDeposited() public {
        bytes32 id = requestSigned(0, orderOf(0, USDC, 200e6, B_EID, 1));
        bytes32 payoutId = hub.process(id, "");

        assertEq(hub.balanceOf(accounts[0], USDC), 800e6);
        assertEq(hub.liquidityOf(B_EID, USDC).reserved, 200e6);
        assertEq(uint8(hub.withdrawalOf(id).state), uint8(IHubLedger.WithdrawalState.Done));
        CommandCodec.Pay memory pay =
            CommandCodec.Pay(accounts[0], recipient, USDC, 200e6, uint40(block.timestamp), 1);
        assertEq(payoutId, PayoutId.compute(HUB_EID, address(hub), B_EID, vaultOf(B_EID), pay));
        assertEq(endpoint.last().dstEid, B_EID);
        assertEq(
            endpoint.last().message,
            bytes.concat(CommandCodec.encodeHeader(), section(CommandCodec.PAY, 1, CommandCodec.encodePay(pay)))
        );
        assertConserved();
    }

    function test_CLR10_EqualPayoutsHaveDifferentIds() public {
        bytes32 first = hub.process(requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 1)), "");
        bytes32 second = hub.process(requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 2)), "");
        assertTrue(first != second);
        assertEq(hub.liquidityOf(A_EID, USDC).reserved, 20e6);
    }

    function test_RevertWhen_TheRequestIsUnknownOrDone() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotPending.selector, bytes32("unknown")));
        hub.process("unknown", "");
        bytes32 id = requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 1));
        hub.process(id, "");
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotPending.selector, id));
        hub.process(id, "");
    }

    function test_AnExpiredRequestDiesAndTheFeeComesBack() public {
        bytes32 id = requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 1));
        vm.warp(block.timestamp + 1 days + 1);
        bytes32 before = ledger();
        vm.deal(address(this), 1 ether);
        assertEq(hub.process{value: 1 ether}(id, ""), 0);
        assertEq(address(this).balance, 1 ether);
        assertEq(ledger(), before);
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotPending.selector, id));
        hub.process(id, "");
    }

    function test_CLR09_LiquidityShortPaysWhatItCanAndQueuesTheRest() public {
        IHubLedger.WithdrawalOrder memory order = orderOf(0, USDC, 500e6, B_EID, 1);
        order.minimum = 300e6;
        bytes32 id = requestSigned(0, order);
        hub.process(id, "");
        assertEq(hub.balanceOf(accounts[0], USDC), 700e6);
        assertEq(hub.withdrawalOf(id).remaining, 200e6);
        assertEq(hub.liquidityOf(B_EID, USDC).reserved, 300e6);
        assertConserved();

        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_InsufficientLiquidity.selector, B_EID, USDC, 200e6, 0)
        );
        hub.process(id, "");
        assertEq(ledger(), before);

        // The rest is below the minimum: it is welcome all the same.
        deposit(B_EID, 2, USDC, 200e6);
        hub.process(id, "");
        assertEq(hub.balanceOf(accounts[0], USDC), 500e6);
        assertEq(uint8(hub.withdrawalOf(id).state), uint8(IHubLedger.WithdrawalState.Done));
        assertConserved();
    }

    function test_CLR09_OneUnitMoreThanThereIsStaysQueued() public {
        bytes32 id = requestSigned(0, orderOf(0, USDC, 300e6 + 1, B_EID, 1));
        hub.process(id, "");
        assertEq(hub.liquidityOf(B_EID, USDC).reserved, 300e6);
        assertEq(hub.withdrawalOf(id).remaining, 1);
        assertConserved();
    }

    function test_RevertWhen_ThePartIsBelowTheMinimum() public {
        IHubLedger.WithdrawalOrder memory order = orderOf(0, USDC, 500e6, B_EID, 1);
        order.minimum = 301e6;
        bytes32 id = requestSigned(0, order);
        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_InsufficientLiquidity.selector, B_EID, USDC, 301e6, 300e6)
        );
        hub.process(id, "");
        assertEq(ledger(), before);
    }

    function test_RevertWhen_TheBalanceIsTooSmall() public {
        deposit(A_EID, 1, USDC, 5_000e6);
        deposit(A_EID, 1, WETH, 5e8);
        deposit(A_EID, 0, WETH, 1e8);
        bytes32 before = ledger();
        bytes32 cash = requestSigned(0, orderOf(0, USDC, 1_001e6, A_EID, 1));
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_InsufficientBalance.selector, accounts[0], USDC, 1_001e6, int256(1_000e6)
            )
        );
        hub.process(cash, "");
        bytes32 collateral = requestSigned(0, orderOf(0, WETH, 1e8 + 1, A_EID, 2));
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_InsufficientBalance.selector, accounts[0], WETH, 1e8 + 1, int256(1e8)
            )
        );
        hub.process(collateral, "");
        assertEq(ledger(), before);
    }

    /// @dev A gain that is not settled is equity, not cash: it cannot be withdrawn.
    function test_RevertWhen_TheGainIsNotYetCash() public {
        nameAll(A_EID);
        reportTrade(A_EID, 0, 1, 1e6, 600e6);
        setPrices(70_000e18, ETH_PRICE);
        deposit(A_EID, 2, USDC, 5_000e6);
        bytes32 id = requestSigned(0, orderOf(0, USDC, 1_001e6, A_EID, 1));
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_InsufficientBalance.selector, accounts[0], USDC, 1_001e6, int256(1_000e6)
            )
        );
        hub.process(id, "");
    }

    /// @dev 0.1 BTC at 60,000: 900 dollars of initial requirement of the 1,000.
    function test_CLR06_RevertWhen_MarginWouldNotBeCovered() public {
        nameAll(A_EID);
        reportTrade(A_EID, 0, 1, 1e7, 6_000e6);
        bytes32 tooMuch = requestSigned(0, orderOf(0, USDC, 100e6 + 1, A_EID, 1));
        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_InsufficientMargin.selector, accounts[0], 900e18, int256(900e18 - 1e12)
            )
        );
        hub.process(tooMuch, "");
        assertEq(ledger(), before);
        hub.process(requestSigned(0, orderOf(0, USDC, 100e6, A_EID, 2)), "");
    }

    function test_CLR06_RevertWhen_CreditIsOutstanding() public {
        grant(0, A_EID, 900_00);
        bytes32 tooMuch = requestSigned(0, orderOf(0, USDC, 100e6 + 1, A_EID, 1));
        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(
                IHubLedger.Hub_InsufficientMargin.selector, accounts[0], 900e18, int256(900e18 - 1e12)
            )
        );
        hub.process(tooMuch, "");
        assertEq(ledger(), before);
        hub.process(requestSigned(0, orderOf(0, USDC, 100e6, A_EID, 2)), "");
    }

    function test_CLR06_AHaircutIsTakenBeforeMargin() public {
        deposit(A_EID, 1, WETH, 1e8);
        grant(1, A_EID, 1_800_00);
        bytes32 id = requestSigned(1, orderOf(1, WETH, 1, A_EID, 1));
        bytes32 before = ledger();
        vm.expectPartialRevert(IHubLedger.Hub_InsufficientMargin.selector);
        hub.process(id, "");
        assertEq(ledger(), before);
    }

    function test_CLR13_RevertWhen_APriceIsStale() public {
        nameAll(A_EID);
        reportTrade(A_EID, 0, 1, 1e6, 600e6);
        bytes32 id = requestSigned(0, orderOf(0, USDC, 1e6, A_EID, 1));
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, MAX_PRICE_AGE + 1, MAX_PRICE_AGE)
        );
        hub.process(id, "");
        assertEq(ledger(), before);
        assertTrue(hub.process(id, abi.encode(BTC, BTC_PRICE)) != 0);
    }

    /// @dev Without a peer there is no vault for the payout to be of.
    function test_RevertWhen_TheDestinationHasNoPeer() public {
        bytes32 id = requestSigned(0, orderOf(0, USDC, 1e6, B_EID, 1));
        setPeer(B_EID, address(0));
        bytes32 before = ledger();
        vm.expectRevert(abi.encodeWithSignature("NoPeer(uint32)", B_EID));
        hub.process(id, "");
        assertEq(ledger(), before);
    }

    function test_RevertWhen_TheFeeIsNotPaid() public {
        endpoint.setFee(0.01 ether);
        bytes32 id = requestSigned(0, orderOf(0, USDC, 1e6, B_EID, 1));
        bytes32 before = ledger();
        vm.expectRevert(bytes("fee"));
        hub.process(id, "");
        assertEq(ledger(), before, "no payout without its message");
        vm.deal(address(this), 1 ether);
        hub.process{value: hub.quoteProcess(id).nativeFee}(id, "");
        assertEq(hub.balanceOf(accounts[0], USDC), 999e6);
    }

    /// @dev Deposits, withdrawals and results in any mixture: nobody gets out more than went in (CLR-12), nothing is
    /// promised that is not there (CLR-09), every id is new and paid once (CLR-10).
    function testFuzz_CLR01_CLR09_CLR10_CLR12_RoundTripsPayOutWhatWasPaidIn(uint256 seed) public {
        uint32[3] memory all = lanes_();
        int256[TRADERS] memory net;
        for (uint256 i; i < TRADERS; ++i) {
            net[i] = hub.balanceOf(accounts[i], USDC);
        }
        uint256 paidOut;
        uint256 paidIn = 1_300e6;
        bytes32[] memory payouts = new bytes32[](24);
        uint256 count;
        for (uint64 step; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 trader = (seed >> 8) % TRADERS;
            uint32 eid = all[(seed >> 16) % 3];
            uint64 amount = uint64(1 + (seed >> 32) % 1_000e6);
            if (seed % 3 == 0) {
                deposit(eid, trader, USDC, amount);
                paidIn += amount;
                net[trader] += int256(uint256(amount));
            } else if (seed % 3 == 1) {
                bytes32 id = requestSigned(trader, orderOf(trader, USDC, amount, eid, step));
                int256 before = hub.balanceOf(accounts[trader], USDC);
                try hub.process(id, "") returns (bytes32 payoutId) {
                    for (uint256 i; i < count; ++i) {
                        assertTrue(payouts[i] != payoutId, "CLR-10 id");
                    }
                    payouts[count++] = payoutId;
                    uint256 paid = hub.payoutOf(payoutId).amount;
                    assertLe(paid, amount);
                    assertEq(hub.balanceOf(accounts[trader], USDC), before - int256(paid));
                    net[trader] -= int256(paid);
                } catch {
                    assertEq(hub.balanceOf(accounts[trader], USDC), before);
                }
            } else if (count != 0) {
                bytes32 payoutId = payouts[(seed >> 64) % count];
                IHubLedger.Payout memory p = hub.payoutOf(payoutId);
                uint8 rank = uint8(1 + (seed >> 128) % 2);
                deliver(p.dstEid, report(1, payoutSection(payoutId, rank)));
                if (rank == PayoutId.PAID && p.rank != PayoutId.PAID) paidOut += p.amount;
                assertGe(hub.payoutOf(payoutId).rank, p.rank, "CLR-10 rank");
            }
            assertConserved();
        }
        uint256 total;
        for (uint256 i; i < 3; ++i) {
            total += hub.liquidityOf(all[i], USDC).total;
        }
        assertEq(total + paidOut, paidIn, "CLR-12");
        for (uint256 i; i < TRADERS; ++i) {
            assertEq(hub.balanceOf(accounts[i], USDC), net[i]);
            assertGe(net[i], 0);
        }
    }

    receive() external payable {}
}
