// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {ScriptedSource} from "./support/ScriptedSource.sol";

/// @notice What holds whatever the sources say.
contract RouterFuzzTest is RouterTestBase {
    struct Said {
        uint256 priceWad;
        uint256 confidenceWad;
        uint256 time;
    }

    /// @dev Two honest ones near each other, or not; the third anything at all: it moves price and time only between, or
    /// below, what the honest two say, and never narrows the confidence beyond what one of them vouches for.
    function testFuzz_CLR13_OneLiarAmongThreeStaysBetweenTheHonest(
        uint256 seed,
        Said memory lie,
        uint8 manner,
        bool near
    ) public {
        list(3, 2);
        uint256 liar = seed % 3;
        (uint256 a, uint256 b) = ((liar + 1) % 3, (liar + 2) % 3);
        Said[2] memory honest;
        for (uint256 i; i < 2; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            honest[i] = Said(100e18 + seed % 2e18, (seed >> 64) % 1e18, start - (seed >> 128) % HEARTBEAT);
        }
        if (near) {
            lie.priceWad = bound(lie.priceWad, 98e18, 104e18);
            lie.confidenceWad = bound(lie.confidenceWad, 0, 1e18);
            lie.time = bound(lie.time, start - HEARTBEAT, start + 16);
        }
        sources[a].set(honest[0].priceWad, honest[0].confidenceWad, honest[0].time);
        sources[b].set(honest[1].priceWad, honest[1].confidenceWad, honest[1].time);
        sources[liar].set(lie.priceWad, lie.confidenceWad, lie.time);
        sources[liar].misbehave(ScriptedSource.Manner(near ? 0 : manner % 7));

        (, NoPrice[] memory reasons) = router.preview(BTC);
        update();
        IPriceRouter.Price memory p = router.priceOf(BTC);
        if (p.priceWad == 0) return;
        (uint256 low, uint256 high) = _order(honest[0].priceWad, honest[1].priceWad);
        assertTrue(p.priceWad >= low && p.priceWad <= high, "price");
        assertLe(p.time, honest[0].time > honest[1].time ? honest[0].time : honest[1].time, "time");
        uint256 least = type(uint256).max;
        for (uint256 i; i < 2; ++i) {
            if (reasons[i == 0 ? a : b] != NoPrice.NONE) continue;
            uint256 d = honest[i].confidenceWad + _distance(honest[i].priceWad, p.priceWad);
            if (d < least) least = d;
        }
        assertGe(p.confidenceWad, least, "confidence");
    }

    /// @dev While the honest two agree, no third stops them.
    function testFuzz_CLR13_NoThirdStopsTwoThatAgree(uint256 seed, Said memory lie, uint8 manner) public {
        list(3, 2);
        uint256 liar = seed % 3;
        uint256 spread = (seed >> 8) % 0.74e18;
        sources[(liar + 1) % 3].set(100e18, 0, start);
        sources[(liar + 2) % 3].set(100e18 + spread, 0, start);
        sources[liar].set(lie.priceWad, lie.confidenceWad, lie.time);
        sources[liar].misbehave(ScriptedSource.Manner(manner % 7));
        update();
        (uint256 price,) = router.latest(BTC);
        assertTrue(price >= 100e18 && price <= 100e18 + spread);
    }

    /// @dev Any number of sources saying anything: a price lies between accepted ones, has a quorum of them, and below a
    /// quorum there is none.
    function testFuzz_CLR13_PriceIsBetweenTheAcceptedOfAQuorum(uint256 seed, uint256 count, uint256 quorum) public {
        count = bound(count, 2, 8);
        quorum = bound(quorum, 2, count);
        list(count, uint8(quorum));
        uint256[] memory prices = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            prices[i] = 100e18 + seed % (seed % 5 == 0 ? 10e18 : 1e18);
            sources[i].set(prices[i], (seed >> 64) % 2.3e18, start - (seed >> 128) % 140);
            if ((seed >> 200) % 6 == 0) sources[i].setNone(NoPrice.INCOMPLETE);
        }
        (NoPrice outcome, NoPrice[] memory reasons) = router.preview(BTC);
        update();
        (uint256 price,) = router.latest(BTC);
        assertEq(price != 0, outcome == NoPrice.NONE);
        uint256 accepted;
        (uint256 low, uint256 high) = (type(uint256).max, 0);
        for (uint256 i; i < count; ++i) {
            if (reasons[i] != NoPrice.NONE) continue;
            accepted += 1;
            if (prices[i] < low) low = prices[i];
            if (prices[i] > high) high = prices[i];
        }
        if (accepted < quorum) assertEq(price, 0, "below quorum");
        if (price == 0) return;
        assertTrue(price >= low && price <= high, "between");
        // Of those that count none is farther than the deviation from the price; the price lies within half of it of the median.
        assertLe((high - price) * 10_000, price * 151);
    }

    function _order(uint256 a, uint256 b) private pure returns (uint256, uint256) {
        return a < b ? (a, b) : (b, a);
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
