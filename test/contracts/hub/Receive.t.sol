// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Origin} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";
import {ILayerZeroReceiver} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroReceiver.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {PayoutId} from "../../../contracts/libraries/PayoutId.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {SectionCodec} from "../../../contracts/libraries/SectionCodec.sol";
import {Transport} from "../../../contracts/transport/Transport.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @notice Who may report (CLR-05), and that nothing a peer says makes the receive revert (CLR-11).
contract ReceiveTest is HubTestBase {
    uint256 private constant ENOUGH_GAS = 25_000_000;

    bytes32 private _before;

    function setUp() public override {
        super.setUp();
        deposit(A_EID, 0, USDC, 10_000e6);
        deposit(B_EID, 2, USDC, 10_000e6);
        nameAll(A_EID);
        grant(0, A_EID, 1_000_00);
        _before = ledger();
    }

    // ---- CLR-05: who speaks ----

    function test_CLR05_RevertWhen_AReportComesFromANonPeer() public {
        bytes memory message = report(1, depositSection(accounts[0], USDC, 20_000e6));
        vm.expectRevert(abi.encodeWithSignature("OnlyPeer(uint32,bytes32)", A_EID, toBytes32(vaultOf(B_EID))));
        this.externalDeliverFrom(A_EID, vaultOf(B_EID), message);
        assertEq(ledger(), _before);
        assertConserved();
    }

    function test_CLR05_RevertWhen_AValidReportComesThroughAnotherEid() public {
        bytes memory message = report(1, depositSection(accounts[0], USDC, 20_000e6));
        vm.expectRevert(abi.encodeWithSignature("OnlyPeer(uint32,bytes32)", B_EID, toBytes32(vaultOf(A_EID))));
        this.externalDeliverFrom(B_EID, vaultOf(A_EID), message);
        vm.expectRevert(abi.encodeWithSignature("NoPeer(uint32)", 999));
        this.externalDeliverFrom(999, vaultOf(A_EID), message);
        assertEq(ledger(), _before);
    }

    function test_CLR05_RevertWhen_AnotherThanTheEndpointCalls() public {
        bytes memory message = report(1, depositSection(accounts[0], USDC, 20_000e6));
        vm.prank(vaultOf(A_EID));
        vm.expectRevert(abi.encodeWithSignature("OnlyEndpoint(address)", vaultOf(A_EID)));
        ILayerZeroReceiver(address(hub)).lzReceive(Origin(A_EID, toBytes32(vaultOf(A_EID)), 1), 0, message, address(this), "");
        assertEq(ledger(), _before);
    }

    function test_CLR05_AReportOfAnUnlistedLaneIsRejectedWhole() public {
        bytes memory message = report(1, bytes.concat(names(), depositSection(accounts[0], USDC, 20_000e6)));
        vm.expectEmit(true, false, false, true);
        emit IHubLedger.ReportRejected(UNLISTED_EID, 0, message);
        deliver(UNLISTED_EID, message);
        assertEq(ledger(), _before);
        assertEq(hub.liquidityOf(UNLISTED_EID, USDC).total, 0);
        assertConserved();
    }

    function test_CLR05_AWithdrawalIsOfTheSpokesOwnHomesOnly() public {
        // Trader 2 lives on B: the spoke on A cannot speak for its address, nor for somebody else's on A.
        _reportWithdrawal(1, accounts[2], accounts[2].owner());
        _reportWithdrawal(2, accounts[0], accounts[1].owner());
        assertEq(uint8(hub.withdrawalOf(hub.requestIdOf(A_EID, 1)).state), 0);
        assertEq(uint8(hub.withdrawalOf(hub.requestIdOf(A_EID, 2)).state), 0);
        assertEq(ledger(), _before);
    }

    // ---- CLR-11: what is said ----

    function test_CLR11_TruncatedAndOverlongReportsAreRejectedWhole() public {
        bytes memory whole = report(1, depositSection(accounts[0], USDC, 20_000e6));
        for (uint256 length; length < whole.length; ++length) {
            // A header alone is a report without items; everything else that ends early is none.
            if (length != ReportCodec.HEADER) _assertRejected(_resized(whole, length));
        }
        _assertRejected(_resized(whole, whole.length + 1));
        _assertRejected(_resized(whole, whole.length + 3));
        deliver(A_EID, whole);
        assertEq(hub.balanceOf(accounts[0], USDC), 20_000e6, "it was a good report");
    }

    function test_CLR11_UnknownItemsEmptySectionsAndVersionsAreRejectedWhole() public {
        bytes memory good = depositSection(accounts[0], USDC, 20_000e6);
        _assertRejected(report(1, bytes.concat(good, section(8, 1, new bytes(36)))));
        _assertRejected(report(1, bytes.concat(good, section(255, 1, new bytes(36)))));
        _assertRejected(report(1, bytes.concat(good, section(0, 1, new bytes(36)))));
        _assertRejected(report(1, bytes.concat(good, section(ReportCodec.PAIR, 0, ""))));
        bytes memory otherVersion = report(1, good);
        otherVersion[0] = 0x02;
        _assertRejected(otherVersion);
    }

    /// @dev A count that the message cannot hold is a fault of content: it must not be taken for a need of gas that no
    /// block has.
    function test_CLR11_AnImpossibleCountIsRejectedNotStuck() public {
        bytes memory good = depositSection(accounts[0], USDC, 20_000e6);
        for (uint8 kind = 1; kind <= 9; ++kind) {
            bytes memory impossible = SectionCodec.header(kind, type(uint16).max);
            (bool ok,) = tryDeliver(A_EID, report(1, bytes.concat(impossible, good)), 1_000_000);
            assertTrue(ok, "first");
            (ok,) = tryDeliver(A_EID, report(1, bytes.concat(good, impossible, good)), 1_000_000);
            assertTrue(ok, "last");
        }
        assertEq(ledger(), _before);
    }

    function testFuzz_CLR11_ArbitraryBytesNeverRevert(bytes calldata junk) public {
        (bool ok,) = tryDeliver(A_EID, junk, ENOUGH_GAS);
        assertTrue(ok);
        assertConserved();
    }

    /// @dev Well-formed sections of any kind with any content: skipped or applied, never a revert.
    function testFuzz_CLR11_RandomSectionsNeverRevert(uint256 seed) public {
        nameAll(B_EID);
        bytes memory sections;
        uint256 count = 1 + seed % 12;
        for (uint256 i; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint8 kind = uint8(1 + seed % 9);
            sections = bytes.concat(sections, section(kind, 1, _randomItem(kind, seed >> 8)));
        }
        bytes memory message = report(seed, sections);
        (bool ok,) = tryDeliver(A_EID, message, ENOUGH_GAS);
        assertTrue(ok, "first");
        bytes32 once = ledger();
        (ok,) = tryDeliver(A_EID, message, ENOUGH_GAS);
        assertTrue(ok, "second");
        assertEq(ledger(), once, "CLR-03: twice is once");
        assertConserved();
        for (uint256 i; i < TRADERS; ++i) {
            IHubLedger.CreditLine memory line = hub.creditLineOf(accounts[i], A_EID);
            assertGe(line.ceiling, line.usedApplied);
        }
    }

    function testFuzz_CLR11_GasBelowTheBoundRevertsWhole(uint256 gas) public {
        bytes memory message = report(block.timestamp + 999, bytes.concat(names(), depositSection(accounts[0], USDC, 20_000e6)));
        uint256 needed = this.boundOf(message);
        gas = bound(gas, 30_000, needed - 1);
        (bool ok,) = tryDeliver(A_EID, message, gas);
        assertFalse(ok);
        assertEq(ledger(), _before);
        assertLt(hub.laneOf(A_EID).lastChainTime, block.timestamp + 999);

        (ok,) = tryDeliver(A_EID, message, needed + 20_000);
        assertTrue(ok, "executed again with enough");
        assertEq(hub.balanceOf(accounts[0], USDC), 20_000e6);
    }

    function test_CLR11_TooLittleGasIsNamed() public {
        bytes memory message = report(1, depositSection(accounts[0], USDC, 20_000e6));
        (bool ok, bytes memory reason) = tryDeliver(A_EID, message, 150_000);
        assertFalse(ok);
        assertEq(bytes4(reason), Transport.Transport_InsufficientGas.selector);
    }

    function _assertRejected(bytes memory message) private {
        vm.expectEmit(true, false, false, true);
        emit IHubLedger.ReportRejected(A_EID, 0, message);
        deliver(A_EID, message);
        assertEq(ledger(), _before, "nothing of it applied");
    }

    function _reportWithdrawal(uint64 number, AccountId account, address requester) private {
        ReportCodec.Withdrawal memory w = ReportCodec.Withdrawal(
            account, number, requester, USDC, 1e6, A_EID, requester, 0, type(uint40).max
        );
        deliver(A_EID, report(1, section(ReportCodec.WITHDRAWAL, 1, ReportCodec.encodeWithdrawal(w))));
    }

    function _randomItem(uint8 kind, uint256 seed) private view returns (bytes memory) {
        AccountId account = accounts[seed % TRADERS];
        uint32 index = uint32(seed % 6);
        uint64 amount = seed % 3 == 0 ? type(uint64).max : uint64(seed >> 64);
        if (kind == ReportCodec.ACCOUNT) return ReportCodec.encodeAccount(uint32(7 + seed % 3), AccountId.wrap(bytes32(seed)));
        if (kind == ReportCodec.INSTRUMENT) return ReportCodec.encodeInstrument(uint16(seed % 5), ethPerp);
        if (kind == ReportCodec.DEPOSIT) {
            return ReportCodec.encodeDeposit(ReportCodec.Deposit(account, uint16(seed % 4), uint8(seed >> 252), amount));
        }
        if (kind == ReportCodec.PAIR) {
            int256 base = int88(uint88(seed >> 20));
            return pairItem(index, uint16(seed % 3), base, int88(uint88(seed >> 120)), uint48(seed % 1_500_00), uint32(seed >> 220));
        }
        if (kind == ReportCodec.CREDIT_STATE) {
            return ReportCodec.encodeCreditState(ReportCodec.CreditState(index, 1, uint32(seed % 2), seed % 5 == 0, uint64(seed % 1_500_00)));
        }
        if (kind == ReportCodec.WITHDRAWAL) {
            return ReportCodec.encodeWithdrawal(
                ReportCodec.Withdrawal(
                    account, amount, account.owner(), uint16(seed % 4), amount, A_EID + uint32(seed % 3), recipient, amount, uint40(seed)
                )
            );
        }
        if (kind == ReportCodec.HEARTBEAT) {
            return ReportCodec.encodeHeartbeat(ReportCodec.Heartbeat(uint32(seed), uint40(seed >> 32), seed));
        }
        if (kind == ReportCodec.VAULT_BALANCE) return ReportCodec.encodeVaultBalance(uint16(seed), amount);
        return ReportCodec.encodePayoutResult(bytes32(seed), PayoutId.PAID);
    }

    function _resized(bytes memory message, uint256 length) private pure returns (bytes memory resized) {
        resized = new bytes(length);
        for (uint256 i; i < length && i < message.length; ++i) {
            resized[i] = message[i];
        }
    }

    function externalDeliverFrom(uint32 eid, address sender, bytes calldata message) external {
        deliverFrom(eid, sender, message);
    }

    function boundOf(bytes calldata message) external pure returns (uint256 gas) {
        (, gas) = ReportCodec.check(message);
    }
}
