// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {ScriptedSource} from "./support/ScriptedSource.sol";

/// @notice The protocol's own trades break ties and do nothing else.
contract InternalSourceTest is RouterTestBase {
    ScriptedSource private trades;

    function _list(uint256 count, uint8 quorum) private {
        trades = new ScriptedSource();
        list(count, parameters(quorum), trades);
    }

    function test_BreaksATie() public {
        _list(2, 2);
        say(0, 100e18);
        say(1, 101e18);
        trades.set(100.2e18, 0, block.timestamp);
        update();
        // The median of all three.
        assertPrice(100.2e18);
    }

    function test_CLR13_IsNeverOneOfTheQuorum() public {
        _list(2, 2);
        say(0, 100e18);
        trades.set(100e18, 0, block.timestamp);
        refuse(NoPrice.BELOW_QUORUM);
    }

    function test_CLR13_DoesNotReconcileTwoThatDisagree() public {
        _list(2, 2);
        say(0, 100e18);
        say(1, 102e18);
        trades.set(101e18, 0, block.timestamp);
        refuse(NoPrice.DISAGREE);
    }

    /// @dev Whatever it says: same outcome and time as without it, a price between the middle two.
    function testFuzz_CLR13_ChangesNothingButWhereBetweenTheMiddleTwo(
        uint256 count,
        uint256 seed,
        uint256 internalPrice
    ) public {
        count = bound(count, 2, 7);
        _list(count, 2);
        uint256 low = type(uint256).max;
        uint256 high;
        for (uint256 i; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 price = 100e18 + seed % 3e18;
            sources[i].set(price, seed % 1e18, block.timestamp - (seed >> 128) % 100);
            if (price < low) low = price;
            if (price > high) high = price;
        }
        trades.setNone(NoPrice.THIN);
        uint256 snapshot = vm.snapshotState();
        (NoPrice without,) = router.preview(BTC);
        update();
        (uint256 priceWithout, uint256 timeWithout) = router.latest(BTC);
        vm.revertToState(snapshot);

        trades.set(internalPrice, 0, block.timestamp);
        (NoPrice outcome,) = router.preview(BTC);
        update();
        (uint256 price_, uint256 time) = router.latest(BTC);
        assertEq(uint8(outcome), uint8(without));
        assertEq(time, timeWithout);
        if (count % 2 == 1) assertEq(price_, priceWithout);
        if (outcome == NoPrice.NONE) assertTrue(price_ >= low && price_ <= high);
    }
}
