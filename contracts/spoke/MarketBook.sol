// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {VaultBase} from "./VaultBase.sol";
import {ReferencePrice, Terms} from "./VaultState.sol";

/// @notice What may be traded here, on what terms, and the reference price that trades are measured at.
abstract contract MarketBook is VaultBase {
    /// @notice From this age on, a reference price stops trading (CLR-13).
    uint256 public constant REFERENCE_MAX_AGE = 300;

    /// @inheritdoc ISpokeVault
    function termsOf(InstrumentId instrument) external view returns (CommandCodec.InstrumentTerms memory) {
        Terms memory t = _s.terms[instrument];
        return CommandCodec.InstrumentTerms(instrument, t.ratePpm, t.feePpm, t.maxBase, t.version);
    }

    /// @inheritdoc ISpokeVault
    function referencePriceOf(bytes16 underlying) external view returns (uint128 priceWad, uint40 time) {
        ReferencePrice memory r = _s.references[underlying];
        return (r.priceWad, r.time);
    }

    function _termsOrRevert(InstrumentId instrument) internal view returns (Terms memory terms) {
        terms = _s.terms[instrument];
        if (terms.version == 0) revert Vault_InstrumentNotListed(instrument);
    }

    function _freshReference(bytes16 underlying) internal view returns (uint128 priceWad) {
        ReferencePrice memory r = _s.references[underlying];
        uint256 age = block.timestamp > r.time ? block.timestamp - r.time : 0;
        if (r.priceWad == 0 || age >= REFERENCE_MAX_AGE) {
            revert Vault_StaleReferencePrice(underlying, age, REFERENCE_MAX_AGE);
        }
        return r.priceWad;
    }

    function _applyReferencePrice(bytes32 guid, CommandCodec.ReferencePrice memory item) internal {
        if (item.priceWad == 0) return _skip(guid, CommandCodec.REFERENCE_PRICE, item.underlying, "ZeroPrice");
        if (item.time <= _s.references[item.underlying].time) return;

        _s.references[item.underlying] = ReferencePrice(item.priceWad, item.time);
        emit ReferencePriceSet(item.underlying, item.priceWad, item.time);
    }

    function _applyTerms(bytes32 guid, CommandCodec.InstrumentTerms memory item) internal {
        if (!item.instrument.isPerpetual()) {
            return _skip(guid, CommandCodec.INSTRUMENT, InstrumentId.unwrap(item.instrument), "UnknownKind");
        }
        if (item.version <= _s.terms[item.instrument].version) return;

        _s.terms[item.instrument] = Terms(item.ratePpm, item.feePpm, item.maxBase, item.version);
        emit InstrumentTermsSet(item.instrument, item.ratePpm, item.feePpm, item.maxBase, item.version);
    }
}
