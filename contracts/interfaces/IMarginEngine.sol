// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InstrumentId} from "../types/InstrumentId.sol";

/// @notice One instrument of an account, netted over all chains.
/// @param base net, 1e-8, signed
/// @param longs sum over spokes of the long pairs, 1e-8; `longs − shorts` need not equal `base` once the hub
/// itself transfers positions
/// @param markWad dollars per unit, 1e18
struct Exposure {
    InstrumentId instrument;
    int256 base;
    uint256 longs;
    uint256 shorts;
    uint256 markWad;
}

/// @title Margin requirement of a netted portfolio
/// @dev Pure of the hub's storage, so that a better model is another address.
interface IMarginEngine {
    /// @notice Initial and maintenance requirement, dollars 1e18, rounded up. Reverts with a named error when an
    /// instrument has no parameters: an unknown risk is never zero risk.
    function requirement(Exposure[] calldata exposures)
        external
        view
        returns (uint256 initialWad, uint256 maintenanceWad);
}
