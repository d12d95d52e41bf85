// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Campaign} from "./Campaign.sol";
import "./World.sol";

/// @notice A sequence that chance once found: a later report of a pair arrives before the first one that carries it.
abstract contract Overtaking is Campaign {
    uint256 private constant LANE = 1;

    /// @notice The hub knows the names but not the pairs, and the vault, which sent the pairs before, buys gas for known
    /// ones: with that gas the report is taken or leaves nothing, and with ample gas it is taken.
    function overtake() external {
        _pushPrices(LANE);
        _deliverAll();
        for (uint256 k; k < INSTRUMENTS; ++k) {
            _tradeAll(k);
        }
        // Names: of the traders by their pairs in the first instrument, of the second by the fees in it.
        _send(LANE, _pairsOf(0, 0, TRADERS), false);
        _send(LANE, _pairsOf(1, OWNERS + LANE, 1), false);
        _deliverAll();
        _send(LANE, _pairsOf(1, 0, TRADERS), false);
        _tradeAll(1);
        _send(LANE, _pairsOf(1, 0, TRADERS), false);
        uint256 later = _mail.length - 1;
        assertTrue(_overtakes(later) && !_overtakes(later - 1), "the later report overtakes, the first does not");
        // The newest first.
        _deliverAll();
        for (uint256 i; i < TRADERS; ++i) {
            _checkPair(i);
        }
    }

    function _tradeAll(uint256 instrument) private {
        for (uint256 i; i < TRADERS; i += 2) {
            Trade memory t;
            (t.lane, t.instrument, t.buyer, t.seller, t.base) = (LANE, instrument, i, i + 1, 1e6);
            (t.price,) = w.vaults[LANE].referencePriceOf(Places.underlyingOf(instrument));
            t.referenceWad = t.price;
            assertTrue(_recordTrade(t), "the trade is recorded");
        }
    }

    function _pairsOf(uint256 instrument, uint256 from, uint256 count)
        private
        view
        returns (ISpokeVault.ReportKeys memory keys)
    {
        keys.pairs = new ISpokeVault.PairKey[](count);
        for (uint256 i; i < count; ++i) {
            keys.pairs[i] = ISpokeVault.PairKey(w.accounts[from + i], w.instruments[instrument]);
        }
    }

    function _checkPair(uint256 owner) private view {
        (SpokeVault vault, InstrumentId instrument) = (w.vaults[LANE], w.instruments[1]);
        uint32 account = vault.accountIndexOf(w.accounts[owner]);
        assertEq(
            keccak256(abi.encode(w.hub.pairOf(Places.eidOf(LANE), account, vault.instrumentIndexOf(instrument)))),
            keccak256(abi.encode(vault.pairOf(w.accounts[owner], instrument))),
            "CLR-03: the later report's pair stays"
        );
    }
}
