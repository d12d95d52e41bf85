// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    MessagingFee, MessagingParams, MessagingReceipt, Origin
} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {ILayerZeroReceiver} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroReceiver.sol";
import {GUID} from "@layerzerolabs/lz-evm-protocol-v2/contracts/libs/GUID.sol";

/// @title Many chains' endpoints inside one EVM, with the test as the network
/// @notice Test only. `endpointFor(eid)` is what an application of that chain takes as its endpoint. What they send
/// goes into one mailbox; the test delivers any packet, in any order, again, late, with the gas it likes, or drops it.
/// @dev Unlike the real endpoint it delivers a packet again when asked: what must survive that is the application.
/// Messages cost nothing; what is sent along is given back.
contract ScriptedEndpoint {
    enum Status {
        Pending,
        Delivered,
        Dropped
    }

    struct Packet {
        uint32 srcEid;
        uint32 dstEid;
        uint64 nonce;
        address sender;
        address receiver;
        bytes32 guid;
        Status status;
        bytes message;
        bytes options;
    }

    mapping(uint32 eid => ScriptedFacade) private _facades;
    mapping(bytes32 path => uint64) private _nonces;
    Packet[] private _packets;

    error ScriptedEndpoint_NotFacade(address caller);
    error ScriptedEndpoint_Dropped(uint256 index);

    /// @notice The endpoint of chain `eid`; made when first asked for.
    function endpointFor(uint32 eid) external returns (ScriptedFacade facade) {
        facade = _facades[eid];
        if (address(facade) != address(0)) return facade;
        facade = new ScriptedFacade(this, eid);
        _facades[eid] = facade;
    }

    /// @notice Puts a packet into the mailbox. Only a facade may: the source is its own eid.
    function enqueue(uint32 srcEid, address sender, MessagingParams calldata params)
        external
        returns (MessagingReceipt memory receipt)
    {
        if (msg.sender != address(_facades[srcEid])) revert ScriptedEndpoint_NotFacade(msg.sender);
        bytes32 path = keccak256(abi.encode(srcEid, sender, params.dstEid, params.receiver));
        uint64 nonce = ++_nonces[path];
        bytes32 guid = GUID.generate(nonce, srcEid, sender, params.dstEid, params.receiver);
        _packets.push(
            Packet({
                srcEid: srcEid,
                dstEid: params.dstEid,
                nonce: nonce,
                sender: sender,
                receiver: address(uint160(uint256(params.receiver))),
                guid: guid,
                status: Status.Pending,
                message: params.message,
                options: params.options
            })
        );
        return MessagingReceipt(guid, nonce, MessagingFee(0, 0));
    }

    /// @notice Delivers packet `index` with `gasLimit`, whether or not it was delivered before. If the receiver
    /// reverts, the packet stays as it was.
    /// @return ok whether the receiver took it; `reason` what it reverted with
    function deliver(uint256 index, uint256 gasLimit) external returns (bool ok, bytes memory reason) {
        Packet storage p = _packets[index];
        if (p.status == Status.Dropped) revert ScriptedEndpoint_Dropped(index);
        Origin memory origin = Origin(p.srcEid, bytes32(uint256(uint160(p.sender))), p.nonce);
        (ok, reason) = _facades[p.dstEid].forward(p.receiver, gasLimit, origin, p.guid, p.message);
        if (ok) p.status = Status.Delivered;
    }

    /// @notice Loses packet `index` for ever.
    function drop(uint256 index) external {
        _packets[index].status = Status.Dropped;
    }

    function packet(uint256 index) external view returns (Packet memory) {
        return _packets[index];
    }

    /// @notice Number of packets ever sent.
    function count() external view returns (uint256) {
        return _packets.length;
    }
}

/// @title One chain's endpoint, as far as an OApp uses it
contract ScriptedFacade {
    ScriptedEndpoint public immutable mailbox;
    uint32 public immutable eid;

    error ScriptedFacade_NotMailbox(address caller);
    error ScriptedFacade_RefundFailed(address to);

    constructor(ScriptedEndpoint mailbox_, uint32 eid_) {
        mailbox = mailbox_;
        eid = eid_;
    }

    function setDelegate(address) external {}

    function quote(MessagingParams calldata, address) external pure returns (MessagingFee memory) {
        return MessagingFee(0, 0);
    }

    function send(MessagingParams calldata params, address refundAddress)
        external
        payable
        returns (MessagingReceipt memory receipt)
    {
        receipt = mailbox.enqueue(eid, msg.sender, params);
        if (msg.value == 0) return receipt;
        (bool refunded,) = refundAddress.call{value: msg.value}("");
        if (!refunded) revert ScriptedFacade_RefundFailed(refundAddress);
    }

    /// @notice Calls `lzReceive` of `receiver` as the endpoint does. Only the mailbox may.
    function forward(
        address receiver,
        uint256 gasLimit,
        Origin calldata origin,
        bytes32 guid,
        bytes calldata message
    ) external returns (bool ok, bytes memory reason) {
        if (msg.sender != address(mailbox)) revert ScriptedFacade_NotMailbox(msg.sender);
        bytes memory data = abi.encodeCall(ILayerZeroReceiver.lzReceive, (origin, guid, message, address(this), ""));
        return receiver.call{gas: gasLimit}(data);
    }
}
