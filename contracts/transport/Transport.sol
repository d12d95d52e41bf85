// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OApp, MessagingFee, Origin} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/OApp.sol";
import {OptionsBuilder} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oapp/libs/OptionsBuilder.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ILoopback, ILoopbackReceiver} from "../interfaces/ILoopback.sol";
import {Codecs} from "../libraries/Codecs.sol";

/// @notice How hub and vaults send and receive: LayerZero V2 between chains, the queued loopback on the hub's own.
/// Either way `_receiveMessage` is told the authenticated source: the eid of the chain and only ever its peer.
abstract contract Transport is OApp, ILoopbackReceiver {
    using OptionsBuilder for bytes;

    /// @notice Eid of this chain.
    uint32 public immutable localEid;
    /// @notice The queue to the peer on this chain; zero where there is none.
    ILoopback public immutable loopback;

    error Transport_NotLoopback(address caller);
    error Transport_InsufficientGas(uint256 required, uint256 available);

    /// @param endpoint_ LayerZero endpoint of this chain
    /// @param manager_ AccessManager; owns the OApp (peers) and is its delegate
    constructor(address endpoint_, address manager_, ILoopback loopback_) OApp(endpoint_, manager_) Ownable(manager_) {
        localEid = endpoint.eid();
        loopback = loopback_;
    }

    /// @notice What both ends of a lane must have in common (CLR-24).
    function codec() external pure returns (bytes32) {
        return Codecs.fingerprint();
    }

    /// @inheritdoc ILoopbackReceiver
    function receiveLoopback(address from, uint64 nonce, bytes calldata message) external {
        if (msg.sender != address(loopback)) revert Transport_NotLoopback(msg.sender);
        bytes32 sender = bytes32(uint256(uint160(from)));
        if (_getPeerOrRevert(localEid) != sender) revert OnlyPeer(localEid, sender);
        _receiveMessage(localEid, bytes32(uint256(nonce)), message);
    }

    function _lzReceive(Origin calldata origin, bytes32 guid, bytes calldata message, address, bytes calldata)
        internal
        override
    {
        _receiveMessage(origin.srcEid, guid, message);
    }

    /// @dev Sends to the peer on `dstEid`, buying `gas` for its receive; what is left of `msg.value` goes back.
    function _send(uint32 dstEid, bytes memory message, uint256 gas) internal returns (bytes32 guid) {
        if (dstEid == localEid) {
            address to = address(uint160(uint256(_getPeerOrRevert(dstEid))));
            guid = bytes32(uint256(loopback.send(to, message, gas)));
            _refund();
        } else {
            guid = _lzSend(dstEid, message, _options(gas), MessagingFee(msg.value, 0), msg.sender).guid;
        }
    }

    function _quoteSend(uint32 dstEid, bytes memory message, uint256 gas) internal view returns (MessagingFee memory fee) {
        if (dstEid != localEid) fee = _quote(dstEid, message, _options(gas), false);
    }

    /// @dev Content never blocks, gas always may: below its bound a message reverts whole and can be executed again.
    function _requireGas(uint256 required) internal view {
        uint256 available = gasleft();
        if (available < required) revert Transport_InsufficientGas(required, available);
    }

    /// @dev Gives back what the caller sent along; call last.
    function _refund() internal {
        if (msg.value == 0) return;
        (bool sent,) = msg.sender.call{value: msg.value}("");
        if (!sent) revert NotEnoughNative(msg.value);
    }

    /// @dev On top come what the endpoint keeps back of the gas it forwards (a 64th), and what endpoint and OApp
    /// spend before `_requireGas` looks.
    function _options(uint256 gas) private pure returns (bytes memory) {
        return OptionsBuilder.newOptions().addExecutorLzReceiveOption(uint128(gas + gas / 60 + 50_000), 0);
    }

    /// @dev Records what an authenticated peer says. Never reverts for content (CLR-11).
    function _receiveMessage(uint32 srcEid, bytes32 guid, bytes calldata message) internal virtual;
}
