// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InterestCurve} from "../../../contracts/funding/UtilisationCurve.sol";
import {IClearingHub} from "../../../contracts/interfaces/IClearingHub.sol";
import {IPricingModel} from "../../../contracts/interfaces/IPricingModel.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {ExpiryPrices} from "../../../contracts/oracle/ExpiryPrices.sol";
import {InstrumentRegistry} from "../../../contracts/risk/InstrumentRegistry.sol";
import {ScenarioMarginEngine} from "../../../contracts/risk/ScenarioMarginEngine.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {Loopback} from "../../../contracts/transport/Loopback.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {StubFundingRates} from "../support/StubFundingRates.sol";
import {Feeds} from "./Feeds.sol";
import {TrickyToken} from "./TrickyToken.sol";

uint256 constant LANES = 3;
uint256 constant ASSETS = 3;
/// @dev On ETH and BTC, and the first instruments.
uint256 constant PERPETUALS = 2;
/// @dev Then three options on ETH. The first two expire together, and only then is the last one listed.
uint256 constant INSTRUMENTS = 5;
uint256 constant NEXT = 4;
/// @dev Three traders, a maker, and last a saver who never trades.
uint256 constant OWNERS = 5;
uint256 constant TRADERS = 4;
uint256 constant SAVER = 4;
/// @dev A trader with much collateral and little cash.
uint256 constant BORROWER = 2;
/// @dev The owners' accounts, then each vault's fee account.
uint256 constant ACCOUNTS = OWNERS + LANES;
uint256 constant VENUES = 2;
/// @dev Trades at any price that the allowances let it.
uint256 constant MALICIOUS = 1;
/// @dev The one asset whose tokens play tricks: its shared unit is the token's.
uint256 constant TRICKY = 2;
/// @dev May act for every trader on the hub's chain.
address constant KEEPER = address(0xCA11);
/// @dev Credit charged per notional, millionths.
uint32 constant RATE_PPM = 150_000;
uint32 constant LEASE = 600;
uint32 constant MAX_LAG = 1800;
uint32 constant MAX_PRICE_AGE = 60;
uint256 constant START = 1_800_000_000;
/// @dev Price scan range of both underlyings, 1e-9.
uint32 constant SCAN_RANGE = 0.15e9;
/// @dev Volatility of all options a year, 1e18; their forward is the spot.
uint256 constant VOL = 0.6e18;
uint40 constant FIRST_EXPIRY = uint40(START + 2 hours);
uint40 constant LAST_EXPIRY = uint40(START + 5 hours);

/// @notice A hub and three vaults: lane 0 is the hub's own chain over the real loopback, 1 and 2 are remote.
/// @param guardian may pause, and here also unpause
struct World {
    address guardian;
    IClearingHub hub;
    Loopback loopback;
    Feeds oracle;
    InstrumentRegistry registry;
    ScenarioMarginEngine engine;
    ExpiryPrices expiryPrices;
    IPricingModel model;
    StubFundingRates fundingRates;
    SpokeVault[LANES] vaults;
    ScriptedEndpoint[LANES] endpoints;
    TrickyToken[ASSETS][LANES] tokens;
    uint256[ASSETS][LANES] scales;
    AccountId[ACCOUNTS] accounts;
    address[OWNERS] owners;
    uint256[OWNERS] keys;
    address[VENUES] venues;
    InstrumentId[INSTRUMENTS] instruments;
}

/// @notice What the numbers of lanes, assets and instruments mean.
library Places {
    function eidOf(uint256 lane) internal pure returns (uint32) {
        return uint32(101 + lane);
    }

    /// @notice Asset 1 is the settlement asset, 2 is ETH, 3 is BTC.
    function assetOf(uint256 index) internal pure returns (uint16) {
        return uint16(index + 1);
    }

    function underlyingOf(uint256 instrument) internal pure returns (bytes16) {
        return instrument == 1 ? bytes16("BTC") : bytes16("ETH");
    }

    function startPriceOf(uint256 perpetual) internal pure returns (uint256) {
        return perpetual == 0 ? 4_000e18 : 100_000e18;
    }

    function instrumentOf(uint256 instrument) internal pure returns (InstrumentId) {
        if (instrument < PERPETUALS) return InstrumentIdLib.perpetual(underlyingOf(instrument));
        uint40 expiry = instrument == NEXT ? LAST_EXPIRY : FIRST_EXPIRY;
        uint72 strike = instrument == 2 ? 4_000e8 : instrument == 3 ? 3_800e8 : 4_400e8;
        return InstrumentIdLib.option(underlyingOf(instrument), expiry, strike, instrument == 3);
    }

    /// @notice So steep that minutes are felt.
    function interestCurve() internal pure returns (InterestCurve memory) {
        return InterestCurve(0.5e9, 2e9, 4e9, 0.8e9, 0.1e9);
    }

    /// @notice The clock of a lane's chain when the hub's says `time`: one runs ahead, one behind.
    function clockOf(uint256 lane, uint256 time) internal pure returns (uint256) {
        if (lane == 1) return time + 40;
        return lane == 2 ? time - 25 : time;
    }
}
