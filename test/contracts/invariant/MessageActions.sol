// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Origin} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {ILayerZeroReceiver} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroReceiver.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {BookReader, LaneBook} from "./Books.sol";
import {LendingActions} from "./LendingActions.sol";
import "./World.sol";

/// @notice Messages: sent, delivered in any order, twice, late, never, with too little gas, forged, garbled.
abstract contract MessageActions is LendingActions {
    /// @dev How an attempt that must leave no trace reports what it saw.
    error Attempted(bool success, bytes32 state);

    /// @notice Anyone reports any keys of a vault.
    function report(uint256 seed) external action(seed) {
        _count("report", _report(_pick(LANES), 1 + _pick(3), _chance(3)));
    }

    /// @notice Anyone pushes any keys to a spoke.
    function push(uint256 seed) external action(seed) {
        if (_chance(2)) _refreshPrices();
        _count("push", _push(_pick(LANES), 1 + _pick(3)));
    }

    /// @notice Some of what is on its way arrives, in any order.
    function deliver(uint256 seed) external action(seed) {
        uint256 count = 1 + _pick(6);
        if (_pending.length == 0) return _count("deliver", false);
        for (; count != 0 && _pending.length != 0; --count) {
            _deliverInFull(_take(_pick(_pending.length)));
        }
        _count("deliver", true);
    }

    /// @notice A message is lost, or so late that it comes after everything.
    function drop(uint256 seed) external action(seed) {
        if (_pending.length == 0) return _count("drop", false);
        _take(_pick(_pending.length));
        _count("drop", true);
    }

    /// @notice A message that was taken comes again.
    function duplicate(uint256 seed) external action(seed) {
        uint256 from = _mail.length == 0 ? 0 : _pick(_mail.length);
        for (uint256 n; n < _mail.length; ++n) {
            uint256 index = (from + n) % _mail.length;
            if (_mail[index].deliveries == 0) continue;
            _deliverInFull(index);
            return _count("duplicate", true);
        }
        _count("duplicate", false);
    }

    /// @notice A message comes with too little gas: it is taken whole, or refused whole and can come again.
    function starve(uint256 seed) external action(seed) {
        if (_pending.length == 0) return _count("starve", false);
        uint256 at = _pick(_pending.length);
        uint256 index = _pending[at];
        uint256 gas = 30_000 + _pick(_boughtGas(index) - 30_000);
        bytes32 before = _digest();
        (bool taken, bytes32 whole) = _attempt(abi.encodeCall(this.attemptDelivery, (index)));
        assertTrue(taken, "CLR-11: a message with ample gas was refused");
        (bool success,) = _deliver(index, gas);
        bool below = gas < this.boundOf(_mail[index].toHub, _messageOf(index));
        assertFalse(success && below, "CLR-11: taken with less gas than the bound of its length");
        assertEq(_digest(), success ? whole : before, "CLR-11: a message with too little gas was taken in part");
        if (success) _take(at);
        _count("starve", !success);
    }

    /// @notice Somebody pretends to be hub or vault.
    function forge(uint256 seed) external action(seed) {
        if (_mail.length == 0) return _count("forge", false);
        uint256 index = _pick(_mail.length);
        Mail memory m = _mail[index];
        address hub = address(w.hub);
        address vault = address(w.vaults[m.lane]);
        if (m.toHub) _forgeOne(0, m.lane, hub, vault, _messageOf(index));
        else _forgeOne(m.lane, 0, vault, hub, _messageOf(index));
        _count("forge", true);
    }

    function _forgeOne(uint256 lane, uint256 from, address receiver, address peer, bytes memory message) private {
        // The right sender through another chain, and another sender through the right one.
        uint32 otherEid = Places.eidOf((from + 1 + _pick(2)) % LANES);
        bool taken = _raw(w.endpoints[lane], otherEid, peer, receiver, message);
        assertFalse(taken, "CLR-05: taken through another eid");
        taken = _raw(w.endpoints[lane], Places.eidOf(from), _freshAddress(), receiver, message);
        assertFalse(taken, "CLR-05: taken from a stranger");
        // Not through the endpoint; and through the queue of the hub's chain.
        Origin memory origin = Origin(Places.eidOf(from), bytes32(uint256(uint160(peer))), 1);
        (taken,) = receiver.call(abi.encodeCall(ILayerZeroReceiver.lzReceive, (origin, 0, message, address(this), "")));
        assertFalse(taken, "CLR-05: taken from a caller");
        uint64 nonce = w.loopback.send(receiver, message, 0);
        try w.loopback.deliver(nonce, address(this), receiver, 0, message) {
            _fail("CLR-05: taken from a stranger's queue");
        } catch {}
    }

    /// @notice A peer that lies says anything: it is taken, and touches no other chain's books. Then it is undone.
    function garble(uint256 seed) external action(seed) {
        uint256 from = _mail.length == 0 ? 0 : _pick(_mail.length);
        for (uint256 n; n < _mail.length; ++n) {
            uint256 index = (from + n) % _mail.length;
            uint256 lane = _mail[index].lane;
            if (lane == 0) continue;
            bytes memory message = _garbled(_messageOf(index));
            bytes32 before = _others(lane);
            bytes memory call = abi.encodeCall(this.attemptRaw, (lane, _mail[index].toHub, message));
            (bool taken, bytes32 later) = _attempt(call);
            assertTrue(taken, "CLR-11: content made a receive revert");
            assertEq(later, before, "CLR-05: a chain's message changed another chain's books");
            return _count("garble", true);
        }
        _count("garble", false);
    }

    /// @notice The least gas for a message, by its length.
    function boundOf(bool toHub, bytes calldata message) external pure returns (uint256 bound) {
        (, bound) = toHub ? ReportCodec.check(message) : CommandCodec.check(message);
    }

    /// @notice Delivers with ample gas, reports the state after it, and leaves no trace.
    function attemptDelivery(uint256 index) external {
        (bool success,) = _deliver(index, AMPLE_GAS);
        revert Attempted(success, _digest());
    }

    /// @notice Delivers `message` as the peer's, reports the other lanes' books, and leaves no trace.
    function attemptRaw(uint256 lane, bool toHub, bytes calldata message) external {
        address receiver = toHub ? address(w.hub) : address(w.vaults[lane]);
        address peer = toHub ? address(w.vaults[lane]) : address(w.hub);
        bool taken = _raw(w.endpoints[toHub ? 0 : lane], Places.eidOf(toHub ? lane : 0), peer, receiver, message);
        revert Attempted(taken, _others(lane));
    }

    function _attempt(bytes memory data) private returns (bool success, bytes32 state) {
        (, bytes memory reason) = address(this).call(data);
        assembly ("memory-safe") {
            success := mload(add(reason, 36))
            state := mload(add(reason, 68))
        }
    }

    function _raw(ScriptedEndpoint endpoint, uint32 srcEid, address sender, address receiver, bytes memory message)
        internal
        returns (bool success)
    {
        Origin memory origin = Origin(srcEid, bytes32(uint256(uint160(sender))), type(uint64).max);
        (success,) = endpoint.deliverRaw(origin, bytes32(_pick(1e18)), receiver, message, AMPLE_GAS);
    }

    function _others(uint256 lane) private view returns (bytes32 hash) {
        for (uint256 i; i < LANES; ++i) {
            if (i == lane) continue;
            LaneBook memory book;
            BookReader.readLane(w, _closingKeys[i], i, book);
            hash = keccak256(abi.encode(hash, book));
        }
    }

    function _garbled(bytes memory message) private returns (bytes memory) {
        uint256 kind = _pick(4);
        if (kind == 0) return bytes.concat(message, bytes1(uint8(_pick(256))));
        if (kind == 1) {
            uint256 length = _pick(message.length);
            assembly ("memory-safe") {
                mstore(message, length)
            }
            return message;
        }
        for (uint256 n = kind == 2 ? 1 : 12; n != 0; --n) {
            message[_pick(message.length)] = bytes1(uint8(_pick(256)));
        }
        return message;
    }
}
