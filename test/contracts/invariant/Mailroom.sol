// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ILoopback, ILoopbackReceiver} from "../../../contracts/interfaces/ILoopback.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {ScriptedEndpoint} from "../../../contracts/mocks/ScriptedEndpoint.sol";
import {Solvency} from "./Solvency.sol";
import "./World.sol";

/// @notice All messages ever sent, on the loopback and between chains, to be delivered in any order, again, late, or
/// never.
abstract contract Mailroom is Solvency {
    /// @param place in the destination's inbox, or in `_local`
    struct Mail {
        uint32 lane;
        bool toHub;
        uint32 deliveries;
        uint64 place;
    }

    struct Local {
        uint64 nonce;
        address from;
        address to;
        uint256 gas;
        bytes message;
    }

    /// @dev What the real endpoint spends of the gas bought before it calls the receiver.
    uint256 internal constant ENDPOINT_GAS = 15_000;
    /// @dev What the loopback spends to look up a message, over what it asks for the receiver.
    uint256 internal constant LOOPBACK_GAS = 45_000;
    uint256 internal constant AMPLE_GAS = 30_000_000;

    Mail[] internal _mail;
    uint256[] internal _pending;
    Local[] internal _local;
    uint256[LANES] private _known;
    /// @dev Since when, by the spoke's clock, a hub's and a vault's totals differ, as told; zero if they do not.
    uint256[LANES] internal _differsSince;
    uint64[LANES] private _agreedUpTo;

    /// @dev Files what was just sent. On the hub's own chain it is only in the log.
    function _collect() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(w.hub)) _noteLoan(logs[i]);
            if (logs[i].emitter != address(w.loopback)) continue;
            if (logs[i].topics[0] != ILoopback.MessageQueued.selector) continue;
            address from = address(uint160(uint256(logs[i].topics[2])));
            address to = address(uint160(uint256(logs[i].topics[3])));
            (uint256 gas, bytes memory message) = abi.decode(logs[i].data, (uint256, bytes));
            _file(0, to == address(w.hub), _local.length);
            _local.push(Local(uint64(uint256(logs[i].topics[1])), from, to, gas, message));
        }
        for (uint256 i; i < LANES; ++i) {
            uint256 count = w.endpoints[i].packetCount();
            for (; _known[i] < count; ++_known[i]) {
                uint256 lane = i == 0 ? w.endpoints[0].packetAt(_known[i]).origin.srcEid - Places.eidOf(0) : i;
                _file(lane, i == 0, _known[i]);
            }
        }
    }

    function _file(uint256 lane, bool toHub, uint256 place) private {
        _pending.push(_mail.length);
        _mail.push(Mail(uint32(lane), toHub, 0, uint64(place)));
    }

    /// @dev Takes the message at `at` out of what is on its way.
    function _take(uint256 at) internal returns (uint256 index) {
        index = _pending[at];
        _pending[at] = _pending[_pending.length - 1];
        _pending.pop();
    }

    /// @dev Gas that the sender bought, as far as the receiver sees it.
    function _boughtGas(uint256 index) internal view returns (uint256) {
        Mail storage m = _mail[index];
        if (m.lane == 0) return ((_local[m.place].gas + 50_000) * 64) / 63 + LOOPBACK_GAS;
        return _endpointOf(m).packetAt(m.place).gas - ENDPOINT_GAS;
    }

    function _messageOf(uint256 index) internal view returns (bytes memory) {
        Mail storage m = _mail[index];
        return m.lane == 0 ? _local[m.place].message : _endpointOf(m).packetAt(m.place).message;
    }

    /// @dev Delivers with what was bought: whatever it says, it must be taken (CLR-11). Only a report that overtook, or
    /// outlived, the first one of a pair may ask for more gas than its vault knew to buy: gas may block, content never.
    function _deliverInFull(uint256 index) internal {
        (bool success, bytes memory reason) = _deliver(index, _boughtGas(index));
        if (success) return;
        if (!_overtakes(index)) {
            emit log_named_bytes("refused", reason);
            _fail("CLR-11: a message with enough gas was refused");
        }
        bytes32 before = _digest();
        (success,) = _deliver(index, _boughtGas(index));
        assertFalse(success, "CLR-11: refused, then taken with the same gas");
        assertEq(_digest(), before, "CLR-11: a refused message left something");
        (success,) = _deliver(index, AMPLE_GAS);
        assertTrue(success, "CLR-11: a message with ample gas was refused");
    }

    /// @dev Whether a report carries a pair that is new to the hub although its vault had sent it before, and therefore
    /// bought gas for one that is known. With names it buys as for new ones.
    function _overtakes(uint256 index) internal view returns (bool) {
        Mail storage m = _mail[index];
        if (!m.toHub) return false;
        (uint48[] memory pairs, bool[] memory named) = this.pairsIn(_messageOf(index));
        for (uint256 i; i < pairs.length; ++i) {
            (uint32 account, uint16 instrument) = (uint32(pairs[i] >> 16), uint16(pairs[i]));
            if (named[i] || w.hub.pairOf(Places.eidOf(m.lane), account, instrument).version != 0) continue;
            if (_sentBefore(index, pairs[i])) return true;
        }
        return false;
    }

    function _sentBefore(uint256 index, uint48 pair) private view returns (bool) {
        for (uint256 n; n < index; ++n) {
            if (!_mail[n].toHub || _mail[n].lane != _mail[index].lane) continue;
            (uint48[] memory pairs,) = this.pairsIn(_messageOf(n));
            for (uint256 i; i < pairs.length; ++i) {
                if (pairs[i] == pair) return true;
            }
        }
        return false;
    }

    /// @notice Pairs in a report (account index << 16 | instrument index), and whether it names each one's account.
    function pairsIn(bytes calldata message) external pure returns (uint48[] memory pairs, bool[] memory named) {
        pairs = new uint48[](message.length / ReportCodec.PAIR_SIZE);
        named = new bool[](pairs.length);
        uint256 names;
        uint256 nameCount;
        uint256 found;
        for (uint256 at = ReportCodec.HEADER; at < message.length;) {
            (uint8 kind, uint256 count, uint256 item) = SectionCodec.section(message, at);
            at = item + count * uint8(ReportCodec.SIZES[kind]);
            if (kind == ReportCodec.ACCOUNT) (names, nameCount) = (item, count);
            if (kind != ReportCodec.PAIR) continue;
            for (; item < at; item += ReportCodec.PAIR_SIZE) {
                ReportCodec.PairItem memory p = ReportCodec.decodePair(message, item);
                for (uint256 i; i < nameCount; ++i) {
                    (uint32 index,) = ReportCodec.decodeAccount(message, names + i * ReportCodec.ACCOUNT_SIZE);
                    if (index == p.account) named[found] = true;
                }
                pairs[found++] = uint48((uint256(p.account) << 16) | p.instrument);
            }
        }
        assembly ("memory-safe") {
            mstore(pairs, found)
            mstore(named, found)
        }
    }

    function _deliver(uint256 index, uint256 gas) internal returns (bool success, bytes memory reason) {
        Mail storage m = _mail[index];
        _at(m.toHub ? 0 : m.lane);
        if (m.lane != 0) {
            (success, reason) = _endpointOf(m).deliver(m.place, gas);
        } else {
            Local memory l = _local[m.place];
            bytes memory data;
            address target = address(w.loopback);
            if (m.deliveries == 0) {
                data = abi.encodeCall(ILoopback.deliver, (l.nonce, l.from, l.to, l.gas, l.message));
            } else {
                // The loopback forgets what it delivered; the receiver must not rely on that.
                data = abi.encodeCall(ILoopbackReceiver.receiveLoopback, (l.from, l.nonce, l.message));
                target = l.to;
                vm.prank(address(w.loopback));
            }
            (success, reason) = target.call{gas: gas}(data);
        }
        if (success) m.deliveries += 1;
        _at(0);
        if (success && m.toHub) _compare(m.lane);
    }

    /// @dev Remembers since when hub and vault differ, as far as the hub was told, and up to where they agreed.
    function _compare(uint256 lane) private {
        IHubLedger.Lane memory l = w.hub.laneOf(Places.eidOf(lane));
        if (l.told == l.digest) {
            _agreedUpTo[lane] = l.lastSequence;
            _differsSince[lane] = 0;
        } else if (_differsSince[lane] == 0) {
            _differsSince[lane] = l.toldTime;
        }
    }

    /// @dev Whether a report has not arrived that the hub must know before it can tell that both ends differ.
    function _isMissing(uint256 lane) internal view returns (bool) {
        uint64 last = w.hub.laneOf(Places.eidOf(lane)).lastSequence;
        uint64 sequence;
        for (uint256 n; n < _mail.length; ++n) {
            if (!_mail[n].toHub || _mail[n].lane != lane) continue;
            sequence += 1;
            if (sequence > _agreedUpTo[lane] && sequence <= last && _mail[n].deliveries == 0) return true;
        }
        return false;
    }

    /// @dev Delivers what was sent since there were `first` messages.
    function _deliverSince(uint256 first) internal {
        for (; first < _mail.length; ++first) {
            _deliverInFull(_take(_pending.length - 1));
        }
    }

    /// @dev Delivers all that is on its way, the newest first.
    function _deliverAll() internal {
        while (_pending.length != 0) {
            _deliverInFull(_take(_pending.length - 1));
        }
    }

    function _endpointOf(Mail storage m) internal view returns (ScriptedEndpoint) {
        return w.endpoints[m.toHub ? 0 : m.lane];
    }
}
