// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {CreditBook} from "./CreditBook.sol";
import {MarketBook} from "./MarketBook.sol";
import {TradeLogic} from "./TradeLogic.sol";

/// @notice The double-entry record of trades: per instrument, base and quote sum to zero over all accounts, the fee
/// account included, after every call (CLR-02).
abstract contract TradeBook is CreditBook, MarketBook {
    /// @inheritdoc ISpokeVault
    function recordTrade(
        InstrumentId instrument,
        AccountId buyer,
        AccountId seller,
        uint88 base,
        uint128 priceWad
    ) external nonReentrant {
        TradeLogic.record(_s, feeAccount, TradeLogic.Trade(instrument, buyer, seller, base, priceWad));
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
}
