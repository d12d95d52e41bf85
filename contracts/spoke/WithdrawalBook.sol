// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {TokenBook} from "./TokenBook.sol";

/// @notice Withdrawals asked for on this chain. Only a record: whether the requester may, the hub decides.
abstract contract WithdrawalBook is TokenBook {
    /// @inheritdoc ISpokeVault
    function requestWithdrawal(
        AccountId account,
        uint16 asset,
        uint64 amount,
        uint32 dstEid,
        address recipient,
        uint64 minimum,
        uint40 deadline
    ) external returns (uint64 number) {
        if (AccountId.unwrap(account) == 0) revert Vault_ZeroAccount();
        _tokenOrRevert(asset);
        if (amount == 0) revert Vault_ZeroAmount();
        if (recipient == address(0)) revert Vault_ZeroRecipient();

        number = ++_s.withdrawalCount;
        _s.withdrawals[number] = ReportCodec.Withdrawal({
            account: account,
            number: number,
            requester: msg.sender,
            asset: asset,
            amount: amount,
            dstEid: dstEid,
            recipient: recipient,
            minimum: minimum,
            deadline: deadline
        });
        emit WithdrawalRequested(account, number, msg.sender, _s.withdrawals[number]);
    }

    /// @inheritdoc ISpokeVault
    function withdrawalOf(uint64 number) external view returns (ReportCodec.Withdrawal memory) {
        return _s.withdrawals[number];
    }

    /// @inheritdoc ISpokeVault
    function withdrawalCount() external view returns (uint64) {
        return _s.withdrawalCount;
    }
}
