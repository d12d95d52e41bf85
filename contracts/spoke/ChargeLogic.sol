// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {Market} from "./MarketLogic.sol";
import {TradeMath} from "./TradeMath.sol";
import {VaultState} from "./VaultState.sol";

/// @notice One side of a trade.
/// @param base 1e-8
/// @param quote what it pays or receives, 1e-6 dollar; `fee` likewise
/// @param charge cents, of opening credit or, if it `closes`, of the closing allowance
struct Side {
    AccountId account;
    bool isBuy;
    uint88 base;
    uint256 quote;
    uint256 fee;
    uint256 charge;
    bool closes;
}

/// @notice What the hub lets an account use here, and what its owner lets each venue use of it. All limits and all counters
/// are cumulative, so that a command applied late or twice gives nothing twice (CLR-03).
library ChargeLogic {
    /// @notice Charged per notional of the underlying when a position is closed, millionths: what offsets on another chain
    /// costs that much margin there (risk model, section 4, venue charge).
    uint32 internal constant VENUE_RATE_PPM = 5_000;

    /// @notice Charges one side of a trade as closing, if it has a closing allowance with room for all of it, else as opening;
    /// and either way the caller's allowance, so that what a venue can cost is bounded whichever it is (CLR-07).
    /// @dev Sets `charge` and `closes`.
    function charge(VaultState storage s, InstrumentId instrument, Market memory m, Side memory side) internal {
        uint256 fairWad = side.isBuy ? m.fairFloorWad : m.fairCeilWad;
        uint256 cost = TradeMath.cost(side.base, fairWad, side.quote, side.fee, side.isBuy);
        side.closes = _takeClosing(s.closingAllowances[side.account][instrument], m, side, cost);
        if (!side.closes) {
            side.charge = TradeMath.charge(side.base, m.referenceWad, m.ratePpm, cost);
            _takeCredit(s.credits[side.account], side, _isFirst(s, side.account, instrument));
        }
        _takeAllowance(s.allowances[side.account][msg.sender], side);
    }

    /// @dev Each side has a counter of its own: a limit tells how much was ever given *that* way, so that one which never arrived
    /// gives nothing to the other way. Credit is one sum over both: whichever way it is spent, it is spent.
    function _takeClosing(
        ISpokeVault.ClosingAllowance storage stored,
        Market memory m,
        Side memory side,
        uint256 cost
    ) private returns (bool) {
        if (block.timestamp >= stored.validUntil || stored.isBuy != side.isBuy) return false;
        uint256 usedBase = uint256(side.isBuy ? stored.usedBuys : stored.usedSells) + side.base;
        if (usedBase > stored.maxBase) return false;
        side.charge = TradeMath.charge(side.base, m.referenceWad, VENUE_RATE_PPM, cost);
        uint256 usedCredit = stored.usedCredit + side.charge;
        if (usedCredit > stored.credit) return false;

        // Not above a limit, hence no wider than it.
        if (side.isBuy) stored.usedBuys = uint88(usedBase);
        else stored.usedSells = uint88(usedBase);
        stored.usedCredit = uint64(usedCredit);
        return true;
    }

    /// @dev Opening is never free: a pair that has used no credit was not opened yet.
    function _isFirst(VaultState storage s, AccountId account, InstrumentId instrument) private view returns (bool) {
        return s.pairs[s.accountIndex[account]][s.instrumentIndex[instrument]].used == 0;
    }

    function _takeCredit(ISpokeVault.Credit storage stored, Side memory side, bool isFirst) private {
        ISpokeVault.Credit memory c = stored;
        if (block.timestamp >= c.validUntil) {
            revert ISpokeVault.Vault_CreditLapsed(side.account, c.validUntil, block.timestamp);
        }
        uint256 available = c.limit > c.used ? c.limit - c.used : 0;
        if (side.charge > available) {
            revert ISpokeVault.Vault_InsufficientCredit(side.account, side.charge, available);
        }
        stored.used = c.used + uint64(side.charge);
        if (!isFirst) return;
        if (c.instruments >= c.instrumentLimit) {
            revert ISpokeVault.Vault_TooManyInstruments(side.account, c.instruments, c.instrumentLimit);
        }
        stored.instruments = c.instruments + 1;
    }

    function _takeAllowance(ISpokeVault.VenueAllowance storage stored, Side memory side) private {
        ISpokeVault.VenueAllowance memory a = stored;
        uint256 available = a.limit > a.used ? a.limit - a.used : 0;
        if (side.charge > available) {
            revert ISpokeVault.Vault_InsufficientAllowance(side.account, msg.sender, side.charge, available);
        }
        stored.used = a.used + uint64(side.charge);
    }
}
