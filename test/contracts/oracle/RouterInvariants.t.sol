// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {PriceRouter} from "../../../contracts/oracle/PriceRouter.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {ScriptedSource} from "./support/ScriptedSource.sol";

/// @notice Sources that publish, lie, go and come back in any order, with updates in between.
contract RouterInvariantsTest is RouterTestBase {
    RouterHandler private handler;

    function setUp() public override {
        super.setUp();
        list(3, 2);
        handler = new RouterHandler(router, sources);
        bytes4[] memory actions = new bytes4[](5);
        actions[0] = RouterHandler.publish.selector;
        actions[1] = RouterHandler.lie.selector;
        actions[2] = RouterHandler.lieALittle.selector;
        actions[3] = RouterHandler.misbehave.selector;
        actions[4] = RouterHandler.decide.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), actions));
    }

    /// @dev Checked by the handler at every update, counted here.
    /// forge-config: default.invariant.runs = 48
    /// forge-config: default.invariant.depth = 48
    function invariant_CLR13_PricesGoForwardOnAQuorumAndWithinTheRate() public view {
        assertEq(handler.broken(), "");
    }

    /// @dev However it went, once the sources agree again prices go on by themselves, soon enough.
    function afterInvariant() public {
        vm.warp(block.timestamp + 10 * 60);
        for (uint256 i; i < 3; ++i) {
            say(i, handler.level());
        }
        update();
        assertPrice(handler.level());
    }
}

contract RouterHandler is RouterTestBase {
    /// @notice What was violated, if anything.
    string public broken;
    /// @notice The true price.
    uint256 public level = 1_000e18;

    constructor(PriceRouter router_, ScriptedSource[] memory sources_) {
        router = router_;
        sources = sources_;
    }

    function publish(uint256 which, uint256 drift, uint256 seconds_) external {
        _wait(seconds_);
        level = level * (9_900 + drift % 201) / 10_000;
        // So that neither bounds nor the ten minutes at the end are met.
        if (level < 500e18) level = 500e18;
        if (level > 2_000e18) level = 2_000e18;
        say(which % 3, level);
    }

    /// @dev Only source 0 lies.
    function lie(uint256 priceWad, uint256 confidenceWad, uint256 time) external {
        sources[0].set(priceWad, confidenceWad, time);
    }

    function lieALittle(uint256 seed) external {
        sources[0].set(level * (9_800 + seed % 401) / 10_000, 0, block.timestamp + 15);
    }

    function misbehave(uint256 which, uint8 manner) external {
        sources[which % 3].misbehave(ScriptedSource.Manner(manner % 7));
    }

    function decide(uint256 seconds_) external {
        _wait(seconds_);
        IPriceRouter.Price memory before = router.priceOf(BTC);
        (NoPrice outcome, NoPrice[] memory reasons) = router.preview(BTC);
        uint256 accepted;
        uint256 low = type(uint256).max;
        uint256 high;
        for (uint256 i; i < 3; ++i) {
            if (reasons[i] != NoPrice.NONE) continue;
            accepted += 1;
            (uint256 price,,,) = sources[i].read();
            if (price < low) low = price;
            if (price > high) high = price;
        }
        update();
        IPriceRouter.Price memory p = router.priceOf(BTC);
        if (p.acceptedAt == before.acceptedAt) {
            if (keccak256(abi.encode(p)) != keccak256(abi.encode(before))) broken = "changed without being accepted";
            return;
        }
        if (outcome != NoPrice.NONE) broken = "accepted what preview refused";
        if (accepted < 2) broken = "accepted below quorum";
        if (p.priceWad < low || p.priceWad > high) broken = "price outside the accepted";
        if (p.time <= before.time) broken = "time did not rise";
        if (p.time > block.timestamp) broken = "two sources cannot be ahead";
        if (before.priceWad != 0 && !_within(before, p)) broken = "moved too fast";
    }

    /// @dev In floating terms: a fifth of the average for each minute begun.
    function _within(IPriceRouter.Price memory before, IPriceRouter.Price memory p) private pure returns (bool) {
        uint256 elapsed = p.time - before.time;
        if (elapsed < 60) elapsed = 60;
        uint256 distance = p.priceWad > before.emaWad ? p.priceWad - before.emaWad : before.emaWad - p.priceWad;
        return distance <= before.emaWad / 300 * elapsed + elapsed;
    }

    function _wait(uint256 seconds_) private {
        vm.warp(block.timestamp + seconds_ % 60);
    }
}
