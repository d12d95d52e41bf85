// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedPriceOracle} from "../../../contracts/oracle/SignedPriceOracle.sol";
import {SignerQuorum} from "../../../contracts/oracle/SignerQuorum.sol";
import {SignersTestBase} from "./support/SignersTestBase.sol";

/// @dev Who must sign is `SignerQuorum`'s own test.
contract SignedPriceOracleTest is SignersTestBase {
    uint256 private constant MAX_AGE = 60;

    SignedPriceOracle private oracle;

    function setUp() public override {
        super.setUp();
        oracle = new SignedPriceOracle(signers, MAX_AGE);
    }

    function test_QuorumSetsThePrices() public {
        vm.expectEmit(address(oracle));
        emit SignedPriceOracle.PriceAccepted("BTC", 60_000e18, time);
        oracle.update(_proof(time, 60_000e18));
        _assertPrice(60_000e18, time);
    }

    function test_ReadTellsTheAge() public {
        oracle.update(_proof(time + 10, 60_000e18));
        _assertRead(60_000e18, 0);
        vm.warp(time + 70);
        _assertRead(60_000e18, 60);
    }

    function test_EmptyProofDoesNothing() public {
        oracle.update("");
        _assertPrice(0, 0);
    }

    function test_CLR20_DigestIsEip712() public view {
        bytes16[] memory names = new bytes16[](2);
        uint128[] memory prices = new uint128[](2);
        (names[0], names[1]) = ("BTC", "ETH");
        (prices[0], prices[1]) = (1, 2);
        bytes32 hash = keccak256(
            abi.encode(
                keccak256("PriceBatch(uint48 time,bytes16[] underlyings,uint128[] pricesWad)"),
                uint256(time),
                keccak256(abi.encode(bytes32("BTC"), bytes32("ETH"))),
                keccak256(abi.encode(uint256(1), uint256(2)))
            )
        );
        assertEq(oracle.digest(time, names, prices), digestByHand("CausewayPriceOracle", address(oracle), hash));
    }

    /// @dev Whatever the order in which valid batches arrive, the newest time stays.
    function testFuzz_CLR03_NewestTimeWins(uint256 seed) public {
        vm.warp(time + 50);
        uint48 newest;
        for (uint256 i; i < 6; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint48 at = time + uint48(seed % 50);
            oracle.update(_proof(at, uint128(at)));
            if (at > newest) newest = at;
            _assertPrice(newest, newest);
        }
    }

    function test_CLR13_EqualTimeDoesNotReplace() public {
        oracle.update(_proof(time, 60_000e18));
        oracle.update(_proof(time, 1));
        _assertPrice(60_000e18, time);
    }

    function test_CLR13_TimeBounds() public {
        bytes memory ahead = _proof(time + 16, 1);
        vm.expectRevert(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_TimeAhead.selector, time + 16, time + 15)
        );
        oracle.update(ahead);
        oracle.update(_proof(time + 15, 2));
        bytes memory old = _proof(time, 1);
        vm.warp(time + MAX_AGE);
        oracle.update(old);
        vm.warp(time + MAX_AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(SignedPriceOracle.Oracle_TimeTooOld.selector, time, time + 1));
        oracle.update(old);
        _assertPrice(2, time + 15);
    }

    /// @dev Signed for another price: recovers to strangers.
    function testFuzz_CLR13_RevertWhen_ThePriceWasChanged(uint128 said, uint128 claimed) public {
        vm.assume(said != claimed);
        bytes memory proof = _encode(time, claimed, signed(_digest(time, said), 0, 1));
        vm.expectPartialRevert(SignerQuorum.Signers_Unknown.selector);
        oracle.update(proof);
        _assertPrice(0, 0);
    }

    function test_RevertWhen_SignedForAnotherOracle() public {
        bytes memory proof = _proof(time, 1);
        SignedPriceOracle other = new SignedPriceOracle(signers, MAX_AGE);
        vm.expectPartialRevert(SignerQuorum.Signers_Unknown.selector);
        other.update(proof);
    }

    function test_RevertWhen_PriceIsZero() public {
        _refused(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_ZeroPrice.selector, bytes16("BTC")), _proof(time, 0)
        );
    }

    function test_RevertWhen_LengthsDifferOrTooMany() public {
        bytes memory proof = abi.encode(time, new bytes16[](2), new uint128[](1), new bytes[](0));
        _refused(abi.encodeWithSelector(SignedPriceOracle.Oracle_LengthMismatch.selector, 2, 1), proof);
        proof = abi.encode(time, new bytes16[](65), new uint128[](65), new bytes[](0));
        _refused(abi.encodeWithSelector(SignedPriceOracle.Oracle_TooManyUnderlyings.selector, 65, 64), proof);
    }

    function _refused(bytes memory reason, bytes memory proof) private {
        vm.expectRevert(reason);
        oracle.update(proof);
        _assertPrice(0, 0);
    }

    function _assertRead(uint256 priceWad, uint256 ageSeconds) private view {
        (uint256 foundPrice, uint256 confidence, uint256 foundAge) = oracle.read("BTC");
        assertEq(foundPrice, priceWad);
        assertEq(confidence, 0);
        assertEq(foundAge, ageSeconds);
    }

    function _assertPrice(uint256 price, uint256 at) private view {
        (uint256 storedPrice, uint256 storedTime) = oracle.latest("BTC");
        assertEq(storedPrice, price);
        assertEq(storedTime, at);
    }

    function _batch(uint128 price) private pure returns (bytes16[] memory names, uint128[] memory prices) {
        names = new bytes16[](1);
        prices = new uint128[](1);
        (names[0], prices[0]) = ("BTC", price);
    }

    function _digest(uint48 at, uint128 price) private view returns (bytes32) {
        (bytes16[] memory names, uint128[] memory prices) = _batch(price);
        return oracle.digest(at, names, prices);
    }

    function _encode(uint48 at, uint128 price, bytes[] memory signatures) private pure returns (bytes memory) {
        (bytes16[] memory names, uint128[] memory prices) = _batch(price);
        return abi.encode(at, names, prices, signatures);
    }

    function _proof(uint48 at, uint128 price) private view returns (bytes memory) {
        return _encode(at, price, signed(_digest(at, price), 0, 1));
    }
}
