// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {VaultBase} from "./VaultBase.sol";

/// @notice What the hub lets an account use here, and what its owner lets each venue use of it. Both limits and both
/// `used` are cumulative, so that a command applied late or twice gives nothing twice.
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

    /// @dev Charges both the credit of `account` and its allowance of `venue`.
    function _charge(AccountId account, address venue, uint256 cents) internal {
        Credit memory c = _s.credits[account];
        if (block.timestamp >= c.validUntil) revert Vault_CreditLapsed(account, c.validUntil, block.timestamp);
        uint256 available = c.limit > c.used ? c.limit - c.used : 0;
        if (cents > available) revert Vault_InsufficientCredit(account, cents, available);
        VenueAllowance memory a = _s.allowances[account][venue];
        available = a.limit > a.used ? a.limit - a.used : 0;
        if (cents > available) revert Vault_InsufficientAllowance(account, venue, cents, available);

        // Not above a limit, hence below 2^64.
        _s.credits[account].used = c.used + uint64(cents);
        _s.allowances[account][venue].used = a.used + uint64(cents);
    }
}
