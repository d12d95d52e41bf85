// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {PackedPair} from "../types/Pair.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {Digest} from "../libraries/Digest.sol";
import {PayoutId} from "../libraries/PayoutId.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {SectionCodec} from "../libraries/SectionCodec.sol";
import {ClosingBook} from "./ClosingBook.sol";
import {HubState} from "./HubState.sol";
import {InstrumentList, InstrumentListLib} from "./InstrumentList.sol";
import {InstrumentSums} from "./InstrumentSums.sol";
import {LaneLogic} from "./LaneLogic.sol";
import {PackedPosition} from "./PackedPosition.sol";
import {WalletRights} from "./WalletRights.sol";

/// @notice Applies what a spoke reports. Only records, never decides; a bad item is skipped with its reason and
/// changes nothing (CLR-11); an item not newer than what is known changes nothing (CLR-03).
library ReportLogic {
    using PackedPair for uint256;
    using InstrumentListLib for InstrumentList;
    using InstrumentSums for InstrumentSums.Sums;
    using InstrumentSums for InstrumentSums.Entry;

    uint8 internal constant COLLATERAL = 0;

    struct Context {
        uint32 eid;
        uint40 chainTime;
        bytes32 guid;
        /// By how much this report moves the lane's digest, modulo 2^256.
        uint256 digestDelta;
    }

    /// @notice Applies a report. The caller has authenticated `eid` and checked `message` with `ReportCodec.check`.
    function applyReport(HubState storage s, uint32 eid, bytes32 guid, bytes calldata message) external {
        ReportCodec.Header memory header = ReportCodec.decodeHeader(message);
        ReportCodec.Heartbeat memory heartbeat;
        Context memory c;
        c.eid = eid;
        c.chainTime = header.chainTime;
        c.guid = guid;

        uint256 at = ReportCodec.HEADER;
        while (at < message.length) {
            (uint8 kind, uint256 count, uint256 item) = SectionCodec.section(message, at);
            uint256 size = uint8(ReportCodec.SIZES[kind]);
            at = item + count * size;
            if (kind == ReportCodec.PAIR) {
                _applyPairs(s, c, message, item, at);
                continue;
            }
            for (; item < at; item += size) {
                if (kind == ReportCodec.CREDIT_STATE) _applyCreditState(s, c, message, item);
                else if (kind == ReportCodec.CLOSING_STATE) _applyClosingState(s, c, message, item);
                else if (kind == ReportCodec.DEPOSIT) _applyDeposit(s, c, ReportCodec.decodeDeposit(message, item));
                else if (kind == ReportCodec.ACCOUNT) _nameAccount(s, c, message, item);
                else if (kind == ReportCodec.INSTRUMENT) _nameInstrument(s, c, message, item);
                else if (kind == ReportCodec.WITHDRAWAL) _queueWithdrawal(s, c, ReportCodec.decodeWithdrawal(message, item));
                else if (kind == ReportCodec.PAYOUT_RESULT) _applyPayoutResult(s, c, message, item);
                else if (kind == ReportCodec.HEARTBEAT) heartbeat = ReportCodec.decodeHeartbeat(message, item);
                else _tellBalance(c, message, item);
            }
        }
        LaneLogic.note(s, eid, header, heartbeat, c.digestDelta);
        emit IHubLedger.ReportApplied(eid, header.sequence, guid, header.chainTime);
    }

    function requestIdOf(uint32 eid, uint64 number) internal pure returns (bytes32) {
        return keccak256(abi.encode(eid, number));
    }

    /// @notice Key of a pair by the spoke's indices.
    function pairKey(uint256 account, uint256 instrument) internal pure returns (uint256) {
        return (account << 16) | instrument;
    }

    function _nameAccount(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        (uint32 index, AccountId account) = ReportCodec.decodeAccount(message, at);
        AccountId bound = s.accountAt[c.eid][index];
        if (bound == account) return;
        // One index an account, too: the sums of its position count on one pair a lane.
        if (AccountId.unwrap(bound) != 0 || index == 0 || s.accountIndex[c.eid][account] != 0) {
            return _skip(c, ReportCodec.ACCOUNT, bytes32(uint256(index)), "IndexBound");
        }
        s.accountAt[c.eid][index] = account;
        s.accountIndex[c.eid][account] = index;
        emit IHubLedger.AccountNamed(c.eid, index, account);
    }

    function _nameInstrument(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        (uint16 index, InstrumentId instrument) = ReportCodec.decodeInstrument(message, at);
        uint32 bound = s.instrumentAt[c.eid][index];
        uint32 number = s.numberOf[instrument];
        if (bound != 0 && bound == number) return;
        if (bound != 0 || index == 0 || s.instrumentIndex[c.eid][instrument] != 0) {
            return _skip(c, ReportCodec.INSTRUMENT, bytes32(uint256(index)), "IndexBound");
        }
        if (number == 0) {
            return _skip(c, ReportCodec.INSTRUMENT, InstrumentId.unwrap(instrument), "UnlistedInstrument");
        }
        s.instrumentAt[c.eid][index] = number;
        s.instrumentIndex[c.eid][instrument] = index;
        emit IHubLedger.InstrumentNamed(c.eid, index, instrument);
    }

    function _applyDeposit(HubState storage s, Context memory c, ReportCodec.Deposit memory d) private {
        bytes32 key = AccountId.unwrap(d.account);
        if (d.purpose != COLLATERAL) return _skip(c, ReportCodec.DEPOSIT, key, "UnknownPurpose");
        uint64 seen = s.depositSeen[c.eid][d.account][d.asset][d.purpose];
        _countDeposit(s, c, d, seen);
        if (!s.assets[d.asset].listed) return _skip(c, ReportCodec.DEPOSIT, key, "UnlistedAsset");
        if (seen == 0) {
            // A report that is older than the listing may come after it: the vault has told of more already, and the digest counts that.
            uint64 told = s.depositUnlisted[c.eid][d.account][d.asset][d.purpose];
            if (told > d.total) d.total = told;
        }
        if (d.total <= seen) return;

        uint64 amount = d.total - seen;
        s.depositSeen[c.eid][d.account][d.asset][d.purpose] = d.total;
        s.liquidity[c.eid][d.asset].total += amount;
        _credit(s, d.account, d.asset, amount);
        emit IHubLedger.DepositCredited(c.eid, d.account, d.asset, d.purpose, amount, d.total);
    }

    /// @dev The digest counts a total also while its asset is not listed here: else a stranger's deposit, at a vault that lists the
    /// token earlier, would stop the lane. It is credited when anything of it is reported again after the listing.
    function _countDeposit(HubState storage s, Context memory c, ReportCodec.Deposit memory d, uint64 seen) private {
        uint64 told = seen;
        if (seen == 0) {
            told = s.depositUnlisted[c.eid][d.account][d.asset][d.purpose];
            if (!s.assets[d.asset].listed && d.total > told) {
                s.depositUnlisted[c.eid][d.account][d.asset][d.purpose] = d.total;
                emit IHubLedger.UnlistedDepositTold(c.eid, d.account, d.asset, d.purpose, d.total);
            }
        }
        if (d.total <= told) return;
        unchecked {
            c.digestDelta += Digest.deposit(d.account, d.asset, d.purpose, d.total)
                - Digest.deposit(d.account, d.asset, d.purpose, told);
        }
    }

    /// @dev A full report has some 195 pairs: each is handled as the one word it is stored as, and what all have in common is found once.
    function _applyPairs(HubState storage s, Context memory c, bytes calldata message, uint256 from, uint256 to)
        private
    {
        InstrumentSums.Sums memory sums = InstrumentSums.create((to - from) / ReportCodec.PAIR_SIZE);
        mapping(uint32 index => AccountId) storage accounts = s.accountAt[c.eid];
        mapping(uint256 key => uint256 packed) storage pairs = s.pairs[c.eid];
        unchecked {
            for (; from < to; from += ReportCodec.PAIR_SIZE) {
                _applyPair(s, c, sums, accounts, pairs, message, from);
            }
        }
        sums.store(s, c.eid);
    }

    function _applyPair(
        HubState storage s,
        Context memory c,
        InstrumentSums.Sums memory sums,
        mapping(uint32 index => AccountId) storage accounts,
        mapping(uint256 key => uint256 packed) storage pairs,
        bytes calldata message,
        uint256 at
    ) private {
        (uint256 key, uint256 packed) = ReportCodec.decodePackedPair(message, at);
        AccountId account = accounts[uint32(key >> 16)];
        InstrumentSums.Entry memory e = sums.find(s, c.eid, uint16(key));
        if (AccountId.unwrap(account) == 0 || e.number == 0) {
            return _skip(c, ReportCodec.PAIR, bytes32(key), "UnknownName");
        }
        uint256 old = pairs[key];
        if (packed.version() <= old.version()) return;
        if (_netPair(s, c, e, account, old, packed)) pairs[key] = packed;
    }

    /// @return possible whether an honest vault could tell this
    function _netPair(
        HubState storage s,
        Context memory c,
        InstrumentSums.Entry memory e,
        AccountId account,
        uint256 old,
        uint256 packed
    ) private returns (bool possible) {
        bytes32 reason = _impossible(s, c, e, account, old, packed);
        if (reason != 0) {
            _alarm(c, ReportCodec.PAIR, account, reason);
            return false;
        }
        unchecked {
            if (old == 0) e.isNew = true;
            mapping(uint32 number => uint256 packed) storage positions = s.positions[account];
            uint256 position = positions[e.number];
            // Of 88 bits each.
            int256 quoteDelta =
                e.add(PackedPosition.baseOf(position), packed.base() - old.base(), packed.quote() - old.quote());
            position = PackedPosition.replace(position, old.base(), packed.base(), quoteDelta);
            if (PackedPosition.placeOf(position) == 0) position |= s.held[account].add(e.number);
            positions[e.number] = position;
            c.digestDelta += Digest.pair(account, e.instrument, packed) - Digest.pair(account, e.instrument, old);
        }
        emit IHubLedger.PositionNetted(c.eid, account, e.instrument, packed);
        return true;
    }

    /// @dev Why no honest vault tells this; zero if one could, and then what it used is charged.
    function _impossible(
        HubState storage s,
        Context memory c,
        InstrumentSums.Entry memory e,
        AccountId account,
        uint256 old,
        uint256 packed
    ) private returns (bytes32) {
        if (packed.used() < old.used()) return "UsedFell";
        if (SignedMath.abs(packed.base()) >= e.limit) return "BaseTooLarge";
        if (SignedMath.abs(packed.quote()) >= PackedPosition.MAX_QUOTE) return "QuoteTooLarge";
        uint256 charged;
        unchecked {
            charged = packed.used() - old.used();
        }
        return charged == 0 ? bytes32(0) : _charge(s.credit[account][c.eid], uint64(charged), old.used() == 0);
    }

    /// @dev Beyond the ceiling no honest vault lets an account trade, nor open more instruments than it was let.
    /// @param opens whether the pair has used nothing before
    /// @return reason why no honest vault tells this; zero if it was charged
    function _charge(IHubLedger.CreditLine storage line, uint64 charged, bool opens) private returns (bytes32 reason) {
        uint64 applied = line.usedApplied;
        if (charged > line.ceiling - applied) return "BeyondCeiling";
        if (opens) {
            uint8 left = line.instrumentsLeft;
            if (left == 0) return "TooManyInstruments";
            line.instrumentsLeft = left - 1;
        }
        line.usedApplied = applied + charged;
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
        IHubLedger.CreditLine storage line = s.credit[account][c.eid];
        if (state.usedTotal > line.ceiling) return _alarm(c, ReportCodec.CREDIT_STATE, account, "BeyondCeiling");
        _seeFreeze(s, c, line, account, state);
        uint64 seen = line.usedSeen;
        uint64 ceiling = line.ceiling;
        if (state.usedTotal > seen) seen = state.usedTotal;
        // Only a vault that lies tells a total below what it reported pair by pair.
        if (c.chainTime >= line.validUntil) ceiling = seen > line.usedApplied ? seen : line.usedApplied;
        if (seen == line.usedSeen && ceiling == line.ceiling) return;
        line.usedSeen = seen;
        line.ceiling = ceiling;
        emit IHubLedger.CreditStateApplied(c.eid, account, ceiling, seen);
    }

    /// @dev A spoke obeys the version of its latest freeze: the hub knows what that version says.
    function _seeFreeze(
        HubState storage s,
        Context memory c,
        IHubLedger.CreditLine storage line,
        AccountId account,
        ReportCodec.CreditState memory state
    ) private {
        // Without a mandate nothing was ever lent, to open or to close: nobody asks what is obeyed.
        if (line.mandateNonce == 0) return;
        IHubLedger.Freeze storage f = s.freezes[account];
        bool impossible = state.freezeVersion > f.version
            || (state.freezeVersion == f.version && state.frozen != f.frozen);
        if (impossible) return _alarm(c, ReportCodec.CREDIT_STATE, account, "FreezeUnknown");
        if (state.freezeVersion <= line.freezeSeen) return;
        line.freezeSeen = state.freezeVersion;
        emit IHubLedger.FreezeSeen(c.eid, account, state.freezeVersion);
    }

    /// @dev What was used is taken from what may still be only when the pair that it is in was applied: until then neither the net has it.
    function _applyClosingState(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        ReportCodec.ClosingState memory state = ReportCodec.decodeClosingState(message, at);
        AccountId account = s.accountAt[c.eid][state.account];
        uint32 number = s.instrumentAt[c.eid][state.instrument];
        uint256 key = pairKey(state.account, state.instrument);
        if (AccountId.unwrap(account) == 0 || number == 0) {
            return _skip(c, ReportCodec.CLOSING_STATE, bytes32(key), "UnknownName");
        }
        if (state.pairVersion > s.pairs[c.eid][key].version()) {
            return _skip(c, ReportCodec.CLOSING_STATE, bytes32(key), "PairUnknown");
        }
        bytes32 impossible = ClosingBook.note(s, c.eid, account, number, state, c.chainTime);
        if (impossible != 0) _alarm(c, ReportCodec.CLOSING_STATE, account, impossible);
    }

    function _queueWithdrawal(HubState storage s, Context memory c, ReportCodec.Withdrawal memory w) private {
        bytes32 requestId = requestIdOf(c.eid, w.number);
        IHubLedger.WithdrawalRequest storage r = s.withdrawals[requestId];
        if (r.state != IHubLedger.WithdrawalState.None) return;
        // The spoke is believed about an address on its own chain only (CLR-05).
        if (!WalletRights.mayAct(s, w.account, c.eid, w.requester)) {
            return _skip(c, ReportCodec.WITHDRAWAL, requestId, "NotAllowed");
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
        r.srcEid = c.eid;
        r.requester = w.requester;
        r.state = IHubLedger.WithdrawalState.Pending;
        emit IHubLedger.WithdrawalQueued(requestId, w.account, r);
    }

    function _applyPayoutResult(HubState storage s, Context memory c, bytes calldata message, uint256 at) private {
        (bytes32 payoutId, uint8 rank) = ReportCodec.decodePayoutResult(message, at);
        IHubLedger.Payout storage p = s.payouts[payoutId];
        if (p.dstEid != c.eid) return _skip(c, ReportCodec.PAYOUT_RESULT, payoutId, "NotThisLane");
        if (rank == PayoutId.NONE || rank > PayoutId.CANCELLED) {
            return _skip(c, ReportCodec.PAYOUT_RESULT, payoutId, "UnknownRank");
        }
        if (PayoutId.isTerminal(p.rank)) {
            // No honest vault tells two ends of one payout.
            if (PayoutId.isTerminal(rank) && rank != p.rank) {
                _alarm(c, ReportCodec.PAYOUT_RESULT, p.account, "TwoTerminals");
            }
            return;
        }
        if (rank == p.rank) return;
        p.rank = rank;
        if (PayoutId.isTerminal(rank)) {
            IHubLedger.Liquidity storage l = s.liquidity[c.eid][p.asset];
            l.reserved -= p.amount;
            if (rank == PayoutId.PAID) l.total -= p.amount;
            else _credit(s, p.account, p.asset, p.amount);
        }
        emit IHubLedger.PayoutResultApplied(payoutId, rank, p.account, p.amount);
    }

    function _tellBalance(Context memory c, bytes calldata message, uint256 at) private {
        (uint16 asset, uint64 amount) = ReportCodec.decodeVaultBalance(message, at);
        emit IHubLedger.VaultBalanceTold(c.eid, asset, amount);
    }

    function _credit(HubState storage s, AccountId account, uint16 asset, uint64 amount) private {
        if (asset == s.settlementAsset) s.cash[account].held += amount;
        else s.collateral[account][asset] += amount;
    }

    function _skip(Context memory c, uint8 kind, bytes32 key, bytes32 reason) private {
        emit IHubLedger.ReportItemSkipped(c.eid, c.guid, kind, key, reason);
    }

    function _alarm(Context memory c, uint8 kind, AccountId account, bytes32 reason) private {
        _skip(c, kind, AccountId.unwrap(account), reason);
        emit IHubLedger.LaneAlarm(c.eid, c.guid, account, reason);
    }
}
