// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Pair} from "../../../contracts/types/Pair.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Everything that moves money, mixed: the ledger closes after every step (CLR-01, 02, 06, 09).
contract ConservationTest is HubTestBase {
    uint256 private constant STEPS = 40;

    mapping(uint32 eid => Pair[TRADERS]) private _pairs;
    bytes32[] private _payouts;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            nameAll(lanes_()[i]);
        }
    }

    function testFuzz_CLR01_CLR02_CLR06_CLR09_TheLedgerAlwaysCloses(uint256 seed) public {
        for (uint64 step; step < STEPS; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 trader = (seed >> 8) % TRADERS;
            uint32 eid = lanes_()[(seed >> 16) % 3];
            uint256 action = seed % 6;
            if (action == 0) deposit(eid, trader, USDC, uint64(1 + (seed >> 32) % 50_000e6));
            else if (action == 1) deposit(eid, trader, WETH, uint64(1 + (seed >> 32) % 20e8));
            else if (action == 2) _trade(eid, seed >> 32);
            else if (action == 3) _settle(seed >> 32);
            else if (action == 4) _withdraw(trader, eid, seed >> 32, step);
            else _confirm(seed >> 32);
            assertConserved();
            assertClosed(btcPerp);
        }
    }

    /// @dev Both sides in one report.
    function _trade(uint32 eid, uint256 seed) private {
        uint256 buyer = seed % TRADERS;
        uint256 seller = (buyer + 1 + (seed >> 8) % (TRADERS - 1)) % TRADERS;
        int88 base = int88(int256(1 + (seed >> 16) % 2e8));
        int88 quote = int88(int256(1 + (seed >> 64) % 120_000e6));
        bytes memory items = bytes.concat(_moved(eid, buyer, base, -quote), _moved(eid, seller, -base, quote));
        deliver(eid, report(block.timestamp, section(ReportCodec.PAIR, 2, items)));
    }

    function _moved(uint32 eid, uint256 trader, int88 base, int88 quote) private returns (bytes memory) {
        Pair storage p = _pairs[eid][trader];
        p.base += base;
        p.quote += quote;
        p.version += 1;
        return ReportCodec.encodePair(ReportCodec.PairItem(indexOf(trader), BTC_INDEX, p));
    }

    function _settle(uint256 seed) private {
        setPrices(bound(seed >> 8, 20_000e18, 100_000e18), bound(seed >> 136, 1_000e18, 4_000e18));
        AccountId[] memory two = new AccountId[](2);
        two[0] = accounts[seed % TRADERS];
        two[1] = accounts[(seed + 1 + (seed >> 4) % (TRADERS - 1)) % TRADERS];
        hub.settle(btcPerp, ascending(two), "");
    }

    function _withdraw(uint256 trader, uint32 eid, uint256 seed, uint64 nonce) private {
        uint16 asset = seed % 2 == 0 ? USDC : WETH;
        uint64 amount = uint64(1 + (seed >> 8) % (asset == USDC ? 20_000e6 : 5e8));
        bytes32 id = requestSigned(trader, orderOf(trader, asset, amount, eid, nonce));
        bytes32 before = ledger();
        try hub.process(id, "") returns (bytes32 payoutId) {
            _payouts.push(payoutId);
            IHubLedger.MarginState memory m = hub.marginOf(accounts[trader]);
            assertGe(m.equityInitialWad, int256(m.initialWad + m.outstandingWad), "CLR-06");
        } catch {
            assertEq(ledger(), before);
        }
    }

    function _confirm(uint256 seed) private {
        if (_payouts.length == 0) return;
        bytes32 payoutId = _payouts[seed % _payouts.length];
        deliver(hub.payoutOf(payoutId).dstEid, report(1, payoutSection(payoutId, PayoutId.PAID)));
    }
}
