// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SignedPriceOracle} from "../../../contracts/oracle/SignedPriceOracle.sol";
import {DeployParts} from "../support/Deploy.sol";

contract SignedPriceOracleTest is Test {
    uint256 private constant MAX_AGE = 60;

    AccessManager private manager;
    SignedPriceOracle private oracle;
    /// @dev Private keys in the order of their addresses; the last is no signer.
    uint256[4] private keys = [uint256(1), 2, 3, 4];
    uint256 private stranger = 5;
    uint48 private time = 1_800_000_000;

    function setUp() public {
        vm.warp(time);
        _sortKeys();
        manager = DeployParts.manager(address(this));
        oracle = new SignedPriceOracle(address(manager), MAX_AGE);
        address[] memory signers = new address[](3);
        for (uint256 i; i < 3; ++i) {
            signers[i] = vm.addr(keys[i]);
        }
        oracle.setSigners(signers, 2);
    }

    function test_QuorumSetsThePrices() public {
        vm.expectEmit(address(oracle));
        emit SignedPriceOracle.PriceAccepted("BTC", 60_000e18, time);
        oracle.update(_proof(time, 60_000e18, 0, 1));
        _assertPrice(60_000e18, time);
        // Any two will do, and so will all three.
        vm.warp(time + 2);
        oracle.update(_proof(time + 1, 60_001e18, 1, 2));
        bytes[] memory all = new bytes[](3);
        bytes32 digest = _digest(time + 2, 60_002e18);
        for (uint256 i; i < 3; ++i) {
            all[i] = _sign(keys[i], digest);
        }
        oracle.update(_encode(time + 2, 60_002e18, all));
        _assertPrice(60_002e18, time + 2);
    }

    function test_ReadTellsTheAge() public {
        oracle.update(_proof(time + 10, 60_000e18, 0, 1));
        _assertRead(60_000e18, 0);
        vm.warp(time + 70);
        _assertRead(60_000e18, 60);
    }

    function test_EmptyProofDoesNothing() public {
        oracle.update("");
        _assertPrice(0, 0);
    }

    /// @dev EIP-712 by hand: what an off-chain signer computes.
    function test_CLR20_DigestIsEip712() public view {
        bytes16[] memory names = new bytes16[](2);
        uint128[] memory prices = new uint128[](2);
        (names[0], names[1]) = ("BTC", "ETH");
        (prices[0], prices[1]) = (1, 2);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("CausewayPriceOracle"),
                keccak256("1"),
                block.chainid,
                address(oracle)
            )
        );
        bytes32 hash = keccak256(
            abi.encode(
                keccak256("PriceBatch(uint48 time,bytes16[] underlyings,uint128[] pricesWad)"),
                uint256(time),
                keccak256(abi.encode(bytes32("BTC"), bytes32("ETH"))),
                keccak256(abi.encode(uint256(1), uint256(2)))
            )
        );
        assertEq(oracle.digest(time, names, prices), keccak256(abi.encodePacked(hex"1901", domain, hash)));
    }

    /// @dev Whatever the order in which valid batches arrive, the newest time stays.
    function testFuzz_CLR03_NewestTimeWins(uint256 seed) public {
        vm.warp(time + 50);
        uint48 newest;
        for (uint256 i; i < 6; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint48 at = time + uint48(seed % 50);
            oracle.update(_proof(at, uint128(at), 0, 1));
            if (at > newest) newest = at;
            _assertPrice(newest, newest);
        }
    }

    function test_CLR13_EqualTimeDoesNotReplace() public {
        oracle.update(_proof(time, 60_000e18, 0, 1));
        oracle.update(_proof(time, 1, 0, 1));
        _assertPrice(60_000e18, time);
    }

    function test_CLR13_TimeBounds() public {
        bytes memory ahead = _proof(time + 16, 1, 0, 1);
        vm.expectRevert(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_TimeAhead.selector, time + 16, time + 15)
        );
        oracle.update(ahead);
        oracle.update(_proof(time + 15, 2, 0, 1));
        bytes memory old = _proof(time, 1, 0, 1);
        vm.warp(time + MAX_AGE);
        oracle.update(old);
        vm.warp(time + MAX_AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(SignedPriceOracle.Oracle_TimeTooOld.selector, time, time + 1));
        oracle.update(old);
        _assertPrice(2, time + 15);
    }

    function test_CLR13_RevertWhen_BelowQuorum() public {
        bytes[] memory one = new bytes[](1);
        one[0] = _sign(keys[0], _digest(time, 1));
        _refused(abi.encodeWithSelector(SignedPriceOracle.Oracle_BelowQuorum.selector, 1, 2), _encode(time, 1, one));
    }

    function test_CLR13_RevertWhen_OneSignerCountsTwice() public {
        address signer = vm.addr(keys[0]);
        _refused(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_SignersNotAscending.selector, signer, signer),
            _proof(time, 1, 0, 0)
        );
    }

    function test_RevertWhen_SignaturesAreNotAscending() public {
        _refused(
            abi.encodeWithSelector(
                SignedPriceOracle.Oracle_SignersNotAscending.selector, vm.addr(keys[1]), vm.addr(keys[0])
            ),
            _proof(time, 1, 1, 0)
        );
    }

    function test_RevertWhen_SignerIsNotAuthorised() public {
        _refused(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_UnknownSigner.selector, vm.addr(keys[3])),
            _proof(time, 1, 0, 3)
        );
    }

    function test_RevertWhen_SignatureIsNone() public {
        bytes[] memory junk = new bytes[](2);
        junk[0] = hex"1234";
        _refused(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_InvalidSignature.selector, 0), _encode(time, 1, junk)
        );
    }

    /// @dev Signed for another price: recovers to strangers.
    function testFuzz_CLR13_RevertWhen_ThePriceWasChanged(uint128 signed, uint128 claimed) public {
        vm.assume(signed != claimed);
        bytes[] memory signatures = new bytes[](2);
        bytes32 digest = _digest(time, signed);
        signatures[0] = _sign(keys[0], digest);
        signatures[1] = _sign(keys[1], digest);
        vm.expectRevert();
        oracle.update(_encode(time, claimed, signatures));
        _assertPrice(0, 0);
    }

    function test_RevertWhen_SignedForAnotherOracle() public {
        bytes memory proof = _proof(time, 1, 0, 1);
        SignedPriceOracle other = new SignedPriceOracle(address(manager), MAX_AGE);
        other.setSigners(oracle.signers(), 2);
        vm.expectRevert();
        other.update(proof);
    }

    function test_RevertWhen_PriceIsZero() public {
        _refused(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_ZeroPrice.selector, bytes16("BTC")),
            _proof(time, 0, 0, 1)
        );
    }

    function test_RevertWhen_LengthsDifferOrTooMany() public {
        bytes memory proof = abi.encode(time, new bytes16[](2), new uint128[](1), new bytes[](0));
        _refused(abi.encodeWithSelector(SignedPriceOracle.Oracle_LengthMismatch.selector, 2, 1), proof);
        proof = abi.encode(time, new bytes16[](65), new uint128[](65), new bytes[](0));
        _refused(abi.encodeWithSelector(SignedPriceOracle.Oracle_TooManyUnderlyings.selector, 65, 64), proof);
    }

    function test_RevertWhen_NoSignersAreSetYet() public {
        SignedPriceOracle fresh = new SignedPriceOracle(address(manager), MAX_AGE);
        vm.expectRevert(abi.encodeWithSelector(SignedPriceOracle.Oracle_BelowQuorum.selector, 0, 0));
        fresh.update(abi.encode(time, new bytes16[](0), new uint128[](0), new bytes[](0)));
    }

    function test_CLR22_ReplacingSignersDropsTheOldOnes() public {
        address[] memory one = new address[](1);
        one[0] = vm.addr(keys[3]);
        oracle.setSigners(one, 1);
        assertFalse(oracle.isSigner(vm.addr(keys[0])));
        assertEq(oracle.signers().length, 1);
        bytes memory proof = _proof(time, 1, 0, 1);
        _refused(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_UnknownSigner.selector, vm.addr(keys[0])), proof
        );
    }

    function test_RevertWhen_SignersOrQuorumAreBad() public {
        address[] memory list = new address[](2);
        vm.expectRevert(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_SignersNotAscending.selector, address(0), address(0))
        );
        oracle.setSigners(list, 1);
        (list[0], list[1]) = (address(2), address(1));
        vm.expectRevert(
            abi.encodeWithSelector(SignedPriceOracle.Oracle_SignersNotAscending.selector, address(2), address(1))
        );
        oracle.setSigners(list, 1);
        vm.expectRevert(abi.encodeWithSelector(SignedPriceOracle.Oracle_BadQuorum.selector, 3, 2));
        oracle.setSigners(list, 3);
        vm.expectRevert(abi.encodeWithSelector(SignedPriceOracle.Oracle_BadQuorum.selector, 0, 2));
        oracle.setSigners(list, 0);
        vm.expectRevert(abi.encodeWithSelector(SignedPriceOracle.Oracle_TooManySigners.selector, 33, 32));
        oracle.setSigners(new address[](33), 1);
        assertEq(oracle.quorum(), 2);
    }

    function test_CLR22_RevertWhen_AStrangerSetsSigners() public {
        vm.prank(vm.addr(stranger));
        vm.expectRevert(
            abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, vm.addr(stranger))
        );
        oracle.setSigners(new address[](1), 1);
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

    /// @dev Signed by two keys, by place.
    function _proof(uint48 at, uint128 price, uint256 first, uint256 second) private view returns (bytes memory) {
        bytes[] memory signatures = new bytes[](2);
        bytes32 digest = _digest(at, price);
        signatures[0] = _sign(keys[first], digest);
        signatures[1] = _sign(keys[second], digest);
        return _encode(at, price, signatures);
    }

    function _sign(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _sortKeys() private {
        for (uint256 i; i < keys.length; ++i) {
            for (uint256 j = i + 1; j < keys.length; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
    }
}
