// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CommandCodec} from "../libraries/CommandCodec.sol";
import {PayoutId} from "../libraries/PayoutId.sol";
import {Transport} from "../transport/Transport.sol";
import {VaultState} from "./VaultState.sol";

/// @notice Resolves each payout id once (CLR-10): none < claim < {paid, cancelled}. A token that fails cannot hold up a
/// message: it leaves a claim.
/// @dev A linked library, for the vault's code size; it runs as the vault.
library PayoutLogic {
    /// @notice Gas of the token calls when the hub's command pays; `claim` has no such limit.
    uint256 internal constant PAY_STIPEND = 150_000;
    /// @dev What must be left so that 63/64 of it is the stipend, after writing the rank and before the event.
    uint256 private constant GAS_TO_PAY = (PAY_STIPEND * 64) / 63 + 40_000;
    /// @notice From so long after a payout was issued on, its owner or recipient may cancel it.
    uint256 internal constant CANCEL_TIMEOUT = 1 hours;
    /// @notice From so long after on, anyone may: for owners who can neither call here nor sign, such as a contract wallet of
    /// another chain. The money goes back to the account, so nobody gains by it.
    uint256 internal constant RESCUE_TIMEOUT = 30 days;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelPayout(bytes32 payoutId)");

    /// @notice Whose payouts these are: with the vault's own address, what a payout id is bound to.
    struct Places {
        uint32 hubEid;
        uint32 localEid;
        address hub;
    }

    /// @notice Pays at the hub's command, or leaves a claim; an id that was resolved before changes nothing.
    function pay(VaultState storage s, Places memory places, bytes32 guid, CommandCodec.Pay memory item) internal {
        bytes32 id = idOf(places, item);
        ISpokeVault.Token memory t = s.tokens[item.asset];
        if (t.token == address(0)) return _skip(guid, id, "UnlistedAsset");
        if (item.recipient == address(0)) return _skip(guid, id, "ZeroRecipient");
        uint8 rank = s.payoutRanks[id];
        // Cancelled while the command was on its way: the hub refunds, so it must never be paid as well.
        if (rank == PayoutId.CANCELLED) return _skip(guid, id, "Cancelled");
        if (rank != PayoutId.NONE) return;
        // Too little gas must never look like a token that failed. The bound of the message sees to it; this holds
        // even if the costs of a later chain outgrow that bound.
        if (gasleft() < GAS_TO_PAY) revert Transport.Transport_InsufficientGas(GAS_TO_PAY, gasleft());

        rank = PayoutId.PAID;
        s.payoutRanks[id] = rank;
        if (!_tryTransfer(t, item)) {
            rank = PayoutId.CLAIM;
            s.payoutRanks[id] = rank;
        }
        emit ISpokeVault.PayoutResolved(id, item.recipient, item.asset, item.amount, rank);
    }

    /// @notice Tries again to pay what became a claim.
    function claim(VaultState storage s, Places memory places, CommandCodec.Pay calldata payout) external {
        bytes32 id = idOf(places, payout);
        uint8 rank = s.payoutRanks[id];
        if (rank == PayoutId.NONE) revert ISpokeVault.Vault_UnknownPayout(id);
        if (rank != PayoutId.CLAIM) revert ISpokeVault.Vault_NotClaimable(id, rank);
        ISpokeVault.Token memory t = s.tokens[payout.asset];

        s.payoutRanks[id] = PayoutId.PAID;
        try ISpokeVault(address(this)).transferOut(t.token, payout.recipient, uint256(payout.amount) * t.scale) {}
        catch {
            revert ISpokeVault.Vault_PayoutFailed(t.token, payout.recipient);
        }
        emit ISpokeVault.PayoutResolved(id, payout.recipient, payout.asset, payout.amount, PayoutId.PAID);
    }

    /// @notice Gives a payout up for good. The preimage proves what it was; an id that the hub never issued is cancelled in
    /// vain, for the hub refunds only what it issued.
    function cancel(VaultState storage s, Places memory places, CommandCodec.Pay calldata payout, bytes calldata signature)
        external
    {
        bytes32 id = idOf(places, payout);
        uint8 rank = s.payoutRanks[id];
        if (PayoutId.isTerminal(rank)) revert ISpokeVault.Vault_NotCancellable(id, rank);
        uint256 from = payout.issuedAt + CANCEL_TIMEOUT;
        if (block.timestamp < from) revert ISpokeVault.Vault_TooEarly(id, from, block.timestamp);
        if (!_mayCancel(places, payout, id, signature)) revert ISpokeVault.Vault_NotAuthorized(payout.account, msg.sender);

        s.payoutRanks[id] = PayoutId.CANCELLED;
        emit ISpokeVault.PayoutResolved(id, payout.recipient, payout.asset, payout.amount, PayoutId.CANCELLED);
    }

    /// @notice Digest (EIP-712, domain: the vault) that the owner signs to cancel.
    function cancelDigest(bytes32 payoutId) external view returns (bytes32) {
        return _cancelDigest(payoutId);
    }

    function idOf(Places memory places, CommandCodec.Pay memory item) internal view returns (bytes32) {
        return PayoutId.compute(places.hubEid, places.hub, places.localEid, address(this), item);
    }

    /// @dev After a month anyone; before, the recipient, who would have been paid; the owner, by its home if that is on this chain, else by signature.
    function _mayCancel(Places memory places, CommandCodec.Pay calldata p, bytes32 id, bytes calldata signature)
        private
        view
        returns (bool)
    {
        if (block.timestamp >= p.issuedAt + RESCUE_TIMEOUT) return true;
        address owner = p.account.owner();
        if (msg.sender == p.recipient) return true;
        if (msg.sender == owner && p.account.homeEid() == places.localEid) return true;
        (address signer, ECDSA.RecoverError failed,) = ECDSA.tryRecover(_cancelDigest(id), signature);
        return failed == ECDSA.RecoverError.NoError && signer == owner;
    }

    function _cancelDigest(bytes32 payoutId) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("Causeway"), keccak256("1"), block.chainid, address(this))
        );
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(CANCEL_TYPEHASH, payoutId)));
    }

    /// @dev A call of the vault to itself, so that whatever a failing token did is undone; nothing that comes back is copied.
    function _tryTransfer(ISpokeVault.Token memory t, CommandCodec.Pay memory item) private returns (bool success) {
        bytes memory data =
            abi.encodeCall(ISpokeVault.transferOut, (t.token, item.recipient, uint256(item.amount) * t.scale));
        assembly ("memory-safe") {
            success := call(PAY_STIPEND, address(), 0, add(data, 32), mload(data), 0, 0)
        }
    }

    function _skip(bytes32 guid, bytes32 id, bytes32 reason) private {
        emit ISpokeVault.CommandItemSkipped(guid, CommandCodec.PAY, id, reason);
    }
}
