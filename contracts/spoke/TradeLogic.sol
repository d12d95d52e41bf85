// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {ChargeLogic, Side} from "./ChargeLogic.sol";
import {DirtyList} from "./DirtyList.sol";
import {Market, MarketLogic} from "./MarketLogic.sol";
import {TradeMath} from "./TradeMath.sol";
import {VaultNames, VaultState} from "./VaultState.sol";

/// @notice Records trades: what they move between two accounts and the fee account, and what they charge.
/// @dev A linked library, for the vault's code size.
library TradeLogic {
    using SafeCast for uint256;
    using SafeCast for int256;
    using DirtyList for DirtyList.List;

    /// @param base 1e-8; `priceWad` dollars per unit, 1e18
    struct Trade {
        InstrumentId instrument;
        AccountId buyer;
        AccountId seller;
        uint88 base;
        uint128 priceWad;
    }

    /// @notice Records a trade that the caller, a venue, made. See `ISpokeVault.recordTrade`.
    function record(VaultState storage s, AccountId feeAccount, Trade memory t) external {
        if (t.base == 0) revert ISpokeVault.Vault_ZeroAmount();
        if (t.buyer == t.seller) revert ISpokeVault.Vault_SameAccount(t.buyer);
        _checkParty(s, feeAccount, t.buyer);
        _checkParty(s, feeAccount, t.seller);
        Market memory m = MarketLogic.read(s, t.instrument);
        Side memory buy = Side(t.buyer, true, t.base, 0, 0, 0, false);
        Side memory sell = Side(t.seller, false, t.base, 0, 0, 0, false);
        (buy.quote, sell.quote, buy.fee) = TradeMath.amounts(t.base, t.priceWad, m.feePpm);
        sell.fee = buy.fee;

        ChargeLogic.charge(s, t.instrument, m, buy);
        ChargeLogic.charge(s, t.instrument, m, sell);
        _moveSide(s, t.instrument, m.maxBase, buy);
        _moveSide(s, t.instrument, m.maxBase, sell);
        _collect(s, t.instrument, feeAccount, 2 * buy.fee + buy.quote - sell.quote);
        emit ISpokeVault.TradeRecorded(
            t.instrument,
            t.buyer,
            t.seller,
            msg.sender,
            t.base,
            t.priceWad,
            buy.charge.toUint64(),
            sell.charge.toUint64(),
            buy.fee.toUint88(),
            buy.closes,
            sell.closes
        );
    }

    /// @dev The fee account is a party to every trade already.
    function _checkParty(VaultState storage s, AccountId feeAccount, AccountId account) private view {
        if (AccountId.unwrap(account) == 0) revert ISpokeVault.Vault_ZeroAccount();
        if (account == feeAccount) revert ISpokeVault.Vault_SameAccount(account);
        if (s.freezes[account].frozen) revert ISpokeVault.Vault_AccountFrozen(account);
    }

    function _moveSide(VaultState storage s, InstrumentId instrument, uint88 maxBase, Side memory side) private {
        (Pair storage stored, uint48 key) = _pairOf(s, side.account, instrument);
        Pair memory pair = stored;
        int256 base = pair.base + (side.isBuy ? int256(uint256(side.base)) : -int256(uint256(side.base)));
        // Paused, or beyond a limit that was lowered, what only reduces is still welcome (CLR-18).
        bool reduces = SignedMath.abs(pair.base) == SignedMath.abs(base) + side.base;
        if (!reduces) {
            // What closes reduces the account's net, though its pair here may grow by it.
            if (s.paused && !side.closes) revert ISpokeVault.Vault_Paused();
            if (SignedMath.abs(base) > maxBase) {
                revert ISpokeVault.Vault_PositionTooLarge(side.account, instrument, SignedMath.abs(base), maxBase);
            }
        }
        int256 quote = side.isBuy ? -int256(side.quote) : int256(side.quote);
        pair.base = base.toInt88();
        pair.quote = (pair.quote + quote - int256(side.fee)).toInt88();
        if (!side.closes) pair.used += side.charge.toUint48();
        _store(s, side.account, instrument, stored, key, pair);
    }

    function _collect(VaultState storage s, InstrumentId instrument, AccountId feeAccount, uint256 quote) private {
        (Pair storage stored, uint48 key) = _pairOf(s, feeAccount, instrument);
        Pair memory pair = stored;
        pair.quote = (pair.quote + int256(quote)).toInt88();
        _store(s, feeAccount, instrument, stored, key, pair);
    }

    function _pairOf(VaultState storage s, AccountId account, InstrumentId instrument)
        private
        returns (Pair storage stored, uint48 key)
    {
        (uint32 accountIndex, uint16 instrumentIndex) = (s.indexAccount(account), s.indexInstrument(instrument));
        return (s.pairs[accountIndex][instrumentIndex], VaultNames.pairKey(accountIndex, instrumentIndex));
    }

    function _store(
        VaultState storage s,
        AccountId account,
        InstrumentId instrument,
        Pair storage stored,
        uint48 key,
        Pair memory pair
    ) private {
        pair.version += 1;
        stored.base = pair.base;
        stored.quote = pair.quote;
        stored.used = pair.used;
        stored.version = pair.version;
        s.dirty.mark(key);
        emit ISpokeVault.PairChanged(account, instrument, pair);
    }
}
