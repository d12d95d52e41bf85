// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {IOAppCore} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/interfaces/IOAppCore.sol";
import {OAppReceiver, Origin} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/OAppReceiver.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {Transport} from "../../../contracts/transport/Transport.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {VaultFixture} from "./VaultFixture.sol";

/// @notice What the vault makes of commands: order, repetition, nonsense, wrong senders, too little gas.
contract ReceiveTest is VaultFixture {
    function test_CommandsSetWhatTheySay() public {
        uint40 end = uint40(block.timestamp + 60);
        uint256 first = sendAs(HUB_EID, hub, creditMessage(alice, 500, 3, end));
        sendAs(HUB_EID, hub, allowanceMessage(alice, venue, 400, 2));
        sendAs(HUB_EID, hub, priceMessage(BTC, PRICE, block.timestamp));
        sendAs(HUB_EID, hub, termsMessage(btcPerp, 1, 2, 3, 4));
        vm.expectEmit(address(vault));
        emit ISpokeVault.CreditSet(alice, 500, 3, end, INSTRUMENTS);
        deliver(first);
        vm.expectEmit(address(vault));
        emit ISpokeVault.VenueAllowanceSet(alice, venue, 400, 2);
        deliver(first + 1);
        vm.expectEmit(address(vault));
        emit ISpokeVault.ReferencePriceSet(BTC, PRICE, uint40(block.timestamp));
        deliver(first + 2);
        vm.expectEmit(address(vault));
        emit ISpokeVault.InstrumentTermsSet(btcPerp, 1, 2, 3, 4);
        deliver(first + 3);

        assertEq(abi.encode(vault.creditOf(alice)), abi.encode(ISpokeVault.Credit(500, 0, 3, end, INSTRUMENTS, 0)));
        assertEq(
            abi.encode(vault.venueAllowanceOf(alice, venue)), abi.encode(ISpokeVault.VenueAllowance(400, 0, 2))
        );
        (uint128 price, uint40 time) = vault.referencePriceOf(BTC);
        assertEq(price, PRICE);
        assertEq(time, block.timestamp);
        assertEq(
            abi.encode(vault.termsOf(btcPerp)), abi.encode(CommandCodec.InstrumentTerms(btcPerp, 1, 2, 3, 4))
        );
    }

    function test_OptionReferencesAndClosingAllowancesSetWhatTheySay() public {
        uint40 now_ = uint40(block.timestamp);
        CommandCodec.OptionReference memory r =
            CommandCodec.OptionReference(btcCall, 1_500e18, -0.3e9, PRICE, 120_000, now_);
        CommandCodec.ClosingAllowance memory c =
            CommandCodec.ClosingAllowance(alice, btcCall, true, 5e8, 700, 3, now_ + 60);
        uint256 first = sendAs(HUB_EID, hub, optionMessage(r));
        sendAs(HUB_EID, hub, closingMessage(c));
        vm.expectEmit(address(vault));
        emit ISpokeVault.OptionReferenceSet(btcCall, 1_500e18, -0.3e9, PRICE, 120_000, now_);
        deliver(first);
        vm.expectEmit(address(vault));
        emit ISpokeVault.ClosingAllowanceSet(alice, btcCall, true, 5e8, 700, 3, now_ + 60);
        deliver(first + 1);

        assertEq(abi.encode(vault.optionReferenceOf(btcCall)), abi.encode(r));
        assertEq(
            abi.encode(vault.closingAllowanceOf(alice, btcCall)),
            abi.encode(ISpokeVault.ClosingAllowance(5e8, 700, 3, now_ + 60, true, 0, 0, 0))
        );
    }

    /// @dev Twelve messages about six keys, in any order, some again: the newest of each key is what stays.
    function testFuzz_CLR03_AnyOrderAndRepetitionGivesTheSame(uint256 seed) public {
        uint256[12] memory place;
        place[0] = sendAs(HUB_EID, hub, creditMessage(alice, 100, 1, 11));
        place[1] = sendAs(HUB_EID, hub, creditMessage(alice, 50, 2, 12));
        place[2] = sendAs(HUB_EID, hub, allowanceMessage(alice, venue, 100, 1));
        place[3] = sendAs(HUB_EID, hub, allowanceMessage(alice, venue, 70, 9));
        place[4] = sendAs(HUB_EID, hub, priceMessage(BTC, 5, 100));
        place[5] = sendAs(HUB_EID, hub, priceMessage(BTC, 4, 101));
        place[6] = sendAs(HUB_EID, hub, termsMessage(btcPerp, 1, 1, 1, 1));
        place[7] = sendAs(HUB_EID, hub, termsMessage(btcPerp, 2, 2, 2, 2));
        place[8] = sendAs(HUB_EID, hub, optionMessage(CommandCodec.OptionReference(btcCall, 5, 5, 5, 5, 100)));
        place[9] = sendAs(HUB_EID, hub, optionMessage(CommandCodec.OptionReference(btcCall, 0, -4, 4, 0, 101)));
        place[10] = sendAs(HUB_EID, hub, closingMessage(CommandCodec.ClosingAllowance(alice, btcPerp, true, 9, 9, 1, 9)));
        place[11] = sendAs(HUB_EID, hub, closingMessage(CommandCodec.ClosingAllowance(alice, btcPerp, false, 8, 8, 2, 8)));
        for (uint256 i; i < 36; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            (bool taken,) = endpoint.deliver(place[seed % 12], ENOUGH_GAS);
            assertTrue(taken);
        }
        // Every one of them at least once, last the oldest.
        for (uint256 i = 12; i > 0; --i) {
            (bool taken,) = endpoint.deliver(place[i - 1], ENOUGH_GAS);
            assertTrue(taken);
        }
        assertEq(abi.encode(vault.creditOf(alice)), abi.encode(ISpokeVault.Credit(50, 0, 2, 12, INSTRUMENTS, 0)));
        assertEq(
            abi.encode(vault.venueAllowanceOf(alice, venue)), abi.encode(ISpokeVault.VenueAllowance(70, 0, 9))
        );
        (uint128 price,) = vault.referencePriceOf(BTC);
        assertEq(price, 4);
        assertEq(vault.termsOf(btcPerp).version, 2);
        assertEq(
            abi.encode(vault.optionReferenceOf(btcCall)),
            abi.encode(CommandCodec.OptionReference(btcCall, 0, -4, 4, 0, 101))
        );
        assertEq(
            abi.encode(vault.closingAllowanceOf(alice, btcPerp)),
            abi.encode(ISpokeVault.ClosingAllowance(8, 8, 2, 8, false, 0, 0, 0))
        );
    }

    function test_CLR03_RepeatedGrantKeepsWhatWasUsed() public {
        openMarket();
        uint256 again = sendAs(HUB_EID, hub, creditMessage(alice, 2e11, 9, uint40(block.timestamp + 60)));
        endpoint.deliver(again, ENOUGH_GAS);
        trade(alice, bob, 1e8, PRICE);
        uint64 used = vault.creditOf(alice).used;
        endpoint.deliver(again, ENOUGH_GAS);
        assertEq(vault.creditOf(alice).used, used);
        assertEq(vault.venueAllowanceOf(alice, venue).used, used);
    }

    function testFuzz_CLR11_ArbitraryBytesNeverRevertNorChange(bytes memory junk) public {
        openMarket();
        bytes32 before = _everything();
        uint256 index = sendAs(HUB_EID, hub, junk);
        (bool ok,) = endpoint.deliver(index, ENOUGH_GAS + junk.length * 300_000);
        assertTrue(ok);
        assertEq(_everything(), before);
    }

    /// @dev A right header and right sections with arbitrary items: never reverts either.
    function testFuzz_CLR11_ArbitraryItemsNeverRevert(uint8 kind, bytes32 a, bytes32 b, bytes32 c) public {
        kind = uint8(bound(kind, 1, 8));
        bytes memory item = abi.encodePacked(a, b, c);
        uint256 size = uint8(CommandCodec.SIZES[kind]);
        assembly {
            mstore(item, size)
        }
        command(section(kind, 1, item));
    }

    function test_CLR11_TruncatedOverlongAndUnknownAreRejectedWhole() public {
        bytes memory good = creditMessage(alice, 100, 1, type(uint40).max);
        bytes memory truncated = creditMessage(alice, 100, 1, type(uint40).max);
        assembly {
            mstore(truncated, sub(mload(truncated), 1))
        }
        bytes memory otherVersion = bytes.concat(good);
        otherVersion[0] = bytes1(uint8(CommandCodec.VERSION + 1));
        bytes memory unknownKind = bytes.concat(good, SectionCodec.header(9, 1), bytes32(0));
        bytes memory emptySection = bytes.concat(good, SectionCodec.header(CommandCodec.PAY, 0));
        bytes memory countTooHigh = bytes.concat(good);
        countTooHigh[3] = 0x02;
        bytes[7] memory bad =
            [truncated, bytes.concat(good, hex"00"), otherVersion, unknownKind, emptySection, countTooHigh, bytes("")];
        for (uint256 i; i < bad.length; ++i) {
            vm.recordLogs();
            command(bad[i]);
            Vm.Log[] memory logs = vm.getRecordedLogs();
            assertEq(_count(logs, ISpokeVault.CommandRejected.selector), 1);
            assertEq(vault.creditOf(alice).version, 0);
        }
    }

    /// @dev A bad item costs only itself: the good ones beside it apply.
    function test_CLR11_BadItemsAreSkippedWithTheirReason() public {
        InstrumentId option = InstrumentId.wrap(bytes32(bytes1(0x02)) | bytes32(uint256(uint128(bytes16("BTC")))));
        bytes memory terms = bytes.concat(
            CommandCodec.encodeInstrumentTerms(CommandCodec.InstrumentTerms(option, 1, 1, 1, 1)),
            CommandCodec.encodeInstrumentTerms(CommandCodec.InstrumentTerms(btcPerp, 1, 1, 1, 1))
        );
        bytes memory message = bytes.concat(
            section(CommandCodec.INSTRUMENT, 2, terms),
            SectionCodec.header(CommandCodec.REFERENCE_PRICE, 1),
            CommandCodec.encodeReferencePrice(CommandCodec.ReferencePrice(BTC, 0, 5)),
            SectionCodec.header(CommandCodec.CREDIT, 1),
            CommandCodec.encodeCredit(CommandCodec.Credit(AccountId.wrap(0), 1, 1, 1, 1))
        );
        bytes32 key = InstrumentId.unwrap(option);
        uint256 index = sendAs(HUB_EID, hub, message);
        bytes32 guid = guidOf(index);
        vm.expectEmit(address(vault));
        emit ISpokeVault.CommandItemSkipped(guid, CommandCodec.INSTRUMENT, key, "UnknownKind");
        vm.expectEmit(address(vault));
        emit ISpokeVault.InstrumentTermsSet(btcPerp, 1, 1, 1, 1);
        vm.expectEmit(address(vault));
        emit ISpokeVault.CommandItemSkipped(guid, CommandCodec.REFERENCE_PRICE, bytes32("BTC"), "ZeroPrice");
        vm.expectEmit(address(vault));
        emit ISpokeVault.CommandItemSkipped(guid, CommandCodec.CREDIT, 0, "ZeroAccount");
        deliver(index);
        assertEq(vault.termsOf(option).version, 0);
        assertEq(vault.creditOf(AccountId.wrap(0)).version, 0);
    }

    function test_CLR11_BadReferencesAreSkippedWithTheirReason() public {
        uint40 last = uint40(block.timestamp + 300);
        bytes memory options = bytes.concat(
            _optionItem(btcPerp, PRICE, last), _optionItem(btcCall, 0, last), _optionItem(btcCall, PRICE, last + 1)
        );
        bytes memory message = bytes.concat(
            section(CommandCodec.OPTION_REFERENCE, 3, options),
            SectionCodec.header(CommandCodec.REFERENCE_PRICE, 1),
            CommandCodec.encodeReferencePrice(CommandCodec.ReferencePrice(BTC, PRICE, last + 1)),
            SectionCodec.header(CommandCodec.CLOSING_ALLOWANCE, 1),
            CommandCodec.encodeClosingAllowance(
                CommandCodec.ClosingAllowance(AccountId.wrap(0), btcCall, true, 1, 1, 1, 1)
            )
        );
        bytes32 option = InstrumentId.unwrap(btcCall);
        uint256 index = sendAs(HUB_EID, hub, message);
        _expectSkip(index, CommandCodec.OPTION_REFERENCE, InstrumentId.unwrap(btcPerp), "UnknownKind");
        _expectSkip(index, CommandCodec.OPTION_REFERENCE, option, "ZeroPrice");
        _expectSkip(index, CommandCodec.OPTION_REFERENCE, option, "TimeAhead");
        _expectSkip(index, CommandCodec.REFERENCE_PRICE, bytes32("BTC"), "TimeAhead");
        _expectSkip(index, CommandCodec.CLOSING_ALLOWANCE, 0, "ZeroAccount");
        deliver(index);
        assertEq(vault.optionReferenceOf(btcCall).time, 0);
        command(section(CommandCodec.OPTION_REFERENCE, 1, _optionItem(btcCall, PRICE, last)));
        assertEq(vault.optionReferenceOf(btcCall).time, last);
    }

    /// @dev The gas that the hub buys (the bound and the transport's surplus) is enough for fresh keys of every kind.
    function test_CLR11_GasBoughtIsEnough() public {
        for (uint8 kind = 1; kind <= 8; ++kind) {
            if (kind == CommandCodec.PAY) continue;
            // As many as a message of 10,000 bytes takes.
            uint256 count = (10_000 - CommandCodec.HEADER - SectionCodec.SECTION_HEADER) / uint8(CommandCodec.SIZES[kind]);
            bytes memory items;
            for (uint256 i; i < count; ++i) {
                items = bytes.concat(items, _freshItem(kind, i + 1));
            }
            (uint256 length, uint256 gas) = CommandCodec.measure(kind, count);
            bytes memory message = section(kind, count, items);
            assertEq(message.length, length);
            uint256 index = sendAs(HUB_EID, hub, message);
            uint256 before = gasleft();
            (bool ok, bytes memory reason) = endpoint.deliver(index, gas + 40_000);
            emit log_named_uint(string.concat("gas of a first item of kind ", vm.toString(kind)), (before - gasleft()) / count);
            assertTrue(ok, string(reason));
        }
        assertEq(vault.creditOf(AccountId.wrap(bytes32(uint256(50)))).version, 1);
        assertEq(vault.optionReferenceOf(_freshOption(129)).time, 1);
        assertEq(vault.closingAllowanceOf(AccountId.wrap(bytes32(uint256(107))), btcPerp).version, 1);
    }

    function testFuzz_CLR11_TooLittleGasRevertsWhole(uint256 gas) public {
        bytes memory items;
        for (uint256 i; i < 20; ++i) {
            items = bytes.concat(items, _freshItem(CommandCodec.CREDIT, i + 1));
        }
        uint256 index = sendAs(HUB_EID, hub, section(CommandCodec.CREDIT, 20, items));
        (, uint256 bound_) = CommandCodec.measure(CommandCodec.CREDIT, 20);
        gas = bound(gas, 0, bound_);

        (bool ok,) = endpoint.deliver(index, gas);
        assertFalse(ok);
        for (uint256 i; i < 20; ++i) {
            assertEq(vault.creditOf(AccountId.wrap(bytes32(i + 1))).version, 0);
        }
        (ok,) = endpoint.deliver(index, ENOUGH_GAS);
        assertTrue(ok, "the same message later");
        assertEq(vault.creditOf(AccountId.wrap(bytes32(uint256(20)))).version, 1);
    }

    function test_CLR11_TooLittleGasSaysSo() public {
        uint256 index = sendAs(HUB_EID, hub, creditMessage(alice, 1, 1, 1));
        (bool ok, bytes memory reason) = endpoint.deliver(index, 130_000);
        assertFalse(ok);
        assertEq(bytes4(reason), Transport.Transport_InsufficientGas.selector);
    }

    function test_CLR05_CommandsOfOthersAreRefused() public {
        bytes memory message = creditMessage(alice, 100, 1, type(uint40).max);
        uint256 stranger = sendAs(HUB_EID, venue, message);
        uint256 otherChain = sendAs(OTHER_EID, hub, message);
        uint256 ownChain = sendAs(SPOKE_EID, hub, message);

        (bool ok, bytes memory reason) = endpoint.deliver(stranger, ENOUGH_GAS);
        assertFalse(ok);
        assertEq(reason, abi.encodeWithSelector(IOAppCore.OnlyPeer.selector, HUB_EID, toBytes32(venue)));
        (ok, reason) = endpoint.deliver(otherChain, ENOUGH_GAS);
        assertFalse(ok);
        assertEq(reason, abi.encodeWithSelector(IOAppCore.NoPeer.selector, OTHER_EID));
        (ok, reason) = endpoint.deliver(ownChain, ENOUGH_GAS);
        assertFalse(ok);
        assertEq(vault.creditOf(alice).version, 0);
    }

    function test_CLR05_OnlyTheEndpointAndNoLoopbackHere() public {
        bytes memory message = creditMessage(alice, 100, 1, type(uint40).max);
        Origin memory origin = Origin(HUB_EID, toBytes32(hub), 1);
        vm.startPrank(hub);
        vm.expectRevert(abi.encodeWithSelector(OAppReceiver.OnlyEndpoint.selector, hub));
        vault.lzReceive(origin, 0, message, hub, "");
        vm.expectRevert(abi.encodeWithSelector(Transport.Transport_NotLoopback.selector, hub));
        vault.receiveLoopback(hub, 1, message);
        assertEq(vault.creditOf(alice).version, 0);
    }

    function test_CLR05_RevertWhen_APeerOnAnotherChainIsSet() public {
        vm.prank(address(manager));
        vm.expectRevert(abi.encodeWithSelector(ISpokeVault.Vault_NotHubEid.selector, OTHER_EID, HUB_EID));
        vault.setPeer(OTHER_EID, toBytes32(hub));
    }

    function _freshItem(uint8 kind, uint256 i) private view returns (bytes memory) {
        AccountId account = AccountId.wrap(bytes32(i));
        if (kind == CommandCodec.CREDIT) {
            return CommandCodec.encodeCredit(CommandCodec.Credit(account, 1e10, 1, type(uint40).max, 1));
        }
        if (kind == CommandCodec.VENUE_ALLOWANCE) {
            return CommandCodec.encodeVenueAllowance(CommandCodec.VenueAllowance(account, venue, 1e10, 1));
        }
        if (kind == CommandCodec.REFERENCE_PRICE) {
            return CommandCodec.encodeReferencePrice(CommandCodec.ReferencePrice(bytes16(uint128(i)), PRICE, 1));
        }
        if (kind == CommandCodec.FREEZE) return CommandCodec.encodeFreeze(CommandCodec.Freeze(account, true, 1));
        if (kind == CommandCodec.OPTION_REFERENCE) return _optionItem(_freshOption(i), PRICE, 1);
        if (kind == CommandCodec.CLOSING_ALLOWANCE) {
            return CommandCodec.encodeClosingAllowance(
                CommandCodec.ClosingAllowance(account, btcPerp, true, 1e8, 1e10, 1, type(uint40).max)
            );
        }
        InstrumentId instrument = InstrumentId.wrap(bytes32(bytes1(0x01)) | bytes32(i));
        return CommandCodec.encodeInstrumentTerms(CommandCodec.InstrumentTerms(instrument, 1, 1, 1, 1));
    }

    function _freshOption(uint256 i) private pure returns (InstrumentId) {
        return InstrumentIdLib.option(BTC, 1_900_000_000, uint72(i), true);
    }

    function _optionItem(InstrumentId option, uint128 spotWad, uint40 time) private pure returns (bytes memory) {
        return CommandCodec.encodeOptionReference(
            CommandCodec.OptionReference(option, 1_500e18, 0.4e9, spotWad, 120_000, time)
        );
    }

    function _expectSkip(uint256 index, uint8 kind, bytes32 key, bytes32 reason) private {
        vm.expectEmit(address(vault));
        emit ISpokeVault.CommandItemSkipped(guidOf(index), kind, key, reason);
    }

    function _everything() private view returns (bytes32) {
        (uint128 price, uint40 time) = vault.referencePriceOf(BTC);
        bytes memory market = abi.encode(
            price,
            time,
            vault.termsOf(btcPerp),
            vault.optionReferenceOf(btcCall),
            vault.closingAllowanceOf(alice, btcPerp)
        );
        return keccak256(bytes.concat(tradeState(), market, abi.encode(vault.accountCount())));
    }

    function _count(Vm.Log[] memory logs, bytes32 topic) private pure returns (uint256 count) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) ++count;
        }
    }
}
