// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {ClosingKey} from "./Books.sol";
import {Mailroom} from "./Mailroom.sol";
import "./World.sol";

/// @notice Reports and pushes of a random share of the keys that have a state, or of all of them.
abstract contract Senders is Mailroom {
    /// @dev The digest that each report told.
    mapping(uint256 lane => mapping(uint64 sequence => uint256)) internal _tells;

    /// @param oneIn share of the keys that goes along; 1 is all
    function _report(uint256 lane, uint256 oneIn, bool withNames) internal returns (bool sent) {
        ISpokeVault.ReportKeys memory keys;
        (keys.pairs, keys.creditStates, keys.deposits) = _reportable(lane, oneIn);
        keys.withdrawals = _someWithdrawals(w.vaults[lane], oneIn);
        keys.payouts = _somePayouts(lane, oneIn, true);
        keys.balances = new uint16[](_chance(4) ? 1 : 0);
        if (keys.balances.length != 0) keys.balances[0] = Places.assetOf(_pick(ASSETS));
        return _send(lane, keys, withNames);
    }

    function _send(uint256 lane, ISpokeVault.ReportKeys memory keys, bool withNames) internal returns (bool sent) {
        _at(lane);
        vm.recordLogs();
        try w.vaults[lane].report(keys, withNames) {
            sent = true;
            _tells[lane][w.vaults[lane].sequence()] = w.vaults[lane].heartbeat().digest;
        } catch {}
        _at(0);
        _collect();
    }

    function _push(uint256 lane, uint256 oneIn) internal returns (bool sent) {
        IHubLedger.CommandKeys memory keys;
        (keys.credits, keys.venues) = _pushable(lane, oneIn);
        keys.freezes = _someFreezes(oneIn);
        keys.payouts = _somePayouts(lane, oneIn, false);
        (keys.prices, keys.instruments) = _someMarkets(oneIn);
        keys.optionReferences = _someReferences(oneIn);
        keys.closings = _someClosings(lane, oneIn);
        vm.recordLogs();
        try w.hub.push(Places.eidOf(lane), keys) {
            sent = true;
        } catch {}
        _collect();
    }

    function _pushPrices(uint256 lane) internal {
        IHubLedger.CommandKeys memory keys;
        (keys.prices,) = _someMarkets(1);
        keys.optionReferences = _someReferences(1);
        vm.recordLogs();
        w.hub.push(Places.eidOf(lane), keys);
        _collect();
    }

    function _reportable(uint256 lane, uint256 oneIn)
        private
        returns (
            ISpokeVault.PairKey[] memory pairs,
            AccountId[] memory credits,
            ISpokeVault.DepositKey[] memory deposits
        )
    {
        SpokeVault vault = w.vaults[lane];
        pairs = new ISpokeVault.PairKey[](ACCOUNTS * INSTRUMENTS);
        credits = new AccountId[](TRADERS);
        deposits = new ISpokeVault.DepositKey[](OWNERS * ASSETS);
        uint256[3] memory counts;
        for (uint256 i; i < ACCOUNTS; ++i) {
            AccountId account = w.accounts[i];
            for (uint256 k; k < INSTRUMENTS; ++k) {
                if (!_hasPair(vault, i, lane, k) || !_chance(oneIn)) continue;
                pairs[counts[0]++] = ISpokeVault.PairKey(account, w.instruments[k]);
            }
            if (i < TRADERS && vault.creditOf(account).version != 0 && _chance(oneIn)) credits[counts[1]++] = account;
            for (uint256 asset; i < OWNERS && asset < ASSETS; ++asset) {
                uint16 id = Places.assetOf(asset);
                if (vault.depositTotalOf(account, id, 0) == 0 || !_chance(oneIn)) continue;
                deposits[counts[2]++] = ISpokeVault.DepositKey(account, id, 0);
            }
        }
        assembly ("memory-safe") {
            mstore(pairs, mload(counts))
            mstore(credits, mload(add(counts, 32)))
            mstore(deposits, mload(add(counts, 64)))
        }
    }

    function _pushable(uint256 lane, uint256 oneIn)
        private
        returns (AccountId[] memory credits, IHubLedger.VenueKey[] memory venues)
    {
        credits = new AccountId[](TRADERS);
        venues = new IHubLedger.VenueKey[](TRADERS * VENUES);
        uint32 eid = Places.eidOf(lane);
        uint256[2] memory counts;
        for (uint256 i; i < TRADERS; ++i) {
            AccountId account = w.accounts[i];
            if (w.hub.creditLineOf(account, eid).version != 0 && _chance(oneIn)) credits[counts[0]++] = account;
            for (uint256 v; v < VENUES; ++v) {
                if (w.hub.venueAllowanceOf(account, eid, w.venues[v]).version == 0 || !_chance(oneIn)) continue;
                venues[counts[1]++] = IHubLedger.VenueKey(account, w.venues[v]);
            }
        }
        assembly ("memory-safe") {
            mstore(credits, mload(counts))
            mstore(venues, mload(add(counts, 32)))
        }
    }

    /// @dev Whether there is a pair to report, if only for its closing allowance.
    function _hasPair(SpokeVault vault, uint256 owner, uint256 lane, uint256 k) private view returns (bool) {
        (AccountId account, InstrumentId instrument) = (w.accounts[owner], w.instruments[k]);
        if (vault.pairOf(account, instrument).version != 0) return true;
        return _closingGrants[owner][lane][k].length != 0 && vault.closingAllowanceOf(account, instrument).version != 0;
    }

    function _someClosings(uint256 lane, uint256 oneIn) private returns (IHubLedger.ClosingKey[] memory keys) {
        keys = new IHubLedger.ClosingKey[](_closingKeys[lane].length);
        uint256 count;
        for (uint256 n; n < keys.length; ++n) {
            if (!_chance(oneIn)) continue;
            ClosingKey memory key = _closingKeys[lane][n];
            keys[count++] = IHubLedger.ClosingKey(w.accounts[key.owner], w.instruments[key.k]);
        }
        assembly ("memory-safe") {
            mstore(keys, count)
        }
    }

    function _someFreezes(uint256 oneIn) private returns (AccountId[] memory accounts) {
        accounts = new AccountId[](TRADERS);
        uint256 count;
        for (uint256 i; i < TRADERS; ++i) {
            if (w.hub.freezeOf(w.accounts[i]).version != 0 && _chance(oneIn)) accounts[count++] = w.accounts[i];
        }
        assembly ("memory-safe") {
            mstore(accounts, count)
        }
    }

    function _someWithdrawals(SpokeVault vault, uint256 oneIn) private returns (uint64[] memory numbers) {
        uint64 last = vault.withdrawalCount();
        numbers = new uint64[](last);
        uint256 count;
        for (uint64 n = 1; n <= last; ++n) {
            if (_chance(oneIn)) numbers[count++] = n;
        }
        assembly ("memory-safe") {
            mstore(numbers, count)
        }
    }

    function _somePayouts(uint256 lane, uint256 oneIn, bool executed) private returns (bytes32[] memory ids) {
        ids = new bytes32[](_payouts.length);
        uint256 count;
        for (uint256 i; i < ids.length; ++i) {
            Issued storage p = _payouts[i];
            if (p.lane != lane || (executed && w.vaults[lane].payoutRankOf(p.id) == 0)) continue;
            if (_chance(oneIn)) ids[count++] = p.id;
        }
        assembly ("memory-safe") {
            mstore(ids, count)
        }
    }

    function _someMarkets(uint256 oneIn) private returns (bytes16[] memory prices, InstrumentId[] memory instruments) {
        prices = new bytes16[](PERPETUALS);
        instruments = new InstrumentId[](INSTRUMENTS);
        uint256[2] memory counts;
        for (uint256 k; k < INSTRUMENTS; ++k) {
            if (k < PERPETUALS && _chance(oneIn)) prices[counts[0]++] = Places.underlyingOf(k);
            if (w.registry.numberOf(w.instruments[k]) != 0 && _chance(oneIn)) instruments[counts[1]++] = w.instruments[k];
        }
        assembly ("memory-safe") {
            mstore(prices, mload(counts))
            mstore(instruments, mload(add(counts, 32)))
        }
    }

    /// @dev Of options that have one now.
    function _someReferences(uint256 oneIn) private returns (InstrumentId[] memory options) {
        options = new InstrumentId[](INSTRUMENTS);
        uint256 count;
        for (uint256 k = PERPETUALS; k < INSTRUMENTS; ++k) {
            if (!_isLive(k) || !_chance(oneIn)) continue;
            try w.engine.optionReferenceOf(w.instruments[k]) {
                options[count++] = w.instruments[k];
            } catch {}
        }
        assembly ("memory-safe") {
            mstore(options, count)
        }
    }
}
