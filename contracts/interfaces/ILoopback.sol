// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The queue between the hub and the vault of the hub's own chain
/// @notice Same promises as the messaging between chains: a message is delivered at most once, in any order, by
/// anyone, in a later call than the one that sent it (never inside a user's call).
/// @dev Anyone may queue a message to anyone; the receiver authenticates `from`, as an OApp does its peer.
interface ILoopback {
    event MessageQueued(uint64 indexed nonce, address indexed from, address indexed to, uint256 gas, bytes message);
    event MessageDelivered(uint64 indexed nonce);

    error Loopback_UnknownMessage(uint64 nonce);
    error Loopback_InsufficientGas(uint256 required, uint256 available);

    /// @notice Queues `message` from the caller. `gas` is what its delivery needs at the least.
    function send(address to, bytes calldata message, uint256 gas) external returns (uint64 nonce);

    /// @notice Delivers a queued message; `from`, `to`, `gas` and `message` are those of `MessageQueued`.
    /// A receiver that reverts leaves it queued.
    function deliver(uint64 nonce, address from, address to, uint256 gas, bytes calldata message) external;

    /// @notice Hash of a queued message; zero once delivered or never sent.
    function queued(uint64 nonce) external view returns (bytes32);
}

/// @notice What a receiver of queued messages implements.
interface ILoopbackReceiver {
    function receiveLoopback(address from, uint64 nonce, bytes calldata message) external;
}
