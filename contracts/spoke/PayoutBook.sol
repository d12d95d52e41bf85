// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {PayoutLogic} from "./PayoutLogic.sol";
import {TokenBook} from "./TokenBook.sol";

/// @notice What becomes of payouts; see `PayoutLogic`.
abstract contract PayoutBook is TokenBook {
    using SafeERC20 for IERC20;

    /// @inheritdoc ISpokeVault
    function claim(CommandCodec.Pay calldata payout) external nonReentrant {
        PayoutLogic.claim(_s, _places(), payout);
    }

    /// @inheritdoc ISpokeVault
    function cancel(CommandCodec.Pay calldata payout, bytes calldata signature) external nonReentrant {
        PayoutLogic.cancel(_s, _places(), payout, signature);
    }

    /// @inheritdoc ISpokeVault
    function transferOut(address token, address to, uint256 amount) external {
        if (msg.sender != address(this)) revert Vault_NotSelf(msg.sender);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransfer(to, amount);
        uint256 left = IERC20(token).balanceOf(address(this));
        if (left + amount != before) revert Vault_WrongTransfer(token, amount, before, left);
    }

    /// @inheritdoc ISpokeVault
    function payoutRankOf(bytes32 payoutId) external view returns (uint8) {
        return _s.payoutRanks[payoutId];
    }

    /// @inheritdoc ISpokeVault
    function hashCancel(bytes32 payoutId) external view returns (bytes32) {
        return PayoutLogic.cancelDigest(payoutId);
    }

    function _places() internal view returns (PayoutLogic.Places memory) {
        return PayoutLogic.Places(hubEid, localEid, address(uint160(uint256(_getPeerOrRevert(hubEid)))));
    }
}
