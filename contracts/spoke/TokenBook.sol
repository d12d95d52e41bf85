// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountId} from "../types/AccountId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {VaultBase} from "./VaultBase.sol";

/// @notice The tokens of this chain and the running totals of what was deposited for whom.
abstract contract TokenBook is VaultBase {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    uint8 internal constant COLLATERAL = 0;

    /// @inheritdoc ISpokeVault
    function listToken(uint16 asset, address token, uint8 sharedDecimals) external restricted {
        address listed = _s.tokens[asset].token;
        if (listed != address(0)) revert Vault_AssetAlreadyListed(asset, listed);
        uint8 decimals = IERC20Metadata(token).decimals();
        if (decimals < sharedDecimals) revert Vault_TooFewDecimals(token, decimals, sharedDecimals);
        uint64 scale = (10 ** uint256(decimals - sharedDecimals)).toUint64();

        _s.tokens[asset] = Token(token, scale, false);
        emit TokenListed(asset, token, scale);
    }

    /// @inheritdoc ISpokeVault
    function suspendToken(uint16 asset) external restricted {
        _suspend(asset, true);
    }

    /// @inheritdoc ISpokeVault
    function resumeToken(uint16 asset) external restricted {
        _suspend(asset, false);
    }

    /// @inheritdoc ISpokeVault
    function deposit(AccountId account, uint16 asset, uint256 amount) external nonReentrant returns (uint64 credited) {
        if (AccountId.unwrap(account) == 0) revert Vault_ZeroAccount();
        Token memory t = _tokenOrRevert(asset);
        if (t.suspended) revert Vault_TokenSuspended(asset);
        if (amount < t.scale) revert Vault_ZeroAmount();

        uint256 received = _pull(IERC20(t.token), amount - amount % t.scale) / t.scale;
        if (received == 0) revert Vault_ZeroAmount();
        uint64 total = _s.deposits[account][asset][COLLATERAL];
        uint256 room = type(uint64).max - total;
        if (received > room) revert Vault_AmountTooLarge(received, room);

        credited = uint64(received);
        total += credited;
        _s.deposits[account][asset][COLLATERAL] = total;
        emit Deposited(account, asset, msg.sender, COLLATERAL, credited, total);
    }

    /// @inheritdoc ISpokeVault
    function tokenOf(uint16 asset) external view returns (Token memory) {
        return _s.tokens[asset];
    }

    /// @inheritdoc ISpokeVault
    function depositTotalOf(AccountId account, uint16 asset, uint8 purpose) external view returns (uint64) {
        return _s.deposits[account][asset][purpose];
    }

    function _suspend(uint16 asset, bool suspended) private {
        _tokenOrRevert(asset);
        _s.tokens[asset].suspended = suspended;
        emit TokenSuspended(asset, suspended);
    }

    function _tokenOrRevert(uint16 asset) internal view returns (Token memory t) {
        t = _s.tokens[asset];
        if (t.token == address(0)) revert Vault_UnknownAsset(asset);
    }

    /// @dev Measured, so that a fee on transfer is not credited. Everything else that moves tokens is locked out by
    /// the re-entrancy guard, so the difference is this transfer's.
    function _pull(IERC20 token, uint256 amount) private returns (uint256 received) {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        return token.balanceOf(address(this)) - before;
    }
}
