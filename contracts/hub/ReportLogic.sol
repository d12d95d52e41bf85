// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {IClearingHub} from "../interfaces/IClearingHub.sol";
import {PayoutId} from "../libraries/PayoutId.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {SectionCodec} from "../libraries/SectionCodec.sol";
import {HubState, SpokeSum} from "./HubState.sol";

/// @notice Applies what a spoke reports. Only records, never decides; a bad item is skipped with its reason and
/// changes nothing (CLR-11); an item not newer than what is known changes nothing (CLR-03).
library ReportLogic {
    uint8 internal constant COLLATERAL = 0;

    struct Context {
        uint32 eid;
        uint40 chainTime;
        bytes32 guid;
    }

    /// @notice Applies a report. The caller has authenticated `eid` and checked `message` with `ReportCodec.check`.
    function applyReport(HubState storage s, uint32 eid, bytes32 guid, bytes calldata message) external {
        ReportCodec.Header memory header = ReportCodec.decodeHeader(message);
        Context memory c = Context(eid, header.chainTime, guid);
        IClearingHub.Lane storage lane = s.lanes[eid];
        if (header.sequence > lane.lastSequence) lane.lastSequence = header.sequence;
        if (header.chainTime > lane.lastChainTime) lane.lastChainTime = header.chainTime;

        uint256 at = ReportCodec.HEADER;
        while (at < message.length) {
            (uint8 kind, uint256 count, uint256 item) = SectionCodec.section(message, at);
            uint256 size = uint8(ReportCodec.SIZES[kind]);
            at = item + count * size;
            for (; item < at; item += size) {
                if (kind == ReportCodec.PAIR) _applyPair(s, c, ReportCodec.decodePair(message, item));
                else if (kind == ReportCodec.CREDIT_STATE) _applyCreditState(s, c, message, item);
                else if (kind == ReportCodec.DEPOSIT) _applyDeposit(s, c, ReportCodec.decodeDeposit(message, item));
                else if (kind == ReportCodec.ACCOUNT) _nameAccount(s, c, message, item);
                else if (kind == ReportCodec.INSTRUMENT) _nameInstrument(s, c, message, item);
                else if (kind == ReportCodec.WITHDRAWAL) _queueWithdrawal(s, c, ReportCodec.decodeWithdrawal(message, item));
                else _applyPayoutResult(s, c, message, item);
            }
        }
        emit IClearingHub.ReportApplied(eid, header.sequence, guid, header.chainTime);
    }

    function requestIdOf(uint32 eid, uint64 number) internal pure returns (bytes32) {
        return keccak256(abi.encode(eid, number));
    }

    function _nameAccount(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        (uint32 index, AccountId account) = ReportCodec.decodeAccount(message, at);
        AccountId bound = s.accountAt[c.eid][index];
        if (bound == account) return;
        if (AccountId.unwrap(bound) != 0 || index == 0) {
            return _skip(c, ReportCodec.ACCOUNT, bytes32(uint256(index)), "IndexBound");
        }
        s.accountAt[c.eid][index] = account;
        emit IClearingHub.AccountNamed(c.eid, index, account);
    }

    function _nameInstrument(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        (uint16 index, InstrumentId instrument) = ReportCodec.decodeInstrument(message, at);
        InstrumentId bound = s.instrumentAt[c.eid][index];
        if (bound == instrument) return;
        if (InstrumentId.unwrap(bound) != 0 || index == 0) {
            return _skip(c, ReportCodec.INSTRUMENT, bytes32(uint256(index)), "IndexBound");
        }
        if (s.terms[instrument].version == 0) {
            return _skip(c, ReportCodec.INSTRUMENT, InstrumentId.unwrap(instrument), "UnlistedInstrument");
        }
        s.instrumentAt[c.eid][index] = instrument;
        emit IClearingHub.InstrumentNamed(c.eid, index, instrument);
    }

    function _applyDeposit(HubState storage s, Context memory c, ReportCodec.Deposit memory d) private {
        bytes32 key = AccountId.unwrap(d.account);
        if (d.purpose != COLLATERAL) return _skip(c, ReportCodec.DEPOSIT, key, "UnknownPurpose");
        if (!s.assets[d.asset].listed) return _skip(c, ReportCodec.DEPOSIT, key, "UnlistedAsset");
        uint64 seen = s.depositSeen[c.eid][d.account][d.asset][d.purpose];
        if (d.total <= seen) return;

        uint64 amount = d.total - seen;
        s.depositSeen[c.eid][d.account][d.asset][d.purpose] = d.total;
        s.liquidity[c.eid][d.asset].total += amount;
        if (d.asset == s.settlementAsset) s.cash[d.account] += int128(uint128(amount));
        else s.collateral[d.account][d.asset] += amount;
        emit IClearingHub.DepositCredited(c.eid, d.account, d.asset, amount, d.total);
    }

    function _applyPair(HubState storage s, Context memory c, ReportCodec.PairItem memory p) private {
        AccountId account = s.accountAt[c.eid][p.account];
        InstrumentId instrument = s.instrumentAt[c.eid][p.instrument];
        if (AccountId.unwrap(account) == 0 || InstrumentId.unwrap(instrument) == 0) {
            return _skip(c, ReportCodec.PAIR, bytes32((uint256(p.account) << 16) | p.instrument), "UnknownName");
        }
        Pair storage stored = s.pairs[c.eid][p.account][p.instrument];
        Pair memory old = stored;
        if (p.pair.version <= old.version) return;
        if (p.pair.used < old.used) return _alarm(c, ReportCodec.PAIR, account, "UsedFell");
        uint64 charged = p.pair.used - old.used;
        IClearingHub.CreditLine storage line = s.credit[account][c.eid];
        // Beyond the ceiling no honest vault lets an account trade.
        if (charged > line.ceiling - line.usedApplied) return _alarm(c, ReportCodec.PAIR, account, "BeyondCeiling");
        IClearingHub.NetPosition memory n = s.positions[account][instrument];
        if (n.slot == 0) {
            InstrumentId[] storage held = s.instruments[account];
            held.push(instrument);
            n.slot = uint16(held.length);
        }

        if (charged != 0) line.usedApplied += charged;
        stored.base = p.pair.base;
        stored.quote = p.pair.quote;
        stored.used = p.pair.used;
        stored.version = p.pair.version;
        // int88 terms, far fewer than 2^31 of them: the wider sums cannot overflow.
        n.base += int120(p.pair.base) - old.base;
        n.quote += int120(p.pair.quote) - old.quote;
        n.longs = n.longs + _long(p.pair.base) - _long(old.base);
        n.shorts = n.shorts + _long(-int256(p.pair.base)) - _long(-int256(old.base));
        s.positions[account][instrument] = n;
        SpokeSum storage sum = s.spokeSums[c.eid][instrument];
        sum.base += int128(p.pair.base) - old.base;
        sum.quote += int128(p.pair.quote) - old.quote;
        emit IClearingHub.PositionNetted(c.eid, account, instrument, p.pair);
    }

    /// @dev The rule for releasing credit, model-checked: only a report made at or after the end of the latest
    /// lease ever sent proves that nothing more can be used, and then down to the highest used total told, never
    /// to what was merely applied.
    function _applyCreditState(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        ReportCodec.CreditState memory state = ReportCodec.decodeCreditState(message, at);
        AccountId account = s.accountAt[c.eid][state.account];
        if (AccountId.unwrap(account) == 0) {
            return _skip(c, ReportCodec.CREDIT_STATE, bytes32(uint256(state.account)), "UnknownName");
        }
        IClearingHub.CreditLine storage line = s.credit[account][c.eid];
        if (state.usedTotal > line.ceiling) return _alarm(c, ReportCodec.CREDIT_STATE, account, "BeyondCeiling");
        if (state.usedTotal > line.usedSeen) line.usedSeen = state.usedTotal;
        if (c.chainTime < line.validUntil) return;
        // Only a vault that lies tells a total below what it reported pair by pair.
        uint64 ceiling = line.usedSeen > line.usedApplied ? line.usedSeen : line.usedApplied;
        if (ceiling == line.ceiling) return;
        line.ceiling = ceiling;
        emit IClearingHub.CreditReleased(c.eid, account, ceiling, line.usedSeen);
    }

    function _queueWithdrawal(HubState storage s, Context memory c, ReportCodec.Withdrawal memory w) private {
        bytes32 requestId = requestIdOf(c.eid, w.number);
        IClearingHub.WithdrawalRequest storage r = s.withdrawals[requestId];
        if (r.state != IClearingHub.WithdrawalState.None) return;
        // The spoke is believed about an address on its own chain only (CLR-05).
        if (w.account.homeEid() != c.eid || w.account.owner() != w.requester) {
            return _skip(c, ReportCodec.WITHDRAWAL, requestId, "NotHome");
        }
        if (!s.assets[w.asset].listed) return _skip(c, ReportCodec.WITHDRAWAL, requestId, "UnlistedAsset");
        if (!s.lanes[w.dstEid].listed) return _skip(c, ReportCodec.WITHDRAWAL, requestId, "UnlistedLane");
        if (w.amount == 0 || w.recipient == address(0)) return _skip(c, ReportCodec.WITHDRAWAL, requestId, "Empty");
        r.account = w.account;
        r.asset = w.asset;
        r.remaining = w.amount;
        r.minimum = w.minimum;
        r.deadline = w.deadline;
        r.dstEid = w.dstEid;
        r.recipient = w.recipient;
        r.state = IClearingHub.WithdrawalState.Pending;
        emit IClearingHub.WithdrawalQueued(requestId, w.account, w.dstEid, w.asset, w.amount);
    }

    function _applyPayoutResult(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        (bytes32 payoutId, uint8 rank) = ReportCodec.decodePayoutResult(message, at);
        IClearingHub.Payout storage p = s.payouts[payoutId];
        if (p.dstEid != c.eid) return _skip(c, ReportCodec.PAYOUT_RESULT, payoutId, "NotThisLane");
        if (rank == PayoutId.NONE || rank > PayoutId.PAID) {
            return _skip(c, ReportCodec.PAYOUT_RESULT, payoutId, "UnknownRank");
        }
        if (rank <= p.rank) return;
        p.rank = rank;
        if (rank == PayoutId.PAID) {
            IClearingHub.Liquidity storage l = s.liquidity[c.eid][p.asset];
            l.total -= p.amount;
            l.reserved -= p.amount;
        }
        emit IClearingHub.PayoutResultApplied(payoutId, rank);
    }

    function _long(int256 base) private pure returns (uint128) {
        return base > 0 ? uint128(uint256(base)) : 0;
    }

    function _skip(Context memory c, uint8 kind, bytes32 key, bytes32 reason) private {
        emit IClearingHub.ReportItemSkipped(c.eid, c.guid, kind, key, reason);
    }

    function _alarm(Context memory c, uint8 kind, AccountId account, bytes32 reason) private {
        _skip(c, kind, AccountId.unwrap(account), reason);
        emit IClearingHub.LaneAlarm(c.eid, c.guid, account, reason);
    }
}
