// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {IPriceSource, NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";
import {ScriptedSource} from "./support/ScriptedSource.sol";

/// @notice Whatever a source does, it is a source without a price.
contract BadSourcesTest is RouterTestBase {
    function test_CLR13_EveryMannerOfFailing() public {
        list(3, 2);
        for (uint8 manner = 1; manner <= uint8(type(ScriptedSource.Manner).max); ++manner) {
            vm.warp(start + uint256(manner) * 10);
            say(100e18 + manner, 100e18 + manner, 100e18 + manner);
            sources[1].misbehave(ScriptedSource.Manner(manner));
            vm.expectEmit(address(router));
            emit IPriceRouter.SourceRefused(BTC, address(sources[1]), NoPrice.FAILED);
            uint256 gas = gasleft();
            update();
            assertLt(gas - gasleft(), 300_000);
            assertPrice(100e18 + manner);
        }
    }

    function test_CLR13_AllBurnGasAtOnce() public {
        list(8, 2);
        for (uint256 i; i < 8; ++i) {
            sources[i].misbehave(ScriptedSource.Manner.BURN_GAS);
        }
        uint256 gas = gasleft();
        refuse(NoPrice.BELOW_QUORUM);
        // Preview and update, eight stipends each.
        assertLt(gas - gasleft(), 2 * 8 * 110_000 + 200_000);
    }

    function test_CLR13_SourceWithoutCodeHasNoPrice() public {
        list(3, 2);
        say(100e18, 100e18, 100e18);
        vm.etch(address(sources[0]), "");
        assertReason(0, NoPrice.FAILED);
        update();
        assertPrice(100e18);
    }

    /// @dev With too little gas the update reverts; it never goes on without a source that would have had a price.
    function testFuzz_CLR13_GasNeverChoosesTheSources(uint256 gas) public {
        list(3, 2);
        say(100e18, 101e18, 101.4e18);
        gas = bound(gas, 30_000, 600_000);
        bytes memory call = abi.encodeCall(router.update, (proof(new IPriceRouter.Push[](0))));
        (bool ok,) = address(router).call{gas: gas}(call);
        assertPrice(ok ? 101e18 : 0);
    }

    function test_RevertWhen_GasIsShort() public {
        list(3, 2);
        bytes memory call = abi.encodeCall(router.update, (proof(new IPriceRouter.Push[](0))));
        (bool ok, bytes memory why) = address(router).call{gas: 100_000}(call);
        assertFalse(ok);
        assertEq(bytes4(why), IPriceRouter.Router_TooLittleGas.selector);
    }

    /// @dev A source called back into the router while it is being pushed to: the price fixed there is the second's.
    function test_CLR23_SourceReentersFromAPush() public {
        list(2, 2);
        ReenteringSource again = new ReenteringSource(router, abi.encode(_names(), new IPriceRouter.Push[](0)));
        sources[0].set(100e18, 0, block.timestamp);
        sources[1].set(100e18, 0, block.timestamp);
        router.setUnderlying(
            BTC, parameters(2), terms(), IPriceRouter.SourceTerms(IPriceSource(address(again)), HEARTBEAT)
        );
        IPriceRouter.Push[] memory pushes = new IPriceRouter.Push[](1);
        pushes[0].source = again;
        router.update(proof(pushes));
        assertTrue(again.done());
        assertPrice(100e18);
        assertEq(router.priceOf(BTC).acceptedAt, block.timestamp);
    }

    function _names() private pure returns (bytes16[] memory names) {
        names = new bytes16[](1);
        names[0] = BTC;
    }
}

contract ReenteringSource is IPriceSource {
    IPriceRouter private immutable _router;
    bytes private _proof;
    bool public done;

    constructor(IPriceRouter router, bytes memory proof) {
        (_router, _proof) = (router, proof);
    }

    function read() external pure returns (uint256, uint256, uint256, NoPrice) {
        return (0, 0, 0, NoPrice.THIN);
    }

    function push(bytes calldata) external payable {
        _router.update(_proof);
        done = true;
    }
}
