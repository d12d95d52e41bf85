// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    MessagingFee,
    MessagingParams,
    MessagingReceipt,
    Origin
} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {ILayerZeroReceiver} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroReceiver.sol";

/// @title What an OApp sees of a LayerZero endpoint, with delivery in the hands of a script
/// @notice Test only: several of them, one an eid, stand in one EVM. A packet sent lies in the inbox of its destination
/// until the test delivers it, in any order, with any gas, any number of times, or drops it. Messages cost nothing.
/// @dev The real endpoint delivers at most once; delivering twice here is stronger than reality, on purpose (CLR-03).
contract ScriptedEndpoint {
    /// @param gas bought by the sender for the receive
    /// @param deliveries successful ones so far
    struct Packet {
        Origin origin;
        bytes32 guid;
        address receiver;
        uint256 gas;
        uint32 deliveries;
        bool dropped;
        bytes message;
    }

    uint32 public immutable eid;
    mapping(uint32 eid => ScriptedEndpoint) public remotes;
    mapping(address sender => mapping(uint32 dstEid => mapping(bytes32 receiver => uint64))) public outboundNonce;

    Packet[] private _inbox;

    error ScriptedEndpoint_NotConnected(uint32 dstEid);
    error ScriptedEndpoint_Dropped(uint256 index);
    error ScriptedEndpoint_NotEnoughGas(uint256 wanted, uint256 available);

    event PacketQueued(uint256 indexed index, uint32 indexed srcEid, bytes32 guid);

    constructor(uint32 eid_) {
        eid = eid_;
    }

    /// @notice Lets this endpoint send to `remote`.
    function connect(ScriptedEndpoint remote) external {
        remotes[remote.eid()] = remote;
    }

    /// @notice As the endpoint's: an OApp's constructor calls it.
    function setDelegate(address) external {}

    /// @notice As the endpoint's: messages cost nothing here.
    function quote(MessagingParams calldata, address) external pure returns (MessagingFee memory) {
        return MessagingFee(0, 0);
    }

    /// @notice As the endpoint's: puts the packet into the inbox of its destination.
    function send(MessagingParams calldata params, address)
        external
        payable
        returns (MessagingReceipt memory receipt)
    {
        ScriptedEndpoint remote = remotes[params.dstEid];
        if (address(remote) == address(0)) revert ScriptedEndpoint_NotConnected(params.dstEid);
        uint64 nonce = ++outboundNonce[msg.sender][params.dstEid][params.receiver];
        bytes32 sender = bytes32(uint256(uint160(msg.sender)));
        bytes32 guid = keccak256(abi.encodePacked(nonce, eid, sender, params.dstEid, params.receiver));
        remote.queue(
            Packet({
                origin: Origin(eid, sender, nonce),
                guid: guid,
                receiver: address(uint160(uint256(params.receiver))),
                gas: _boughtGas(params.options),
                deliveries: 0,
                dropped: false,
                message: params.message
            })
        );
        receipt.guid = guid;
        receipt.nonce = nonce;
    }

    /// @notice Called by the endpoint that sent `packet`; a test may put any packet there itself.
    function queue(Packet calldata packet) external {
        emit PacketQueued(_inbox.length, packet.origin.srcEid, packet.guid);
        _inbox.push(packet);
    }

    /// @notice Delivers a packet with the gas that was bought for it.
    /// @return success whether the receive did not revert; `reason` its revert data
    function deliver(uint256 index) external returns (bool success, bytes memory reason) {
        return _deliver(index, _inbox[index].gas);
    }

    /// @notice Delivers a packet with `gas`, once more if it was delivered before.
    function deliver(uint256 index, uint256 gas) external returns (bool success, bytes memory reason) {
        return _deliver(index, gas);
    }

    /// @notice Loses a packet for ever.
    function drop(uint256 index) external {
        _inbox[index].dropped = true;
    }

    /// @notice Calls a receiver as its endpoint does, with whatever origin and message the test makes up.
    function deliverRaw(Origin calldata origin, bytes32 guid, address receiver, bytes calldata message, uint256 gas)
        external
        returns (bool success, bytes memory reason)
    {
        return _call(origin, guid, receiver, message, gas);
    }

    function packetCount() external view returns (uint256) {
        return _inbox.length;
    }

    function packetAt(uint256 index) external view returns (Packet memory) {
        return _inbox[index];
    }

    function _deliver(uint256 index, uint256 gas) private returns (bool success, bytes memory reason) {
        Packet memory packet = _inbox[index];
        if (packet.dropped) revert ScriptedEndpoint_Dropped(index);
        (success, reason) = _call(packet.origin, packet.guid, packet.receiver, packet.message, gas);
        if (success) _inbox[index].deliveries += 1;
    }

    function _call(Origin memory origin, bytes32 guid, address receiver, bytes memory message, uint256 gas)
        private
        returns (bool success, bytes memory reason)
    {
        bytes memory data = abi.encodeCall(ILayerZeroReceiver.lzReceive, (origin, guid, message, address(this), ""));
        // A call silently forwards less than asked for; a script must get what it asked for.
        uint256 available = gasleft();
        if (available < (gas * 64) / 63 + 10_000) revert ScriptedEndpoint_NotEnoughGas(gas, available);
        (success, reason) = receiver.call{gas: gas}(data);
    }

    /// @dev Reads the one option that `Transport` writes: type 3 (2 bytes), worker (1), size (2), kind (1), gas (16).
    function _boughtGas(bytes calldata options) private pure returns (uint256) {
        return uint128(bytes16(options[6:22]));
    }
}
