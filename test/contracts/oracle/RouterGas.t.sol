// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {console} from "forge-std/console.sol";
import {IPriceRouter} from "../../../contracts/interfaces/IPriceRouter.sol";
import {IPriceSource} from "../../../contracts/interfaces/IPriceSource.sol";
import {SignedPriceOracle} from "../../../contracts/oracle/SignedPriceOracle.sol";
import {SignerQuorum} from "../../../contracts/oracle/SignerQuorum.sol";
import {AggregatorSource} from "../../../contracts/oracle/sources/AggregatorSource.sol";
import {PythSource} from "../../../contracts/oracle/sources/PythSource.sol";
import {SignedSource} from "../../../contracts/oracle/sources/SignedSource.sol";
import {TestAggregator} from "../../../contracts/mocks/TestAggregator.sol";
import {TestPyth} from "../../../contracts/mocks/TestPyth.sol";
import {RouterTestBase} from "./support/RouterTestBase.sol";

/// @notice The three adapters behind one router, and what that costs: storage cold, addresses warm.
/// @dev Feeds are mocks without a proxy in front.
contract RouterGasTest is RouterTestBase {
    bytes32 private constant ID = keccak256("BTC/USD");

    TestAggregator private feed;
    TestPyth private pyth;
    SignerQuorum private signers;
    SignedPriceOracle private signed;
    SignedSource private signedSource;
    IPriceSource[] private adapters;
    uint256[2] private keys = [uint256(1), 2];

    function setUp() public override {
        super.setUp();
        if (vm.addr(keys[1]) < vm.addr(keys[0])) (keys[0], keys[1]) = (keys[1], keys[0]);
        address[] memory two = new address[](2);
        (two[0], two[1]) = (vm.addr(keys[0]), vm.addr(keys[1]));
        signers = new SignerQuorum(address(manager));
        signers.setSigners(two, 2);
        signed = new SignedPriceOracle(signers, 60);
        signedSource = new SignedSource(signed, BTC, 10);
        feed = new TestAggregator(8);
        pyth = new TestPyth(0);
        IPriceRouter.SourceTerms[] memory t = new IPriceRouter.SourceTerms[](3);
        t[0] = IPriceRouter.SourceTerms(new AggregatorSource(feed, 50), 3_600);
        t[1] = IPriceRouter.SourceTerms(new PythSource(pyth, ID), 60);
        t[2] = IPriceRouter.SourceTerms(signedSource, 90);
        for (uint256 i; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (address(t[j].source) < address(t[i].source)) (t[i], t[j]) = (t[j], t[i]);
            }
        }
        for (uint256 i; i < 3; ++i) {
            adapters.push(t[i].source);
        }
        router.setUnderlying(BTC, parameters(2), t, IPriceRouter.SourceTerms(IPriceSource(address(0)), 0));
        _publish(1);
    }

    /// @dev Bounds well above what it printed when written: what makes it much dearer must be noticed.
    function test_GasWithThreeSources() public {
        router.update(_proof(1));
        assertPrice(60_001e18);
        vm.warp(start + 30);
        _publish(2);
        bytes memory plain = proof(new IPriceRouter.Push[](0));
        uint256 update_ = _cold(abi.encodeCall(router.update, (plain)));
        // Of the pull feed alone there is news: without the batch the second newest time does not rise.
        bytes memory withProof = _proof(2);
        uint256 updateWithProof = _cold(abi.encodeCall(router.update, (withProof)));
        assertPrice(60_002e18);
        uint256 again = _cold(abi.encodeCall(router.update, (withProof)));
        uint256 latest = _cold(abi.encodeCall(router.latest, (BTC)));
        uint256 read = _cold(abi.encodeCall(router.read, (BTC)));
        console.log("latest", latest);
        console.log("read (price, confidence, age)", read);
        console.log("update, 3 sources, refused as not newer", update_);
        console.log("update, 3 sources, with a batch signed by 2, stored", updateWithProof);
        console.log("update again in the same second, with the same batch", again);
        assertLt(latest, 6_000);
        assertLt(read, 8_500);
        assertLt(updateWithProof, 150_000);
    }

    function _publish(uint256 step) private {
        feed.set(uint80(step), int256(60_000e8 + step * 1e8), block.timestamp, start - 600, uint80(step));
        pyth.set(ID, int64(uint64(60_000e8 + step * 1e8)), 1e8, -8, block.timestamp);
    }

    function _proof(uint256 step) private view returns (bytes memory) {
        bytes16[] memory names = new bytes16[](1);
        uint128[] memory prices = new uint128[](1);
        (names[0], prices[0]) = (BTC, uint128(60_000e18 + step * 1e18));
        bytes32 digest = signed.digest(uint48(block.timestamp), names, prices);
        bytes[] memory signatures = new bytes[](2);
        for (uint256 i; i < 2; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[i], digest);
            signatures[i] = abi.encodePacked(r, s, v);
        }
        IPriceRouter.Push[] memory pushes = new IPriceRouter.Push[](1);
        pushes[0] =
            IPriceRouter.Push(signedSource, abi.encode(uint48(block.timestamp), names, prices, signatures));
        return proof(pushes);
    }

    function _cold(bytes memory call) private returns (uint256 gas) {
        vm.cool(address(router));
        vm.cool(address(feed));
        vm.cool(address(pyth));
        vm.cool(address(signers));
        vm.cool(address(signed));
        for (uint256 i; i < 3; ++i) {
            vm.cool(address(adapters[i]));
        }
        gas = gasleft();
        (bool ok,) = address(router).call(call);
        gas -= gasleft();
        assertTrue(ok);
    }
}
