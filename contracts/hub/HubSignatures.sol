// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {AccountId} from "../types/AccountId.sol";
import {IHubEntries} from "../interfaces/IHubEntries.sol";

/// @notice EIP-712 messages by which an owner acts at the hub, and who may act for an account there.
abstract contract HubSignatures is IHubEntries, EIP712("Causeway", "1") {
    bytes32 private constant MANDATE_TYPEHASH = keccak256(
        "Mandate(bytes32 account,uint32 eid,uint64 maxOutstanding,address venue,uint64 venueLimit,uint64 nonce,uint40 deadline)"
    );
    bytes32 private constant WALLET_TYPEHASH =
        keccak256("Wallet(bytes32 account,uint32 eid,address wallet,uint8 rights,uint64 nonce)");
    bytes32 private constant FREEZE_TYPEHASH = keccak256("Freeze(bytes32 account,bool frozen,uint64 nonce)");
    bytes32 private constant WITHDRAWAL_TYPEHASH = keccak256(
        "WithdrawalOrder(bytes32 account,uint16 asset,uint64 amount,uint32 dstEid,address recipient,uint64 minimum,uint40 deadline,uint64 nonce)"
    );

    bytes32 private constant SUPPLY_TYPEHASH =
        keccak256("SupplyOrder(bytes32 account,uint128 amount,uint64 nonce,uint40 deadline)");
    bytes32 private constant REDEMPTION_TYPEHASH =
        keccak256("RedemptionOrder(bytes32 account,uint128 shares,uint128 minimum,uint64 nonce,uint40 deadline)");

    /// @inheritdoc IHubEntries
    function hashMandate(Mandate calldata mandate) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(MANDATE_TYPEHASH, mandate)));
    }

    /// @inheritdoc IHubEntries
    function hashWallet(AccountId account, uint32 eid, address wallet, uint8 rights, uint64 nonce)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(keccak256(abi.encode(WALLET_TYPEHASH, account, eid, wallet, rights, nonce)));
    }

    /// @inheritdoc IHubEntries
    function hashFreeze(AccountId account, bool frozen, uint64 nonce) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(FREEZE_TYPEHASH, account, frozen, nonce)));
    }

    /// @inheritdoc IHubEntries
    function hashWithdrawalOrder(WithdrawalOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(WITHDRAWAL_TYPEHASH, order)));
    }

    /// @inheritdoc IHubEntries
    function hashSupplyOrder(SupplyOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(SUPPLY_TYPEHASH, order)));
    }

    /// @inheritdoc IHubEntries
    function hashRedemptionOrder(RedemptionOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(REDEMPTION_TYPEHASH, order)));
    }

    /// @dev The home may act by calling, if its chain is this one; by signature anywhere. A contract's signature
    /// (EIP-1271) is believed only if its home is on this chain: the same address here may otherwise be
    /// somebody else's contract (CLR-05). The key first, also for an owner that has code: it may have delegated
    /// (EIP-7702).
    function _authorize(AccountId account, bytes32 digest, bytes calldata signature, uint32 localEid) internal view {
        address owner = account.owner();
        bool local = account.homeEid() == localEid;
        if (local && msg.sender == owner) return;
        (address signer, ECDSA.RecoverError failed,) = ECDSA.tryRecover(digest, signature);
        if (failed == ECDSA.RecoverError.NoError && signer == owner) return;
        bool asked = local && owner.code.length > 0;
        if (asked && SignatureChecker.isValidERC1271SignatureNow(owner, digest, signature)) return;
        revert Hub_NotAuthorized(account, msg.sender);
    }
}
