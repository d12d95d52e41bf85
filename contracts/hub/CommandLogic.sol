// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {OptionReference} from "../interfaces/IMarginEngine.sol";
import {ByteWriter} from "../libraries/ByteWriter.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {SectionCodec} from "../libraries/SectionCodec.sol";
import {HubState} from "./HubState.sol";

/// @notice Builds commands from the ledger: always the current state of a key, so sending again heals a loss (CLR-04).
library CommandLogic {
    using ByteWriter for bytes;

    /// @notice The message with the state of `keys`, and the gas its receive needs. A key without state is refused.
    function build(HubState storage s, uint32 eid, IHubLedger.CommandKeys calldata keys)
        external
        view
        returns (bytes memory message, uint256 gas)
    {
        uint256 length;
        (length, gas) = _measure(keys);
        message = new bytes(length);
        uint256 at = message.put(0, CommandCodec.encodeHeader());
        if (keys.credits.length != 0) at = _putCredits(s, eid, keys.credits, message, at);
        if (keys.venues.length != 0) at = _putVenues(s, eid, keys.venues, message, at);
        if (keys.payouts.length != 0) at = _putPayouts(s, eid, keys.payouts, message, at);
        if (keys.prices.length != 0) at = _putPrices(s, keys.prices, message, at);
        if (keys.instruments.length != 0) at = _putInstruments(s, keys.instruments, message, at);
        if (keys.freezes.length != 0) at = _putFreezes(s, keys.freezes, message, at);
        if (keys.optionReferences.length != 0) at = _putOptionReferences(s, keys.optionReferences, message, at);
        if (keys.closings.length != 0) _putClosings(s, eid, keys.closings, message, at);
    }

    function _measure(IHubLedger.CommandKeys calldata keys) private pure returns (uint256 length, uint256 gas) {
        length = CommandCodec.HEADER;
        gas = CommandCodec.BASE_GAS;
        uint256[8] memory counts = [
            keys.credits.length,
            keys.venues.length,
            keys.payouts.length,
            keys.prices.length,
            keys.instruments.length,
            keys.freezes.length,
            keys.optionReferences.length,
            keys.closings.length
        ];
        for (uint256 i; i < counts.length; ++i) {
            if (counts[i] == 0) continue;
            // Kinds are numbered in this order from 1.
            length += SectionCodec.SECTION_HEADER + counts[i] * uint8(CommandCodec.SIZES[i + 1]);
            gas += counts[i] * uint256(uint8(CommandCodec.GAS[i + 1])) * 1000;
        }
        if (length == CommandCodec.HEADER) revert IHubLedger.Hub_UnknownKey(0);
    }

    function _putCredits(HubState storage s, uint32 eid, AccountId[] calldata keys, bytes memory out, uint256 at)
        private
        view
        returns (uint256)
    {
        at = out.put(at, SectionCodec.header(CommandCodec.CREDIT, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            IHubLedger.CreditLine storage line = s.credit[keys[i]][eid];
            if (line.version == 0) revert IHubLedger.Hub_UnknownKey(AccountId.unwrap(keys[i]));
            at = out.put(
                at,
                CommandCodec.encodeCredit(
                    CommandCodec.Credit(keys[i], line.limit, line.version, line.validUntil, line.instrumentLimit)
                )
            );
        }
        return at;
    }

    function _putVenues(
        HubState storage s,
        uint32 eid,
        IHubLedger.VenueKey[] calldata keys,
        bytes memory out,
        uint256 at
    ) private view returns (uint256) {
        at = out.put(at, SectionCodec.header(CommandCodec.VENUE_ALLOWANCE, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            IHubLedger.VenueAllowance storage a = s.venueAllowances[keys[i].account][eid][keys[i].venue];
            if (a.version == 0) revert IHubLedger.Hub_UnknownKey(AccountId.unwrap(keys[i].account));
            at = out.put(
                at,
                CommandCodec.encodeVenueAllowance(
                    CommandCodec.VenueAllowance(keys[i].account, keys[i].venue, a.limit, a.version)
                )
            );
        }
        return at;
    }

    function _putPayouts(HubState storage s, uint32 eid, bytes32[] calldata keys, bytes memory out, uint256 at)
        private
        view
        returns (uint256)
    {
        at = out.put(at, SectionCodec.header(CommandCodec.PAY, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            IHubLedger.Payout storage p = s.payouts[keys[i]];
            if (p.dstEid != eid) revert IHubLedger.Hub_UnknownKey(keys[i]);
            at = out.put(
                at,
                CommandCodec.encodePay(
                    CommandCodec.Pay(p.account, p.recipient, p.asset, p.amount, p.issuedAt, p.nonce)
                )
            );
        }
        return at;
    }

    function _putPrices(HubState storage s, bytes16[] calldata keys, bytes memory out, uint256 at)
        private
        view
        returns (uint256)
    {
        at = out.put(at, SectionCodec.header(CommandCodec.REFERENCE_PRICE, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            (uint256 price, uint256 time) = s.oracle.latest(keys[i]);
            if (price == 0) revert IHubLedger.Hub_UnknownKey(keys[i]);
            at = out.put(
                at,
                CommandCodec.encodeReferencePrice(CommandCodec.ReferencePrice(keys[i], uint128(price), uint40(time)))
            );
        }
        return at;
    }

    function _putInstruments(HubState storage s, InstrumentId[] calldata keys, bytes memory out, uint256 at)
        private
        view
        returns (uint256)
    {
        at = out.put(at, SectionCodec.header(CommandCodec.INSTRUMENT, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            CommandCodec.InstrumentTerms memory terms = s.terms[keys[i]];
            if (terms.version == 0) revert IHubLedger.Hub_UnknownInstrument(keys[i]);
            at = out.put(at, CommandCodec.encodeInstrumentTerms(terms));
        }
        return at;
    }

    function _putFreezes(HubState storage s, AccountId[] calldata keys, bytes memory out, uint256 at)
        private
        view
        returns (uint256)
    {
        at = out.put(at, SectionCodec.header(CommandCodec.FREEZE, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            IHubLedger.Freeze storage f = s.freezes[keys[i]];
            if (f.version == 0) revert IHubLedger.Hub_UnknownKey(AccountId.unwrap(keys[i]));
            at = out.put(at, CommandCodec.encodeFreeze(CommandCodec.Freeze(keys[i], f.frozen, f.version)));
        }
        return at;
    }

    /// @dev The margin engine's own numbers: what it requires of a trade is what the vault charges for it.
    function _putOptionReferences(HubState storage s, InstrumentId[] calldata keys, bytes memory out, uint256 at)
        private
        view
        returns (uint256)
    {
        at = out.put(at, SectionCodec.header(CommandCodec.OPTION_REFERENCE, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            if (s.numberOf[keys[i]] == 0) revert IHubLedger.Hub_UnknownInstrument(keys[i]);
            OptionReference memory r = s.marginEngine.optionReferenceOf(keys[i]);
            at = out.put(
                at,
                CommandCodec.encodeOptionReference(
                    CommandCodec.OptionReference(keys[i], r.markWad, r.deltaPpb, r.spotWad, r.ratePpm, r.time)
                )
            );
        }
        return at;
    }

    /// @dev Limits are cumulative: what was used, as far as the hub knows, and what may still be.
    function _putClosings(
        HubState storage s,
        uint32 eid,
        IHubLedger.ClosingKey[] calldata keys,
        bytes memory out,
        uint256 at
    ) private view {
        at = out.put(at, SectionCodec.header(CommandCodec.CLOSING_ALLOWANCE, keys.length));
        for (uint256 i; i < keys.length; ++i) {
            IHubLedger.ClosingLine memory line = s.closings[keys[i].account][eid][s.numberOf[keys[i].instrument]];
            if (line.version == 0) revert IHubLedger.Hub_UnknownKey(AccountId.unwrap(keys[i].account));
            CommandCodec.ClosingAllowance memory a;
            (a.account, a.instrument, a.isBuy) = (keys[i].account, keys[i].instrument, line.isBuy);
            a.maxBase = line.isBuy ? line.usedBuys + line.unusedBuys : line.usedSells + line.unusedSells;
            a.credit = line.usedCredit + line.unusedCredit;
            (a.version, a.validUntil) = (line.version, line.validUntil);
            at = out.put(at, CommandCodec.encodeClosingAllowance(a));
        }
    }
}
