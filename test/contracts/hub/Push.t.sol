// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Sending the current state of keys: by anyone, any number of times (CLR-04).
contract PushTest is HubTestBase {
    function setUp() public override {
        super.setUp();
        deposit(A_EID, 0, USDC, 1_000e6);
        grant(0, A_EID, 400_00);
    }

    function test_CLR04_EveryKindOfKeyCarriesItsCurrentState() public {
        bytes32 payoutId = hub.process(requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 1)), "");
        IHubLedger.CommandKeys memory k = _keys(payoutId);
        IHubLedger.CreditLine memory line = hub.creditLineOf(accounts[0], A_EID);
        IHubLedger.VenueAllowance memory allowance = hub.venueAllowanceOf(accounts[0], A_EID, venue);
        bytes memory expected = bytes.concat(
            CommandCodec.encodeHeader(),
            section(
                CommandCodec.CREDIT,
                1,
                CommandCodec.encodeCredit(
                    CommandCodec.Credit(accounts[0], line.limit, line.version, line.validUntil, 16)
                )
            ),
            section(
                CommandCodec.VENUE_ALLOWANCE,
                1,
                CommandCodec.encodeVenueAllowance(
                    CommandCodec.VenueAllowance(accounts[0], venue, allowance.limit, allowance.version)
                )
            ),
            section(
                CommandCodec.PAY,
                1,
                CommandCodec.encodePay(
                    CommandCodec.Pay(accounts[0], recipient, USDC, 10e6, uint40(block.timestamp), 1)
                )
            ),
            section(
                CommandCodec.REFERENCE_PRICE,
                1,
                CommandCodec.encodeReferencePrice(
                    CommandCodec.ReferencePrice(BTC, uint128(BTC_PRICE), uint40(block.timestamp))
                )
            ),
            section(CommandCodec.INSTRUMENT, 1, CommandCodec.encodeInstrumentTerms(hub.termsOf(btcPerp)))
        );
        bytes32 before = ledger();
        vm.startPrank(makeAddr("anyone"));
        hub.push(A_EID, k);
        assertEq(endpoint.last().message, expected);
        vm.warp(block.timestamp + 30);
        hub.push(A_EID, k);
        assertEq(endpoint.last().message, expected, "again, the same");
        vm.stopPrank();
        assertEq(ledger(), before, "sending changes nothing");
    }

    function test_APushCarriesWhatHoldsNowNotWhatHeldThen() public {
        mandate(0, A_EID, 600_00);
        hub.renewCredit(A_EID, only(0), "");
        bytes memory renewed = endpoint.last().message;
        IHubLedger.CommandKeys memory k;
        k.credits = only(0);
        hub.push(A_EID, k);
        assertEq(endpoint.last().message, renewed);
    }

    function test_RevertWhen_AKeyHasNoState() public {
        bytes32 payoutId = hub.process(requestSigned(0, orderOf(0, USDC, 10e6, A_EID, 1)), "");
        IHubLedger.CommandKeys memory k;
        _assertUnknown(A_EID, k, 0);

        k.credits = only(1);
        _assertUnknown(A_EID, k, AccountId.unwrap(accounts[1]));
        k.credits = only(0);
        _assertUnknown(B_EID, k, AccountId.unwrap(accounts[0]));
        delete k.credits;

        k.venues = new IHubLedger.VenueKey[](1);
        k.venues[0] = IHubLedger.VenueKey(accounts[0], makeAddr("other venue"));
        _assertUnknown(A_EID, k, AccountId.unwrap(accounts[0]));
        delete k.venues;

        // A payout is of its destination alone.
        k.payouts = new bytes32[](1);
        k.payouts[0] = payoutId;
        _assertUnknown(B_EID, k, payoutId);
        k.payouts[0] = "unknown";
        _assertUnknown(A_EID, k, "unknown");
        delete k.payouts;

        k.prices = new bytes16[](1);
        k.prices[0] = "DOGE";
        _assertUnknown(A_EID, k, bytes32(bytes16("DOGE")));
        delete k.prices;

        InstrumentId doge = InstrumentIdLib.perpetual("DOGE");
        k.instruments = new InstrumentId[](1);
        k.instruments[0] = doge;
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownInstrument.selector, doge));
        hub.push(A_EID, k);
    }

    function test_RevertWhen_TheLaneIsNotListed() public {
        IHubLedger.CommandKeys memory k;
        k.instruments = new InstrumentId[](1);
        k.instruments[0] = btcPerp;
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownLane.selector, UNLISTED_EID));
        hub.push(UNLISTED_EID, k);
    }

    function test_TheQuotedFeeIsTheFee() public {
        endpoint.setFee(0.02 ether);
        IHubLedger.CommandKeys memory k;
        k.credits = only(0);
        vm.deal(address(this), 1 ether);
        hub.push{value: hub.quotePush(A_EID, k).nativeFee}(A_EID, k);
        assertEq(address(endpoint).balance, 0.02 ether);
        assertEq(address(hub).balance, 0);
    }

    function _keys(bytes32 payoutId) private view returns (IHubLedger.CommandKeys memory k) {
        k.credits = only(0);
        k.venues = new IHubLedger.VenueKey[](1);
        k.venues[0] = IHubLedger.VenueKey(accounts[0], venue);
        k.payouts = new bytes32[](1);
        k.payouts[0] = payoutId;
        k.prices = new bytes16[](1);
        k.prices[0] = BTC;
        k.instruments = new InstrumentId[](1);
        k.instruments[0] = btcPerp;
    }

    function _assertUnknown(uint32 eid, IHubLedger.CommandKeys memory k, bytes32 key) private {
        uint64 sent = endpoint.sent();
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_UnknownKey.selector, key));
        hub.push(eid, k);
        assertEq(endpoint.sent(), sent);
    }
}
