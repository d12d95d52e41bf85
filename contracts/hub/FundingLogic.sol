// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {FundingIndex} from "../funding/FundingIndex.sol";
import {IFundingRates} from "../interfaces/IFundingRates.sol";
import {IHubLedger} from "../interfaces/IHubLedger.sol";
import {InstrumentNumber} from "../interfaces/IInstrumentRegistry.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Funding, HubState} from "./HubState.sol";

/// @notice Funding of perpetuals: who pays whom is `FundingIndex`, how much is the rates', and the hub's part is when.
library FundingLogic {
    /// @dev Of the time since the last accrual, seconds, no more is charged: it is charged on who is held now. Who opens before an accrual and closes after
    /// it receives for at most this long: at a cap of 0.4 % an hour 0.067 %, against two fees of 0.02 % (four if both sides are its own); accruing every five minutes leaves 0.033 %.
    uint256 internal constant MAX_ELAPSED = 10 minutes;

    struct Subject {
        InstrumentId instrument;
        uint32 number;
        uint256 price;
    }

    /// @notice Sets where rates come from. The caller has checked the role.
    function setRates(HubState storage s, IFundingRates rates) external {
        if (address(rates).code.length == 0) {
            revert IHubLedger.Hub_InvalidParameter("fundingRates", uint160(address(rates)));
        }
        s.fundingRates = rates;
        emit IHubLedger.FundingRatesSet(rates);
    }

    /// @notice Charges a perpetual's funding up to now, at a fresh price: each second at the rate that the hour before it made.
    /// @dev Beyond `MAX_ELAPSED` nothing is charged: nobody can be asked to pay for a time when he may not have been there. Who is to pay cannot dodge it by
    /// that: anyone may call, at any time.
    function accrue(HubState storage s, InstrumentId instrument) external {
        Subject memory c;
        c.instrument = instrument;
        c.number = s.numberOf[instrument];
        if (c.number == 0 || InstrumentNumber.place(c.number) != 0 || address(s.fundingRates) == address(0)) {
            revert IHubLedger.Hub_NoFunding(instrument);
        }
        Funding storage f = s.funding[c.number];
        uint256 from = f.accruedAt;
        if (from >= block.timestamp) revert IHubLedger.Hub_AlreadyAccrued(instrument, from);
        c.price = s.marginEngine.markOf(instrument, s.maxPriceAge);
        f.accruedAt = uint40(block.timestamp);
        f.surplus += f.dust;
        f.dust = 0;

        if (block.timestamp - from > MAX_ELAPSED) from = block.timestamp - MAX_ELAPSED;
        uint256 hour = block.timestamp / 1 hours;
        uint256 turn = hour * 1 hours;
        if (from < turn) {
            _charge(s, c, hour - 2, turn - from);
            from = turn;
        }
        if (from < block.timestamp) _charge(s, c, hour - 1, block.timestamp - from);
    }

    /// @notice Funding of a perpetual as it is told.
    function stateOf(HubState storage s, InstrumentId instrument) external view returns (IHubLedger.FundingState memory) {
        Funding memory f = s.funding[s.numberOf[instrument]];
        return IHubLedger.FundingState({
            longIndexWad: f.longIndex,
            shortIndexWad: f.shortIndex,
            openLong: f.openLong,
            openShort: _openShort(s, s.numberOf[instrument], f.openLong),
            kept: f.dust + f.surplus,
            accruedAt: f.accruedAt,
            travelWad: f.travel,
            baseBits: f.baseBits
        });
    }

    /// @notice Makes room for pairs of up to `maxBase`, which never gets less: a vault may still hold what it allowed once.
    function list(HubState storage s, uint32 number, uint256 maxBase) internal {
        Funding storage f = s.funding[number];
        if (f.accruedAt == 0) f.accruedAt = uint40(block.timestamp);
        uint256 bits = maxBase == 0 ? 0 : LibBit.fls(maxBase) + 1;
        if (bits <= f.baseBits) return;
        if (f.travel > FundingIndex.travelLimit(bits)) revert IHubLedger.Hub_InvalidParameter("maxBase", maxBase);
        f.baseBits = uint8(bits);
    }

    /// @param hour whose samples make the rate
    function _charge(HubState storage s, Subject memory c, uint256 hour, uint256 elapsed) private {
        Funding storage f = s.funding[c.number];
        int256 rate = s.fundingRates.rateOfHour(c.instrument.underlying(), hour);
        (int256 longDelta, int256 shortDelta, uint256 surplus) =
            FundingIndex.accrue(rate, c.price, elapsed, f.openLong, _openShort(s, c.number, f.openLong));
        // Who pays moves farther than who receives.
        uint256 travel = f.travel + uint256(rate >= 0 ? longDelta : -shortDelta);
        uint256 limit = FundingIndex.travelLimit(f.baseBits);
        if (travel > limit) revert IHubLedger.Hub_FundingExhausted(c.instrument, travel, limit);
        f.travel = uint120(travel);
        // Indices never go farther than they travelled.
        f.longIndex += int120(longDelta);
        f.shortIndex += int120(shortDelta);
        f.surplus += surplus;
        emit IHubLedger.FundingAccrued(c.instrument, rate, c.price, elapsed, f.longIndex, f.shortIndex, f.surplus);
    }

    /// @dev All bases add up to those of the spokes' pairs.
    function _openShort(HubState storage s, uint32 number, uint256 openLong) private view returns (uint256) {
        int256 net;
        for (uint256 i; i < s.eids.length; ++i) {
            uint32 eid = s.eids[i];
            if (eid == 0) break;
            net += s.spokeSums[eid][number].base;
        }
        return uint256(int256(openLong) - net);
    }
}
