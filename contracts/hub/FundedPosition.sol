// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FundingIndex} from "../funding/FundingIndex.sol";
import {InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {Funding, HubState} from "./HubState.sol";
import {PackedPosition} from "./PackedPosition.sol";

/// @notice The quote of a position with the funding that it has paid.
library FundedPosition {
    /// @notice 1e-6 dollar, rounded down. Reads one more slot for an open perpetual.
    /// @param word a `PackedPosition` in the instrument of that number
    function quoteOf(HubState storage s, uint32 number, uint256 word) internal view returns (int256) {
        int256 base = PackedPosition.baseOf(word);
        int256 stored = PackedPosition.storedQuoteOf(word);
        if (base == 0 || InstrumentNumber.place(number) != 0) return stored;
        Funding storage f = s.funding[number];
        return FundingIndex.quoteOf(stored, base, f.longIndex, f.shortIndex);
    }
}
