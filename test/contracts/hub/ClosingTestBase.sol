// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {WalletRights} from "../../../contracts/hub/WalletRights.sol";
import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {Certificate} from "../../../contracts/interfaces/IMarginCertificates.sol";
import {CommandCodec} from "../../../contracts/libraries/CommandCodec.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "./HubTestBase.sol";

/// @dev Trader 0 is long 1 BTC at 60,000: initial 9,000, maintenance 7,200. The credit with which all of it may be closed is 2 %, 1,200.
/// Who asks for the allowances may act for him, unless it is said that a stranger does.
abstract contract ClosingTestBase is HubTestBase {
    address internal wallet = makeAddr("wallet");
    address internal stranger = makeAddr("stranger");

    function setUp() public virtual override {
        super.setUp();
        nameAll(A_EID);
        nameAll(B_EID);
        nameAll(HUB_EID);
        reportTrade(A_EID, 0, 1, 1e8, 60_000e6);
        mandate(0, A_EID, 1_000_000_00);
        mandate(0, B_EID, 1_000_000_00);
        _register(wallet, WalletRights.ACT, 1);
    }

    function _register(address who, uint8 rights, uint64 nonce) internal {
        bytes32 digest = hub.hashWallet(accounts[0], HUB_EID, who, rights, nonce);
        hub.registerWallet(accounts[0], HUB_EID, who, rights, nonce, sign(0, digest));
    }

    function _keys(InstrumentId instrument) internal view returns (IHubLedger.ClosingKey[] memory list) {
        list = new IHubLedger.ClosingKey[](1);
        list[0] = IHubLedger.ClosingKey(accounts[0], instrument);
    }

    function _grant(uint32 eid) internal {
        _grantTo(wallet, eid);
    }

    function _grantTo(address who, uint32 eid) internal {
        uint32 before = _of(eid).version;
        vm.prank(who);
        hub.renewClosing(eid, _keys(btcPerp), "");
        assertEq(_of(eid).version, before + 1, "granted");
    }

    function _refused(uint32 eid, InstrumentId instrument, bytes32 reason) internal {
        _refusedTo(wallet, eid, instrument, reason);
    }

    function _refusedTo(address who, uint32 eid, InstrumentId instrument, bytes32 reason) internal {
        bytes32 before = keccak256(abi.encode(ledger(), _of(eid), hub.marginOf(accounts[0])));
        uint64 sent = endpoint.sent();
        vm.expectEmit(address(hub));
        emit IHubLedger.ClosingRefused(accounts[0], eid, instrument, reason);
        vm.prank(who);
        hub.renewClosing(eid, _keys(instrument), "");
        assertEq(endpoint.sent(), sent);
        assertEq(keccak256(abi.encode(ledger(), _of(eid), hub.marginOf(accounts[0]))), before);
    }

    function _of(uint32 eid) internal view returns (IHubLedger.ClosingLine memory) {
        return hub.closingOf(accounts[0], eid, btcPerp);
    }

    function _line(
        uint88 unusedBuys,
        uint88 unusedSells,
        uint64 unusedCredit,
        bool isBuy,
        uint88 usedBuys,
        uint88 usedSells,
        uint32 version,
        uint64 usedCredit
    ) internal view returns (IHubLedger.ClosingLine memory) {
        return IHubLedger.ClosingLine(
            unusedBuys,
            unusedSells,
            unusedCredit,
            isBuy,
            usedBuys,
            usedSells,
            uint40(block.timestamp + LEASE),
            version,
            usedCredit,
            1
        );
    }

    function _state(uint32, uint32 version, uint32 pairVersion, uint88 usedBuys, uint88 usedSells, uint64 usedCredit)
        internal
        pure
        returns (bytes memory)
    {
        return section(
            ReportCodec.CLOSING_STATE,
            1,
            ReportCodec.encodeClosingState(
                ReportCodec.ClosingState(
                    indexOf(0), BTC_INDEX, version, pairVersion, usedBuys, usedSells, usedCredit
                )
            )
        );
    }

    function _command(bool isBuy, uint88 maxBase, uint64 credit, uint32 version) internal view returns (bytes memory) {
        return bytes.concat(
            CommandCodec.encodeHeader(),
            section(
                CommandCodec.CLOSING_ALLOWANCE,
                1,
                CommandCodec.encodeClosingAllowance(
                    CommandCodec.ClosingAllowance(
                        accounts[0], btcPerp, isBuy, maxBase, credit, version, uint40(block.timestamp + LEASE)
                    )
                )
            )
        );
    }

    function _assertCovered() internal view {
        IHubLedger.MarginState memory m = hub.marginOf(accounts[0]);
        assertGe(
            m.equityMaintenanceWad, int256(m.maintenanceWad + m.outstandingWad + m.closingWad), "CLR-06 maintenance"
        );
        IHubLedger.CertifiedMarginState memory c = hub.certifiedMarginOf(accounts[0], Certificate(0, new uint8[](2)));
        assertEq(c.equityWad, m.equityMaintenanceWad, "certified equity");
        assertEq(c.maintenanceWad, m.maintenanceWad, "certified maintenance");
    }
}
