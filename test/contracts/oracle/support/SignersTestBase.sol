// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {SignerQuorum} from "../../../../contracts/oracle/SignerQuorum.sol";
import {VectorFile} from "../../codec/VectorFile.sol";
import {DeployParts} from "../../support/Deploy.sol";

/// @notice Three signers, of whom two are a quorum, and a stranger.
abstract contract SignersTestBase is VectorFile {
    /// @dev The last is the stranger's; ascending by address.
    uint256[4] internal keys = [uint256(11), 12, 13, 14];
    uint48 internal time = 1_800_000_000;
    AccessManager internal manager;
    SignerQuorum internal signers;

    function setUp() public virtual {
        vm.warp(time);
        for (uint256 i; i < keys.length; ++i) {
            for (uint256 j = i + 1; j < keys.length; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
        manager = DeployParts.manager(address(this));
        signers = new SignerQuorum(address(manager));
        address[] memory three = new address[](3);
        for (uint256 i; i < 3; ++i) {
            three[i] = vm.addr(keys[i]);
        }
        signers.setSigners(three, 2);
    }

    /// @notice Signed by two keys, by place.
    function signed(bytes32 digest, uint256 first, uint256 second) internal view returns (bytes[] memory signatures) {
        signatures = new bytes[](2);
        (signatures[0], signatures[1]) = (sign(keys[first], digest), sign(keys[second], digest));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice EIP-712 by hand: what an off-chain signer computes.
    function digestByHand(string memory name, address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
