// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {SectionCodec} from "../libraries/SectionCodec.sol";
import {PayoutLogic} from "./PayoutLogic.sol";
import {OptionReference, REFERENCE_MAX_AGE, ReferencePrice, Terms, VaultState} from "./VaultState.sol";

/// @notice Applies what the hub commands. An item not newer than what is known changes nothing (CLR-03); a bad one is skipped
/// with its reason (CLR-11).
/// @dev A linked library, for the vault's code size.
library VaultCommands {
    /// @notice Applies a command. The caller has authenticated the hub and checked `message` with `CommandCodec.check`.
    function applyCommand(
        VaultState storage s,
        PayoutLogic.Places memory places,
        bytes32 guid,
        bytes calldata message
    ) external {
        uint256 at = CommandCodec.HEADER;
        while (at < message.length) {
            (uint8 kind, uint256 count, uint256 item) = SectionCodec.section(message, at);
            uint256 size = uint8(CommandCodec.SIZES[kind]);
            at = item + count * size;
            for (; item < at; item += size) {
                if (kind == CommandCodec.CREDIT) _setCredit(s, guid, CommandCodec.decodeCredit(message, item));
                else if (kind == CommandCodec.VENUE_ALLOWANCE) {
                    _setVenueAllowance(s, guid, CommandCodec.decodeVenueAllowance(message, item));
                } else if (kind == CommandCodec.PAY) {
                    PayoutLogic.pay(s, places, guid, CommandCodec.decodePay(message, item));
                } else if (kind == CommandCodec.REFERENCE_PRICE) {
                    _setReferencePrice(s, guid, CommandCodec.decodeReferencePrice(message, item));
                } else if (kind == CommandCodec.INSTRUMENT) {
                    _setTerms(s, guid, CommandCodec.decodeInstrumentTerms(message, item));
                } else if (kind == CommandCodec.FREEZE) {
                    _setFreeze(s, guid, CommandCodec.decodeFreeze(message, item));
                } else if (kind == CommandCodec.OPTION_REFERENCE) {
                    _setOptionReference(s, guid, CommandCodec.decodeOptionReference(message, item));
                } else {
                    _setClosingAllowance(s, guid, CommandCodec.decodeClosingAllowance(message, item));
                }
            }
        }
    }

    function _setCredit(VaultState storage s, bytes32 guid, CommandCodec.Credit memory item) private {
        if (AccountId.unwrap(item.account) == 0) return _skip(guid, CommandCodec.CREDIT, 0, "ZeroAccount");
        ISpokeVault.Credit memory c = s.credits[item.account];
        if (item.version <= c.version) return;

        s.credits[item.account] = ISpokeVault.Credit(
            item.limit, c.used, item.version, item.validUntil, item.instrumentLimit, c.instruments
        );
        emit ISpokeVault.CreditSet(item.account, item.limit, item.version, item.validUntil, item.instrumentLimit);
    }

    function _setVenueAllowance(VaultState storage s, bytes32 guid, CommandCodec.VenueAllowance memory item) private {
        if (AccountId.unwrap(item.account) == 0) return _skip(guid, CommandCodec.VENUE_ALLOWANCE, 0, "ZeroAccount");
        ISpokeVault.VenueAllowance memory a = s.allowances[item.account][item.venue];
        if (item.version <= a.version) return;

        s.allowances[item.account][item.venue] = ISpokeVault.VenueAllowance(item.limit, a.used, item.version);
        emit ISpokeVault.VenueAllowanceSet(item.account, item.venue, item.limit, item.version);
    }

    function _setReferencePrice(VaultState storage s, bytes32 guid, CommandCodec.ReferencePrice memory item) private {
        if (item.priceWad == 0) return _skip(guid, CommandCodec.REFERENCE_PRICE, item.underlying, "ZeroPrice");
        if (_isAhead(item.time)) return _skip(guid, CommandCodec.REFERENCE_PRICE, item.underlying, "TimeAhead");
        if (item.time <= s.references[item.underlying].time) return;

        s.references[item.underlying] = ReferencePrice(item.priceWad, item.time);
        emit ISpokeVault.ReferencePriceSet(item.underlying, item.priceWad, item.time);
    }

    function _setTerms(VaultState storage s, bytes32 guid, CommandCodec.InstrumentTerms memory item) private {
        if (!item.instrument.isPerpetual() && !item.instrument.isOption()) {
            return _skip(guid, CommandCodec.INSTRUMENT, InstrumentId.unwrap(item.instrument), "UnknownKind");
        }
        if (item.version <= s.terms[item.instrument].version) return;

        s.terms[item.instrument] = Terms(item.ratePpm, item.feePpm, item.maxBase, item.version);
        emit ISpokeVault.InstrumentTermsSet(item.instrument, item.ratePpm, item.feePpm, item.maxBase, item.version);
    }

    function _setFreeze(VaultState storage s, bytes32 guid, CommandCodec.Freeze memory item) private {
        if (AccountId.unwrap(item.account) == 0) return _skip(guid, CommandCodec.FREEZE, 0, "ZeroAccount");
        if (item.version <= s.freezes[item.account].version) return;

        s.freezes[item.account] = ISpokeVault.Freeze(item.frozen, item.version);
        emit ISpokeVault.FreezeSet(item.account, item.frozen, item.version);
    }

    /// @dev Of two of one price the first to come stays, though the other may be of newer risk arrays: to the vault it is as if that one had
    /// been lost. Nothing is traded on either beyond `REFERENCE_MAX_AGE` after that price, and the next price replaces it.
    function _setOptionReference(VaultState storage s, bytes32 guid, CommandCodec.OptionReference memory item)
        private
    {
        bytes32 key = InstrumentId.unwrap(item.instrument);
        if (!item.instrument.isOption()) return _skip(guid, CommandCodec.OPTION_REFERENCE, key, "UnknownKind");
        if (item.spotWad == 0) return _skip(guid, CommandCodec.OPTION_REFERENCE, key, "ZeroPrice");
        if (_isAhead(item.time)) return _skip(guid, CommandCodec.OPTION_REFERENCE, key, "TimeAhead");
        if (item.time <= s.optionReferences[item.instrument].time) return;

        s.optionReferences[item.instrument] =
            OptionReference(item.markWad, item.deltaPpb, item.ratePpm, item.time, item.spotWad);
        emit ISpokeVault.OptionReferenceSet(
            item.instrument, item.markWad, item.deltaPpb, item.spotWad, item.ratePpm, item.time
        );
    }

    /// @dev Only the limits change: what was used of either side stays used, whatever the newer version says (CLR-03).
    function _setClosingAllowance(VaultState storage s, bytes32 guid, CommandCodec.ClosingAllowance memory item)
        private
    {
        if (AccountId.unwrap(item.account) == 0) return _skip(guid, CommandCodec.CLOSING_ALLOWANCE, 0, "ZeroAccount");
        ISpokeVault.ClosingAllowance storage stored = s.closingAllowances[item.account][item.instrument];
        if (item.version <= stored.version) return;

        (stored.isBuy, stored.maxBase, stored.credit) = (item.isBuy, item.maxBase, item.credit);
        (stored.version, stored.validUntil) = (item.version, item.validUntil);
        emit ISpokeVault.ClosingAllowanceSet(
            item.account, item.instrument, item.isBuy, item.maxBase, item.credit, item.version, item.validUntil
        );
    }

    function _isAhead(uint40 time) private view returns (bool) {
        return time > block.timestamp + REFERENCE_MAX_AGE;
    }

    function _skip(bytes32 guid, uint8 kind, bytes32 key, bytes32 reason) private {
        emit ISpokeVault.CommandItemSkipped(guid, kind, key, reason);
    }
}
