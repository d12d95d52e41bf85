// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
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

    function _applyCredit(bytes32 guid, CommandCodec.Credit memory item) internal {
        if (AccountId.unwrap(item.account) == 0) return _skip(guid, CommandCodec.CREDIT, 0, "ZeroAccount");
        Credit memory c = _s.credits[item.account];
        if (item.version <= c.version) return;

        _s.credits[item.account] = Credit(item.limit, c.used, item.version, item.validUntil);
        emit CreditSet(item.account, item.limit, item.version, item.validUntil);
    }

    function _applyVenueAllowance(bytes32 guid, CommandCodec.VenueAllowance memory item) internal {
        if (AccountId.unwrap(item.account) == 0) return _skip(guid, CommandCodec.VENUE_ALLOWANCE, 0, "ZeroAccount");
        VenueAllowance memory a = _s.allowances[item.account][item.venue];
        if (item.version <= a.version) return;

        _s.allowances[item.account][item.venue] = VenueAllowance(item.limit, a.used, item.version);
        emit VenueAllowanceSet(item.account, item.venue, item.limit, item.version);
    }
}
