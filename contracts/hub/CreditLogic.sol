// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {Certificate} from "../interfaces/IMarginCertificates.sol";
import {ClosingBook} from "./ClosingBook.sol";
import {HubState} from "./HubState.sol";
import {InstrumentList, InstrumentListLib} from "./InstrumentList.sol";
import {LaneLogic} from "./LaneLogic.sol";
import {Portfolio} from "./Portfolio.sol";

/// @notice Mandates, and the credit that the hub lends an account on a spoke: a lease on a cumulative limit.
/// @dev Outstanding = ceiling − used applied. Granting raises the ceiling; limits and lease ends never go down;
/// only `ReportLogic` lowers a ceiling, on proof.
library CreditLogic {
    using InstrumentListLib for InstrumentList;

    /// @dev Instruments that a spoke may open for an account before the hub has heard of any of them. Eight spokes have as many.
    uint256 private constant LENT_INSTRUMENTS = 16;

    /// @notice Stores an authorised mandate. Lowering `maxOutstanding` stops renewals at once.
    function setMandate(HubState storage s, IHubLedger.Mandate calldata mandate) external {
        if (!s.lanes[mandate.eid].listed) revert IHubLedger.Hub_UnknownLane(mandate.eid);
        if (block.timestamp > mandate.deadline) revert IHubLedger.Hub_Expired(mandate.deadline, block.timestamp);
        IHubLedger.CreditLine storage line = s.credit[mandate.account][mandate.eid];
        if (mandate.nonce <= line.mandateNonce) revert IHubLedger.Hub_StaleNonce(mandate.nonce, line.mandateNonce);

        line.maxOutstanding = mandate.maxOutstanding;
        line.mandateNonce = mandate.nonce;
        IHubLedger.VenueAllowance storage allowance = s.venueAllowances[mandate.account][mandate.eid][mandate.venue];
        allowance.limit = mandate.venueLimit;
        allowance.version = mandate.nonce;
        emit IHubLedger.MandateSet(
            mandate.account, mandate.eid, mandate.venue, mandate.maxOutstanding, mandate.venueLimit, mandate.nonce
        );
    }

    /// @notice Freezes an account, or no longer. The caller has checked who asks.
    function setFreeze(HubState storage s, AccountId account, bool frozen, uint64 nonce) external {
        IHubLedger.Freeze storage f = s.freezes[account];
        if (nonce != f.nonce + 1) revert IHubLedger.Hub_StaleNonce(nonce, f.nonce);
        f.nonce = nonce;
        // What every spoke obeys already needs no new version.
        if (frozen != f.frozen) {
            f.frozen = frozen;
            f.version += 1;
        }
        emit IHubLedger.FreezeSet(account, frozen, f.version, nonce);
    }

    /// @notice Whether nothing can be traded for the account any more. Only the current version counts: an older one may have
    /// been lifted since.
    function isFrozenEverywhere(HubState storage s, AccountId account) external view returns (bool) {
        IHubLedger.Freeze storage f = s.freezes[account];
        if (!f.frozen) return false;
        for (uint256 i; i < s.eids.length; ++i) {
            uint32 eid = s.eids[i];
            if (eid == 0) break;
            IHubLedger.CreditLine storage line = s.credit[account][eid];
            if (line.freezeSeen == f.version) continue;
            if (line.ceiling != line.usedApplied || ClosingBook.isOpenOn(s, account, eid)) return false;
        }
        return true;
    }

    /// @notice Grants or renews what margin and mandate cover.
    /// @return granted those accounts that were
    function renew(HubState storage s, uint32 eid, AccountId[] calldata accounts)
        external
        returns (AccountId[] memory granted)
    {
        if (!s.lanes[eid].listed) revert IHubLedger.Hub_UnknownLane(eid);
        LaneLogic.requireInStep(s, eid);
        uint40 validUntil = LaneLogic.leaseEnd(s, eid);
        granted = new AccountId[](accounts.length);
        uint256 count;
        for (uint256 i; i < accounts.length; ++i) {
            if (_renewOne(s, eid, accounts[i], validUntil)) granted[count++] = accounts[i];
        }
        assembly ("memory-safe") {
            mstore(granted, count)
        }
    }

    /// @notice Margin as it is told: see `Portfolio.margin`.
    function marginOf(HubState storage s, AccountId account, bool fresh)
        external
        view
        returns (IHubLedger.MarginState memory)
    {
        return Portfolio.margin(s, account, fresh);
    }

    /// @notice What a certificate proves: see `Portfolio.certified`.
    function certifiedMarginOf(HubState storage s, AccountId account, Certificate calldata certificate)
        external
        view
        returns (IHubLedger.CertifiedMarginState memory)
    {
        return Portfolio.certified(s, account, certificate);
    }

    function _renewOne(HubState storage s, uint32 eid, AccountId account, uint40 validUntil) private returns (bool) {
        IHubLedger.CreditLine storage line = s.credit[account][eid];
        // Limits never go down, so a renewal makes at least this much outstanding again.
        uint256 highest = line.ceiling > line.limit ? line.ceiling : line.limit;
        uint256 required = highest - line.usedApplied;
        uint256 allowed = _allowed(s, eid, account, line.maxOutstanding, required);
        if (allowed == 0 || required > allowed) {
            emit IHubLedger.CreditRefused(account, eid, required, allowed);
            return false;
        }
        uint64 limit = line.usedApplied + uint64(allowed);
        line.limit = limit;
        line.ceiling = limit;
        if (validUntil > line.validUntil) line.validUntil = validUntil;
        line.version += 1;
        _lendInstruments(s, account, line);
        emit IHubLedger.CreditGranted(account, eid, limit, line.validUntil, line.version, line.instrumentLimit);
        return true;
    }

    /// @dev Lets the spoke open instruments: a few at a time, and on all spokes together no more than the account's list has room for
    /// within what margin can be told for. Only a pair that opens one takes from what was lent: an end of the lease proves nothing of it.
    function _lendInstruments(HubState storage s, AccountId account, IHubLedger.CreditLine storage line) private {
        uint256 left = line.instrumentsLeft;
        if (left == LENT_INSTRUMENTS) return;
        InstrumentList storage list = s.held[account];
        uint256 taken = list.count() + list.countOff();
        for (uint256 i; i < s.eids.length; ++i) {
            uint32 eid = s.eids[i];
            if (eid == 0) break;
            taken += s.credit[account][eid].instrumentsLeft;
        }
        uint256 room = Math.saturatingSub(InstrumentListLib.MAX_MARGINED, taken);
        uint256 more = Math.min(room, LENT_INSTRUMENTS - left);
        // An account opens an instrument once on a spoke, and a spoke names fewer than 2^16.
        line.instrumentLimit += uint16(more);
        line.instrumentsLeft = uint8(left + more);
    }

    /// @dev Cents that may be outstanding on `eid`: as far as the mandate goes beyond the credit for closing there, and equity covers what is
    /// outstanding elsewhere with the initial requirement, and with the maintenance requirement and the credit for closing (CLR-06). What was lent
    /// once (`required`) is lent again also beside credit for closing: else whoever has a little closed would keep the account from opening anything.
    function _allowed(HubState storage s, uint32 eid, AccountId account, uint64 maxOutstanding, uint256 required)
        private
        view
        returns (uint256)
    {
        if (maxOutstanding == 0 || s.freezes[account].frozen || !Portfolio.isLoanCovered(s, account)) return 0;
        IHubLedger.MarginState memory m = Portfolio.margin(s, account, true);
        int256 free = SignedMath.min(
            m.equityInitialWad - int256(m.initialWad), m.equityMaintenanceWad - int256(m.maintenanceWad + m.closingWad)
        );
        free -= int256(Portfolio.outstanding(s, account, eid) * Portfolio.WAD_PER_CENT);
        if (free <= 0) return 0;
        uint256 most = maxOutstanding;
        if (m.closingWad != 0) {
            uint256 left = Math.saturatingSub(most, ClosingBook.creditOn(s, account, eid, 0));
            most = Math.max(left, Math.min(required, most));
        }
        return Math.min(uint256(free) / Portfolio.WAD_PER_CENT, most);
    }
}
