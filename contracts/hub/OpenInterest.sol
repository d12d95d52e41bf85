// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {HubState, OpenOptions} from "./HubState.sol";

/// @notice Open interest of an underlying: Σ over its instruments of the net positions that are long, 1e-8. The perpetual's is in its `Funding`. Of
/// options there is one sum an expiry, not one an underlying: so what has expired no longer counts, at once and without anyone taking it out, and
/// whatever pairs still arrive of it.
library OpenInterest {
    /// @notice Makes room for the expiry of an option that is listed for the first time, so that no report pays for a fresh slot.
    /// @dev The expiry takes the place of one that has passed, so there are never more than the registry has places.
    function list(HubState storage s, uint32 number, InstrumentId instrument) internal {
        uint256 index = InstrumentNumber.underlyingIndex(number);
        uint40 expiry = instrument.expiry();
        OpenOptions storage open = s.openOptions[index][expiry];
        if (open.listed) return;
        open.listed = true;
        uint40[] storage expiries = s.expiries[index];
        for (uint256 i; i < expiries.length; ++i) {
            if (expiries[i] > block.timestamp) continue;
            expiries[i] = expiry;
            return;
        }
        expiries.push(expiry);
    }

    /// @notice Moves the sum of an option's expiry by `delta`, 1e-8.
    function add(HubState storage s, uint32 number, InstrumentId instrument, int256 delta) internal {
        OpenOptions storage open = s.openOptions[InstrumentNumber.underlyingIndex(number)][instrument.expiry()];
        unchecked {
            // Fewer than 2^53 pairs below 2^74.
            open.base = uint248(uint256(int256(uint256(open.base)) + delta));
        }
    }

    /// @notice Of the perpetual and of all options that have not expired, 1e-8; zero of an underlying that is not listed.
    function read(HubState storage s, bytes16 underlying) internal view returns (uint256 base) {
        uint256 index = s.registry.underlyingIndexOf(underlying);
        base = s.funding[InstrumentNumber.pack(index, 0, 0)].openLong;
        uint40[] storage expiries = s.expiries[index];
        for (uint256 i; i < expiries.length; ++i) {
            if (expiries[i] > block.timestamp) base += s.openOptions[index][expiries[i]].base;
        }
    }
}
