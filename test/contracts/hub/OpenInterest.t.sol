// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Open interest of an underlying is what its accounts are net long, of everything that has not expired.
contract OpenInterestTest is HubTestBase {
    uint16 private constant FIRST_INDEX = 3;

    uint40[2] private _expiries;
    /// @dev Two of each expiry, then one that another underlying has in the first.
    InstrumentId[] private _options;
    uint32 private _version;

    function setUp() public override {
        super.setUp();
        _expiries = [uint40(block.timestamp + 7 days), uint40(block.timestamp + 30 days)];
        for (uint256 i; i < 4; ++i) {
            _options.push(InstrumentIdLib.option(BTC, _expiries[i / 2], 60_000e8, i % 2 == 1));
        }
        _options.push(InstrumentIdLib.option(ETH, _expiries[0], 2_000e8, false));
        bytes memory items;
        for (uint16 i; i < _options.length; ++i) {
            hub.listInstrument(_options[i], 150_000, 200, 1_000e8);
            engine.setMark(_options[i], 100e18);
            items = bytes.concat(items, ReportCodec.encodeInstrument(FIRST_INDEX + i, _options[i]));
        }
        uint32[3] memory all = lanes_();
        for (uint256 i; i < all.length; ++i) {
            nameAll(all[i]);
            deliver(all[i], report(1, section(ReportCodec.INSTRUMENT, _options.length, items)));
        }
        assertEq(hub.openInterestOf("SOL"), 0);
    }

    /// @dev Nets over chains, not over instruments; what has expired is gone with its last second, settled or not.
    function test_OfThePerpetualAndOfEveryOptionThatLives() public {
        reportTrade(A_EID, 0, 1, 3e8, 180_000e6);
        _report(A_EID, 0, 0, 5e8);
        _report(B_EID, 0, 0, -2e8);
        _report(A_EID, 1, 1, 1e8);
        _report(A_EID, 1, 2, 4e8);
        _report(A_EID, 0, 4, 9e8);
        assertEq(hub.openInterestOf(BTC), 3e8 + 3e8 + 1e8 + 4e8);
        assertEq(hub.openInterestOf(ETH), 9e8);
        _report(B_EID, 0, 0, -6e8);
        assertEq(hub.openInterestOf(BTC), 3e8 + 1e8 + 4e8, "turned short");

        vm.warp(_expiries[0] - 1);
        assertEq(hub.openInterestOf(BTC), 8e8);
        vm.warp(_expiries[0]);
        assertEq(hub.openInterestOf(BTC), 7e8);
        assertEq(hub.openInterestOf(ETH), 0);
        // Told late, of an option that is gone; then of one that lives.
        _report(A_EID, 2, 0, 8e8);
        assertEq(hub.openInterestOf(BTC), 7e8);
        _report(A_EID, 2, 3, 8e8);
        assertEq(hub.openInterestOf(BTC), 15e8);
    }

    /// @dev The next expiry takes the place of the one that has passed, which no later report brings back.
    function test_AnExpiryTakesThePlaceOfOneThatPassed() public {
        _report(A_EID, 0, 0, 5e8);
        _report(A_EID, 0, 2, 4e8);
        vm.warp(_expiries[0]);
        InstrumentId next = InstrumentIdLib.option(BTC, _expiries[0] + 7 days, 60_000e8, false);
        hub.listInstrument(next, 150_000, 200, 1_000e8);
        hub.listInstrument(InstrumentIdLib.option(BTC, _expiries[0] + 7 days, 1e8, false), 150_000, 200, 1_000e8);
        deliver(A_EID, report(1, section(ReportCodec.INSTRUMENT, 1, ReportCodec.encodeInstrument(FIRST_INDEX + 5, next))));
        assertEq(hub.openInterestOf(BTC), 4e8);
        _report(A_EID, 0, 5, 1e8);
        _report(A_EID, 0, 0, 6e8);
        assertEq(hub.openInterestOf(BTC), 5e8);
        vm.warp(_expiries[0] + 7 days);
        assertEq(hub.openInterestOf(BTC), 4e8);
        vm.warp(_expiries[1]);
        assertEq(hub.openInterestOf(BTC), 0);
    }

    /// @dev Whatever is told, in whatever order, by reports of several pairs, with settlements and expiries in between.
    function testFuzz_IsTheSumOverAllAccounts(uint256 seed) public {
        uint32[3] memory all = lanes_();
        for (uint256 i; i < TRADERS; ++i) {
            deposit(A_EID, i, USDC, 1e12);
        }
        for (uint256 i; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 8 == 0) {
                vm.warp(block.timestamp + (seed >> 8) % 6 days);
                setPrices(BTC_PRICE, ETH_PRICE);
                expiryPrices.set(BTC, _expiries[0], block.timestamp < _expiries[0] ? 0 : BTC_PRICE);
                continue;
            }
            if (seed % 8 == 1) {
                hub.settle(_options[(seed >> 8) % 4], ascending(accounts), "");
                continue;
            }
            bytes memory items;
            for (uint256 pair; pair < 3; ++pair) {
                uint256 part = seed >> (8 + 80 * pair);
                int256 base = int256((part >> 16) % 2 ** (1 + (part >> 8) % 36)) * (part & 1 == 0 ? int256(1) : -1);
                uint256 option = (part >> 64) % 6;
                items = bytes.concat(items, _item((part >> 60) % TRADERS, option == 5 ? BTC_INDEX : FIRST_INDEX + option, base));
            }
            deliver(all[(seed >> 250) % 3], report(1, section(ReportCodec.PAIR, 3, items)));
            _assertOpenInterest();
        }
    }

    function _assertOpenInterest() private view {
        uint256 btc;
        uint256 eth;
        for (uint256 i; i < accounts.length; ++i) {
            btc += _long(i, btcPerp);
            for (uint256 k; k < _options.length; ++k) {
                if (_options[k].expiry() <= block.timestamp) continue;
                if (_options[k].underlying() == BTC) btc += _long(i, _options[k]);
                else eth += _long(i, _options[k]);
            }
        }
        assertEq(hub.openInterestOf(BTC), btc, "BTC");
        assertEq(hub.openInterestOf(ETH), eth, "ETH");
    }

    function _long(uint256 trader, InstrumentId instrument) private view returns (uint256) {
        int256 base = hub.positionOf(accounts[trader], instrument).base;
        return base > 0 ? uint256(base) : 0;
    }

    function _report(uint32 eid, uint256 trader, uint256 option, int256 base) private {
        deliver(eid, report(1, section(ReportCodec.PAIR, 1, _item(trader, FIRST_INDEX + option, base))));
    }

    /// @dev One pair as it is from now on, by the spoke's index of the instrument.
    function _item(uint256 trader, uint256 index, int256 base) private returns (bytes memory) {
        return pairItem(indexOf(trader), uint16(index), base, -base, 0, ++_version);
    }
}
