// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {SectionCodec} from "../libraries/SectionCodec.sol";
import {PayoutLogic} from "./PayoutLogic.sol";
import {ReferencePrice, Terms, VaultState} from "./VaultState.sol";

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
                } else {
                    _setFreeze(s, guid, CommandCodec.decodeFreeze(message, item));
                }
            }
        }
    }

    function _setCredit(VaultState storage s, bytes32 guid, CommandCodec.Credit memory item) private {
        if (AccountId.unwrap(item.account) == 0) return _skip(guid, CommandCodec.CREDIT, 0, "ZeroAccount");
        ISpokeVault.Credit memory c = s.credits[item.account];
        if (item.version <= c.version) return;

        s.credits[item.account] = ISpokeVault.Credit(item.limit, c.used, item.version, item.validUntil);
        emit ISpokeVault.CreditSet(item.account, item.limit, item.version, item.validUntil);
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
        if (item.time <= s.references[item.underlying].time) return;

        s.references[item.underlying] = ReferencePrice(item.priceWad, item.time);
        emit ISpokeVault.ReferencePriceSet(item.underlying, item.priceWad, item.time);
    }

    function _setTerms(VaultState storage s, bytes32 guid, CommandCodec.InstrumentTerms memory item) private {
        if (!item.instrument.isPerpetual()) {
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

    function _skip(bytes32 guid, uint8 kind, bytes32 key, bytes32 reason) private {
        emit ISpokeVault.CommandItemSkipped(guid, kind, key, reason);
    }
}
