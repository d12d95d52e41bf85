// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHubLedger} from "../../../contracts/interfaces/IHubLedger.sol";
import {AgreeingWallet} from "../support/AgreeingWallet.sol";
import {HubTestBase} from "../hub/HubTestBase.sol";

/// @notice Owners at home on the hub's chain that have code: a key that delegated (EIP-7702) stays a key, as it does
/// at the order venue; a contract is asked (EIP-1271).
contract DelegatedKeyTest is HubTestBase {
    uint256 private constant LOCAL = 3;

    function test_CLR05_AKeyThatDelegatedToCodeWithoutEip1271StillSigns() public {
        vm.etch(accounts[LOCAL].owner(), address(oracle).code);
        mandate(LOCAL, A_EID, 100_00);
        assertEq(hub.creditLineOf(accounts[LOCAL], A_EID).maxOutstanding, 100_00);
    }

    function test_CLR05_AContractAtHomeOnTheHubsChainIsAsked() public {
        IHubLedger.Mandate memory m = mandateOf(LOCAL, A_EID, 100_00);
        vm.expectPartialRevert(IHubLedger.Hub_NotAuthorized.selector);
        hub.setMandate(m, "");
        vm.etch(accounts[LOCAL].owner(), type(AgreeingWallet).runtimeCode);
        hub.setMandate(m, "");
        assertEq(hub.creditLineOf(accounts[LOCAL], A_EID).maxOutstanding, 100_00);
    }

    function test_CLR05_RevertWhen_TheContractIsAtHomeElsewhere() public {
        vm.etch(accounts[0].owner(), type(AgreeingWallet).runtimeCode);
        IHubLedger.Mandate memory m = mandateOf(0, A_EID, 100_00);
        vm.expectPartialRevert(IHubLedger.Hub_NotAuthorized.selector);
        hub.setMandate(m, "");
    }

    function test_CLR05_RevertWhen_AnotherKeySignsForADelegatedOne() public {
        vm.etch(accounts[LOCAL].owner(), address(oracle).code);
        IHubLedger.Mandate memory m = mandateOf(LOCAL, A_EID, 100_00);
        bytes memory signature = sign(0, hub.hashMandate(m));
        vm.expectPartialRevert(IHubLedger.Hub_NotAuthorized.selector);
        hub.setMandate(m, signature);
    }
}
