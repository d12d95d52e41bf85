// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IOAppCore} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/interfaces/IOAppCore.sol";
import {ILoopback, ILoopbackReceiver} from "../../../contracts/interfaces/ILoopback.sol";
import {ISpokeVault} from "../../../contracts/interfaces/ISpokeVault.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {SpokeVault} from "../../../contracts/spoke/SpokeVault.sol";
import {Loopback} from "../../../contracts/transport/Loopback.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {DeployParts, DeployVault} from "../support/Deploy.sol";

/// @dev Takes messages, or refuses, or measures the gas that it was given.
contract Receiver is ILoopbackReceiver {
    error Refused(uint64 nonce);

    bool public refusing;
    address public from;
    uint64 public nonce;
    bytes public message;
    uint256 public count;
    uint256 public gasSeen;

    function setRefusing(bool refusing_) external {
        refusing = refusing_;
    }

    function receiveLoopback(address from_, uint64 nonce_, bytes calldata message_) external {
        gasSeen = gasleft();
        if (refusing) revert Refused(nonce_);
        (from, nonce, message) = (from_, nonce_, message_);
        ++count;
    }
}

contract LoopbackTest is Test {
    uint32 private constant HUB_EID = 100;

    Loopback private loopback;
    Receiver private receiver;

    function setUp() public {
        loopback = new Loopback();
        receiver = new Receiver();
    }

    function testFuzz_DeliversWhatWasSentOnceByAnyone(bytes memory message, address sender, address courier) public {
        vm.expectEmit(address(loopback));
        emit ILoopback.MessageQueued(1, sender, address(receiver), 1000, message);
        vm.prank(sender);
        uint64 nonce = loopback.send(address(receiver), message, 1000);
        assertEq(receiver.count(), 0, "never inside the sender's call");

        vm.expectEmit(address(loopback));
        emit ILoopback.MessageDelivered(nonce);
        vm.prank(courier);
        loopback.deliver(nonce, sender, address(receiver), 1000, message);
        assertEq(receiver.from(), sender);
        assertEq(receiver.nonce(), nonce);
        assertEq(receiver.message(), message);
        assertEq(loopback.queued(nonce), 0);

        vm.expectRevert(abi.encodeWithSelector(ILoopback.Loopback_UnknownMessage.selector, nonce));
        loopback.deliver(nonce, sender, address(receiver), 1000, message);
        assertEq(receiver.count(), 1);
    }

    function test_CLR03_AnyOrder() public {
        loopback.send(address(receiver), "one", 0);
        loopback.send(address(receiver), "two", 0);
        loopback.deliver(2, address(this), address(receiver), 0, "two");
        loopback.deliver(1, address(this), address(receiver), 0, "one");
        assertEq(receiver.message(), "one");
        assertEq(receiver.count(), 2);
    }

    function test_CLR05_RevertWhen_AnyFieldIsNotAsSent() public {
        loopback.send(address(receiver), "one", 7);
        _unknown(2, address(this), address(receiver), 7, "one");
        _unknown(1, address(1), address(receiver), 7, "one");
        _unknown(1, address(this), address(1), 7, "one");
        _unknown(1, address(this), address(receiver), 8, "one");
        _unknown(1, address(this), address(receiver), 7, "two");
        assertNotEq(loopback.queued(1), 0);
    }

    function test_CLR11_ARefusedMessageStaysQueued() public {
        loopback.send(address(receiver), "one", 0);
        receiver.setRefusing(true);
        vm.expectRevert(abi.encodeWithSelector(Receiver.Refused.selector, 1));
        loopback.deliver(1, address(this), address(receiver), 0, "one");
        assertNotEq(loopback.queued(1), 0);
        receiver.setRefusing(false);
        loopback.deliver(1, address(this), address(receiver), 0, "one");
        assertEq(receiver.count(), 1);
    }

    /// @dev Either the receiver gets at least what was bought, or the delivery is refused and can be tried again.
    function testFuzz_CLR11_ReceiverGetsTheGasBought(uint256 bought, uint256 given) public {
        bought = bound(bought, 0, 3_000_000);
        // Around what it takes: the 64th that a call keeps back is what a careless check forgets.
        given = bound(given, bought + 30_000, bought + bought / 32 + 150_000);
        loopback.send(address(receiver), "one", bought);
        try loopback.deliver{gas: given}(1, address(this), address(receiver), bought, "one") {
            assertGe(receiver.gasSeen(), bought);
        } catch (bytes memory reason) {
            if (reason.length > 0) assertEq(bytes4(reason), ILoopback.Loopback_InsufficientGas.selector);
            assertNotEq(loopback.queued(1), 0);
            loopback.deliver(1, address(this), address(receiver), bought, "one");
        }
        assertEq(receiver.count(), 1);
    }

    /// @dev The vault of the hub's own chain: reports queue, commands come only from the hub through this queue.
    function test_CLR05_VaultOnTheHubsChain() public {
        AccessManager manager = DeployParts.manager(address(this));
        address endpoint = address(DeployParts.scriptedEndpoint(HUB_EID));
        SpokeVault vault = DeployVault.vault(endpoint, HUB_EID, address(manager), loopback);
        bytes32 peer = bytes32(uint256(uint160(address(receiver))));
        manager.execute(address(vault), abi.encodeCall(vault.setPeer, (HUB_EID, peer)));
        AccountId alice = AccountIdLib.pack(makeAddr("alice"), HUB_EID, 0);
        bytes memory command = bytes.concat(
            CommandCodec.encodeHeader(),
            SectionCodec.header(CommandCodec.CREDIT, 1),
            CommandCodec.encodeCredit(CommandCodec.Credit(alice, 100, 1, type(uint40).max, 1))
        );
        (, uint256 gas) = CommandCodec.measure(CommandCodec.CREDIT, 1);

        // Anyone may queue a message to the vault: it knows who it is from.
        bytes32 self = bytes32(uint256(uint160(address(this))));
        uint64 forged = loopback.send(address(vault), command, gas);
        vm.expectRevert(abi.encodeWithSelector(IOAppCore.OnlyPeer.selector, HUB_EID, self));
        loopback.deliver(forged, address(this), address(vault), gas, command);
        assertEq(vault.creditOf(alice).version, 0);

        vm.prank(address(receiver));
        uint64 nonce = loopback.send(address(vault), command, gas);
        loopback.deliver(nonce, address(receiver), address(vault), gas, command);
        assertEq(vault.creditOf(alice).limit, 100);

        ISpokeVault.ReportKeys memory keys;
        keys.creditStates = new AccountId[](1);
        keys.creditStates[0] = alice;
        assertEq(vault.quoteReport(keys, false).nativeFee, 0);
        uint256 before = address(this).balance;
        bytes32 guid = vault.report{value: 1 ether}(keys, false);
        assertEq(guid, bytes32(uint256(nonce) + 1));
        assertEq(address(this).balance, before, "what was sent along comes back");
        assertEq(receiver.count(), 0, "queued, not delivered");
    }

    receive() external payable {}

    function _unknown(uint64 nonce, address from, address to, uint256 gas, bytes memory message) private {
        vm.expectRevert(abi.encodeWithSelector(ILoopback.Loopback_UnknownMessage.selector, nonce));
        loopback.deliver(nonce, from, to, gas, message);
    }
}
