// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CreditBook} from "./CreditBook.sol";
import {DirtyList} from "./DirtyList.sol";
import {MarketBook} from "./MarketBook.sol";
import {TradeMath} from "./TradeMath.sol";
import {Terms, VaultNames} from "./VaultState.sol";

/// @notice The double-entry record of trades: per instrument, base and quote sum to zero over all accounts, the fee
/// account included, after every call (CLR-02).
abstract contract TradeBook is CreditBook, MarketBook {
    using SafeCast for uint256;
    using SafeCast for int256;
    using DirtyList for DirtyList.List;

    /// @dev Quote in 1e-6 dollar, charges in cents.
    struct Amounts {
        uint256 paid;
        uint256 received;
        uint256 fee;
        uint256 buyerCharge;
        uint256 sellerCharge;
    }

    /// @inheritdoc ISpokeVault
    function recordTrade(
        InstrumentId instrument,
        AccountId buyer,
        AccountId seller,
        uint88 base,
        uint128 priceWad
    ) external nonReentrant {
        if (base == 0) revert Vault_ZeroAmount();
        if (buyer == seller) revert Vault_SameAccount(buyer);
        _checkParty(buyer);
        _checkParty(seller);
        Terms memory terms = _termsOrRevert(instrument);
        Amounts memory a = _amounts(terms, base, priceWad, _freshReference(instrument.underlying()));

        _charge(buyer, msg.sender, a.buyerCharge);
        _charge(seller, msg.sender, a.sellerCharge);
        int256 signedBase = int256(uint256(base));
        // Paused, a position may grow up to nothing.
        uint88 maxBase = _s.paused ? 0 : terms.maxBase;
        _move(buyer, instrument, signedBase, -int256(a.paid + a.fee), a.buyerCharge, maxBase);
        _move(seller, instrument, -signedBase, int256(a.received) - int256(a.fee), a.sellerCharge, maxBase);
        _move(feeAccount, instrument, 0, int256(2 * a.fee + a.paid - a.received), 0, maxBase);
        emit TradeRecorded(
            instrument,
            buyer,
            seller,
            msg.sender,
            base,
            priceWad,
            a.buyerCharge.toUint64(),
            a.sellerCharge.toUint64(),
            a.fee.toUint88()
        );
    }

    /// @inheritdoc ISpokeVault
    function pause() external restricted {
        _setPaused(true);
    }

    /// @inheritdoc ISpokeVault
    function unpause() external restricted {
        _setPaused(false);
    }

    /// @inheritdoc ISpokeVault
    function paused() external view returns (bool) {
        return _s.paused;
    }

    /// @inheritdoc ISpokeVault
    function pairOf(AccountId account, InstrumentId instrument) external view returns (Pair memory) {
        return _s.pairs[_s.accountIndex[account]][_s.instrumentIndex[instrument]];
    }

    /// @inheritdoc ISpokeVault
    function accountIndexOf(AccountId account) external view returns (uint32) {
        return _s.accountIndex[account];
    }

    /// @inheritdoc ISpokeVault
    function accountAt(uint32 index) external view returns (AccountId) {
        return _s.accountAt[index];
    }

    /// @inheritdoc ISpokeVault
    function accountCount() external view returns (uint32) {
        return _s.accountCount;
    }

    /// @inheritdoc ISpokeVault
    function instrumentIndexOf(InstrumentId instrument) external view returns (uint16) {
        return _s.instrumentIndex[instrument];
    }

    /// @inheritdoc ISpokeVault
    function instrumentAt(uint16 index) external view returns (InstrumentId) {
        return _s.instrumentAt[index];
    }

    /// @inheritdoc ISpokeVault
    function instrumentCount() external view returns (uint16) {
        return _s.instrumentCount;
    }

    function _setPaused(bool paused_) private {
        _s.paused = paused_;
        emit VaultPaused(paused_);
    }

    /// @dev The fee account is a party to every trade already.
    function _checkParty(AccountId account) private view {
        if (AccountId.unwrap(account) == 0) revert Vault_ZeroAccount();
        if (account == feeAccount) revert Vault_SameAccount(account);
        if (_s.freezes[account].frozen) revert Vault_AccountFrozen(account);
    }

    function _amounts(Terms memory terms, uint88 base, uint128 priceWad, uint128 referenceWad)
        private
        pure
        returns (Amounts memory a)
    {
        (a.paid, a.received, a.fee) = TradeMath.amounts(base, priceWad, terms.feePpm);
        a.buyerCharge = TradeMath.charge(base, referenceWad, terms.ratePpm, a.paid, a.fee, true);
        a.sellerCharge = TradeMath.charge(base, referenceWad, terms.ratePpm, a.received, a.fee, false);
    }

    function _move(
        AccountId account,
        InstrumentId instrument,
        int256 baseDelta,
        int256 quoteDelta,
        uint256 used,
        uint88 maxBase
    ) private {
        (uint32 accountIndex, uint16 instrumentIndex) = (_s.indexAccount(account), _s.indexInstrument(instrument));
        Pair storage stored = _s.pairs[accountIndex][instrumentIndex];
        Pair memory pair = stored;
        int256 base = pair.base + baseDelta;
        // Beyond a limit that was lowered, what only reduces is still welcome (CLR-18).
        bool reduces = SignedMath.abs(pair.base) == SignedMath.abs(base) + SignedMath.abs(baseDelta);
        if (SignedMath.abs(base) > maxBase && !reduces) {
            if (_s.paused) revert Vault_Paused();
            revert Vault_PositionTooLarge(account, instrument, SignedMath.abs(base), maxBase);
        }

        pair.base = base.toInt88();
        pair.quote = (pair.quote + quoteDelta).toInt88();
        pair.used += used.toUint48();
        pair.version += 1;
        stored.base = pair.base;
        stored.quote = pair.quote;
        stored.used = pair.used;
        stored.version = pair.version;
        _s.dirty.mark(VaultNames.pairKey(accountIndex, instrumentIndex));
        emit PairChanged(account, instrument, pair);
    }
}
