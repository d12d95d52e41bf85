// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {PayoutId} from "../libraries/PayoutId.sol";
import {TokenBook} from "./TokenBook.sol";

/// @notice Pays each payout id once (CLR-10). A token that fails cannot hold up a message: it leaves a claim.
/// @dev Assumes that a listed token whose transfer fails, or answers anything but true, has moved nothing.
abstract contract PayoutBook is TokenBook {
    using SafeERC20 for IERC20;

    /// @notice Gas of the token call when the hub's command pays; `claim` has no such limit.
    uint256 public constant PAY_STIPEND = 150_000;
    /// @dev What must be left so that 63/64 of it is the stipend, after writing the rank and before the event.
    uint256 private constant GAS_TO_PAY = (PAY_STIPEND * 64) / 63 + 40_000;

    /// @inheritdoc ISpokeVault
    function claim(CommandCodec.Pay calldata payout) external nonReentrant {
        bytes32 id = _payoutId(payout);
        uint8 rank = _s.payoutRanks[id];
        if (rank == PayoutId.NONE) revert Vault_UnknownPayout(id);
        if (rank != PayoutId.CLAIM) revert Vault_NotClaimable(id, rank);
        Token memory t = _tokenOrRevert(payout.asset);

        _s.payoutRanks[id] = PayoutId.PAID;
        if (!IERC20(t.token).trySafeTransfer(payout.recipient, uint256(payout.amount) * t.scale)) {
            revert Vault_PayoutFailed(t.token, payout.recipient);
        }
        emit PayoutResolved(id, payout.recipient, payout.asset, payout.amount, PayoutId.PAID);
    }

    /// @inheritdoc ISpokeVault
    function payoutRankOf(bytes32 payoutId) external view returns (uint8) {
        return _s.payoutRanks[payoutId];
    }

    function _applyPay(bytes32 guid, CommandCodec.Pay memory item) internal {
        bytes32 id = _payoutId(item);
        Token memory t = _s.tokens[item.asset];
        if (t.token == address(0)) return _skip(guid, CommandCodec.PAY, id, "UnlistedAsset");
        if (item.recipient == address(0)) return _skip(guid, CommandCodec.PAY, id, "ZeroRecipient");
        if (_s.payoutRanks[id] != PayoutId.NONE) return;
        // Too little gas must never look like a token that failed. The bound of the message sees to it; this holds
        // even if the costs of a later chain outgrow that bound.
        _requireGas(GAS_TO_PAY);

        uint8 rank = PayoutId.PAID;
        _s.payoutRanks[id] = rank;
        if (!_tryTransfer(t.token, item.recipient, uint256(item.amount) * t.scale)) {
            rank = PayoutId.CLAIM;
            _s.payoutRanks[id] = rank;
        }
        emit PayoutResolved(id, item.recipient, item.asset, item.amount, rank);
    }

    function _payoutId(CommandCodec.Pay memory item) private view returns (bytes32) {
        address hub = address(uint160(uint256(_getPeerOrRevert(hubEid))));
        return PayoutId.compute(hubEid, hub, localEid, address(this), item);
    }

    /// @dev `SafeERC20` forwards all gas; this forwards the stipend, and copies one word of whatever comes back.
    function _tryTransfer(address token, address to, uint256 amount) private returns (bool) {
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        bool success;
        uint256 size;
        uint256 word;
        assembly ("memory-safe") {
            success := call(PAY_STIPEND, token, 0, add(data, 32), mload(data), 0, 32)
            size := returndatasize()
            word := mload(0)
        }
        if (!success) return false;
        return size == 0 ? token.code.length > 0 : size >= 32 && word == 1;
    }
}
