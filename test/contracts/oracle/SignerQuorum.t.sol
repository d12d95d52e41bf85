// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SignerQuorum} from "../../../contracts/oracle/SignerQuorum.sol";
import {SignersTestBase} from "./support/SignersTestBase.sol";

contract SignerQuorumTest is SignersTestBase {
    bytes32 private constant HASH = keccak256("what is signed");

    function test_AnyTwoWillDoAndSoWillAllThree() public view {
        signers.check(HASH, signed(HASH, 0, 1));
        signers.check(HASH, signed(HASH, 1, 2));
        bytes[] memory all = new bytes[](3);
        for (uint256 i; i < 3; ++i) {
            all[i] = sign(keys[i], HASH);
        }
        signers.check(HASH, all);
    }

    function test_CLR13_RevertWhen_BelowQuorum() public {
        bytes[] memory one = new bytes[](1);
        one[0] = sign(keys[0], HASH);
        _refused(abi.encodeWithSelector(SignerQuorum.Signers_BelowQuorum.selector, 1, 2), one);
    }

    function test_CLR13_RevertWhen_OneSignerCountsTwice() public {
        address signer = vm.addr(keys[0]);
        _refused(
            abi.encodeWithSelector(SignerQuorum.Signers_NotAscending.selector, signer, signer), signed(HASH, 0, 0)
        );
    }

    function test_RevertWhen_SignaturesAreNotAscending() public {
        _refused(
            abi.encodeWithSelector(
                SignerQuorum.Signers_NotAscending.selector, vm.addr(keys[1]), vm.addr(keys[0])
            ),
            signed(HASH, 1, 0)
        );
    }

    function test_CLR13_RevertWhen_ASignerIsUnknown() public {
        _refused(
            abi.encodeWithSelector(SignerQuorum.Signers_Unknown.selector, vm.addr(keys[3])), signed(HASH, 0, 3)
        );
        // Beyond the quorum none may be unknown either.
        bytes[] memory three = new bytes[](3);
        (three[0], three[1], three[2]) = (sign(keys[0], HASH), sign(keys[1], HASH), sign(keys[3], HASH));
        _refused(abi.encodeWithSelector(SignerQuorum.Signers_Unknown.selector, vm.addr(keys[3])), three);
    }

    function test_RevertWhen_ASignatureIsNone() public {
        bytes[] memory junk = new bytes[](2);
        junk[0] = hex"1234";
        _refused(abi.encodeWithSelector(SignerQuorum.Signers_InvalidSignature.selector, 0), junk);
    }

    function test_RevertWhen_NoSignersAreSetYet() public {
        SignerQuorum fresh = new SignerQuorum(address(manager));
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.Signers_BelowQuorum.selector, 0, 0));
        fresh.check(HASH, new bytes[](0));
    }

    function test_CLR22_ReplacingSignersDropsTheOldOnes() public {
        address[] memory one = new address[](1);
        one[0] = vm.addr(keys[3]);
        signers.setSigners(one, 1);
        assertFalse(signers.isSigner(vm.addr(keys[0])));
        assertEq(signers.signers().length, 1);
        _refused(
            abi.encodeWithSelector(SignerQuorum.Signers_Unknown.selector, vm.addr(keys[0])), signed(HASH, 0, 1)
        );
    }

    function test_RevertWhen_SignersOrQuorumAreBad() public {
        address[] memory list = new address[](2);
        vm.expectRevert(
            abi.encodeWithSelector(SignerQuorum.Signers_NotAscending.selector, address(0), address(0))
        );
        signers.setSigners(list, 1);
        (list[0], list[1]) = (address(2), address(1));
        vm.expectRevert(
            abi.encodeWithSelector(SignerQuorum.Signers_NotAscending.selector, address(2), address(1))
        );
        signers.setSigners(list, 1);
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.Signers_BadQuorum.selector, 3, 2));
        signers.setSigners(list, 3);
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.Signers_BadQuorum.selector, 0, 2));
        signers.setSigners(list, 0);
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.Signers_TooMany.selector, 33, 32));
        signers.setSigners(new address[](33), 1);
        assertEq(signers.quorum(), 2);
    }

    function test_CLR22_RevertWhen_AStrangerSetsSigners() public {
        address stranger = vm.addr(keys[3]);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        signers.setSigners(new address[](1), 1);
    }

    function _refused(bytes memory reason, bytes[] memory signatures) private {
        vm.expectRevert(reason);
        signers.check(HASH, signatures);
    }
}
