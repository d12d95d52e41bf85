// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {Digest} from "../../../contracts/libraries/Digest.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {AccountId, AccountIdLib} from "../../../contracts/types/AccountId.sol";
import {Pair, PairLib} from "../../../contracts/types/Pair.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice A lies, B is honest. What A says of an account must not make the hub refuse, or keep wrong, what B says of it.
contract LyingSpokeTest is HubTestBase {
    int256 private constant MAX_QUOTE = 2 ** 87 - 1;
    int256 private constant MAX_BASE = 2 ** 74 - 1;
    uint32 private constant LAG = 600;

    uint64 private _seqB = 1000;
    uint256 private _toldB;

    function setUp() public override {
        super.setUp();
        hub.listLane(B_EID, LEASE, LAG);
        nameAll(A_EID);
        _sendB(names());
    }

    /// A fills the quote of trader 0, for nothing. From then on each honest report of B about trader 0 is skipped, B's digests can
    /// never agree, nobody gets credit on B, and B is paused: payouts to B too.
    function test_CLR08_ALyingSpokeCannotStopAnHonestLane() public {
        reportPair(A_EID, 0, 0, MAX_QUOTE, 0, 1);

        // An honest trade on B: trader 0 sells to trader 1.
        _honestPair(0, -1e8, 60_000e6, 1);
        _honestPair(1, 1e8, -60_000e6, 1);
        assertEq(hub.pairOf(B_EID, indexOf(1), BTC_INDEX).version, 1, "buyer's side applied");
        assertEq(hub.pairOf(B_EID, indexOf(0), BTC_INDEX).version, 1, "CLR-04: the honest spoke's word of the seller was refused");
    }

    /// The same, to its end: the honest lane is paused, by anyone.
    function test_CLR08_ALyingSpokeCannotPauseAnHonestLane() public {
        reportPair(A_EID, 0, 0, MAX_QUOTE, 0, 1);
        _honestPair(0, -1e8, 60_000e6, 1);
        _honestPair(1, 1e8, -60_000e6, 1);
        skip(LAG);
        // B reports everything again, with names.
        bytes memory items = bytes.concat(
            pairItem(indexOf(0), BTC_INDEX, -1e8, 60_000e6, 0, 1), pairItem(indexOf(1), BTC_INDEX, 1e8, -60_000e6, 0, 1)
        );
        _sendB(bytes.concat(names(), section(ReportCodec.PAIR, 2, items)));
        vm.expectRevert(abi.encodeWithSelector(IHubLedger.Hub_NotDiverged.selector, B_EID));
        hub.pauseDiverged(B_EID);
    }

    /// One item is enough for all of an instrument: B's fee account is a party to every trade on B, and its quote only grows.
    function test_CLR08_ALyingSpokeCannotStopAllTradesOfAnHonestLane() public {
        AccountId fees = AccountIdLib.pack(vaultOf(B_EID), B_EID, 0);
        bytes memory name = section(ReportCodec.ACCOUNT, 1, ReportCodec.encodeAccount(77, fees));
        _sendB(name);
        bytes memory lie = section(ReportCodec.PAIR, 1, pairItem(77, BTC_INDEX, 0, MAX_QUOTE, 0, 1));
        deliver(A_EID, report(1, bytes.concat(name, lie)));

        uint256 term = Digest.pair(fees, btcPerp, PairLib.pack(Pair(0, 1, 0, 1)));
        unchecked {
            _toldB += term;
        }
        _sendB(section(ReportCodec.PAIR, 1, pairItem(77, BTC_INDEX, 0, 1, 0, 1)));
        assertEq(hub.pairOf(B_EID, 77, BTC_INDEX).version, 1, "one micro-dollar of fees on B was refused");
    }

    /// Settlement moves quote too, and reverts where that does not fit: one poisoned account and its whole batch fails.
    function test_CLR08_ALieDoesNotMakeASettlementRevert() public {
        deposit(B_EID, 0, USDC, 1e9);
        // Quote near the top, base so low that the account is a loser all the same.
        reportPair(A_EID, 0, -MAX_BASE, MAX_QUOTE, 0, 1);
        setPrices(1e24, ETH_PRICE);
        hub.settle(btcPerp, only(0), "");
    }

    /// A names trader 0 under many indices: the sum of bases outgrows its 80 bits, and longs spill into the net base. When A takes it
    /// all back (repaired, or caught), what B said of trader 0 is not there any more.
    function test_CLR05_ALieTakenBackLeavesTheOtherLanesPosition() public {
        _honestPair(0, 5e8, -300_000e6, 1);
        _honestPair(1, -5e8, 300_000e6, 1);
        uint32 many = 70;
        bytes memory namesOfOne;
        for (uint32 i; i < many; ++i) {
            namesOfOne = bytes.concat(namesOfOne, ReportCodec.encodeAccount(100 + i, accounts[0]));
        }
        deliver(A_EID, report(1, section(ReportCodec.ACCOUNT, many, namesOfOne)));
        deliver(A_EID, report(1, section(ReportCodec.PAIR, many, _lies(many, MAX_BASE, 1))));
        deliver(A_EID, report(1, section(ReportCodec.PAIR, many, _lies(many, 0, 2))));

        IHubLedger.NetPosition memory p = hub.positionOf(accounts[0], btcPerp);
        assertEq(p.base, 5e8, "base of the honest lane's position");
        assertEq(p.longs, 5e8, "longs");
        assertEq(p.shorts, 0, "shorts");
    }

    /// The sum of bases on the hub, once everything of everybody is reported and true, must close (CLR-02).
    function test_CLR02_ALieTakenBackCloses() public {
        _honestPair(0, 5e8, -300_000e6, 1);
        _honestPair(1, -5e8, 300_000e6, 1);
        uint32 many = 70;
        bytes memory namesOfOne;
        for (uint32 i; i < many; ++i) {
            namesOfOne = bytes.concat(namesOfOne, ReportCodec.encodeAccount(100 + i, accounts[0]));
        }
        deliver(A_EID, report(1, section(ReportCodec.ACCOUNT, many, namesOfOne)));
        deliver(A_EID, report(1, section(ReportCodec.PAIR, many, _lies(many, MAX_BASE, 1))));
        deliver(A_EID, report(1, section(ReportCodec.PAIR, many, _lies(many, 0, 2))));
        assertClosed(btcPerp);
    }

    function _lies(uint32 count, int256 base, uint32 version) private pure returns (bytes memory items) {
        for (uint32 i; i < count; ++i) {
            items = bytes.concat(items, pairItem(100 + i, BTC_INDEX, base, 0, 0, version));
        }
    }

    /// @dev As B's vault does: names long known, a digest of all it reported.
    function _honestPair(uint256 trader, int256 base, int256 quote, uint32 version) private {
        uint256 term = Digest.pair(accounts[trader], btcPerp, PairLib.pack(Pair(int88(base), int88(quote), 0, version)));
        unchecked {
            _toldB += term;
        }
        _sendB(section(ReportCodec.PAIR, 1, pairItem(indexOf(trader), BTC_INDEX, base, quote, 0, version)));
    }

    function _sendB(bytes memory sections) private {
        bytes memory beat = section(
            ReportCodec.HEARTBEAT, 1, ReportCodec.encodeHeartbeat(ReportCodec.Heartbeat(0, 0, _toldB))
        );
        bytes memory header = ReportCodec.encodeHeader(ReportCodec.Header(++_seqB - 1000, uint40(block.timestamp)));
        deliver(B_EID, bytes.concat(header, sections, beat));
    }
}
