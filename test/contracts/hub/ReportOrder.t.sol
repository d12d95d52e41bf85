// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice CLR-03: the reports of vaults that obey, in any order, twice or late, leave the same ledger.
contract ReportOrderTest is HubTestBase {
    uint256 private constant STEPS = 16;
    uint64 private constant CREDIT = 1_000_00;

    struct Message {
        uint32 eid;
        bytes data;
    }

    // What the vaults hold: pairs by lane, trader and instrument; used and deposit totals by lane and trader.
    Pair[2][TRADERS][2] private _pairs;
    uint64[TRADERS][2] private _used;
    uint64[TRADERS][2] private _deposits;
    Message[] private _messages;
    bytes32[2] private _payouts;
    uint32[2] private _spokes = [A_EID, B_EID];

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < TRADERS; ++i) {
            deposit(HUB_EID, i, USDC, 5_000e6);
            for (uint256 lane; lane < 2; ++lane) {
                grant(i, _spokes[lane], CREDIT);
            }
        }
        for (uint256 lane; lane < 2; ++lane) {
            deposit(_spokes[lane], lane, USDC, 500e6);
            _deposits[lane][lane] = 500e6;
            _payouts[lane] = hub.process(requestSigned(0, orderOf(0, USDC, 20e6, _spokes[lane], uint64(lane))), "");
        }
    }

    function testFuzz_CLR03_AnyOrderAndRepetitionLeavesTheSameLedger(uint256 seed) public {
        _tradeAndReport(seed);
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < _messages.length; ++i) {
            deliver(_messages[i].eid, _messages[i].data);
        }
        bytes32 inOrder = _everything();
        assertConserved();
        assertClosed(btcPerp);
        assertClosed(ethPerp);
        for (uint256 i; i < TRADERS; ++i) {
            for (uint256 lane; lane < 2; ++lane) {
                assertEq(outstanding(i, _spokes[lane]), 0, "the last states release what was not used");
            }
        }

        vm.revertToState(snapshot);
        uint256[] memory order = _shuffled(seed);
        for (uint256 i; i < order.length; ++i) {
            Message storage m = _messages[order[i]];
            deliver(m.eid, m.data);
            if (uint256(keccak256(abi.encode(seed, i))) % 2 == 0) {
                Message storage again = _messages[order[uint256(keccak256(abi.encode(i, seed))) % (i + 1)]];
                deliver(again.eid, again.data);
            }
            assertConserved();
        }
        assertEq(_everything(), inOrder);
    }

    /// @dev Trades inside credit and before the leases end; every report names what it uses and tells of some keys; the
    /// last of each lane, sent after the leases, tells of all.
    function _tradeAndReport(uint256 seed) private {
        uint256 start = block.timestamp;
        for (uint256 step; step < STEPS; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 lane = seed % 2;
            _trade(lane, seed >> 8);
            uint256 depositor = (seed >> 16) % TRADERS;
            _deposits[lane][depositor] += uint64((seed >> 128) % 100e6);
            uint256 time = start + step * LEASE / STEPS;
            if (seed & 4 == 0) _report(lane, time, seed >> 24);
        }
        for (uint256 lane; lane < 2; ++lane) {
            _report(lane, start + LEASE, type(uint256).max);
        }
    }

    function _trade(uint256 lane, uint256 seed) private {
        uint256 buyer = seed % TRADERS;
        uint256 seller = (buyer + 1 + (seed >> 8) % (TRADERS - 1)) % TRADERS;
        uint256 instrument = (seed >> 16) % 2;
        uint48 charge = uint48((seed >> 24) % 150_00);
        int88 base = int88(int256(1 + (seed >> 64) % 1e6));
        int88 quote = int88(int256(1 + (seed >> 96) % 600e6));
        if (_used[lane][buyer] + charge > CREDIT || _used[lane][seller] + charge > CREDIT) return;
        _write(lane, buyer, instrument, base, -quote, charge);
        _write(lane, seller, instrument, -base, quote, charge);
    }

    function _write(uint256 lane, uint256 trader, uint256 instrument, int88 base, int88 quote, uint48 charge) private {
        Pair storage p = _pairs[lane][trader][instrument];
        p.base += base;
        p.quote += quote;
        p.used += charge;
        p.version += 1;
        _used[lane][trader] += charge;
    }

    function _report(uint256 lane, uint256 time, uint256 mask) private {
        bytes memory sections = names();
        for (uint256 i; i < TRADERS; ++i) {
            for (uint16 k; k < 2; ++k) {
                Pair memory p = _pairs[lane][i][k];
                if (p.version == 0 || mask & (1 << (2 * i + k)) == 0) continue;
                bytes memory item = ReportCodec.encodePair(ReportCodec.PairItem(indexOf(i), k + 1, p));
                sections = bytes.concat(sections, section(ReportCodec.PAIR, 1, item));
            }
            if (mask & (1 << (10 + i)) != 0) sections = bytes.concat(sections, creditStateSection(i, _used[lane][i]));
            if (_deposits[lane][i] != 0 && mask & (1 << (20 + i)) != 0) {
                sections = bytes.concat(sections, depositSection(accounts[i], USDC, _deposits[lane][i]));
            }
        }
        if (mask & (1 << 30) != 0) {
            uint8 rank = mask == type(uint256).max ? PayoutId.PAID : PayoutId.CLAIM;
            sections = bytes.concat(sections, payoutSection(_payouts[lane], rank));
        }
        _messages.push(Message(_spokes[lane], report(time, sections)));
    }

    function _everything() private view returns (bytes32) {
        return keccak256(
            abi.encode(
                ledger(), hub.laneOf(A_EID), hub.laneOf(B_EID), hub.payoutOf(_payouts[0]), hub.payoutOf(_payouts[1])
            )
        );
    }

    function _shuffled(uint256 seed) private view returns (uint256[] memory order) {
        order = new uint256[](_messages.length);
        for (uint256 i; i < order.length; ++i) {
            uint256 j = uint256(keccak256(abi.encode("order", seed, i))) % (i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }
}
