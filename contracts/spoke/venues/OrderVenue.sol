// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ISpokeVault} from "../../interfaces/ISpokeVault.sol";
import {AccountId} from "../../types/AccountId.sol";
import {InstrumentId} from "../../types/InstrumentId.sol";

/// @title A venue where anyone matches two signed orders
/// @notice The price is the midpoint of the two limits, rounded down: whoever matches chooses which orders meet and how
/// much, never the price.
/// @dev The vault trusts no venue; what an order can cost is bounded by the account's allowance for this one. An order
/// is signed by the account's owner: by key on any chain, by contract (EIP-1271) only on the account's home chain,
/// because the same address elsewhere may be somebody else's contract.
contract OrderVenue is EIP712 {
    /// @param base most that may be filled in all, 1e-8
    /// @param priceWad limit: the most a buyer pays, the least a seller takes; dollars per unit, 1e18
    /// @param nonce orders with a nonce below the account's minimum are cancelled
    /// @param expiry unix seconds; from then on the order is dead
    struct Order {
        AccountId account;
        InstrumentId instrument;
        bool isBuy;
        uint88 base;
        uint128 priceWad;
        uint64 nonce;
        uint40 expiry;
    }

    bytes32 public constant ORDER_TYPEHASH = keccak256(
        "Order(bytes32 account,bytes32 instrument,bool isBuy,uint88 base,uint128 priceWad,uint64 nonce,uint40 expiry)"
    );
    bytes32 public constant CANCEL_TYPEHASH = keccak256("Cancel(bytes32 account,uint64 minNonce)");

    /// @notice The vault that records what is matched here.
    ISpokeVault public immutable vault;
    /// @notice Eid of this chain.
    uint32 public immutable localEid;

    /// @notice How much of an order was filled, 1e-8.
    mapping(bytes32 orderHash => uint88) public filled;
    /// @notice Orders of the account with a lower nonce are cancelled.
    mapping(AccountId => uint64) public minNonce;

    event OrdersMatched(bytes32 indexed buyHash, bytes32 indexed sellHash, uint88 base, uint128 priceWad);
    event OrdersCancelled(AccountId indexed account, uint64 minNonce);

    error Venue_ZeroFill();
    error Venue_WrongSide(bytes32 orderHash, bool isBuy);
    error Venue_InstrumentsDiffer(InstrumentId buy, InstrumentId sell);
    error Venue_NotCrossing(uint256 buyPriceWad, uint256 sellPriceWad);
    error Venue_Expired(bytes32 orderHash, uint256 expiry, uint256 chainTime);
    error Venue_Cancelled(bytes32 orderHash, uint64 nonce, uint64 minNonce);
    error Venue_Overfilled(bytes32 orderHash, uint256 requested, uint256 available);
    error Venue_BadSignature(AccountId account, bytes32 digest);
    error Venue_NotOwner(AccountId account, address caller);
    error Venue_MinNonceNotRising(AccountId account, uint64 requested, uint64 current);

    constructor(ISpokeVault vault_) EIP712("CausewayOrderVenue", "1") {
        vault = vault_;
        // A vault's fee account lives on the vault's own chain.
        localEid = vault_.feeAccount().homeEid();
    }

    /// @notice Matches `base` of two orders at the midpoint of their limits and records the trade.
    /// @param base 1e-8; at most what either order has left
    function fill(
        Order calldata buy,
        bytes calldata buySignature,
        Order calldata sell,
        bytes calldata sellSignature,
        uint88 base
    ) external {
        if (base == 0) revert Venue_ZeroFill();
        if (!(buy.instrument == sell.instrument)) revert Venue_InstrumentsDiffer(buy.instrument, sell.instrument);
        if (buy.priceWad < sell.priceWad) revert Venue_NotCrossing(buy.priceWad, sell.priceWad);
        bytes32 buyHash = _take(buy, true, base, buySignature);
        bytes32 sellHash = _take(sell, false, base, sellSignature);
        uint128 priceWad = uint128((uint256(buy.priceWad) + sell.priceWad) / 2);

        emit OrdersMatched(buyHash, sellHash, base, priceWad);
        vault.recordTrade(buy.instrument, buy.account, sell.account, base, priceWad);
    }

    /// @notice Cancels all orders of `account` with a nonce below `minNonce_`. The owner calls, on its home chain.
    function cancelBelow(AccountId account, uint64 minNonce_) external {
        if (msg.sender != account.owner() || account.homeEid() != localEid) {
            revert Venue_NotOwner(account, msg.sender);
        }
        _cancelBelow(account, minNonce_);
    }

    /// @notice Likewise with the owner's signature, sent by anyone. Used again it is refused: the minimum only rises.
    function cancelBelowWithSignature(AccountId account, uint64 minNonce_, bytes calldata signature) external {
        _checkSignature(account, cancelDigest(account, minNonce_), signature);
        _cancelBelow(account, minNonce_);
    }

    /// @notice How much of an order could still be filled, 1e-8; zero once cancelled or expired.
    function remaining(Order calldata order) external view returns (uint88) {
        if (block.timestamp >= order.expiry || order.nonce < minNonce[order.account]) return 0;
        return order.base - filled[orderDigest(order)];
    }

    /// @notice EIP-712 digest that the owner signs; also the order's identity here.
    function orderDigest(Order calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ORDER_TYPEHASH, order)));
    }

    /// @notice EIP-712 digest of a cancellation.
    function cancelDigest(AccountId account, uint64 minNonce_) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(CANCEL_TYPEHASH, account, minNonce_)));
    }

    /// @dev Checks one side and counts the fill.
    function _take(Order calldata order, bool isBuy, uint88 base, bytes calldata signature)
        private
        returns (bytes32 hash)
    {
        hash = orderDigest(order);
        if (order.isBuy != isBuy) revert Venue_WrongSide(hash, order.isBuy);
        if (block.timestamp >= order.expiry) revert Venue_Expired(hash, order.expiry, block.timestamp);
        uint64 minimum = minNonce[order.account];
        if (order.nonce < minimum) revert Venue_Cancelled(hash, order.nonce, minimum);
        uint88 available = order.base - filled[hash];
        if (base > available) revert Venue_Overfilled(hash, base, available);
        _checkSignature(order.account, hash, signature);

        filled[hash] += base;
    }

    function _cancelBelow(AccountId account, uint64 minNonce_) private {
        uint64 current = minNonce[account];
        if (minNonce_ <= current) revert Venue_MinNonceNotRising(account, minNonce_, current);
        minNonce[account] = minNonce_;
        emit OrdersCancelled(account, minNonce_);
    }

    /// @dev The key first, also for an owner that has code: an EOA may have delegated (EIP-7702).
    function _checkSignature(AccountId account, bytes32 hash, bytes calldata signature) private view {
        address owner = account.owner();
        (address signer, ECDSA.RecoverError failed,) = ECDSA.tryRecoverCalldata(hash, signature);
        if (failed == ECDSA.RecoverError.NoError && signer == owner) return;
        bool atHome = account.homeEid() == localEid && owner.code.length > 0;
        if (atHome && SignatureChecker.isValidERC1271SignatureNowCalldata(owner, hash, signature)) return;
        revert Venue_BadSignature(account, hash);
    }
}
