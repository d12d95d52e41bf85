// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {TradeMath} from "./TradeMath.sol";
import {OptionReference, REFERENCE_MAX_AGE, ReferencePrice, Terms, VaultState} from "./VaultState.sol";

/// @notice What trades of one instrument are measured at and charged now.
/// @param referenceWad price of the underlying, dollars, 1e18
/// @param fairFloorWad what one unit of the instrument is worth, rounded down, and `fairCeilWad` up; of a perpetual both are the
/// reference price
/// @param ratePpm credit charged per notional of the underlying, `feePpm` fee per notional traded, each side; millionths
/// @param maxBase largest |base| of one pair, 1e-8
struct Market {
    uint128 referenceWad;
    uint256 fairFloorWad;
    uint256 fairCeilWad;
    uint32 ratePpm;
    uint32 feePpm;
    uint88 maxBase;
}

/// @notice Reads markets. One that is not listed, has expired by this chain's clock, or whose references are not young has none (CLR-13).
library MarketLogic {
    function read(VaultState storage s, InstrumentId instrument) internal view returns (Market memory m) {
        Terms memory terms = s.terms[instrument];
        if (terms.version == 0) revert ISpokeVault.Vault_InstrumentNotListed(instrument);
        (m.ratePpm, m.feePpm, m.maxBase) = (terms.ratePpm, terms.feePpm, terms.maxBase);
        // Of a perpetual it is zero.
        uint40 expiry = instrument.expiry();
        if (expiry != 0 && block.timestamp >= expiry) {
            revert ISpokeVault.Vault_Expired(instrument, expiry, block.timestamp);
        }
        m.referenceWad = _freshReference(s, instrument.underlying());
        if (expiry == 0) {
            (m.fairFloorWad, m.fairCeilWad) = (m.referenceWad, m.referenceWad);
            return m;
        }
        OptionReference memory r = _freshOptionReference(s, instrument);
        (m.fairFloorWad, m.fairCeilWad) = TradeMath.fair(r.markWad, r.deltaPpb, r.spotWad, m.referenceWad);
        if (r.ratePpm > m.ratePpm) m.ratePpm = r.ratePpm;
    }

    function _freshReference(VaultState storage s, bytes16 underlying) private view returns (uint128 priceWad) {
        ReferencePrice memory r = s.references[underlying];
        uint256 age = _age(r.time);
        if (age >= REFERENCE_MAX_AGE) {
            revert ISpokeVault.Vault_StaleReferencePrice(underlying, age, REFERENCE_MAX_AGE);
        }
        return r.priceWad;
    }

    function _freshOptionReference(VaultState storage s, InstrumentId instrument)
        private
        view
        returns (OptionReference memory r)
    {
        r = s.optionReferences[instrument];
        uint256 age = _age(r.time);
        if (age >= REFERENCE_MAX_AGE) {
            revert ISpokeVault.Vault_StaleOptionReference(instrument, age, REFERENCE_MAX_AGE);
        }
    }

    /// @dev One that was never told, time zero, is as old as can be.
    function _age(uint40 time) private view returns (uint256) {
        return Math.saturatingSub(block.timestamp, time);
    }
}
