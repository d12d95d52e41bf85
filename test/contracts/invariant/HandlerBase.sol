// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommonBase} from "forge-std/Base.sol";
import {Epoch} from "../../../contracts/interfaces/IRiskArrays.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {BookReader, Books, ClosingKey} from "./Books.sol";
import {QuickAssertions} from "./QuickAssertions.sol";
import "./World.sol";

/// @notice What the campaign remembers beside the contracts' own state, and where its chance comes from.
abstract contract HandlerBase is CommonBase, QuickAssertions {
    /// @dev A lease as it was sent, so that the most any message still on its way allows is known.
    struct Grant {
        uint64 limit;
        uint32 version;
        uint40 validUntil;
    }

    struct Issued {
        bytes32 id;
        uint256 lane;
        uint256 asset;
        uint256 owner;
        CommandCodec.Pay pay;
    }

    struct Count {
        uint128 succeeded;
        uint128 refused;
    }

    World internal w;

    /// @notice The hub's clock.
    uint256 public time = START;

    mapping(bytes32 action => Count) internal _counts;
    mapping(uint256 owner => mapping(uint256 lane => Grant[])) internal _grants;
    /// @dev Highest cumulative limit, cents, that an owner ever signed for a venue.
    mapping(uint256 owner => mapping(uint256 lane => mapping(uint256 venue => uint256))) internal _signedLimit;
    /// @dev What trades cost an owner at the reference price when recorded, dollars 1e26; gains do not count.
    mapping(uint256 owner => mapping(uint256 lane => mapping(uint256 venue => uint256))) internal _cost;
    /// @dev Shared units that came from nowhere.
    mapping(uint256 lane => mapping(uint256 asset => uint256)) internal _donated;
    Issued[] internal _payouts;
    /// @dev Requests that the hub may process, and those that nobody had the right to make.
    bytes32[] internal _requests;
    bytes32[] internal _strangers;

    /// @dev Where closing allowances were ever granted.
    ClosingKey[][LANES] internal _closingKeys;

    /// @dev Selector of the last error with which a trade or a renewal was refused.
    bytes4 internal _refusal;

    uint256 private _entropy;
    uint256 private _names;

    /// @dev Every action starts with its chance and the hub's time.
    modifier action(uint256 seed) {
        _entropy = seed;
        _at(0);
        _;
    }

    function countOf(bytes32 name) external view returns (Count memory) {
        return _counts[name];
    }

    /// @dev A number below `n`.
    function _pick(uint256 n) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return _entropy % n;
    }

    function _chance(uint256 oneIn) internal returns (bool) {
        return _pick(oneIn) == 0;
    }

    /// @dev Lets the chain of `lane` be the one whose clock is read.
    function _at(uint256 lane) internal {
        vm.warp(Places.clockOf(lane, time));
    }

    function _clock(uint256 lane) internal view returns (uint256) {
        return Places.clockOf(lane, time);
    }

    function _count(bytes32 name, bool succeeded) internal {
        if (succeeded) _counts[name].succeeded += 1;
        else _counts[name].refused += 1;
    }

    function _freshAddress() internal returns (address) {
        return address(uint160(0xC0FFEE0000 + ++_names));
    }

    function _sign(uint256 owner, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(w.keys[owner], digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Publishes the last prices anew, as the relayer does before whatever needs them fresh, and mostly risk arrays as well.
    function _refreshPrices() internal {
        _at(0);
        for (uint256 k; k < PERPETUALS; ++k) {
            (uint256 price,) = w.oracle.latest(Places.underlyingOf(k));
            w.oracle.set(Places.underlyingOf(k), price, time);
        }
        if (!_chance(8)) _refreshArrays(100);
    }

    /// @dev Unless there is nothing newer, or what is there is young and near.
    function _refreshArrays(uint256 maxOptions) internal returns (bool isLive) {
        (Epoch memory e,) = w.engine.epochOf("ETH");
        (uint256 price,) = w.oracle.latest("ETH");
        uint256 moved = price > e.priceWad ? price - e.priceWad : e.priceWad - price;
        // A tenth of the scan range.
        if (maxOptions != 1 && e.time + 45 minutes > time && moved * 10e9 < price * SCAN_RANGE) return true;
        try w.engine.refresh("ETH", maxOptions) returns (bool live) {
            return live;
        } catch {}
    }

    function _read() internal view returns (Books memory) {
        return BookReader.read(w, _closingKeys);
    }

    function _digest() internal view returns (bytes32) {
        bytes32 ranks;
        for (uint256 i; i < _payouts.length; ++i) {
            Issued storage p = _payouts[i];
            ranks = keccak256(abi.encode(ranks, w.vaults[p.lane].payoutRankOf(p.id), w.hub.payoutOf(p.id).rank));
        }
        for (uint256 i; i < _requests.length; ++i) {
            ranks = keccak256(abi.encode(ranks, w.hub.withdrawalOf(_requests[i])));
        }
        return keccak256(abi.encode(ranks, _read()));
    }

    /// @dev Token units in one shared unit.
    function _scale(uint256 lane, uint256 asset) internal view returns (uint256) {
        return w.scales[lane][asset];
    }

    function _fail(string memory what) internal pure {
        assertTrue(false, what);
    }
}
