// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {IMarginEngine} from "../../../contracts/interfaces/IMarginEngine.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Grants, renewals, releases and what may be outstanding (CLR-06).
contract RenewCreditTest is HubTestBase {
    mapping(uint32 eid => bytes[]) private _inFlight;

    function setUp() public override {
        super.setUp();
        deposit(A_EID, 0, USDC, 1_000e6);
        nameAll(A_EID);
        nameAll(B_EID);
    }

    function test_CLR06_AGrantIsTheSmallerOfMandateAndFreeEquity() public {
        grant(0, A_EID, 400_00);
        mandate(0, A_EID, 5_000_00);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 1_000_00);
        _assertCovered(0);
    }

    function test_TheCommandCarriesTheGrant() public {
        mandate(0, A_EID, 400_00);
        uint40 end = uint40(block.timestamp + LEASE);
        vm.expectEmit(address(hub));
        emit IHubLedger.CreditGranted(accounts[0], A_EID, 400_00, end, 1, 16);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(endpoint.last().dstEid, A_EID);
        assertEq(endpoint.last().message, _creditCommand(400_00, 1, end));
    }

    /// @dev A lease runs by the spoke's clock: if that is ahead, a lease by the hub's would end too early to release.
    function test_TheLeaseEndsByTheLaterOfBothClocks() public {
        mandate(0, A_EID, 400_00);
        deliver(A_EID, report(block.timestamp + 50, creditStateSection(0, 0)));
        hub.renewCredit(A_EID, only(0), "");
        assertEq(hub.creditLineOf(accounts[0], A_EID).validUntil, block.timestamp + 50 + LEASE);
    }

    function test_CLR06_ALeaseEndNeverComesEarlier() public {
        grant(0, A_EID, 400_00);
        hub.listLane(A_EID, 5, MAX_LAG);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(hub.creditLineOf(accounts[0], A_EID).validUntil, block.timestamp + LEASE);
        assertEq(hub.creditLineOf(accounts[0], A_EID).version, 2);
    }

    function test_CLR06_TwoSpokesCannotShareTheSameEquity() public {
        grant(0, A_EID, 700_00);
        mandate(0, B_EID, 700_00);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(outstanding(0, B_EID), 300_00);
        mandate(0, HUB_EID, 700_00);
        _assertRefused(HUB_EID, 0, 0);
        _assertCovered(0);
    }

    function test_CLR06_NamedTwiceInOneCallIsGrantedOnce() public {
        mandate(0, A_EID, 5_000_00);
        AccountId[] memory twice = new AccountId[](2);
        (twice[0], twice[1]) = (accounts[0], accounts[0]);
        hub.renewCredit(A_EID, twice, "");
        assertEq(outstanding(0, A_EID), 1_000_00);
    }

    function test_CLR06_RenewalTopsUpWhatWasUsed() public {
        grant(0, A_EID, 400_00);
        reportPair(A_EID, 0, 1e6, -600e6, 100_00, 1);
        hub.renewCredit(A_EID, only(0), "");
        IHubLedger.CreditLine memory line = hub.creditLineOf(accounts[0], A_EID);
        assertEq(line.limit, 500_00, "cumulative");
        assertEq(outstanding(0, A_EID), 400_00);
        _assertCovered(0);
    }

    /// @dev 0.01 BTC at 60,000: 15 % of 600 is 90 dollars of initial requirement.
    function test_CLR06_PositionsTakeFromWhatIsFree() public {
        reportTrade(A_EID, 0, 1, 1e6, 600e6);
        mandate(0, A_EID, 5_000_00);
        hub.renewCredit(A_EID, only(0), "");
        assertEq(outstanding(0, A_EID), 910_00);
    }

    function test_CLR06_AFallInEquityStopsRenewals() public {
        deposit(A_EID, 2, WETH, 1e8);
        grant(2, A_EID, 1_800_00);
        setPrices(BTC_PRICE, ETH_PRICE / 2);
        _assertRefused(A_EID, 2, 1_800_00);
        assertEq(outstanding(2, A_EID), 1_800_00, "what was lent stays reserved");
    }

    function test_CLR06_LoweringTheMandateStopsRenewals() public {
        grant(0, A_EID, 400_00);
        mandate(0, A_EID, 399_99);
        _assertRefused(A_EID, 0, 400_00);
        mandate(0, A_EID, 0);
        _assertRefused(A_EID, 0, 400_00);
    }

    /// @dev The command of the old limit may still be on its way, and the vault holds it: a new lease wakes it up.
    function test_CLR06_ARegrantAfterAReleaseRaisesAtLeastToTheOldLimit() public {
        grant(0, A_EID, 400_00);
        _lapseAndRelease(0, 50_00);
        assertEq(outstanding(0, A_EID), 50_00, "used and not applied");
        mandate(0, A_EID, 300_00);
        _assertRefused(A_EID, 0, 400_00);
        mandate(0, A_EID, 600_00);
        hub.renewCredit(A_EID, only(0), "");
        assertGe(hub.creditLineOf(accounts[0], A_EID).limit, 400_00);
        assertEq(outstanding(0, A_EID), 600_00);
    }

    function test_CLR06_ARegrantThatIsNotCoveredIsRefused() public {
        grant(0, A_EID, 900_00);
        _lapseAndRelease(0, 0);
        hub.process(requestSigned(0, orderOf(0, USDC, 200e6, A_EID, 1)), "");
        _assertRefused(A_EID, 0, 900_00);
        assertEq(outstanding(0, A_EID), 0);
    }

    function test_CLR06_ReleasedCreditIsFreeElsewhere() public {
        grant(0, A_EID, 1_000_00);
        mandate(0, B_EID, 1_000_00);
        _assertRefused(B_EID, 0, 0);
        _lapseAndRelease(0, 250_00);
        hub.renewCredit(B_EID, only(0), "");
        assertEq(outstanding(0, B_EID), 750_00);
        _assertCovered(0);
    }

    function test_OneThatIsNotCoveredDoesNotStopTheOthers() public {
        mandate(0, A_EID, 400_00);
        mandate(1, A_EID, 400_00);
        AccountId[] memory both = new AccountId[](2);
        (both[0], both[1]) = (accounts[1], accounts[0]);
        hub.renewCredit(A_EID, both, "");
        assertEq(outstanding(0, A_EID), 400_00);
        assertEq(outstanding(1, A_EID), 0);
        assertEq(endpoint.last().message, _creditCommand(400_00, 1, uint40(block.timestamp + LEASE)));
    }

    function test_ARefusalSendsNothingAndGivesTheFeeBack() public {
        endpoint.setFee(0.01 ether);
        vm.deal(address(this), 1 ether);
        uint64 sent = endpoint.sent();
        hub.renewCredit{value: 0.01 ether}(A_EID, only(1), "");
        assertEq(endpoint.sent(), sent);
        assertEq(address(this).balance, 1 ether);
        assertEq(address(hub).balance, 0);
    }

    function test_TheQuotedFeeIsTheFee() public {
        endpoint.setFee(0.01 ether);
        vm.deal(address(this), 1 ether);
        mandate(0, A_EID, 400_00);
        hub.renewCredit{value: hub.quoteRenewCredit(A_EID, 1).nativeFee}(A_EID, only(0), "");
        assertEq(address(endpoint).balance, 0.01 ether);
        assertEq(hub.quoteRenewCredit(HUB_EID, 1).nativeFee, 0, "the queue is free");
    }

    function test_CLR13_RevertWhen_ThePriceOfAPositionIsStale() public {
        reportTrade(A_EID, 0, 1, 1e6, 600e6);
        mandate(0, A_EID, 400_00);
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        bytes32 before = ledger();
        vm.expectRevert(
            abi.encodeWithSelector(IMarginEngine.Margin_StalePrice.selector, BTC, MAX_PRICE_AGE + 1, MAX_PRICE_AGE)
        );
        hub.renewCredit(A_EID, only(0), "");
        assertEq(ledger(), before);
    }

    function test_CLR13_CollateralWithAStalePriceBacksNothing() public {
        deposit(A_EID, 2, WETH, 1e8);
        mandate(2, A_EID, 400_00);
        vm.warp(block.timestamp + MAX_PRICE_AGE + 1);
        bytes32 before = ledger();
        vm.expectEmit();
        emit IHubLedger.CreditRefused(accounts[2], A_EID, 0, 0);
        hub.renewCredit(A_EID, only(2), "");
        assertEq(ledger(), before);

        hub.renewCredit(A_EID, only(2), abi.encode(ETH, ETH_PRICE));
        assertEq(outstanding(2, A_EID), 400_00, "a proof in the same call makes it fresh");
    }

    function test_RevertWhen_TheLaneIsNotListed() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownLane.selector, UNLISTED_EID));
        hub.renewCredit(UNLISTED_EID, only(0), "");
    }

    /// @dev Right after every grant, equity ≥ initial + outstanding, whatever happened before; and what is outstanding
    /// covers what a vault that obeys could still let be used, though its reports come late, twice and in any order.
    function testFuzz_CLR06_WhatIsOutstandingIsCoveredAndCoversTheSpokes(uint256 seed) public {
        uint32[3] memory all = lanes_();
        nameAll(HUB_EID);
        deposit(B_EID, 0, WETH, 2e8);
        for (uint256 i; i < 3; ++i) {
            mandate(0, all[i], uint64(seed % 3_000_00) + 1);
        }
        // What each vault has let be used, the pair's version there, and what it last knew of the credit.
        uint64[3] memory used;
        uint32[3] memory version;
        for (uint256 step; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 lane = (seed >> 8) % 3;
            uint32 eid = all[lane];
            IHubLedger.CreditLine memory line = hub.creditLineOf(accounts[0], eid);
            uint256 action = seed % 6;
            if (action == 0) {
                setPrices(BTC_PRICE, ETH_PRICE * (50 + (seed >> 16) % 100) / 100);
                uint32 before = line.version;
                hub.renewCredit(eid, only(0), "");
                if (hub.creditLineOf(accounts[0], eid).version > before) _assertCovered(0);
            } else if (action == 1 && block.timestamp < line.validUntil && line.limit > used[lane]) {
                used[lane] += uint64(1 + (seed >> 16) % (line.limit - used[lane]));
            } else if (action == 2 && used[lane] != 0) {
                bytes memory item = pairItem(1, BTC_INDEX, 1e4, 0, uint48(used[lane]), ++version[lane]);
                _inFlight[eid].push(report(block.timestamp, section(ReportCodec.PAIR, 1, item)));
            } else if (action == 3) {
                _inFlight[eid].push(report(block.timestamp, creditStateSection(0, used[lane])));
            } else if (action == 4) {
                bytes[] storage messages = _inFlight[eid];
                if (messages.length != 0) deliver(eid, messages[(seed >> 16) % messages.length]);
            } else if (action == 5) {
                vm.warp(block.timestamp + (seed >> 16) % LEASE);
                setPrices(BTC_PRICE, ETH_PRICE);
            }
            line = hub.creditLineOf(accounts[0], eid);
            uint64 mayUse = block.timestamp < line.validUntil && line.limit > used[lane] ? line.limit : used[lane];
            assertGe(line.ceiling, mayUse, "no promise without a reserve");
            assertGe(line.ceiling, line.usedApplied);
        }
    }

    function _lapseAndRelease(uint256 trader, uint64 used) private {
        vm.warp(block.timestamp + LEASE);
        setPrices(BTC_PRICE, ETH_PRICE);
        deliver(A_EID, report(block.timestamp, creditStateSection(trader, used)));
    }

    function _assertRefused(uint32 eid, uint256 trader, uint256 required) private {
        bytes32 before = ledger();
        uint64 sent = endpoint.sent();
        vm.expectEmit(true, true, false, false, address(hub));
        emit IHubLedger.CreditRefused(accounts[trader], eid, required, 0);
        hub.renewCredit(eid, only(trader), "");
        assertEq(ledger(), before, "refused");
        assertEq(endpoint.sent(), sent, "nothing sent");
    }

    function _assertCovered(uint256 trader) private view {
        IHubLedger.MarginState memory m = hub.marginOf(accounts[trader]);
        assertGe(m.equityInitialWad, int256(m.initialWad + m.outstandingWad), "CLR-06");
        assertGe(m.equityMaintenanceWad, int256(m.maintenanceWad + m.outstandingWad), "CLR-06 maintenance");
    }

    function _creditCommand(uint64 limit, uint32 version, uint40 validUntil) private view returns (bytes memory) {
        return bytes.concat(
            CommandCodec.encodeHeader(),
            section(
                CommandCodec.CREDIT,
                1,
                CommandCodec.encodeCredit(CommandCodec.Credit(accounts[0], limit, version, validUntil, 16))
            )
        );
    }

    receive() external payable {}
}
