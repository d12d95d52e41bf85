// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {PayoutId} from "../libraries/PayoutId.sol";
import {HubState} from "./HubState.sol";
import {LaneLogic} from "./LaneLogic.sol";
import {LendingLogic} from "./LendingLogic.sol";
import {Portfolio} from "./Portfolio.sol";
import {WalletRights} from "./WalletRights.sol";

/// @notice Queued withdrawals and the payouts they become.
library WithdrawalLogic {
    /// @notice Queues a withdrawal whose signature the caller has checked; its digest is its id.
    function queue(HubState storage s, IHubLedger.WithdrawalOrder calldata w, bytes32 requestId) external {
        if (!s.assets[w.asset].listed) revert IHubLedger.Hub_UnknownAsset(w.asset);
        if (!s.lanes[w.dstEid].listed) revert IHubLedger.Hub_UnknownLane(w.dstEid);
        if (w.amount == 0) revert IHubLedger.Hub_InvalidParameter("amount", 0);
        if (w.recipient == address(0)) revert IHubLedger.Hub_InvalidParameter("recipient", 0);
        if (block.timestamp > w.deadline) revert IHubLedger.Hub_Expired(w.deadline, block.timestamp);
        IHubLedger.WithdrawalRequest storage r = s.withdrawals[requestId];
        if (r.state != IHubLedger.WithdrawalState.None) revert IHubLedger.Hub_AlreadyRequested(requestId);

        r.account = w.account;
        r.asset = w.asset;
        r.remaining = w.amount;
        r.minimum = w.minimum;
        r.deadline = w.deadline;
        r.signed = true;
        r.dstEid = w.dstEid;
        r.recipient = w.recipient;
        r.state = IHubLedger.WithdrawalState.Pending;
        emit IHubLedger.WithdrawalQueued(requestId, w.account, r);
    }

    /// @notice Decides a pending withdrawal: debits the account and reserves the destination's liquidity, in that
    /// part which the liquidity allows. Nothing is debited that is not reserved at once.
    /// @return payoutId zero if the request had expired
    function process(HubState storage s, bytes32 requestId, uint32 hubEid, bytes32 vault)
        external
        returns (bytes32 payoutId)
    {
        IHubLedger.WithdrawalRequest storage r = s.withdrawals[requestId];
        if (r.state != IHubLedger.WithdrawalState.Pending) revert IHubLedger.Hub_NotPending(requestId);
        if (block.timestamp > r.deadline) {
            r.state = IHubLedger.WithdrawalState.Done;
            emit IHubLedger.WithdrawalExpired(requestId, r.remaining);
            return 0;
        }
        LaneLogic.requireOpen(s, r.dstEid);
        if (!r.signed) _requireRights(s, r);
        uint64 amount = _affordable(s, r);

        _debit(s, r.account, r.asset, amount);
        s.liquidity[r.dstEid][r.asset].reserved += amount;
        r.remaining -= amount;
        if (r.remaining == 0) r.state = IHubLedger.WithdrawalState.Done;
        Portfolio.requireInitial(s, r.account);

        return _issue(s, r, requestId, amount, hubEid, vault);
    }

    /// @dev As they are now: rights that were taken since it was asked for end it.
    function _requireRights(HubState storage s, IHubLedger.WithdrawalRequest storage r) private view {
        if (!WalletRights.mayAct(s, r.account, r.srcEid, r.requester)) {
            revert IHubLedger.Hub_NotAuthorized(r.account, r.requester);
        }
        if (!WalletRights.mayBePaid(s, r.account, r.dstEid, r.recipient)) {
            revert IHubLedger.Hub_RecipientNotRegistered(r.account, r.dstEid, r.recipient);
        }
    }

    function _affordable(HubState storage s, IHubLedger.WithdrawalRequest storage r) private view returns (uint64) {
        IHubLedger.Liquidity storage l = s.liquidity[r.dstEid][r.asset];
        uint256 free = l.total - l.reserved;
        if (free >= r.remaining) return r.remaining;
        uint256 least = r.minimum < r.remaining ? r.minimum : r.remaining;
        if (free == 0 || free < least) revert IHubLedger.Hub_InsufficientLiquidity(r.dstEid, r.asset, least, free);
        return uint64(free);
    }

    function _debit(HubState storage s, AccountId account, uint16 asset, uint64 amount) private {
        if (asset == s.settlementAsset) {
            LendingLogic.setOff(s, account);
            uint128 held = s.cash[account].held;
            if (held < amount) revert IHubLedger.Hub_InsufficientBalance(account, asset, amount, int256(uint256(held)));
            s.cash[account].held = held - amount;
        } else {
            uint128 balance = s.collateral[account][asset];
            if (balance < amount) {
                revert IHubLedger.Hub_InsufficientBalance(account, asset, amount, int256(uint256(balance)));
            }
            s.collateral[account][asset] = balance - amount;
        }
    }

    function _issue(
        HubState storage s,
        IHubLedger.WithdrawalRequest storage r,
        bytes32 requestId,
        uint64 amount,
        uint32 hubEid,
        bytes32 vault
    ) private returns (bytes32 payoutId) {
        CommandCodec.Pay memory pay = CommandCodec.Pay({
            account: r.account,
            recipient: r.recipient,
            asset: r.asset,
            amount: amount,
            issuedAt: uint40(block.timestamp),
            nonce: ++s.payoutNonce
        });
        payoutId = PayoutId.compute(hubEid, address(this), r.dstEid, address(uint160(uint256(vault))), pay);
        IHubLedger.Payout storage p = s.payouts[payoutId];
        p.account = pay.account;
        p.recipient = pay.recipient;
        p.asset = pay.asset;
        p.amount = pay.amount;
        p.nonce = pay.nonce;
        p.issuedAt = pay.issuedAt;
        p.dstEid = r.dstEid;
        emit IHubLedger.PayoutIssued(payoutId, requestId, pay.account, r.dstEid, pay);
    }
}
