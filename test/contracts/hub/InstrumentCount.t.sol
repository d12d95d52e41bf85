// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {ReportCodec} from "../../../contracts/libraries/ReportCodec.sol";
import {InstrumentId, InstrumentIdLib} from "../../../contracts/types/InstrumentId.sol";
import {HubTestBase} from "../hub/HubTestBase.sol";

/// @notice A trade is final at its vault, so the hub must have room for every instrument that an account can trade:
/// a pair refused for want of room would never arrive, neither the loss nor the credit it used. The fee account has
/// a pair in every instrument.
contract InstrumentCountTest is HubTestBase {
    uint256 private constant MOST = 128;

    function test_CLR02_NoMoreInstrumentsAreListedThanAnAccountCanHold() public {
        for (uint256 i = 2; i < MOST; ++i) {
            hub.listInstrument(_instrument(i), 150_000, 200, 1);
        }
        vm.expectRevert(
            abi.encodeWithSelector(IHubLedger.Hub_InvalidParameter.selector, bytes32("instruments"), MOST)
        );
        hub.listInstrument(_instrument(MOST), 150_000, 200, 1);
        hub.listInstrument(btcPerp, 160_000, 200, 1);
    }

    function test_CLR02_AnAccountCanHoldAllThatIsListed() public {
        nameAll(A_EID);
        for (uint256 i = 2; i < MOST; ++i) {
            hub.listInstrument(_instrument(i), 150_000, 200, 1);
        }
        for (uint16 i; i < MOST; ++i) {
            bytes memory name = ReportCodec.encodeInstrument(i + 1, _instrument(i));
            bytes memory pair = pairItem(indexOf(0), i + 1, 0, -1, 0, 1);
            deliver(
                A_EID,
                report(
                    block.timestamp,
                    bytes.concat(section(ReportCodec.INSTRUMENT, 1, name), section(ReportCodec.PAIR, 1, pair))
                )
            );
        }
        assertEq(hub.instrumentsOf(accounts[0]).length, MOST);
    }

    function _instrument(uint256 i) private view returns (InstrumentId) {
        if (i == 0) return btcPerp;
        if (i == 1) return ethPerp;
        return InstrumentIdLib.perpetual(bytes16(uint128(i)));
    }
}
