// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {NoPrice} from "../../../contracts/interfaces/IPriceSource.sol";
import {SignedSource} from "../../../contracts/oracle/sources/SignedSource.sol";
import {StubOracle} from "../support/StubOracle.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";

/// @dev The signatures are `SignedPriceOracle`'s own test; `RouterGas.t.sol` has the real one behind the router.
contract SignedSourceTest is RouterTestBase {
    StubOracle private oracle;
    SignedSource private source;

    function setUp() public override {
        super.setUp();
        oracle = new StubOracle();
        source = new SignedSource(oracle, BTC, 10);
    }

    function test_ReadsWithTheConfidenceThatTheSignersVouchFor() public {
        (,,, NoPrice none) = source.read();
        assertEq(uint8(none), uint8(NoPrice.NEVER_PRICED));
        oracle.set(BTC, 60_000e18 + 1, start - 7);
        (uint256 price, uint256 confidence, uint256 time, NoPrice reason) = source.read();
        assertEq(uint8(reason), 0);
        assertEq(price, 60_000e18 + 1);
        assertEq(confidence, 60e18 + 1);
        assertEq(time, start - 7);
    }

    function test_RouterHandsTheProofOn() public {
        list(2, 2);
        IPriceRouter.SourceTerms memory internal_ = IPriceRouter.SourceTerms(source, HEARTBEAT);
        router.setUnderlying(BTC, parameters(2), terms(), internal_);
        say(0, 100e18);
        say(1, 101e18);
        IPriceRouter.Push[] memory pushes = new IPriceRouter.Push[](1);
        pushes[0] = IPriceRouter.Push(source, abi.encode(BTC, uint256(100.7e18)));
        router.update(proof(pushes));
        assertPrice(100.7e18);
    }

    function test_RevertWhen_MoneyIsSentOrConfidenceIsAll() public {
        vm.expectRevert(abi.encodeWithSelector(SignedSource.Signed_TakesNoFee.selector, 1));
        source.push{value: 1}("");
        vm.expectRevert(abi.encodeWithSelector(SignedSource.Signed_BadConfidence.selector, 10_000));
        new SignedSource(oracle, BTC, 10_000);
    }
}
