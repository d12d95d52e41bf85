// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Pair} from "../types/Pair.sol";
import {ISpokeVault} from "../interfaces/ISpokeVault.sol";
import {ByteWriter} from "../libraries/ByteWriter.sol";
import {Digest} from "../libraries/Digest.sol";
import {PayoutId} from "../libraries/PayoutId.sol";
import {ReportCodec} from "../libraries/ReportCodec.sol";
import {SectionCodec} from "../libraries/SectionCodec.sol";
import {DirtyList} from "./DirtyList.sol";
import {KeySet} from "./KeySet.sol";
import {VaultNames, VaultState} from "./VaultState.sol";

/// @notice Builds reports: always current totals, never events, so that any later report of the same keys heals a lost
/// one (CLR-04). Building is a view, shared by `report` and `quoteReport`.
/// @dev A linked library, for the vault's code size.
library ReportBuilder {
    using BitMaps for BitMaps.BitMap;
    using ByteWriter for bytes;
    using DirtyList for DirtyList.List;
    using KeySet for bytes32[];

    struct Draft {
        bytes buffer;
        uint256 at;
        uint256 gas;
    }

    /// @notice Builds the next report and records that it was sent.
    /// @return message the report; `gas` what the hub needs to apply it; `sequence` its number
    function next(VaultState storage s, ISpokeVault.ReportKeys calldata keys, bool withNames)
        external
        returns (bytes memory message, uint256 gas, uint64 sequence)
    {
        _indexCreditStates(s, keys.creditStates);
        _indexClosings(s, keys.pairs);
        Draft memory draft = _build(s, keys, withNames);
        sequence = ++s.sequence;
        _markSent(s, keys);
        _putHeartbeat(draft, heartbeat(s));
        return (draft.buffer, draft.gas, sequence);
    }

    /// @notice What a report would end with now.
    function heartbeat(VaultState storage s) public view returns (ReportCodec.Heartbeat memory) {
        return ReportCodec.Heartbeat(s.dirty.count, s.dirty.oldest(), s.digest);
    }

    /// @notice What `next` would build, so that its fee can be quoted: length and gas are the same, indices not yet assigned
    /// and the heartbeat are not.
    function preview(VaultState storage s, ISpokeVault.ReportKeys calldata keys, bool withNames)
        external
        view
        returns (bytes memory message, uint256 gas)
    {
        Draft memory draft = _build(s, keys, withNames);
        _putHeartbeat(draft, heartbeat(s));
        return (draft.buffer, draft.gas);
    }

    /// @dev All but the heartbeat, which depends on what is reported here.
    function _build(VaultState storage s, ISpokeVault.ReportKeys calldata keys, bool withNames)
        private
        view
        returns (Draft memory draft)
    {
        AccountId[] memory accounts = _accountsToName(s, keys, withNames);
        InstrumentId[] memory instruments = _instrumentsToName(s, keys, withNames);
        uint256 length = ReportCodec.HEADER + _sectionLength(ReportCodec.ACCOUNT, accounts.length)
            + _sectionLength(ReportCodec.INSTRUMENT, instruments.length)
            + _sectionLength(ReportCodec.DEPOSIT, keys.deposits.length)
            + _sectionLength(ReportCodec.PAIR, keys.pairs.length)
            + _sectionLength(ReportCodec.CLOSING_STATE, _countClosings(s, keys.pairs))
            + _sectionLength(ReportCodec.CREDIT_STATE, keys.creditStates.length)
            + _sectionLength(ReportCodec.WITHDRAWAL, keys.withdrawals.length)
            + _sectionLength(ReportCodec.PAYOUT_RESULT, keys.payouts.length)
            + _sectionLength(ReportCodec.VAULT_BALANCE, keys.balances.length)
            + _sectionLength(ReportCodec.HEARTBEAT, 1);

        draft = Draft(new bytes(length), 0, ReportCodec.BASE_GAS);
        _put(draft, ReportCodec.encodeHeader(ReportCodec.Header(s.sequence + 1, uint40(block.timestamp))));
        _putNames(s, draft, accounts, instruments);
        _putDeposits(s, draft, keys.deposits);
        _putPairs(s, draft, keys.pairs, withNames);
        _putClosings(s, draft, keys.pairs);
        _putCreditStates(s, draft, keys.creditStates);
        _putWithdrawals(s, draft, keys.withdrawals);
        _putPayouts(s, draft, keys.payouts);
        _putBalances(s, draft, keys.balances);
        uint256 gas = draft.gas + uint256(uint8(ReportCodec.GAS[ReportCodec.HEARTBEAT])) * 1000;
        if (gas > ReportCodec.MAX_GAS) revert ISpokeVault.Vault_ReportTooLarge(gas, ReportCodec.MAX_GAS);
    }

    /// @dev A credit state needs an index even if the account never traded: without it the hub could not release a
    /// lease that lapsed unused, nor hear which freeze is obeyed.
    function _indexCreditStates(VaultState storage s, AccountId[] calldata accounts) private {
        for (uint256 i; i < accounts.length; ++i) {
            if (_hasCreditState(s, accounts[i])) s.indexAccount(accounts[i]);
        }
    }

    /// @dev Likewise the pair of a closing allowance.
    function _indexClosings(VaultState storage s, ISpokeVault.PairKey[] calldata keys) private {
        for (uint256 i; i < keys.length; ++i) {
            if (!_hasClosing(s, keys[i])) continue;
            s.indexAccount(keys[i].account);
            s.indexInstrument(keys[i].instrument);
        }
    }

    function _markSent(VaultState storage s, ISpokeVault.ReportKeys calldata keys) private {
        uint256 digest = s.digest;
        for (uint256 i; i < keys.deposits.length; ++i) {
            ISpokeVault.DepositKey calldata k = keys.deposits[i];
            bytes32 key = keccak256(abi.encode(k.account, k.asset, k.purpose));
            uint256 term = Digest.deposit(k.account, k.asset, k.purpose, s.deposits[k.account][k.asset][k.purpose]);
            digest = _replace(s, digest, key, term);
        }
        for (uint256 i; i < keys.pairs.length; ++i) {
            (uint32 account, uint16 instrument) = _indices(s, keys.pairs[i]);
            s.namedAccounts.set(account);
            s.namedInstruments.set(instrument);
            uint48 key = VaultNames.pairKey(account, instrument);
            uint256 packed = s.pairs[account][instrument].pack();
            uint256 term = Digest.pair(keys.pairs[i].account, keys.pairs[i].instrument, packed);
            digest = _replace(s, digest, bytes32(uint256(key)), term);
            s.dirty.clear(key);
        }
        for (uint256 i; i < keys.creditStates.length; ++i) {
            s.namedAccounts.set(s.accountIndex[keys.creditStates[i]]);
        }
        s.digest = digest;
    }

    /// @dev The digest with `term` in the place of what was last reported of `key`.
    function _replace(VaultState storage s, uint256 digest, bytes32 key, uint256 term) private returns (uint256) {
        uint256 old = s.reported[key];
        if (old == term) return digest;
        s.reported[key] = term;
        unchecked {
            return digest + term - old;
        }
    }

    function _accountsToName(VaultState storage s, ISpokeVault.ReportKeys calldata keys, bool all)
        private
        view
        returns (AccountId[] memory accounts)
    {
        uint256 most = keys.pairs.length + keys.creditStates.length;
        accounts = new AccountId[](most);
        bytes32[] memory seen = KeySet.create(most);
        uint256 count;
        for (uint256 i; i < most; ++i) {
            AccountId account = i < keys.pairs.length
                ? keys.pairs[i].account
                : keys.creditStates[i - keys.pairs.length];
            if (!all && s.namedAccounts.get(s.accountIndex[account])) continue;
            if (AccountId.unwrap(account) != 0 && seen.add(AccountId.unwrap(account))) accounts[count++] = account;
        }
        assembly ("memory-safe") {
            mstore(accounts, count)
        }
    }

    function _instrumentsToName(VaultState storage s, ISpokeVault.ReportKeys calldata keys, bool all)
        private
        view
        returns (InstrumentId[] memory instruments)
    {
        instruments = new InstrumentId[](keys.pairs.length);
        bytes32[] memory seen = KeySet.create(keys.pairs.length);
        uint256 count;
        for (uint256 i; i < keys.pairs.length; ++i) {
            InstrumentId instrument = keys.pairs[i].instrument;
            if (!all && s.namedInstruments.get(s.instrumentIndex[instrument])) continue;
            bytes32 word = InstrumentId.unwrap(instrument);
            if (word != 0 && seen.add(word)) instruments[count++] = instrument;
        }
        assembly ("memory-safe") {
            mstore(instruments, count)
        }
    }

    function _putNames(
        VaultState storage s,
        Draft memory draft,
        AccountId[] memory accounts,
        InstrumentId[] memory instruments
    ) private view {
        _open(draft, ReportCodec.ACCOUNT, accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            _put(draft, ReportCodec.encodeAccount(s.accountIndex[accounts[i]], accounts[i]));
        }
        _open(draft, ReportCodec.INSTRUMENT, instruments.length);
        for (uint256 i; i < instruments.length; ++i) {
            _put(draft, ReportCodec.encodeInstrument(s.instrumentIndex[instruments[i]], instruments[i]));
        }
    }

    function _putDeposits(VaultState storage s, Draft memory draft, ISpokeVault.DepositKey[] calldata keys)
        private
        view
    {
        _open(draft, ReportCodec.DEPOSIT, keys.length);
        for (uint256 i; i < keys.length; ++i) {
            ISpokeVault.DepositKey calldata k = keys[i];
            uint64 total = s.deposits[k.account][k.asset][k.purpose];
            if (total == 0) revert ISpokeVault.Vault_NothingToReport(AccountId.unwrap(k.account));
            _put(draft, ReportCodec.encodeDeposit(ReportCodec.Deposit(k.account, k.asset, k.purpose, total)));
        }
    }

    function _putPairs(VaultState storage s, Draft memory draft, ISpokeVault.PairKey[] calldata keys, bool asNew)
        private
        view
    {
        _open(draft, ReportCodec.PAIR, keys.length);
        for (uint256 i; i < keys.length; ++i) {
            (uint32 account, uint16 instrument) = _indices(s, keys[i]);
            Pair memory pair = s.pairs[account][instrument];
            // Without a trade so far the pair is all zero, which changes nothing at the hub: only its closing allowance is told of.
            if (pair.version == 0 && !_hasClosing(s, keys[i])) {
                revert ISpokeVault.Vault_NothingToReport(AccountId.unwrap(keys[i].account));
            }
            // Names are asked for when an earlier report was lost, and then the pair may be new to the hub too. An option that has settled
            // there has left the account's list, and comes back to it.
            bool isNew = asNew || s.reported[bytes32(uint256(VaultNames.pairKey(account, instrument)))] == 0;
            uint256 expiry = keys[i].instrument.expiry();
            if (isNew || (expiry != 0 && expiry <= block.timestamp)) draft.gas += ReportCodec.NEW_PAIR_GAS;
            _put(draft, ReportCodec.encodePair(ReportCodec.PairItem(account, instrument, pair)));
        }
    }

    /// @dev After the pairs, so that the hub has those in which what was used is, before it counts that as used.
    function _putClosings(VaultState storage s, Draft memory draft, ISpokeVault.PairKey[] calldata keys) private view {
        uint256 count = _countClosings(s, keys);
        if (count == 0) return;
        _open(draft, ReportCodec.CLOSING_STATE, count);
        for (uint256 i; i < keys.length; ++i) {
            ISpokeVault.ClosingAllowance memory c = s.closingAllowances[keys[i].account][keys[i].instrument];
            if (c.version == 0) continue;
            (uint32 account, uint16 instrument) = _indices(s, keys[i]);
            uint32 pairVersion = s.pairs[account][instrument].version;
            _put(
                draft,
                ReportCodec.encodeClosingState(
                    ReportCodec.ClosingState(
                        account, instrument, c.version, pairVersion, c.usedBuys, c.usedSells, c.usedCredit
                    )
                )
            );
        }
    }

    function _countClosings(VaultState storage s, ISpokeVault.PairKey[] calldata keys) private view returns (uint256 count) {
        for (uint256 i; i < keys.length; ++i) {
            if (_hasClosing(s, keys[i])) ++count;
        }
    }

    function _hasClosing(VaultState storage s, ISpokeVault.PairKey calldata key) private view returns (bool) {
        return s.closingAllowances[key.account][key.instrument].version != 0;
    }

    function _putCreditStates(VaultState storage s, Draft memory draft, AccountId[] calldata accounts) private view {
        _open(draft, ReportCodec.CREDIT_STATE, accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            if (!_hasCreditState(s, accounts[i])) {
                revert ISpokeVault.Vault_NothingToReport(AccountId.unwrap(accounts[i]));
            }
            ISpokeVault.Credit memory c = s.credits[accounts[i]];
            uint32 index = s.accountIndex[accounts[i]];
            ISpokeVault.Freeze memory f = s.freezes[accounts[i]];
            _put(
                draft,
                ReportCodec.encodeCreditState(
                    ReportCodec.CreditState(index, c.version, f.version, f.frozen, c.used)
                )
            );
        }
    }

    /// @dev A freeze is told without credit to open, too: it also ends closing.
    function _hasCreditState(VaultState storage s, AccountId account) private view returns (bool) {
        return s.credits[account].version != 0 || s.freezes[account].version != 0;
    }

    function _putWithdrawals(VaultState storage s, Draft memory draft, uint64[] calldata numbers) private view {
        _open(draft, ReportCodec.WITHDRAWAL, numbers.length);
        for (uint256 i; i < numbers.length; ++i) {
            uint64 number = numbers[i];
            if (number == 0 || number > s.withdrawalCount) {
                revert ISpokeVault.Vault_NothingToReport(bytes32(uint256(number)));
            }
            _put(draft, ReportCodec.encodeWithdrawal(s.withdrawals[number]));
        }
    }

    function _putPayouts(VaultState storage s, Draft memory draft, bytes32[] calldata ids) private view {
        _open(draft, ReportCodec.PAYOUT_RESULT, ids.length);
        for (uint256 i; i < ids.length; ++i) {
            uint8 rank = s.payoutRanks[ids[i]];
            if (rank == PayoutId.NONE) revert ISpokeVault.Vault_UnknownPayout(ids[i]);
            _put(draft, ReportCodec.encodePayoutResult(ids[i], rank));
        }
    }

    function _putBalances(VaultState storage s, Draft memory draft, uint16[] calldata assets) private view {
        _open(draft, ReportCodec.VAULT_BALANCE, assets.length);
        for (uint256 i; i < assets.length; ++i) {
            ISpokeVault.Token memory t = s.tokens[assets[i]];
            if (t.token == address(0)) revert ISpokeVault.Vault_UnknownAsset(assets[i]);
            uint256 held = IERC20(t.token).balanceOf(address(this)) / t.scale;
            uint64 amount = held > type(uint64).max ? type(uint64).max : uint64(held);
            _put(draft, ReportCodec.encodeVaultBalance(assets[i], amount));
        }
    }

    function _putHeartbeat(Draft memory draft, ReportCodec.Heartbeat memory beat) private pure {
        _open(draft, ReportCodec.HEARTBEAT, 1);
        _put(draft, ReportCodec.encodeHeartbeat(beat));
    }

    function _open(Draft memory draft, uint8 kind, uint256 count) private pure {
        if (count == 0) return;
        draft.gas += count * uint256(uint8(ReportCodec.GAS[kind])) * 1000;
        _put(draft, SectionCodec.header(kind, count));
    }

    function _put(Draft memory draft, bytes memory piece) private pure {
        draft.at = draft.buffer.put(draft.at, piece);
    }

    function _sectionLength(uint8 kind, uint256 count) private pure returns (uint256) {
        return count == 0 ? 0 : SectionCodec.SECTION_HEADER + count * uint8(ReportCodec.SIZES[kind]);
    }

    function _indices(VaultState storage s, ISpokeVault.PairKey calldata key)
        private
        view
        returns (uint32 account, uint16 instrument)
    {
        return (s.accountIndex[key.account], s.instrumentIndex[key.instrument]);
    }
}
