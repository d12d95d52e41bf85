// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import "./World.sol";

/// @notice Where a closing allowance was ever granted: an owner and an instrument on a lane.
struct ClosingKey {
    uint256 owner;
    uint256 k;
}

/// @notice A closing allowance at both ends.
struct ClosingEntry {
    uint256 owner;
    uint256 k;
    IHubLedger.ClosingLine line;
    ISpokeVault.ClosingAllowance allowance;
}

/// @notice What a vault says and what the hub holds of it.
/// @param closings where one was ever granted; `tokens` balance of the vault, token units
struct LaneBook {
    Pair[INSTRUMENTS][ACCOUNTS] vaultPairs;
    Pair[INSTRUMENTS][ACCOUNTS] hubPairs;
    uint64[ASSETS][OWNERS] deposited;
    uint64[ASSETS][OWNERS] seen;
    ISpokeVault.Credit[TRADERS] credits;
    IHubLedger.CreditLine[TRADERS] lines;
    ISpokeVault.VenueAllowance[VENUES][TRADERS] allowances;
    ISpokeVault.Freeze[TRADERS] freezes;
    ClosingEntry[] closings;
    IHubLedger.Lane lane;
    IHubLedger.Liquidity[ASSETS] liquidity;
    uint256[ASSETS] tokens;
}

/// @notice Payouts of one asset on one lane by how far they are, shared units.
/// @param issued debited at the hub; `executed` paid by the vault; `applied` known at the hub to be paid
struct Paid {
    uint256 issued;
    uint256 executed;
    uint256 applied;
}

/// @notice Everything the checks look at, read once.
/// @param paid by owner, and last by all of them; the handler knows what was issued and fills it in
/// @param openInterest by underlying, as the perpetuals
struct Books {
    Paid[OWNERS + 1][ASSETS][LANES] paid;
    LaneBook[LANES] lanes;
    int256[ASSETS][ACCOUNTS] balances;
    uint256[OWNERS] debts;
    IHubLedger.Lender[OWNERS] lenders;
    IHubLedger.LendingState lending;
    IHubLedger.NetPosition[INSTRUMENTS][ACCOUNTS] positions;
    uint256[INSTRUMENTS] pools;
    IHubLedger.FundingState[INSTRUMENTS] funding;
    uint256[PERPETUALS] openInterest;
}

library BookReader {
    function read(World storage w, ClosingKey[][LANES] storage closings) internal view returns (Books memory b) {
        for (uint256 lane; lane < LANES; ++lane) {
            readLane(w, closings[lane], lane, b.lanes[lane]);
        }
        b.lending = w.hub.lendingState();
        for (uint256 i; i < OWNERS; ++i) {
            b.debts[i] = w.hub.debtOf(w.accounts[i]);
            b.lenders[i] = w.hub.lenderOf(w.accounts[i]);
        }
        for (uint256 i; i < ACCOUNTS; ++i) {
            for (uint256 asset; asset < ASSETS; ++asset) {
                // A fee account has no collateral.
                if (i >= OWNERS && asset != 0) continue;
                b.balances[i][asset] = w.hub.balanceOf(w.accounts[i], Places.assetOf(asset));
            }
            for (uint256 k; k < INSTRUMENTS; ++k) {
                b.positions[i][k] = w.hub.positionOf(w.accounts[i], w.instruments[k]);
            }
        }
        for (uint256 k; k < INSTRUMENTS; ++k) {
            b.pools[k] = w.hub.variationPoolOf(w.instruments[k]);
            b.funding[k] = w.hub.fundingOf(w.instruments[k]);
            if (k < PERPETUALS) b.openInterest[k] = w.hub.openInterestOf(Places.underlyingOf(k));
        }
    }

    function readLane(World storage w, ClosingKey[] storage closings, uint256 lane, LaneBook memory book) internal view {
        uint32 eid = Places.eidOf(lane);
        SpokeVault vault = w.vaults[lane];
        book.lane = w.hub.laneOf(eid);
        uint16[INSTRUMENTS] memory indices;
        for (uint256 k; k < INSTRUMENTS; ++k) {
            indices[k] = vault.instrumentIndexOf(w.instruments[k]);
        }
        for (uint256 i; i < ACCOUNTS; ++i) {
            AccountId account = w.accounts[i];
            bool isOther = i >= OWNERS && i != OWNERS + lane;
            if (isOther || i == SAVER) continue;
            uint32 index = vault.accountIndexOf(account);
            for (uint256 k; k < INSTRUMENTS && index != 0; ++k) {
                // Without a name at the vault there is nothing at either end.
                if (indices[k] == 0) continue;
                book.vaultPairs[i][k] = vault.pairOf(account, w.instruments[k]);
                book.hubPairs[i][k] = w.hub.pairOf(eid, index, indices[k]);
            }
        }
        for (uint256 i; i < TRADERS; ++i) {
            book.credits[i] = vault.creditOf(w.accounts[i]);
            book.lines[i] = w.hub.creditLineOf(w.accounts[i], eid);
            book.freezes[i] = vault.freezeOf(w.accounts[i]);
            for (uint256 v; v < VENUES; ++v) {
                book.allowances[i][v] = vault.venueAllowanceOf(w.accounts[i], w.venues[v]);
            }
        }
        _readClosings(w, closings, lane, book);
        for (uint256 asset; asset < ASSETS; ++asset) {
            uint16 id = Places.assetOf(asset);
            for (uint256 i; i < OWNERS; ++i) {
                book.deposited[i][asset] = vault.depositTotalOf(w.accounts[i], id, 0);
                book.seen[i][asset] = w.hub.depositSeenOf(eid, w.accounts[i], id, 0);
            }
            book.liquidity[asset] = w.hub.liquidityOf(eid, id);
            book.tokens[asset] = w.tokens[lane][asset].balanceOf(address(vault));
        }
    }

    function _readClosings(World storage w, ClosingKey[] storage keys, uint256 lane, LaneBook memory book) private view {
        book.closings = new ClosingEntry[](keys.length);
        for (uint256 n; n < keys.length; ++n) {
            ClosingEntry memory e = book.closings[n];
            (e.owner, e.k) = (keys[n].owner, keys[n].k);
            (AccountId account, InstrumentId instrument) = (w.accounts[e.owner], w.instruments[e.k]);
            e.line = w.hub.closingOf(account, Places.eidOf(lane), instrument);
            e.allowance = w.vaults[lane].closingAllowanceOf(account, instrument);
        }
    }
}
