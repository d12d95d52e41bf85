// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILoopback, ILoopbackReceiver} from "../interfaces/ILoopback.sol";

/// @title The queue between the hub and the vault of the hub's own chain
/// @notice Holds one hash a message; the message itself is in the event. No owner, no configuration.
contract Loopback is ILoopback {
    /// @dev What a receiver spends before it looks at the gas it has left: the call, its peer check, the walk over the
    /// message. `Transport` buys as much from the executor between chains.
    uint256 private constant RECEIVE_OVERHEAD = 50_000;
    uint256 private constant CALL_OVERHEAD = 5_000;

    /// @inheritdoc ILoopback
    mapping(uint64 nonce => bytes32) public queued;

    uint64 private _lastNonce;

    /// @inheritdoc ILoopback
    function send(address to, bytes calldata message, uint256 gas) external returns (uint64 nonce) {
        nonce = ++_lastNonce;
        queued[nonce] = keccak256(abi.encode(nonce, msg.sender, to, gas, message));
        emit MessageQueued(nonce, msg.sender, to, gas, message);
    }

    /// @inheritdoc ILoopback
    function deliver(uint64 nonce, address from, address to, uint256 gas, bytes calldata message) external {
        bytes32 hash = queued[nonce];
        if (hash == 0 || hash != keccak256(abi.encode(nonce, from, to, gas, message))) {
            revert Loopback_UnknownMessage(nonce);
        }
        delete queued[nonce];
        // A call forwards at most 63/64 of what is left.
        uint256 required = ((gas + RECEIVE_OVERHEAD) * 64) / 63 + CALL_OVERHEAD;
        uint256 available = gasleft();
        if (available < required) revert Loopback_InsufficientGas(required, available);

        // A receiver that reverts takes the deletion back with it.
        ILoopbackReceiver(to).receiveLoopback(from, nonce, message);
        emit MessageDelivered(nonce);
    }
}
