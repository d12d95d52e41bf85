// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {VaultBase} from "./VaultBase.sol";

/// @notice What the hub lets an account use here, and what its owner lets each venue use of it; see `ChargeLogic`.
abstract contract CreditBook is VaultBase {
    /// @inheritdoc ISpokeVault
    function creditOf(AccountId account) external view returns (Credit memory) {
        return _s.credits[account];
    }

    /// @inheritdoc ISpokeVault
    function venueAllowanceOf(AccountId account, address venue) external view returns (VenueAllowance memory) {
        return _s.allowances[account][venue];
    }

    /// @inheritdoc ISpokeVault
    function closingAllowanceOf(AccountId account, InstrumentId instrument)
        external
        view
        returns (ClosingAllowance memory)
    {
        return _s.closingAllowances[account][instrument];
    }

    /// @inheritdoc ISpokeVault
    function freezeOf(AccountId account) external view returns (Freeze memory) {
        return _s.freezes[account];
    }
}
