// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {VaultBase} from "./VaultBase.sol";
import {OptionReference, ReferencePrice, Terms} from "./VaultState.sol";

/// @notice What may be traded here, on what terms, and the reference price that trades are measured at.
abstract contract MarketBook is VaultBase {
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

    /// @inheritdoc ISpokeVault
    function optionReferenceOf(InstrumentId instrument) external view returns (CommandCodec.OptionReference memory) {
        OptionReference memory r = _s.optionReferences[instrument];
        return CommandCodec.OptionReference(instrument, r.markWad, r.deltaPpb, r.spotWad, r.ratePpm, r.time);
    }
}
